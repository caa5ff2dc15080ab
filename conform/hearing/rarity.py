"""How rarely a place stands out so far by chance, told by the other places of the same search.

The highest peaks of a correlation with sound that does not belong are a sample of what chance does
with just these two sounds: their pitch, their hum, their loudness. Above a threshold such heights
fall off exponentially or faster (Pickands, "Statistical inference using extreme order statistics",
Annals of Statistics 3, 1975), so the sample tells how likely one of them is to reach the best.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from conform.hearing import fourier
from conform.hearing.band import COARSE_RATE, SPEECH, Signal, mask
from conform.hearing.correlate import Peak, whitened
from conform.hearing.halves import widened

SAMPLE = 100
"""Peaks that a search must list."""

_OTHERS = 80  # peaks that tell what chance does
_FEWEST = 20  # below so many, nothing is told
_MAY_BELONG = 6  # the highest others may be right places too: only that they are higher is used
_BESIDE = round(0.3 * COARSE_RATE)  # peaks nearer than this are the place's own echoes
_STEEPEST = 12.0  # heights fall off by no more than e in a twelfth of theirs, as hum's seem to
_SHARES = 16  # parts of a window that each bear out a place, or do not
_TINY = 1e-20


def decades(peak: Peak, peaks: Sequence[Peak], share: float) -> float:
    """Minus log10 of the chance that any place stands out so far, among all peaks of its search.

    `share` is what the peak loses without the part of the window that bears it out best: a click
    that both sounds happen to have is one part. The rate of the fall is that of an exponential
    distribution whose highest values are censored, and its own uncertainty makes the chance a
    Pareto distribution's.
    """
    others = [other.height for other in peaks if abs(other.at - peak.at) > _BESIDE]
    heights = np.sort(others)[::-1][: _OTHERS + 1]
    if len(heights) < _FEWEST:
        return 0.0
    least, count = heights[-1], len(heights) - 1
    hidden = min(_MAY_BELONG, count // 4)
    seen = count - hidden
    over = heights[hidden:-1].sum() - seen * least + hidden * (heights[hidden] - least)
    fall = max(over / seen, heights[hidden] / _STEEPEST)
    above = max(peak.height * (1 - share) - least, 0.0) / (seen * fall + _TINY)
    return float(max(seen * np.log10(1 + above) - np.log10(count + 1), 0.0))


def loudest_share(window: Signal, reference: NDArray[np.floating], at: int) -> float:
    """The largest share that one part of a window has in its correlation at a place, 0 to 1.

    A place where hardly anything of the window is shared has one part only.
    """
    length = len(window)
    size = fourier.fast_size(2 * length)
    gain = mask(SPEECH, size, COARSE_RATE)
    low, high = max(at, 0), min(at + length, len(reference))
    ground = np.zeros(length, np.float32)
    if low < high:
        ground[low - at : high - at] = widened(reference[low:high])
    ours, theirs = (
        fourier.irfft(whitened(fourier.rfft(sound, size), gain), size)[:length]
        for sound in (ground, window)
    )
    product = ours * theirs
    parts = np.array([part.sum() for part in np.array_split(product, _SHARES)])
    loudest, total = float(np.abs(parts).max()), abs(float(parts.sum()))
    return loudest / total if loudest < total else 1.0
