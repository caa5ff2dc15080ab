"""Arrays as the engine hears files, so that truth can be planted to a part of a sample."""

import numpy as np
from scipy import signal

from conform.hearing.band import COARSE_RATE
from conform.hearing.sound import Sound

RATE = 48000
Wave = np.ndarray


def heard(samples: Wave, name: str = "sound") -> Sound:
    """An array as a sound: whole at 8 kHz, and its own samples at full rate."""
    samples = np.asarray(samples, np.float32)

    def excerpt(first: int, count: int, rate: int) -> np.ndarray:
        assert rate == RATE
        out = np.zeros(count, np.float32)
        low, high = max(first, 0), min(first + count, len(samples))
        if low < high:
            out[low - first : high - first] = samples[low:high]
        return out

    coarse = signal.resample_poly(samples, 1, RATE // COARSE_RATE)
    return Sound(name, coarse.astype(np.float16), excerpt)
