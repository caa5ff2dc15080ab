"""Sound that runs at another machine's speed: the trade's ratios by name, then any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import floor

import numpy as np

from conform.band import COARSE_RATE, Signal
from conform.match import Match
from conform.measure import STAGES, find, measure
from conform.resample import interpolate, margin
from conform.respeed import promising
from conform.sound import Sound

SPEEDS: dict[str, Fraction] = {
    "1001/1000 (24 played at 23.976)": Fraction(1001, 1000),
    "1000/1001 (23.976 played at 24)": Fraction(1000, 1001),
    "25/24 (25 played at 24)": Fraction(25, 24),
    "24/25 (24 played at 25)": Fraction(24, 25),
    "25025/24000 (25 played at 23.976)": Fraction(25025, 24000),
    "24000/25025 (23.976 played at 25)": Fraction(24000, 25025),
    "48000/44100 (44.1 kHz stamped 48)": Fraction(48000, 44100),
    "44100/48000 (48 kHz stamped 44.1)": Fraction(44100, 48000),
}
"""Reference seconds to each second of the other sound, by the mistake that makes them."""

_LONGEST = 600  # seconds that are compared: enough to tell a speed to a part in a million
_SHORTEST = 4  # seconds below which no speed is tried
_NEARBY = (0.0, 2e-4, -2e-4, 4e-4, -4e-4)  # a search window bears 100 ppm to either side
_FINEST = 5000  # the largest denominator of a speed that is tried: keeps resampling's filter short
_CLOCKS = 2e-4  # real clocks are off by less


def at_other_speed(reference: Sound, other: Sound, rate: int) -> tuple[str | None, Match] | None:
    """The speed at which another sound matches, named where it is known; None where none does.

    The trade's speeds are tried first, then any within 8 %. The match's drift holds the whole
    speed, so its lag and drift are those of the file as it is.
    """
    if other.seconds < _SHORTEST:
        return None
    part = _middle(other)
    for speed in _speeds(reference, part):
        if not find(reference, _at(part, speed), rate, stages=STAGES[:1]).match.matched:
            continue
        match = measure(reference, _at(part, speed), rate).match
        if match.matched:
            exact = float(speed * (1 + Fraction(match.drift_ppm or 0.0) / 1_000_000))
            return _name(exact), replace(match, drift_ppm=(exact - 1) * 1e6)
    return None


def _speeds(reference: Sound, other: Sound) -> Iterator[Fraction]:
    """Speeds worth trying: the known ones, then what the loudness of both proposes."""
    yield from SPEEDS.values()
    for rough in promising(reference.coarse, other.coarse):
        for step in _NEARBY:
            yield Fraction(rough * (1 + step)).limit_denominator(_FINEST)


def _name(speed: float) -> str | None:
    """The known ratio that a speed is, but for clocks."""
    near = (name for name, known in SPEEDS.items() if abs(speed / known - 1) < _CLOCKS)
    return next(near, None)


def _middle(sound: Sound) -> Sound:
    """The middle of a long sound."""
    middle = max(0, (len(sound.coarse) - _LONGEST * COARSE_RATE) // 2)
    first = sound.start + Fraction(middle, COARSE_RATE)
    return sound.part(first, first + _LONGEST)


def _at(sound: Sound, speed: Fraction) -> Sound:
    """A sound as it would be, run so that it lasts `speed` times as long, pitch and all."""
    from scipy import signal  # noqa: PLC0415  (half a second to import, and most sounds run true)

    coarse = signal.resample_poly(
        sound.coarse.astype(np.float32), speed.numerator, speed.denominator
    )

    def excerpt(first: int, count: int, rate: int) -> Signal:
        step = float(1 / speed)
        places = (first + np.arange(count)) * step
        room = margin(step)
        begin = floor(places[0]) - room
        taken = sound.excerpt(begin, floor(places[-1]) + room + 2 - begin, rate)
        return interpolate(taken[:, None], places - begin, step)[:, 0].astype(np.float32)

    return Sound(sound.name, coarse.astype(np.float16), excerpt, sound.start * speed)
