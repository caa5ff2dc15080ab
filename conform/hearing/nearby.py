"""A sound too short to be found anywhere, heard where something else says that it lies.

The whole of it is one stretch, or a few. Where to look is given, so few places could look as good
by chance, and the chance that they do can be stated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from conform.hearing.band import COARSE_RATE
from conform.hearing.evidence import REACH, TOLERANCE, Line, decades, level_line, listen
from conform.hearing.pieces import Pieces
from conform.hearing.sound import Sound

_SHORTEST = 0.2  # seconds that can still be heard
_STRETCH = 2.0  # seconds of the stretches of longer sounds
_CLEAR = 8.0  # heights over noise that no unrelated stretch reached at a place given beforehand


@dataclass(frozen=True, slots=True)
class Nearby:
    """The line of a sound near where it was looked for, on the clocks of both files.

    `false_match` is the chance that another sound would have been heard there as clearly.
    """

    line: Line
    false_match: float


def nearby(reference: Sound, other: Sound, lag: float, doubt: float) -> Nearby | None:
    """The other sound within `doubt` seconds of a lag between file clocks, a millisecond at least.

    Its stretches must stand out, and most of them agree; None where they do not. A place further
    off than `REACH` is never found.
    """
    shift = float(reference.start - other.start)
    length = min(len(other.coarse), round(_STRETCH * COARSE_RATE))
    if length < _SHORTEST * COARSE_RATE:
        return None
    starts = np.arange(0, len(other.coarse) - length + 1, length)
    given = level_line(lag - shift, 0.0)
    points = listen(reference.coarse, Pieces(other.coarse), given, starts, length)
    if not len(points):
        return None
    best = float(points[points[:, 2].argmax(), 1])
    wide = float(np.clip(doubt, TOLERANCE, REACH))
    agree = np.abs(points[:, 1] - best) < TOLERANCE
    clear = agree & (points[:, 2] > _CLEAR)
    if abs(best - given.lag) > wide or not clear.any() or 2 * int(agree.sum()) < len(points):
        return None
    worth = points[clear & (points[:, 2] > points[:, 3]), 2]
    told = decades(worth, len(points), length / COARSE_RATE, given=True)
    found = float(np.average(points[agree, 1], weights=points[agree, 2]))
    points = points + np.array([float(other.start), shift, 0.0, 0.0])
    line = Line(found + shift, 0.0, points, agree, told)
    return Nearby(line, float(min(1.0, wide / TOLERANCE * 10.0**-told)))
