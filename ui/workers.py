"""Processes that do an engine's work at once, as many as `--jobs` asks for."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager


@contextmanager
def workers(jobs: int) -> Iterator[Executor | None]:
    """Processes that measure; none where one thing is measured at a time.

    They die of Ctrl-C at once: a running measurement has nothing to put away.
    """
    if jobs == 1:
        yield None
        return
    with ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),  # threads of decoders do not survive fork
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_DFL),
    ) as pool:
        yield pool
