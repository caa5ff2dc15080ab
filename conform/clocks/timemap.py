"""Time maps: where every time of another sound falls in a reference, however its speed wanders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from conform.clocks.cubic import through
from conform.clocks.resample import interpolate, margin
from conform.hearing.band import COARSE_RATE, Signal
from conform.hearing.halves import narrowed, widened
from conform.hearing.sound import Sound

Reals = NDArray[np.float64]

_PIECE = 1 << 18  # samples that are retimed at once


@dataclass(frozen=True, slots=True)
class Knot:
    """At `seconds` of the other sound is heard what the reference holds at `reference_seconds`.

    `half_width` is that of the 95 % interval of the latter, in seconds.
    """

    seconds: float
    reference_seconds: float
    half_width: float = 0.0


@dataclass(frozen=True, slots=True)
class TimeMap:
    """Knots in order of time, both of whose times grow; at least two.

    Between knots both ways are monotone cubics whose speed does not jump; before the first and
    after the last the speed stays.
    """

    knots: tuple[Knot, ...]

    def reference_at(self, seconds: Reals) -> Reals:
        """Times in the reference of times of the other sound."""
        return through(self._others, self._references, seconds)

    def other_at(self, seconds: Reals) -> Reals:
        """Times in the other sound of times of the reference."""
        return through(self._references, self._others, seconds)

    @property
    def _others(self) -> Reals:
        return np.array([knot.seconds for knot in self.knots])

    @property
    def _references(self) -> Reals:
        return np.array([knot.reference_seconds for knot in self.knots])


def retimed(sound: Sound, along: TimeMap) -> Sound:
    """A sound as it would be on the reference's clock, pitch and all."""
    ends = np.array([float(sound.start), float(sound.start) + sound.seconds])
    first, last = along.reference_at(ends)
    start = floor(first)  # whole seconds: there the samples of all rates meet
    coarse = np.empty((ceil(last) - start) * COARSE_RATE, np.float16)
    for begin in range(0, len(coarse), _PIECE):
        piece = coarse[begin : begin + _PIECE]
        places = start * COARSE_RATE + begin + np.arange(len(piece))
        piece[:] = narrowed(_read(partial(_coarse, sound), along, places, COARSE_RATE))

    def excerpt(begin: int, count: int, rate: int) -> Signal:
        take = partial(_fine, sound, rate)
        return _read(take, along, begin + np.arange(count), rate).astype(np.float32)

    return Sound(sound.name, coarse, excerpt, Fraction(start))


def _read(
    take: Callable[[int, int], NDArray[np.floating]],
    along: TimeMap,
    places: NDArray[np.intp],
    rate: int,
) -> Reals:
    """The sound that `take` gives by first sample and count, at samples of the reference."""
    asked = along.other_at(places / rate) * rate
    step = float(np.ptp(asked)) / max(len(asked) - 1, 1)
    room = margin(step)
    low = floor(asked[0]) - room
    taken = take(low, floor(asked[-1]) + room + 2 - low)
    return interpolate(taken[:, None], asked - low, step)[:, 0]


def _coarse(sound: Sound, first: int, count: int) -> NDArray[np.floating]:
    """Coarse samples by number on the file's clock, silence where there are none."""
    begin = first - round(sound.start * COARSE_RATE)
    low, high = max(begin, 0), min(begin + count, len(sound.coarse))
    out = np.zeros(count, np.float32)
    if low < high:
        out[low - begin : high - begin] = widened(sound.coarse[low:high])
    return out


def _fine(sound: Sound, rate: int, first: int, count: int) -> NDArray[np.floating]:
    return sound.excerpt(first, count, rate)


def straight(lag: float, speed: float, first: float, last: float) -> TimeMap:
    """The map of a constant speed, between two times of the other sound."""
    return TimeMap(tuple(Knot(time, lag + speed * time) for time in (first, last)))
