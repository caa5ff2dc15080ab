"""One block of what is heard: a course through the programme, at any speed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ui.review.course import Course
from ui.review.layout import Layout
from ui.review.programme import Programme, monitored
from ui.review.state import Listen
from ui.viewer.ring import Block

BLOCK = 1024
"""Samples that are mixed at once."""

FADE = 256
"""Samples, 5 ms, over which one sound gives way to another: a step in the sound would click."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """How the sound is to be heard, asked anew for every block."""

    layout: Layout
    listen: Listen
    solo: frozenset[str]
    muted: frozenset[str]


def mixed_block(programme: Programme, course: Course, played: int, monitor: Monitor) -> Block:
    """The next block of a course, resampled straight between samples where it is not at speed 1."""
    out = np.zeros((BLOCK, 2), np.float32)
    if course.stop is not None and played >= course.stop:
        return out
    places = course.places(played, BLOCK)
    jumps = np.flatnonzero(np.abs(np.diff(places)) > abs(float(course.speed)) * 2 + 1) + 1
    for part in np.split(np.arange(BLOCK), jumps):
        out[part] = _along(programme, places[part], monitor)
    if course.stop is not None:
        left = course.stop - played - np.arange(BLOCK)
        out *= np.clip(left / FADE, 0, 1).astype(np.float32)[:, None]
    return out


def blended(before: Block, after: Block) -> Block:
    """A block that begins as the one before would have gone on, and gives way to the new one."""
    count = min(len(before), len(after), FADE)
    rise = (np.arange(count, dtype=np.float32) / np.float32(max(1, count)))[:, None]
    out = after.copy()
    out[:count] = before[:count] * (1 - rise) + after[:count] * rise
    return out


def _along(programme: Programme, places: NDArray[np.float64], monitor: Monitor) -> Block:
    """The sound at places that run one way."""
    low, high = int(np.floor(places.min())), int(np.floor(places.max())) + 2
    heard = programme.stretch(low, high)
    sound = monitored(heard, monitor.layout.stems, monitor.listen, monitor.solo, monitor.muted)
    grid = np.arange(low, high)
    sides = [np.interp(places, grid, sound[:, side]) for side in (0, 1)]
    return np.stack(sides, axis=1).astype(np.float32)
