"""The audio engine: a thread that mixes ahead into a ring, which the device empties."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from ui.review.course import Course
from ui.review.programme import Programme
from ui.viewer.mixing import BLOCK, FADE, Monitor, blended, mixed_block
from ui.viewer.output import Output, OutputError, Silent
from ui.viewer.ring import Block, Ring

_RING = 1 << 14
"""Samples mixed ahead: a third of a second that decoding may take longer."""

_LEAD = 8 * BLOCK
"""Samples that are mixed before a device begins to play."""

_KEPT = 2048
"""Samples, 43 ms, that still sound as mixed when the way of listening changes."""


class Player:
    """Plays a course through an output; the output's clock says where the sound is.

    All of it belongs to the window's thread, but for the mixing. Where the output fails, a silent
    clock goes on from the same place, and the output is tried again with the next course.
    """

    def __init__(self, output: Output, rate: int, monitor: Callable[[], Monitor]) -> None:
        self._device, self._silent = output, Silent(rate)
        self.output = output
        self._rate, self._monitor = rate, monitor
        self._course: Course | None = None
        self._ring = Ring(_RING)
        self._begun = False
        self._before = 0.0
        self._mixed = 0
        self.fault = ""
        """What is silent because it could not be read, and why."""
        self._wake = threading.Condition()
        self._stop = False
        self._thread: threading.Thread | None = None
        if not isinstance(output, Silent):
            self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
            self._thread.start()

    @property
    def lost(self) -> bool:
        """Whether the device failed, and a silent clock runs in its place."""
        return self.output is self._silent and self._thread is not None

    def start(self, course: Course) -> None:
        """Play from the course's start, as soon as its first sound is mixed."""
        self.output.stop()
        with self._wake:
            self._course, self._ring, self._mixed = course, Ring(_RING), 0
            self._wake.notify()
        self.output, self._begun, self._before = self._device, False, 0.0
        self.turn()

    def beep(self) -> None:
        """A tone of 1 kHz for 40 ms, at once."""
        self.stop()
        self.output, ring = self._device, Ring(_RING)
        time = np.arange(self._rate // 25) / self._rate
        tone = 0.25 * np.sin(2 * np.pi * 1000 * time).astype(np.float32)
        ring.put(np.stack([tone, tone], axis=1))
        self._begin(ring)

    def stop(self) -> None:
        """Fall silent; the place is kept by whoever asked."""
        self.output.stop()
        with self._wake:
            self._course = None

    def turn(self) -> None:
        """To be called often while playing: begins what is ready, goes on where a device fails."""
        if self._course is None:
            return
        if not self._begun:
            if self._thread is None or self._ring.ready >= _LEAD:
                self._begun = True
                self._begin(self._ring)
        elif self.output is self._device and self.output.failed():
            self._before = self._played()
            self._go_silent()

    def place(self) -> float | None:
        """The sample that is heard now; None while nothing plays."""
        course = self._course
        return None if course is None else course.at(self._played())

    def over(self) -> bool:
        """Whether a course with an end has been heard to it."""
        course = self._course
        return course is not None and course.stop is not None and self._played() >= course.stop

    def release(self) -> None:
        """Let other programs have the device, until the next course."""
        self._device.close()

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        with self._wake:
            self._stop = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self.release()

    def _played(self) -> float:
        """Samples of the course that were heard: silence for want of any counts for nothing."""
        if not self._begun:
            return 0.0
        missed = 0 if self.output is self._silent else self._ring.missed
        return max(0.0, self._before + self.output.heard() * self._rate - missed)

    def _begin(self, ring: Ring) -> None:
        try:
            self.output.start(ring.take)
        except OutputError:
            self._go_silent()

    def _go_silent(self) -> None:
        self._device.close()
        self.output = self._silent
        self._silent.start(self._ring.take)

    def _run(self) -> None:
        mixer: _Mixer | None = None
        while not self._stop:
            with self._wake:
                idle = self._course is None or self._ring.room < BLOCK
                if idle:
                    self._wake.wait(0.01 if self._course else None)
                course, ring, mixed = self._course, self._ring, self._mixed
            if course is None:
                continue
            monitor = self._monitor()
            mixer = mixer or _Mixer(monitor)
            mixed -= mixer.turn_to(monitor, ring)
            if ring.room < BLOCK:
                continue
            block = mixer.block(course, mixed)
            self.fault = mixer.fault
            with self._wake:
                if ring is self._ring:
                    ring.put(block)
                    self._mixed = mixed + BLOCK


class _Mixer:
    """The mixing thread's own: the programme, and how it was last listened to."""

    def __init__(self, monitor: Monitor) -> None:
        self._programme = Programme(monitor.layout)
        self._monitor = monitor
        self._ring: Ring | None = None
        self._tail: Block = np.zeros((0, 2), np.float32)

    @property
    def fault(self) -> str:
        """What could not be read last."""
        return self._programme.fault

    def turn_to(self, monitor: Monitor, ring: Ring) -> int:
        """Listen another way from now on; how many samples of the old way are to be mixed anew."""
        before, last = self._monitor, self._ring
        self._monitor, self._ring = monitor, ring
        if before.layout is not monitor.layout:
            self._programme.relaid(monitor.layout)
        if ring is not last or before == monitor:
            self._tail = self._tail if ring is last else self._tail[:0]
            return 0
        forgotten = ring.forget(_KEPT)
        self._tail = forgotten[:FADE]
        return len(forgotten)

    def block(self, course: Course, mixed: int) -> Block:
        """The next block; the first one of another way of listening comes in softly."""
        made = mixed_block(self._programme, course, mixed, self._monitor)
        if len(self._tail):
            made, self._tail = blended(self._tail, made), self._tail[:0]
        return made
