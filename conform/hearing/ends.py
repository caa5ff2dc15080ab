"""Whether a place at an end of the reference is more than that both sounds are cut there.

Where a window of hum meets an end, the cuts through both are one click, which stands out of all the
periods that are alike. What the window shares with the reference away from the end tells hum apart:
it is as high a period to either side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conform.hearing.band import COARSE_RATE, Signal
from conform.hearing.evidence import REACH, level_line, listen
from conform.hearing.pieces import Pieces

_PLAIN = 1.5  # times the next best: short clips in noise and music have 2.4 to 18, hum has 1
_LEAST = 0.1  # seconds of a window that tell it


def merely_cut(window: Signal, reference: NDArray[np.floating], at: int) -> bool:
    """Whether a window whose first sample falls `at` meets an end, and is not plainly there."""
    reach = round(REACH * COARSE_RATE)
    first = max(0, reach - at)
    last = min(len(window), len(reference) - reach - at)
    if (first, last) == (0, len(window)):
        return False
    if last - first < _LEAST * COARSE_RATE:
        return True
    line = level_line(at / COARSE_RATE, 0.0)
    points = listen(reference, Pieces(window), line, np.array([first]), last - first)
    return not np.any(points[:, 2] > _PLAIN * points[:, 3])
