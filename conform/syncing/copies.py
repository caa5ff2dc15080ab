"""Whether two files hold the same recording: a mirror drive's copy, a second bounce, a mixdown's.

Two microphones never hear the same, nor do two recorders count the same samples; a copy differs at
most by its word length or a lossy codec.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from conform.hearing.stretch import of_file
from conform.media import Samples
from conform.roll import Roll
from conform.timecode import sample_at

_LOOK = Fraction(1, 2)  # seconds that are compared
_SILENT = 1e-9  # mean square, -90 dBFS: below it a channel tells nothing
_SAME = 0.01  # of a channel's power, -20 dB: what a lossy codec leaves at most


@dataclass(frozen=True, slots=True)
class Lying:
    """A take with the record time of its first sample, as it is here."""

    roll: Roll
    zero: Fraction


def holds(one: Lying, other: Lying, first: Fraction, last: Fraction) -> bool:
    """Whether every channel that sounds in the other is in the one, between two record times.

    The places may be a sample off. Takes of different sample rates are never the same.
    """
    rate = one.roll.sample_rate
    if other.roll.sample_rate != rate:
        return False
    begin = max(first, (first + last - _LOOK) / 2)
    count = sample_at(min(last - begin, _LOOK), rate)
    theirs = _heard(other, begin, 0, count)
    sounding = [channel for channel in theirs if np.square(channel).mean() > _SILENT]
    if not sounding:
        return False
    ours = _heard(one, begin, -1, count + 2)
    return all(_among(channel, ours) for channel in sounding)


def _heard(lying: Lying, begin: Fraction, early: int, count: int) -> Samples:
    """Every channel of a take from a record time on, shaped (channels, count)."""
    roll = lying.roll
    first = sample_at(begin - lying.zero, roll.sample_rate) + early
    lanes = []
    for path, numbers in roll.files:
        picked = tuple(roll.channels[number].index for number in numbers)
        lanes.append(of_file(path, picked, roll.sample_rate)(first, count, roll.sample_rate).T)
    return np.concatenate(lanes)


def _among(channel: NDArray[np.float32], ours: Samples) -> bool:
    power = float(np.square(channel).sum())
    shifts = range(ours.shape[1] - len(channel) + 1)
    return any(
        float(np.square(lane[shift : shift + len(channel)] - channel).sum()) < _SAME * power
        for lane in ours
        for shift in shifts
    )
