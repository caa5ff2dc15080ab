"""The audio engine: a thread that mixes ahead into a ring, which the device empties."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ui.review.course import Course
from ui.review.layout import Layout
from ui.review.programme import Programme, monitored
from ui.review.state import Listen
from ui.viewer.outputs import Output, Silent

_RING = 1 << 14
"""Samples mixed ahead: a third of a second, which is also how late a switch is heard."""

_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Monitor:
    """How the sound is to be heard, asked anew for every block."""

    layout: Layout
    listen: Listen
    solo: frozenset[str]
    muted: frozenset[str]


class Ring:
    """Samples between one thread that puts and one that takes; neither ever waits here."""

    def __init__(self, size: int) -> None:
        self._held = np.zeros((size, 2), np.float32)
        self._put = self._taken = 0
        self.missed = 0

    @property
    def room(self) -> int:
        """Samples that can be put."""
        return len(self._held) - (self._put - self._taken)

    def put(self, block: NDArray[np.float32]) -> None:
        """Add samples; there must be room for them."""
        places = (self._put + np.arange(len(block))) % len(self._held)
        self._held[places] = block
        self._put += len(block)

    def take(self, count: int) -> NDArray[np.float32]:
        """The next samples; silence for those that were not mixed in time."""
        ready = min(count, self._put - self._taken)
        out = np.zeros((count, 2), np.float32)
        out[:ready] = self._held[(self._taken + np.arange(ready)) % len(self._held)]
        self._taken += ready
        self.missed += count - ready
        return out


class Player:
    """Plays a course through an output; the output's clock says where the sound is."""

    def __init__(self, output: Output, rate: int, monitor: Callable[[], Monitor]) -> None:
        self.output, self._rate, self._monitor = output, rate, monitor
        self._course: Course | None = None
        self._ring = Ring(_RING)
        self._mixed = 0
        self._wake = threading.Condition()
        self._stop = False
        self._thread: threading.Thread | None = None
        if not isinstance(output, Silent):
            self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
            self._thread.start()

    def start(self, course: Course) -> None:
        """Play from the course's start."""
        self.output.stop()
        with self._wake:
            self._course, self._ring, self._mixed = course, Ring(_RING), 0
            ring = self._ring
            self._wake.notify()
        self.output.start(ring.take)

    def beep(self) -> None:
        """A tone of 1 kHz for 40 ms, at once."""
        self.output.stop()
        with self._wake:
            self._course = None
        ring = Ring(_RING)
        time = np.arange(self._rate // 25) / self._rate
        tone = 0.25 * np.sin(2 * np.pi * 1000 * time).astype(np.float32)
        ring.put(np.stack([tone, tone], axis=1))
        self.output.start(ring.take)

    def stop(self) -> None:
        """Fall silent; the place is kept by whoever asked."""
        self.output.stop()
        with self._wake:
            self._course = None

    def place(self) -> float | None:
        """The sample that is heard now; None while nothing plays."""
        course = self._course
        return None if course is None else course.at(self._played())

    def _played(self) -> float:
        """Samples of the course that were heard: silence for want of any counts for nothing."""
        return max(0.0, self.output.heard() * self._rate - self._ring.missed)

    def over(self) -> bool:
        """Whether a course with an end has been heard to it."""
        course = self._course
        return course is not None and course.stop is not None and self._played() >= course.stop

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        with self._wake:
            self._stop = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        programme: Programme | None = None
        laid: Layout | None = None
        while not self._stop:
            with self._wake:
                idle = self._course is None or self._ring.room < _BLOCK
                if idle:
                    self._wake.wait(0.01 if self._course else None)
                course, ring, mixed = self._course, self._ring, self._mixed
            if course is None or ring.room < _BLOCK:
                continue
            monitor = self._monitor()
            if programme is None:
                programme, laid = Programme(monitor.layout), monitor.layout
            elif laid is not monitor.layout:
                programme.relaid(monitor.layout)
                laid = monitor.layout
            block = mixed_block(programme, course, mixed, monitor)
            with self._wake:
                if ring is self._ring:
                    ring.put(block)
                    self._mixed += _BLOCK


def mixed_block(
    programme: Programme, course: Course, played: int, monitor: Monitor
) -> NDArray[np.float32]:
    """The next block of a course, resampled straight between samples where it is not at speed 1."""
    if course.stop is not None and played >= course.stop:
        return np.zeros((_BLOCK, 2), np.float32)
    places = course.places(played, _BLOCK)
    out = np.zeros((_BLOCK, 2), np.float32)
    jumps = np.flatnonzero(np.abs(np.diff(places)) > abs(float(course.speed)) * 2 + 1) + 1
    for part in np.split(np.arange(_BLOCK), jumps):
        out[part] = _along(programme, places[part], monitor)
    if course.stop is not None:
        out[max(0, course.stop - played) :] = 0
    return out


def _along(
    programme: Programme, places: NDArray[np.float64], monitor: Monitor
) -> NDArray[np.float32]:
    """The sound at places that run one way."""
    low, high = int(np.floor(places.min())), int(np.floor(places.max())) + 2
    heard = programme.stretch(low, high)
    sound = monitored(heard, monitor.layout.stems, monitor.listen, monitor.solo, monitor.muted)
    grid = np.arange(low, high)
    return np.stack([np.interp(places, grid, sound[:, side]) for side in (0, 1)], axis=1).astype(
        np.float32
    )
