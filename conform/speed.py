"""Sound that runs at another machine's speed: the trade's ratios, tried by name."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor

import numpy as np
from scipy import signal

from conform.band import COARSE_RATE, Signal
from conform.match import Match
from conform.measure import STAGES, find, measure
from conform.resample import interpolate, margin
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


def at_known_speed(reference: Sound, other: Sound, rate: int) -> tuple[str, Match] | None:
    """The speed at which another sound matches, by name, and its match; None where none does.

    The match's drift holds the whole speed, so its lag and drift are those of the file as it is.
    """
    if other.seconds < _SHORTEST:
        return None
    middle = max(0, (len(other.coarse) - _LONGEST * COARSE_RATE) // 2)
    first = other.start + Fraction(middle, COARSE_RATE)
    part = other.part(first, first + _LONGEST)
    for name, speed in SPEEDS.items():
        if not find(reference, _at(part, speed), rate, stages=STAGES[:1]).match.matched:
            continue
        match = measure(reference, _at(part, speed), rate).match
        if match.matched:
            drift = speed * (1 + Fraction(match.drift_ppm or 0.0) / 1_000_000) - 1
            return name, replace(match, drift_ppm=float(drift) * 1e6)
    return None


def _at(sound: Sound, speed: Fraction) -> Sound:
    """A sound as it would be, run so that it lasts `speed` times as long, pitch and all."""
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
