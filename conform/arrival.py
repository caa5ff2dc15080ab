"""Where a correlation says that sound arrives: the direct path, and its place between samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conform.weights import Reals

REACH = 0.02
"""Seconds around the line in which the direct path is looked for."""

TAPS = 24
"""Samples to either side that interpolate the correlation."""

_TAIL = 0.03  # seconds beside the peak that tell on which side the room is
_FIRST = 0.5  # an earlier arrival counts from this share of the highest peak
_WITHIN = 4  # samples around the peak in which one group's own peak is looked for
_FINE = 16  # steps to a sample


def direct(correlation: NDArray[np.floating], rate: int) -> int:
    """The sample of the direct path: the highest peak, or an arrival before its reflections.

    A room smears the correlation to one side: after the peak where the reference hears the room,
    before it where the other does. On the far side of the tail nothing can arrive but the direct
    sound; the first arrival there of at least half the height is taken.
    """
    size = len(correlation)
    reach, tail = round(REACH * rate), round(_TAIL * rate)
    strength = np.abs(correlation)
    near = np.concatenate([strength[-reach:], strength[: reach + 1]])
    peak = int(near.argmax()) - reach
    guard = max(2, round(0.0005 * rate))
    after = np.square(strength[np.arange(peak + guard, peak + tail) % size]).sum()
    before = np.square(strength[np.arange(peak - tail, peak - guard) % size]).sum()
    step = -1 if after > 1.5 * before else 1 if before > 1.5 * after else 0
    if not step:
        return peak % size
    places = np.arange(peak + step * reach, peak, -step)
    values = strength[places % size]
    enough = max(_FIRST * strength[peak % size], 6 * float(np.median(strength)))
    crests = (values[1:-1] >= enough) & (values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:])
    found = np.flatnonzero(crests)
    return int(places[found[0] + 1] if len(found) else peak) % size


def tops(rows: Reals) -> Reals:
    """Where each row is highest, in samples from its middle, within `_WITHIN`.

    Rows are read between their samples by a windowed sinc, then by a parabola.
    """
    grid = np.arange(-_WITHIN * _FINE, _WITHIN * _FINE + 1) / _FINE
    away = grid - np.arange(-TAPS, TAPS + 1)[:, None]
    inside = np.sqrt(np.clip(1 - (away / TAPS) ** 2, 0, None))
    curves = rows @ (np.sinc(away) * np.i0(8.0 * inside) / np.i0(8.0))
    best = np.clip(curves.argmax(axis=1), 1, curves.shape[1] - 2)
    index = np.arange(len(rows))
    left, top, right = (curves[index, best + step] for step in (-1, 0, 1))
    bend = left - 2 * top + right
    shift = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, -1), 0)
    return np.asarray(grid[best] + np.clip(shift, -1, 1) / _FINE)
