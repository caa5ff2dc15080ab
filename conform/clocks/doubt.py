"""How far a sound's stretches lie off the course that was told of it: what is left unsaid there.

Steps that could not be placed, a wow that could not be followed, a sound that was stretched in time
without its pitch: most stretches, or those of a whole span, then lie elsewhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conform.hearing.evidence import TOLERANCE, Points

_FEWEST = 6  # stretches that tell how they usually lie
_RUN = 3  # in a row that lie off: chance puts one in a hundred anywhere, hardly ever two beside it
_MANY = 1 / 3  # share of stretches that lie off, in rows or not
_AIR = 0.02  # seconds: as far off, talkers at other distances may be who take turns
_BACK = 2  # stretches elsewhere that lie off as far: then they do

Reals = NDArray[np.float64]


def astray(points: Points, lags: Reals, room: float = TOLERANCE) -> float | None:
    """What stretches lie off a course, in seconds, where many of them do or a whole run does.

    `lags` are the course's at the stretches' times, `room` what a stretch may lie off them. What
    all lie off them in common is left out: the loudest of a room's reflections is not the sound
    itself, and its distance has its own interval.
    """
    if len(points) < _FEWEST:
        return None
    misses = points[:, 1] - lags
    misses -= np.median(misses)
    off = np.abs(misses) > room
    rows = _runs(misses, room) + ([np.flatnonzero(off)] if off.mean() > _MANY else [])
    return max((float(np.median(np.abs(misses[row]))) for row in rows), default=None)


def leaning(points: Points) -> float:
    """The slope of stretches as most pairs of them tell it, in seconds to a second."""
    apart = max(len(points) // 3, 1)
    rises = points[apart:, :2] - points[:-apart, :2]
    return float(np.median(rises[:, 1] / rises[:, 0])) if len(rises) else 0.0


def _runs(misses: Reals, room: float) -> list[NDArray[np.intp]]:
    """Rows of stretches that lie off, but for those that talkers who take turns may explain."""
    off = np.flatnonzero(np.abs(misses) > room)
    rows = np.split(off, np.flatnonzero(np.diff(off) > 1) + 1)
    return [row for row in rows if len(row) >= _RUN and not _by_turns(misses, row, room)]


def _by_turns(misses: Reals, row: NDArray[np.intp], room: float) -> bool:
    """Whether stretches elsewhere lie off as far, or those on either side of a row do not."""
    level = float(np.median(misses[row]))
    if abs(level) > _AIR:
        return False
    near = np.abs(misses - level) < min(TOLERANCE, abs(level) / 3)
    near[row] = False
    early, late = np.abs(misses[: row[0]]), np.abs(misses[row[-1] + 1 :])
    to_and_fro = min(int((side < room).sum()) for side in (early, late)) >= _BACK
    return bool(near.sum() >= _BACK or to_and_fro)
