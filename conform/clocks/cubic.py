"""Smooth curves through points: between two points never beyond either, and no kinks at them.

Hyman, "Accurate monotonicity preserving cubic interpolation", SIAM J. Sci. Stat. Comput. 4, 1983.
A curve is local: each stretch hangs on the points at its ends and two beside each of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

_NEIGHBOURS = (-2, -1, 1, 2)

BESIDE = 2
"""Points to either side of a stretch that shape the curve in it."""


def through(places: Reals, values: Reals, at: Reals) -> Reals:
    """The curve through two points or more, straight on beyond the outer ones.

    `places` ascend. Through two points, and wherever points lie on a straight line, it is straight.
    """
    gaps = np.diff(places)
    rises = np.diff(values) / gaps
    slopes = _slopes(places, values)
    left = np.clip(np.searchsorted(places, at, side="right") - 1, 0, len(gaps) - 1)
    before, after = at - places[left], at - places[left + 1]
    rise = rises[left]
    # The straight line between two points, and what bends it: nought at both.
    bend = (slopes[left] - rise) * after + (slopes[left + 1] - rise) * before
    curve = values[left] + rise * before + bend * before * after / np.square(gaps[left])
    early, late = np.minimum(at - places[0], 0), np.maximum(at - places[-1], 0)
    outside = np.where(early < 0, values[0] + slopes[0] * early, values[-1] + slopes[-1] * late)
    return np.asarray(np.where((early < 0) | (late > 0), outside, curve))


def _slopes(places: Reals, values: Reals) -> Reals:
    """The curve's slope at each point: that of the quartic through it and its four neighbours.

    It is nought where the points turn, and at most three times that of either side: with that the
    curve goes beyond neither.
    """
    rises = np.diff(values) / np.diff(places)
    if len(rises) == 1:
        return np.repeat(rises, 2)
    free = sum(_share(places, values, step) for step in _NEIGHBOURS)
    before, after = np.append(rises[0], rises), np.append(rises, rises[-1])
    most = 3 * np.minimum(np.abs(before), np.abs(after))
    kept = np.clip(free * np.sign(after), 0, most) * np.sign(after)
    return np.asarray(np.where(before * after > 0, kept, 0.0))


def _share(places: Reals, values: Reals, step: int) -> Reals:
    """What the neighbours `step` points on give to the slopes at all points: Lagrange's weights."""
    count = len(places)
    here = np.arange(count)
    there = here + step
    known = (there >= 0) & (there < count)
    there = np.clip(there, 0, count - 1)
    away = np.where(known, places[there] - places, 1.0)
    weight = 1 / away
    for other in _NEIGHBOURS:
        beside = here + other
        counts = known & (beside >= 0) & (beside < count) & (other != step)
        place = places[np.clip(beside, 0, count - 1)]
        near = np.where(counts, places[there] - place, 1.0)
        weight *= np.where(counts, (places - place) / near, 1.0)
    return np.asarray(np.where(known, weight * (values[there] - values), 0.0))
