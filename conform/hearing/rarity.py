"""How rarely a place stands out so far by chance, told by the other places of the same search.

The highest peaks of a correlation with sound that does not belong are a sample of what chance does
with just these two sounds: their pitch, their hum, their loudness. Above a threshold such heights
fall off exponentially or faster (Pickands, "Statistical inference using extreme order statistics",
Annals of Statistics 3, 1975), so the sample tells how likely one of them is to reach the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

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
_EVEN = 0.15  # of a correlation may lie in other parts of a window than is due, at no cost; and
_UNEVEN = 0.55  # all of it counts for nothing from here on
_DRIFT = 100e-6  # of usual clocks: a long window's ends lie a millisecond off its middle
_LOUD = 0.3  # of a correlation may lie in one part: a syllable in a short window
_TINY = 1e-20


def decades(peak: Peak, peaks: Sequence[Peak], share: float) -> float:
    """Minus log10 of the chance that any place stands out so far, among all peaks of its search.

    `share` of the peak is not borne out by its window, and counts for nothing. The rate of the fall
    is that of an exponential distribution whose highest values are censored, and its own
    uncertainty makes the chance a Pareto distribution's.
    """
    beside = [other for other in peaks if abs(other.at - peak.at) <= _BESIDE]
    if any(other.height > peak.height for other in beside):
        return 0.0  # an echo of that one
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


def unborne(window: Signal, reference: NDArray[np.floating], at: int) -> float:
    """The share of a peak that its window does not bear out evenly, 0 to 1.

    Parts of one sound correlate as much as there is of them in both: measured in rooms, through
    cameras and in noise, a quarter of the correlation at most lies elsewhere. Of the best places of
    unrelated speech half does or more, and of the same lines spoken again a third. One part alone,
    as a click is, bears out nothing.
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
    shared = max((_parts(ours, theirs, slip) for slip in _slips(length)), key=_total)
    shared *= np.sign(shared.sum())
    due = np.sqrt(_parts(ours, ours) * _parts(theirs, theirs))
    if shared.sum() <= _TINY or due.sum() <= _TINY:
        return 1.0
    shared /= shared.sum()
    astray = float(np.abs(shared - due / due.sum()).sum()) / 2
    uneven = np.clip((astray - _EVEN) / (_UNEVEN - _EVEN), 0, 1)
    loud = np.clip((shared.max() - _LOUD) / (1 - _LOUD), 0, 1)
    return float(1 - (1 - uneven) * (1 - loud))


def _total(parts: NDArray[np.float64]) -> float:
    return abs(float(parts.sum()))


def _slips(length: int) -> tuple[float, ...]:
    """Samples that the ends of a window may lie off its middle by drift, to either side."""
    most = _DRIFT * length / 2
    return (0.0,) if most < 1 else tuple(most * np.linspace(-1, 1, 5))


def _parts(ours: Signal, theirs: Signal, slip: float = 0.0) -> NDArray[np.float64]:
    """How much two sounds share in each part of a window, the later parts of ours `slip` late."""
    edges = np.linspace(0, len(theirs), _SHARES + 1).astype(int)
    late = np.round(slip * np.linspace(-1, 1, _SHARES)).astype(int)
    margin = int(np.abs(late).max())
    ours = np.pad(ours, margin)
    return np.array(
        [
            np.dot(ours[first + off : last + off], theirs[first:last])
            for (first, last), off in zip(pairwise(edges), late + margin, strict=True)
        ],
        np.float64,
    )
