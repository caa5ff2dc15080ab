"""Where a correlation says that sound arrives: the direct path, and its place between samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conform.hearing.weights import Reals

REACH = 0.02
"""Seconds around the line in which the direct path is looked for."""

TAPS = 24
"""Samples to either side that interpolate the correlation."""

_TAIL = 0.06  # seconds beyond the arrivals that tell on which side the room is
_CLEAR = 0.001  # seconds beside an arrival that are its own
_ONE_SIDED = 1.25  # times the power beyond the other end, from which that is the room's side
_SURELY = 2.0  # times that power, from which the side is beyond doubt
_PLAIN = 40.0  # times the median, from which a peak is not one of noise's
_FIRST = 0.5  # an arrival counts from this share of the highest peak
_LOPSIDED = 1.5  # times its mirror image about the peak: a voice's pitch shows on both sides
_ALIKE = 10  # samples to either side in which the mirror image is looked for
_TINY = 1e-30
_NOISE = 6.0  # times the median, from which a crest is an arrival at all
WITHIN = 4
"""Samples around the peak in which one group's own peak is looked for."""

_ITS_OWN = 8  # samples beside the highest peak: nearer crests are its ripples, no other arrival
_FINE = 16  # steps to a sample


def direct(correlation: NDArray[np.floating], rate: int) -> tuple[int, int]:
    """The sample of the direct path, and by how many samples it may be another arrival.

    A room smears the correlation to one side: after the direct path where the reference hears the
    room, before it where the other does. Early reflections may be louder than the direct sound, so
    the sides are compared beyond all arrivals: the direct path is the last one before silence.
    Where neither side is the quieter one, it is the highest peak, or any of the others; where one
    is hardly so, it may still be any.
    """
    size, reach = len(correlation), round(REACH * rate)
    strength = np.abs(correlation)
    near = np.concatenate([strength[-reach:], strength[: reach + 1]])
    peak = int(near.argmax()) - reach
    away = _crests(strength, peak, reach)
    plain = bool(strength[peak % size] > _PLAIN * float(np.median(strength)))
    if plain:
        mirrored = strength[(peak - away[:, None] + np.arange(-_ALIKE, _ALIKE + 1)) % size]
        away = away[
            (strength[(peak + away) % size] > _LOPSIDED * mirrored.max(axis=1)) | (away == 0)
        ]
    first, last = peak + int(away.min()), peak + int(away.max())
    louder = _room(strength, first, last, rate) if plain else 1.0
    odds = max(louder, 1 / louder)
    if odds < _ONE_SIDED:
        return peak % size, max(peak - first, last - peak)
    return (last if louder > 1 else first) % size, 0 if odds > _SURELY else last - first


def _crests(strength: NDArray[np.floating], peak: int, reach: int) -> NDArray[np.intp]:
    """Crests near a peak that may be arrivals, in samples from it; the peak is one."""
    values = strength[np.arange(peak - reach, peak + reach + 1) % len(strength)]
    enough = max(_FIRST * float(values[reach]), _NOISE * float(np.median(strength)))
    crest = (values[1:-1] >= enough) & (values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:])
    away = np.flatnonzero(crest) + 1 - reach
    return np.union1d(away[np.abs(away) > _ITS_OWN], [0])


def _room(strength: NDArray[np.floating], first: int, last: int, rate: int) -> float:
    """How much more power lies before the first arrival than after the last: the room's side."""
    steps = np.arange(round(_CLEAR * rate), round(_TAIL * rate))
    before = float(np.square(strength[(first - steps) % len(strength)]).sum())
    after = float(np.square(strength[(last + steps) % len(strength)]).sum())
    return (before + _TINY) / (after + _TINY)


def tops(rows: Reals) -> Reals:
    """Where each row is highest, in samples from its middle, within `WITHIN`.

    Rows are read between their samples by a windowed sinc, then by a parabola.
    """
    grid = np.arange(-WITHIN * _FINE, WITHIN * _FINE + 1) / _FINE
    away = grid - np.arange(-TAPS, TAPS + 1)[:, None]
    inside = np.sqrt(np.clip(1 - (away / TAPS) ** 2, 0, None))
    curves = rows @ (np.sinc(away) * np.i0(8.0 * inside) / np.i0(8.0))
    best = np.clip(curves.argmax(axis=1), 1, curves.shape[1] - 2)
    index = np.arange(len(rows))
    left, top, right = (curves[index, best + step] for step in (-1, 0, 1))
    bend = left - 2 * top + right
    shift = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, -1), 0)
    return np.asarray(grid[best] + np.clip(shift, -1, 1) / _FINE)
