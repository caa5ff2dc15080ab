"""Steps that are smaller than reflections move a peak: a dropped buffer of 64 samples.

Where the stretches of one level scatter little, as those of a copy do, and those that are laid by
the pattern of a room, levels within it are told apart as finely as that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from conform.clocks.change import moment
from conform.hearing.evidence import TOLERANCE
from conform.hearing.levels import Part, joined, levels
from conform.hearing.pattern import scatter
from conform.hearing.sound import Sound

SLIGHTEST = 0.0002
"""Seconds of the smallest step that is told: ten samples at 48 kHz, or 7 cm of air."""

_FEWEST = 8  # stretches of a level within which others are looked for
_DEVIATIONS = 6.0  # times the scatter that a stretch may lie off its level
_NARROW = 3e-5  # seconds that it may in any case
_MOST = 10  # levels within one: more are a curve
_CLEARLY = 8.0  # times the scatter that a step has at least


def slight(reference: Sound, other: Sound, near: Sequence[Part]) -> tuple[list[Part], list[float]]:
    """The levels of parts near one another, and when each steps to the next, in seconds.

    Where none does, the parts as they are.
    """
    part = reduce(joined, near)
    if len(part.points) < _FEWEST:
        return list(near), []
    usual = scatter(part.points)
    width = max(_DEVIATIONS * usual, _NARROW)
    pieces = levels(part.points, part.drift, width) if width < TOLERANCE else []
    if not 1 < len(pieces) <= _MOST:
        return list(near), []
    parts: list[Part] = pieces[:1]
    places: list[float] = []
    least = max(SLIGHTEST, _CLEARLY * usual)
    for piece in pieces[1:]:
        place = moment(reference, other, part.points, parts[-1], piece, least)
        if place is None:
            parts[-1] = joined(parts[-1], piece)
        else:
            parts.append(piece)
            places.append(place)
    return (parts, places) if places else (list(near), [])
