"""The doors: the command line and the viewer."""

import os

# Read when numpy is first imported. The engine's matrices are small, and OpenBLAS keeps a thread
# for every core spinning for the next one: a fifth of the CPU time of aligning six channels.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# glibc gives freed memory back to the kernel beyond twice the largest piece that was freed, and a
# piece of 32 MB at most counts. This one is never written to. Without it, arrays of a few megabytes
# come and go as pages: six to nine hundredths of the CPU time of an alignment.
bytes(32 * 1024 * 1024 - 65536)
