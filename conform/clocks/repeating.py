"""Whether a sound that seems to jump is merely heard in several places, as a drum machine is.

After an edit a sound is heard at its new place alone; what repeats itself is heard at both.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from conform.hearing.band import COARSE_RATE
from conform.hearing.evidence import TOLERANCE, Points, level_line
from conform.hearing.levels import Part
from conform.hearing.sound import Sound
from conform.hearing.stretches import WIDTH, listen

_NEAR = 0.02  # seconds beside the other place in which a stretch is looked for
_LIKE = 0.5  # of its height at its own place makes a stretch heard at the other
_SHARE = 1 / 3  # of the stretches, from which the sound repeats itself


def repeats(reference: Sound, other: Sound, parts: Sequence[Part]) -> bool:
    """Whether the stretches of parts that follow one another are heard at both parts' places."""
    beside = [pair for one, two in pairwise(parts) for pair in ((one, two), (two, one))]
    heard = [_heard(reference, other, part, there) for part, there in beside]
    return bool(heard) and float(np.concatenate(heard).mean()) > _SHARE


def _heard(reference: Sound, other: Sound, part: Part, there: Part) -> NDArray[np.bool_]:
    """Which stretches of a part are heard at another one's place as well."""
    starts = (part.points[:, 0] - WIDTH / 2 - float(other.start)) * COARSE_RATE
    line = level_line(there.lag, there.drift)
    points = listen(reference, other, line, starts.round().astype(int), _NEAR)
    agree = np.abs(points[:, 1] - there.lag - there.drift * points[:, 0]) < TOLERANCE
    heights = dict(zip(_samples(points[agree]), points[agree, 2].tolist(), strict=True))
    beside = [heights.get(sample, 0.0) for sample in _samples(part.points)]
    return np.asarray(np.array(beside) > _LIKE * part.points[:, 2])


def _samples(points: Points) -> list[float]:
    """The middles of stretches in coarse samples: the same stretch has the same one."""
    middles: list[float] = (points[:, 0] * COARSE_RATE).round().tolist()
    return middles
