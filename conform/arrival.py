"""Where a correlation says that sound arrives: the direct path, and its place between samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conform.weights import Reals

REACH = 0.02
"""Seconds around the line in which the direct path is looked for."""

TAPS = 24
"""Samples to either side that interpolate the correlation."""

_TAIL = 0.06  # seconds beyond the arrivals that tell on which side the room is
_CLEAR = 0.001  # seconds beside an arrival that are its own
_ONE_SIDED = 1.25  # times the power beyond the other end, from which that is the room's side
_FIRST = 0.5  # an arrival counts from this share of the highest peak
_NOISE = 6.0  # times the median, from which a crest is an arrival at all
_WITHIN = 4  # samples around the peak in which one group's own peak is looked for
_FINE = 16  # steps to a sample


def direct(correlation: NDArray[np.floating], rate: int) -> tuple[int, int]:
    """The sample of the direct path, and by how many samples it may be another arrival.

    A room smears the correlation to one side: after the direct path where the reference hears the
    room, before it where the other does. Early reflections may be louder than the direct sound, so
    the sides are compared beyond all arrivals: the direct path is the last one before silence.
    Where neither side is the quieter one, it is the highest peak, or any of the others.
    """
    size = len(correlation)
    reach, tail, guard = (round(seconds * rate) for seconds in (REACH, _TAIL, _CLEAR))
    strength = np.abs(correlation)
    near = np.concatenate([strength[-reach:], strength[: reach + 1]])
    peak = int(near.argmax()) - reach
    values = strength[np.arange(peak - reach, peak + reach + 1) % size]
    enough = max(_FIRST * strength[peak % size], _NOISE * float(np.median(strength)))
    crest = (values[1:-1] >= enough) & (values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:])
    places = np.flatnonzero(crest) + 1 - reach + peak
    if not len(places):
        return peak % size, 0
    first, last = int(places[0]), int(places[-1])
    before = np.square(strength[np.arange(first - tail, first - guard) % size]).sum()
    after = np.square(strength[np.arange(last + guard, last + tail) % size]).sum()
    if max(before, after) < _ONE_SIDED * min(before, after):
        return peak % size, max(peak - first, last - peak)
    return (last if before > after else first) % size, 0


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
