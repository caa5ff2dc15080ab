"""A straight line through points by least squares, and how sure its slope is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slope:
    """`value = origin + slope * time`; `error` is the slope's standard error."""

    slope: float
    origin: float
    error: float


def straight(times: Reals, values: Reals) -> Slope:
    """The line of least squares through three points or more, at two times at least."""
    away = times - times.mean()
    spread = float(away @ away)
    slope = float(away @ values) / spread
    origin = float(values.mean() - slope * times.mean())
    misses = values - origin - slope * times
    return Slope(slope, origin, float(np.sqrt(misses @ misses / (len(times) - 2) / spread)))


def two_sided(freedom: int) -> float:
    """Standard errors on each side of a 95 % interval: Student's t, 2.0 for many points."""
    from scipy import special  # noqa: PLC0415  (a tenth of a second to import; see `fourier`)

    return float(special.stdtrit(freedom, 0.975))
