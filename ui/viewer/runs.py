"""Runs of sound on a device that stays open: each comes in and goes without a click."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ui.viewer.ring import Block

Pull = Callable[[int], Block]
"""The next so many samples; never waits."""

_RAMP = 96
"""Samples, 2 ms, over which a run comes in and goes."""


class Run:
    """One stretch of playing: what it pulls, how much it has sent, and when that is heard."""

    def __init__(self, pull: Pull) -> None:
        self.pull = pull
        self.sent = 0
        self.mark = (0.0, 0)
        """When a sample is heard on the device's clock, and the number of that sample."""


class Runs:
    """What a device plays: the run that is on, and the end of the one before it."""

    def __init__(self) -> None:
        self.now: Run | None = None
        self._last: Run | None = None

    def fill(self, count: int, at: float) -> Block:
        """The next samples for the device, the first of which is heard `at` on its clock."""
        run, last = self.now, self._last
        self._last = run
        out: Block = np.zeros((count, 2), np.float32)
        if run is not None:
            out = run.pull(count)
            run.mark = (at, run.sent)
            run.sent += count
        if run is not last:
            rise = np.clip(np.arange(count, dtype=np.float32) / np.float32(_RAMP), 0, 1)[:, None]
            out *= rise
            out += 0 if last is None else last.pull(count) * (1 - rise)
        return out
