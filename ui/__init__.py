"""The doors: the command line and the viewer."""

import os

# Read when numpy is first imported. The engine's matrices are small, and OpenBLAS keeps a thread
# for every core spinning for the next one: a fifth of the CPU time of aligning six channels.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
