"""The gain of a fade, sample by sample."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from conform.timeline import Curve

_FLOOR_DB = -60.0
"""Where a logarithmic fade starts: it moves evenly in decibels."""

_SHAPES: dict[Curve, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    Curve.LINEAR: lambda x: x,
    Curve.EQUAL_POWER: lambda x: np.sin(x * np.pi / 2),
    Curve.S_CURVE: lambda x: (1 - np.cos(x * np.pi)) / 2,
    Curve.LOGARITHMIC: lambda x: 10 ** (_FLOOR_DB * (1 - x) / 20),
    Curve.EXPONENTIAL: lambda x: x**2,
    Curve.UNKNOWN: lambda x: x,
}


def fade_gain(first: int, count: int, length: int, curve: Curve) -> NDArray[np.float64]:
    """The gain of samples `first .. first + count` of a fade-in of `length` samples, 0..1.

    Before the fade the gain is 0, after it 1. A fade-out is the same read backwards.
    """
    if length == 0:
        return np.ones(count)
    place = (np.arange(first, first + count) + 0.5) / length
    gain = _SHAPES[curve](np.clip(place, 0.0, 1.0))
    gain[place <= 0] = 0.0
    gain[place >= 1] = 1.0
    return gain
