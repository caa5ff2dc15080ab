"""Sound between its samples, however the speed varies: windowed-sinc interpolation.

84 taps (more when the rate goes down) under a Kaiser window of beta 12, from a table of 4096
phases with straight interpolation between them. Measured with sines at steady speeds and under wow
of 1 %: up to 20 kHz all that is not the sine itself, images and level included, stays 112 dB under
it at 44.1 kHz and 113 dB at 48 and 96 kHz. A tenth of a microsecond for each sample of a poly file.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

_ZERO_CROSSINGS = 42
_PHASES = 4096
_BETA = 12.0
_CHUNK = 512  # kernels of so many positions stay in the processor's cache: five times as fast


def margin(step: float) -> int:
    """Source samples that are needed on either side of a position, `step` source samples apart."""
    return ceil(_ZERO_CROSSINGS * max(step, 1.0)) + 1


def interpolate(
    sound: NDArray[np.floating], positions: NDArray[np.float64], step: float = 1.0
) -> NDArray[np.float64]:
    """The sound at fractional sample positions; silence beyond its ends.

    `sound` is shaped (samples, channels), `positions` (n,), the result (n, channels). `step` is the
    mean distance of positions in source samples; above 1 the band is narrowed to match.
    """
    table = _table(round(min(1.0, 1.0 / step), 3))
    taps = table.shape[1]
    half = taps // 2
    slopes = np.diff(table, axis=0)
    padded = np.pad(np.asarray(sound, np.float64).T, ((0, 0), (taps, taps)))
    heard = sliding_window_view(padded, taps, axis=1)
    out = np.empty((len(positions), sound.shape[1]))
    for start in range(0, len(positions), _CHUNK):
        place = np.clip(positions[start : start + _CHUNK], -half, len(sound) - 1 + half)
        whole = np.floor(place).astype(np.int64)
        phase = (place - whole) * _PHASES
        row = phase.astype(np.int64)
        kernel = table[row] + slopes[row] * (phase - row)[:, None]
        first = whole + 1 + half
        for channel, windows in enumerate(heard):
            np.einsum("nt,nt->n", kernel, windows[first], out=out[start : start + _CHUNK, channel])
    return out


@lru_cache(maxsize=8)
def _table(cutoff: float) -> NDArray[np.float64]:
    """Kernels by phase, shaped (phases + 1, taps); tap `t` weighs sample `whole + t + 1 - half`."""
    half = ceil(_ZERO_CROSSINGS / cutoff)
    fraction = np.arange(_PHASES + 1)[:, None] / _PHASES
    distance = np.arange(1 - half, half + 1)[None, :] - fraction
    window = np.kaiser(2 * half * 64 + 1, _BETA)
    weight = np.interp(distance, np.linspace(-half, half, len(window)), window)
    kernel = np.sinc(distance * cutoff) * weight
    normal: NDArray[np.float64] = kernel / kernel.sum(axis=1, keepdims=True)
    return normal
