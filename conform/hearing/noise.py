"""How loud the noise of a correlation is, by its median: a peak does not move it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_QUARTILE = 0.6745  # of its deviations, half of a normal distribution lies within


def deviation(heights: NDArray[np.floating]) -> float:
    """The standard deviation of noise, by the heights of its values: their median.

    By one partition: numpy's median takes seven times as long over 28,000 values.
    """
    middle = len(heights) // 2
    parted = np.partition(heights, middle)
    upper = float(parted[middle])
    lower = upper if len(heights) % 2 else float(parted[:middle].max())
    return (lower + upper) / 2 / _QUARTILE
