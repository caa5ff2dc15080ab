"""Sync pops: one frame of 1 kHz, found in silence and placed to the sample.

A pop is told from speech and music by three things at once: nearly all of its power is one tone of
1 kHz, it is one frame long, and there is next to nothing beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import log10

import numpy as np
from numpy.typing import NDArray

TONE = 1000
"""Hertz: the tone of every sync pop (2-pop, tail pop) and of line-up."""

_PURE = 0.7  # of a frame's power that is the tone: 4 dB above any noise with it
_FAINT = 1e-3  # amplitude, -60 dBFS: nobody lines up to less
_SHORTEST, _LONGEST = 0.7, 1.4  # of a frame: a pop of 30 fps counts under 24, two frames do not
_BESIDE = 0.2  # seconds on either side in which next to nothing may be heard
_GUARD = 0.005  # seconds beside the pop that a codec or a filter may smear
_QUIET = 0.25  # of the pop's power beside it, -6 dB
_TIE = 1e-6  # of the tone's power: samples that decide nothing, as at a zero crossing


@dataclass(frozen=True, slots=True)
class Pop:
    """A pop in a stretch of sound: its first sample, its length in samples, and its level.

    The level is that of the sine in dBFS: one that just fills the scale has 0.
    """

    first: int
    length: int
    level: float


def pops(sound: NDArray[np.float32], rate: int, frame: Fraction) -> tuple[Pop, ...]:
    """Every pop in one channel; `frame` is the length of a frame in seconds.

    In noise 20 dB below it a pop is placed within 3 samples, without noise exactly.
    """
    long = round(frame * rate)
    if len(sound) < long:
        return ()
    heard = sound.astype(np.float64)
    found: list[Pop] = []
    for candidate in _candidates(heard, long, rate):
        pop = _pop(heard, candidate, long, rate)
        again = found and pop and pop.first < found[-1].first + found[-1].length
        if pop is not None and not again:
            found.append(pop)
    return tuple(found)


def _candidates(sound: NDArray[np.float64], long: int, rate: int) -> list[int]:
    """Where a frame's length holds most tone, once for each stretch that is nearly pure tone."""
    turning = np.exp(-2j * np.pi * TONE / rate * np.arange(len(sound)))
    tone = np.concatenate([[0], np.cumsum(sound * turning)])
    power = np.concatenate([[0.0], np.cumsum(np.square(sound))])
    told = 2 * np.square(np.abs(tone[long:] - tone[:-long])) / long
    whole = power[long:] - power[:-long]
    pure = (told >= _PURE * whole) & (told >= _FAINT**2 / 2 * long)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], pure.astype(np.int8), [0]])))
    return [
        int(start + told[start:end].argmax())
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start <= 2 * long  # longer is a line-up tone
    ]


def _pop(sound: NDArray[np.float64], first: int, long: int, rate: int) -> Pop | None:
    """The pop about `first`, if it has the length of one and stands alone."""
    middle = first + long // 2
    inner = np.arange(middle - long // 4, middle + long // 4)
    reach = np.arange(max(0, middle - long), min(len(sound), middle + long))
    waves, known = _waves(reach, rate), _waves(inner, rate)
    sides, *_ = np.linalg.lstsq(known, sound[inner], rcond=None)
    tone = waves @ sides
    power = float(np.square(sides).sum()) / 2
    # How much likelier each sample is with the tone than without it; the ends are where it tips.
    gain = 2 * sound[reach] * tone - np.square(tone)
    at = middle - int(reach[0])
    begins = [int(reach[0]) + at - n for n in reversed(_turns(gain[:at][::-1], power))]
    ends = [int(reach[0]) + at + n for n in _turns(gain[at:], power)]
    start, end = min(product(begins, ends), key=lambda pair: abs(pair[1] - pair[0] - long))
    if not _SHORTEST * long <= end - start <= _LONGEST * long:
        return None
    if _beside(sound, start, end, rate) > _QUIET * power:
        return None
    return Pop(start, end - start, 10 * log10(2 * power))


def _waves(at: NDArray[np.intp], rate: int) -> NDArray[np.float64]:
    angle = 2 * np.pi * TONE / rate * at
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _turns(gain: NDArray[np.float64], power: float) -> list[int]:
    """How many samples outward the tone lasts: the counts that explain most, all but equally."""
    total = np.concatenate([[0.0], np.cumsum(gain)])
    return [int(n) for n in np.flatnonzero(total >= total.max() - _TIE * power)]


def _beside(sound: NDArray[np.float64], start: int, end: int, rate: int) -> float:
    """The power just before or just after, whichever is higher; a file's edge is silence."""
    room, guard = round(_BESIDE * rate), round(_GUARD * rate)
    before = sound[max(0, start - room) : max(0, start - guard)]
    after = sound[end + guard : end + room]
    return max(float(np.square(part).mean()) if len(part) else 0.0 for part in (before, after))
