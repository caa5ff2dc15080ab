"""Weights of a cross-spectrum's bins: how much each is worth for the lag, and what it explains.

Bins count by their coherence (Hannan & Thomson, "Estimating group delay", 1973), which finds by
itself where the two sounds agree: the codec's edge, the telephone's band, the music underneath.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conform.hearing.band import SPEECH, Band, mask

Bins = NDArray[np.complex128]
"""One-sided cross-spectra."""

Reals = NDArray[np.float64]
"""One-sided power spectra; correlations; lags."""

_TINY = 1e-30
_LOW, _HIGH = 120.0, 0.46  # hertz; share of the sample rate


def weights(total: Bins, powers: Reals, frames: int, rate: int) -> Reals:
    """Maximum-likelihood weights of the bins of a cross-spectrum, the phase transform included.

    `powers` is the product of both sounds' power spectra. Coherence is smoothed over 60 Hz.
    """
    size = 2 * (len(total) - 1)
    width = max(3, round(60 * size / rate)) | 1
    smooth = np.convolve(
        np.square(np.abs(total)) / (powers + _TINY), np.full(width, 1 / width), mode="same"
    )
    chance = 1 / max(frames, 2)  # what unrelated noise shows: one over the number of frames
    coherence = np.clip((smooth - chance) / (1 - chance), 0, 0.98)
    odds = coherence / (1 - coherence) * mask(Band(_LOW, _HIGH * rate), size, rate)
    # Where nothing stands out, the speech band, whitened.
    weight = odds if odds.any() else mask(SPEECH, size, rate)
    return np.asarray(weight / (np.abs(total) + _TINY), np.float64)


def explained(total: Bins, ours: Reals, theirs: Reals, place: float, rate: int) -> float:
    """The other sound's power in bins that agree with a pure delay by `place` samples.

    A copy of the reference agrees everywhere; another microphone's room turns the phases.
    """
    size = 2 * (len(total) - 1)
    share = theirs * mask(SPEECH, size, rate)
    turned = np.real(total * np.exp(2j * np.pi * np.fft.rfftfreq(size) * place))
    agreement = turned / np.sqrt(ours * theirs + _TINY)
    return float(abs((agreement * share).sum()) / (share.sum() + _TINY))
