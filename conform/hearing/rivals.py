"""Whether another place explains a sound about as well as the best one: then neither is claimed.

A sound that repeats itself, by a loop or a sample, is as clear at both places stretch by stretch,
and those stretches tell nothing between them. What one place explains and the other does not is
the evidence between the two: the lesser one then has little. Chance has some of its own at times,
but next to none that the better place lacks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conform.hearing.band import COARSE_RATE
from conform.hearing.evidence import TOLERANCE, Line, Points, decades, listen
from conform.hearing.pieces import Pieces

_LIKE = 0.5  # of a stretch's height at one place makes it heard at the other: voices lie over loops
_MOST = 24  # stretches that are compared
_DECIDES = 6.0  # decades by which one place must lead
_TINY = 1e-20
_SHARE = 0.5  # of the leader's own evidence that the other may have
_ENOUGH = 12  # stretches heard at a place, from which it may outdo one that is sure as well
_AS_HIGH, _FAR_HIGHER = 0.9, 2.0  # times the height there that nine of ten and half of them have:
# tunes and voices over a loop 1.5 and 1.8 or more; of 112 clocks, disks and drum machines none came
# near (0.6 with 1.5)


Lines = tuple[Line, Line]
"""Two places that are held against each other."""


def tied(
    reference: NDArray[np.floating],
    other: NDArray[np.floating],
    best: Line,
    rival: Line,
    width: float,
) -> bool:
    """Whether stretches `width` seconds long leave it open which of two lines is the right one."""
    here, there = _heard(reference, other, (best, rival), width)
    lead = decades(_own(here, there, best, rival), len(here), width, given=True)
    left = decades(_own(there, here, rival, best), len(there), width, given=True)
    return lead - left < _DECIDES or left > _SHARE * lead


def outdone(
    reference: NDArray[np.floating], other: NDArray[np.floating], lines: Lines, width: float
) -> bool:
    """Whether half the stretches are far higher on the first line than on the second, none lower.

    So is a voice over a loop: both are at their own place, the loop alone at the other. What only
    shares a loop, a clock or a drum machine is higher now here, now there.
    """
    (best, rival), (here, there) = lines, _heard(reference, other, lines, width)
    here = here[_agree(here, best) & np.isin(here[:, 0], there[:, 0])]
    if len(here) < _ENOUGH:
        return False
    beside = there[np.searchsorted(there[:, 0], here[:, 0])]
    height = np.where(_agree(beside, rival), beside[:, 2], 0.0)
    tenth, half = np.quantile(here[:, 2] / np.maximum(height, _TINY), (0.1, 0.5))
    return bool(tenth >= _AS_HIGH and half >= _FAR_HIGHER)


def _heard(
    reference: NDArray[np.floating],
    other: NDArray[np.floating],
    lines: Lines,
    width: float,
) -> tuple[Points, Points]:
    """The same stretches, `width` seconds long, along each of two lines."""
    length = round(width * COARSE_RATE)
    starts = np.arange(0, max(len(other) - length, 0) + 1, length)
    if len(starts) > _MOST:
        starts = starts[np.linspace(0, len(starts) - 1, _MOST).astype(int)]
    pieces = Pieces(other)
    one, two = (listen(reference, pieces, line, starts, length) for line in lines)
    return one, two


def _own(here: Points, there: Points, line: Line, against: Line) -> NDArray[np.float64]:
    """The heights of the stretches that agree with a line and are not heard at the one against it.

    Where most stretches are heard at both, those that the other place has no sound for are no
    evidence either: a loop goes on there.
    """
    facing = np.searchsorted(there[:, 0], here[:, 0])
    met = np.isin(here[:, 0], there[:, 0])
    like = np.zeros(len(here), bool)
    beside = there[facing[met]]
    like[met] = _agree(beside, against) & (beside[:, 2] > _LIKE * here[met, 2])
    agree = _agree(here, line)
    repeats = 2 * np.count_nonzero(agree & like) > np.count_nonzero(agree & met)
    own = agree & ~like & (met | ~np.bool_(repeats)) & (here[:, 2] > here[:, 3])
    return np.asarray(here[own, 2])


def _agree(points: Points, line: Line) -> NDArray[np.bool_]:
    return np.asarray(np.abs(points[:, 1] - line.lag - line.drift * points[:, 0]) < TOLERANCE)
