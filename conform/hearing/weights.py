"""Weights of a cross-spectrum's bins: how much each is worth for the lag, and what it explains.

Bins count by their coherence (Hannan & Thomson, "Estimating group delay", 1973), which finds by
itself where the two sounds agree: the codec's edge, the telephone's band, the music underneath.

Two further weightings divide by the power of one sound (Roth, "Effective measurements using digital
signal analysis", IEEE Spectrum 8, 1971): what is left is the impulse response from that sound to
the other one. Where that sound is the drier one, it is the room's own, with nothing before the
direct path; the phase transform, which knows no magnitudes, rings on both sides of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conform.hearing.band import SPEECH, Band, mask

Bins = NDArray[np.complex128]
"""One-sided cross-spectra."""

Reals = NDArray[np.float64]
"""One-sided power spectra; correlations; lags."""

_TINY = 1e-30
_LOW, _HIGH = 120.0, 0.46  # hertz; share of the sample rate
_FINE, _WIDE = 60.0, 800.0  # hertz over which coherence is smoothed: for the lag, for the room
_NOISE = 8.0  # times a bin's own noise that is added to the power it is divided by: from 4 to 16,
# rooms are told from silence equally well; at 1, bins without sound ring
_LEAST = 1e-3  # share of the power nearby that is added at least
_BLOCKS = 8  # to the wider of the two
_CLEAREST = 0.98  # coherence at most: 1 would count endlessly


@dataclass(frozen=True, slots=True)
class Weighting:
    """Real weights of a cross-spectrum's bins, and the spectrum that a pure delay would leave."""

    weight: Reals
    pure: Reals


def weights(total: Bins, powers: Reals, frames: int, rate: int) -> Reals:
    """Maximum-likelihood weights of the bins of a cross-spectrum, the phase transform included.

    `powers` is the product of both sounds' power spectra. Coherence is smoothed over 60 Hz.
    """
    size = 2 * (len(total) - 1)
    width = max(3, round(_FINE * size / rate)) | 1
    shares = np.square(np.abs(total)) / (powers + _TINY)
    smooth = np.convolve(shares, np.full(width, 1 / width), mode="same")
    odds = _odds(smooth, frames) * _heard(size, rate)
    # Where nothing stands out, the speech band, whitened.
    weight = odds if odds.any() else mask(SPEECH, size, rate)
    return np.asarray(weight / (np.abs(total) + _TINY), np.float64)


def weightings(
    total: Bins, ours: Reals, theirs: Reals, frames: int, rate: int
) -> tuple[Weighting, Weighting, Weighting]:
    """By coherence, by the reference's power and by the other sound's."""
    likely = weights(total, ours * theirs, frames, rate)
    size = 2 * (len(total) - 1)
    width = _WIDE * size / rate
    height = np.abs(total)
    powers = np.square(height)
    odds = _odds(_smooth(powers, width) / (_smooth(ours * theirs, width) + _TINY), frames)
    band = np.minimum(odds, 1) * _heard(size, rate)
    noise = np.maximum(_NOISE / frames / (odds + _TINY), _LEAST)
    mean = _smooth(height, width)
    through = []
    for power in (ours, theirs):
        near = _smooth(power, width) + _TINY
        weight = band / (power + noise * near)
        through.append(Weighting(weight, weight * power * mean / near))
    return Weighting(likely, likely * height), through[0], through[1]


def _odds(coherence: Reals, frames: int) -> Reals:
    """Signal over noise, beyond what unrelated noise shows: one over the number of frames."""
    chance = 1 / max(frames, 2)
    sure = np.clip((coherence - chance) / (1 - chance), 0, _CLEAREST)
    return np.asarray(sure / (1 - sure))


def _smooth(values: Reals, width: float) -> Reals:
    """The mean over some `width` bins around each, by a raised cosine over blocks of them.

    Blocks keep quiet bins exact beside loud ones, which running sums would not.
    """
    block = max(1, round(width / _BLOCKS))
    firsts = np.arange(0, len(values), block)
    counts = np.diff(np.append(firsts, len(values)))
    fade = np.hanning(2 * _BLOCKS + 1)[1:-1]
    sums = np.convolve(np.add.reduceat(values, firsts), fade, mode="same")
    shares = np.convolve(counts.astype(np.float64), fade, mode="same")
    middles = firsts + (counts - 1) / 2
    return np.asarray(np.interp(np.arange(len(values)), middles, sums / shares))


def _heard(size: int, rate: int) -> Reals:
    return mask(Band(_LOW, _HIGH * rate), size, rate).astype(np.float64)


def explained(total: Bins, ours: Reals, theirs: Reals, place: float, rate: int) -> float:
    """The other sound's power in bins that agree with a pure delay by `place` samples.

    A copy of the reference agrees everywhere; another microphone's room turns the phases.
    """
    size = 2 * (len(total) - 1)
    share = theirs * mask(SPEECH, size, rate)
    turned = np.real(total * np.exp(2j * np.pi * np.fft.rfftfreq(size) * place))
    agreement = turned / np.sqrt(ours * theirs + _TINY)
    return float(abs((agreement * share).sum()) / (share.sum() + _TINY))
