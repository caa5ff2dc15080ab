"""Smooth curves through points: between two points never beyond either, and no kinks at them.

Fritsch & Butland, "A method for constructing local monotone piecewise cubic interpolants", SIAM J.
Sci. Stat. Comput. 5, 1984. A curve is local: each stretch hangs on the two points to either side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

BESIDE = 2
"""Points to either side of a stretch that shape the curve in it."""


def through(places: Reals, values: Reals, at: Reals) -> Reals:
    """The curve through two points or more, straight on beyond the outer ones.

    `places` ascend. Through two points, and wherever points lie on a straight line, it is straight.
    """
    gaps = np.diff(places)
    rises = np.diff(values) / gaps
    slopes = _slopes(gaps, rises)
    left = np.clip(np.searchsorted(places, at, side="right") - 1, 0, len(gaps) - 1)
    before, after = at - places[left], at - places[left + 1]
    rise = rises[left]
    # The straight line between two points, and what bends it: nought at both.
    bend = (slopes[left] - rise) * after + (slopes[left + 1] - rise) * before
    curve = values[left] + rise * before + bend * before * after / np.square(gaps[left])
    early, late = np.minimum(at - places[0], 0), np.maximum(at - places[-1], 0)
    outside = np.where(early < 0, values[0] + slopes[0] * early, values[-1] + slopes[-1] * late)
    return np.asarray(np.where((early < 0) | (late > 0), outside, curve))


def _slopes(gaps: Reals, rises: Reals) -> Reals:
    """The curve's slope at each point: a harmonic mean of its neighbours', nought at turns."""
    if len(gaps) == 1:
        return np.repeat(rises, 2)
    near = 2 * gaps[1:] + gaps[:-1], gaps[1:] + 2 * gaps[:-1]
    turns = rises[:-1] * rises[1:] <= 0
    before, after = (np.where(turns, 1.0, side) for side in (rises[:-1], rises[1:]))
    inner = np.where(turns, 0.0, (near[0] + near[1]) / (near[0] / before + near[1] / after))
    ends = _end(gaps[:2], rises[:2]), _end(gaps[:-3:-1], rises[:-3:-1])
    return np.concatenate([[ends[0]], inner, [ends[1]]])


def _end(gaps: Reals, rises: Reals) -> float:
    """The slope at an outer point, of the parabola through three; held to the first stretch's."""
    slope = ((2 * gaps[0] + gaps[1]) * rises[0] - gaps[0] * rises[1]) / (gaps[0] + gaps[1])
    if slope * rises[0] <= 0:
        return 0.0
    return float(np.copysign(min(abs(slope), 3 * abs(rises[0])), slope))
