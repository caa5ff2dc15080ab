"""The speech band, and how loud a sound is in it: what is compared, and what is too quiet to be.

Sound is compared at 8 kHz between 180 and 3600 Hz. Below lie mains hum and handling noise, which
unrelated recordings of one room share; above there is little that two microphones share. The band
is cut in the spectrum BEFORE whitening: whitening lifts whatever was left outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from conform.hearing.halves import widened

Signal = NDArray[np.float32]
"""One channel of sound, shaped (samples,); or several stretches of it, (stretches, samples)."""

Spectrum = NDArray[np.complex64]
"""One-sided spectra of `Signal`s."""

COARSE_RATE = 8000
"""Samples a second at which sounds are searched: enough for the speech band."""

SILENCE_DBFS = -84.0
"""Below this, in the band, is preamplifier noise: recorders that share electronics correlate there
(tracks at -113 dBFS did, with one another), so it is no evidence."""

_PIECE = 4096  # frames at once
_FRAME = 160  # 20 ms at COARSE_RATE, the usual frame of speech analysis


@dataclass(frozen=True, slots=True)
class Band:
    """A range of frequencies in hertz."""

    low: float
    high: float


SPEECH = Band(180.0, 3600.0)


@lru_cache(maxsize=32)
def mask(band: Band, size: int, rate: int) -> Signal:
    """The gain of each bin of a `size`-point spectrum: 1 inside the band, soft edges, 0 outside.

    The edges are raised cosines, 40 % of the lower and 8 % of the upper frequency wide, so that the
    correlation's side lobes stay low.
    """
    frequency = np.fft.rfftfreq(size, 1 / rate)
    rise = np.clip((frequency - band.low * 0.8) / (band.low * 0.4), 0, 1)
    fall = np.clip((band.high * 1.04 - frequency) / (band.high * 0.08), 0, 1)
    gain: Signal = (np.sin(rise * np.pi / 2) * np.sin(fall * np.pi / 2)).astype(np.float32) ** 2
    gain.flags.writeable = False  # kept: few sizes are asked for, each of them very often
    return gain


def powers(sound: NDArray[np.floating]) -> Signal:
    """The mean square of each 20 ms of an 8 kHz sound, rumble turned down by a first difference.

    The difference 0.9 takes 20 dB off 50 Hz and leaves speech within 4 dB: good enough to choose
    what to look at, and it costs no filter.
    """
    count = len(sound) // _FRAME
    out = np.empty(count, np.float32)
    for first in range(0, count, _PIECE):
        last = min(first + _PIECE, count)
        piece = widened(sound[first * _FRAME : last * _FRAME])
        piece[1:] -= 0.9 * piece[:-1]
        np.square(piece, out=piece)
        out[first:last] = piece.reshape(-1, _FRAME).mean(axis=1)
    return out


def audible_seconds(power: Signal) -> float:
    """How long a sound is above silence: a take of room tone alone does not count as sound.

    A frame is heard where it lies above `SILENCE_DBFS`.
    """
    return float(np.count_nonzero(power > 10 ** (SILENCE_DBFS / 10))) * _FRAME / COARSE_RATE


def audible(sound: NDArray[np.floating], seconds: float) -> bool:
    """Whether an 8 kHz sound is above silence for so long; it is heard no further than that."""
    heard = 0.0
    for first in range(0, len(sound), _PIECE * _FRAME):
        heard += audible_seconds(powers(sound[first : first + _PIECE * _FRAME]))
        if heard >= seconds:
            return True
    return False


def lively(power: Signal, length: int, count: int) -> list[int]:
    """Where to listen: the first samples of up to `count` windows of `length`, liveliest first.

    The sound is divided into `count` equal parts, and each offers its window with the most frames
    of speech level, so that the windows are spread over the whole take.
    """
    frames = max(1, length // _FRAME)
    if len(power) <= frames:
        return [0] if len(power) and power.max() > 10 ** (SILENCE_DBFS / 10) else []
    level = np.sqrt(np.minimum(power, np.quantile(power, 0.98)))
    total = np.concatenate([[0.0], np.cumsum(level, dtype=np.float64)])
    sums = total[frames:] - total[:-frames]
    audible = 10 ** (SILENCE_DBFS / 20) * frames
    edges = np.linspace(0, len(sums), count + 1).astype(int)
    best = [
        (float(sums[a:b].max()), a + int(sums[a:b].argmax())) for a, b in pairwise(edges) if b > a
    ]
    ranked = sorted((item for item in best if item[0] > audible), reverse=True)
    chosen: list[int] = []
    for _, frame in ranked:
        if all(abs(frame - other) >= frames // 2 for other in chosen):
            chosen.append(frame)
    return [frame * _FRAME for frame in chosen]
