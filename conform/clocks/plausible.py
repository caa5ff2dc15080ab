"""Whether a speed that wanders explains stretches, and nothing simpler does.

A curve is told from a line by how much likelier it makes the stretches (Kass & Raftery, "Bayes
factors", JASA 90, 1995: twice the logarithm above 10 is very strong), and it must leave less than
half of what the line leaves: talkers at other distances, and reflections, are no curve.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conform.clocks.smoother import Curve
from conform.hearing.levels import PENALTY, stairs

STRONG = 10.0
"""Twice the logarithm of how much likelier a curve must be."""

FEWEST = 12
"""Stretches that tell a curve."""

_LESS = 0.5  # share of the line's misses that a curve may leave
_LEAST = 5e-5  # seconds of wander, root mean square, that are worth a map
_WIDE, _NARROW = 4.0, 8e-5  # deviations; seconds: as far from a level as stretches on it lie
_PLACES = 60  # where a step is looked for, at the same count of stretches from one another
_RIPPLE = 5.0  # seconds to either side of a jump in which a curve that smooths over it is steep
_USUAL = 0.95  # share of a curve that is no steeper than usual, and
_TEAR = 3.0  # times as much speed off the mean as is then a jump's: even wow has 1
_AT_ONCE = 512  # stretches that are held against levels together
_GRID = 0.25  # seconds between the places of a curve that are looked at

Reals = NDArray[np.float64]


def off_line(found: Curve) -> Reals:
    """What kept stretches are off their best straight line."""
    times, values = found.times[found.kept], found.values[found.kept]
    return np.asarray(values - np.polyval(np.polyfit(times, values, 1), times))


def is_curve(found: Curve) -> bool:
    """Whether a wandering speed explains the stretches, and a steady one does not."""
    off = float(np.sqrt(np.mean(np.square(off_line(found)))))
    left = found.values - found.at(found.times)[0]
    rest = float(np.sqrt(np.mean(np.square(left[found.kept]))))
    enough = found.kept.sum() >= FEWEST and found.kept.mean() > 0.5
    return bool(enough and found.gain > STRONG and rest < _LESS * off and off > _LEAST)


def simpler(found: Curve) -> bool:
    """Whether something else than a wow explains the stretches: levels, a step, or a torn curve."""
    return _is_stairs(found) or _is_a_step(found) or _is_torn(found)


def _is_stairs(found: Curve) -> bool:
    """Whether levels explain the stretches cheaper than a curve: talkers take turns in steps."""
    width, cost = _cost(found)
    line = np.polyfit(found.times[found.kept], found.values[found.kept], 1)
    left = found.values - np.polyval(line, found.times)
    rows = np.array_split(left, len(left) // _AT_ONCE + 1)
    return bool(sum(stairs(row[None], width)[0][0] for row in rows) < cost)


def _is_a_step(found: Curve) -> bool:
    """Whether one step, or two, and a drift explain the stretches cheaper than a curve.

    A line through both sides of a step is steeper than either, so that they are no levels along it.
    """
    width, cost = _cost(found)
    places = np.quantile(found.times, np.linspace(0, 1, _PLACES + 2)[1:-1])
    shape = np.column_stack([np.ones(len(found.times)), found.times - found.times.mean()])
    for count in (1, 2):
        tried = [np.column_stack([shape, found.times > place]) for place in places]
        costs = [_missing(found, some, width) for some in tried]
        if min(costs) + count * PENALTY < cost:
            return True
        shape = tried[int(np.argmin(costs))]
    return False


def _missing(found: Curve, shape: Reals, width: float) -> float:
    """What stretches off the best sum of some shapes cost."""
    kept = found.kept
    told = np.linalg.lstsq(shape[kept], found.values[kept], rcond=None)[0]
    left = found.values - shape @ told
    return float(np.minimum(np.square(left / width), 1.0).sum())


def _cost(found: Curve) -> tuple[float, float]:
    """Seconds from which a stretch lies off whatever explains it, and what a curve costs.

    What a stretch off it costs is at most 1; so does each number that tells the curve.
    """
    left = found.values - found.at(found.times)[0]
    width = max(_WIDE * float(np.sqrt(np.mean(np.square(left[found.kept])))), _NARROW)
    return width, float(np.minimum(np.square(left / width), 1.0).sum() + found.bends)


def _is_torn(found: Curve) -> bool:
    """Whether a curve smooths over a jump: its speed is somewhere unlike that of everywhere else.

    A step within a wow leaves stretches beside it without a place, and a curve bridges them.
    """
    grid = np.arange(found.times[0], found.times[-1], _GRID)
    growth = np.abs(found.at(grid)[1] - np.polyfit(found.times, found.values, 1)[0])
    most = int(growth.argmax())
    rest = growth[np.abs(grid - grid[most]) > _RIPPLE]
    return bool(len(rest) and growth[most] > _TEAR * np.quantile(rest, _USUAL))
