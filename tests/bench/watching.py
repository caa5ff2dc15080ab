"""Watching a window: how long its event loop stands still, and by whose fault."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtWidgets import QApplication

_PAUSE = 50
"""Milliseconds that the window may stand still: more is felt under a finger."""

_SCHEDULED = Path("/proc/thread-self/schedstat")
"""A thread's nanoseconds on a core, and in wait for one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure, its unit, and what it should stay under."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    beside: str = ""

    def __str__(self) -> str:
        state = "" if self.limit is None else "ok" if self.value <= self.limit else "TOO HIGH"
        bound = "" if self.limit is None else f"(limit {self.limit:g})"
        return f"{self.name:58} {self.value:9.2f} {self.unit:7} {bound:14} {state:9}{self.beside}"


@dataclass(frozen=True, slots=True)
class Pause:
    """The longest turn of the event loop in milliseconds: held up by this program, and in all.

    `cpu` are those that its thread computed.
    """

    held: float = 0.0
    wall: float = 0.0
    cpu: float = 0.0


def after(app: QApplication, do: Callable[[int], object], tries: int = 4) -> Pause:
    """The longest pause of several tries of a deed and of the half second behind each."""
    return max((spin(app, 0.5, do=lambda n=n: do(n)) for n in range(tries)), key=held_up)


def paused(name: str, pause: Pause) -> Reading:
    """A pause as a figure that is held to the limit."""
    return Reading(
        f"longest pause: {name}",
        pause.held,
        "ms",
        _PAUSE,
        f"computing {pause.cpu:5.1f} ms, on this machine now {pause.wall:6.1f} ms",
    )


def spin(app: QApplication, seconds: float, do: Callable[[], object] | None = None) -> Pause:
    """Run the event loop for a while, behind a deed in its first turn; its longest turn."""
    end, longest = time.perf_counter() + seconds, Pause()
    while time.perf_counter() < end:
        start, computed, waited = time.perf_counter(), time.thread_time(), without_core()
        if do is not None:
            do()
            do = None
        app.processEvents()
        wall, cpu = time.perf_counter() - start, time.thread_time() - computed
        held = max(cpu, wall - (without_core() - waited))
        longest = max(longest, Pause(held * 1000, wall * 1000, cpu * 1000), key=held_up)
        time.sleep(0.001)
    return longest


def without_core() -> float:
    """Seconds that this thread was ready and had no core; 0 where nobody counts them."""
    try:
        return int(_SCHEDULED.read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def held_up(pause: Pause) -> float:
    """What pauses are told apart by."""
    return pause.held
