"""Fourier transforms of sound, along the last axis, in the precision they are given.

They are scipy's: numpy's take 2.6 times as long forwards in float32. scipy takes a quarter of a
second to import, so that is left to the first transform: most of what the command line does, its
help included, transforms nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def rfft(sound: NDArray[np.inexact], size: int | None = None) -> NDArray[Any]:
    """The one-sided spectra of sounds, padded with silence to `size` samples."""
    from scipy import fft  # noqa: PLC0415  (see above)

    spectrum: NDArray[Any] = fft.rfft(sound, size)
    return spectrum


def irfft(spectrum: NDArray[np.complexfloating], size: int) -> NDArray[Any]:
    """The `size` samples of which these are the one-sided spectra."""
    from scipy import fft  # noqa: PLC0415  (see above)

    sound: NDArray[Any] = fft.irfft(spectrum, size)
    return sound


def fft(sound: NDArray[np.inexact]) -> NDArray[Any]:
    """The spectra of complex sounds: two real ones each."""
    from scipy import fft  # noqa: PLC0415  (see above)

    spectrum: NDArray[Any] = fft.fft(sound)
    return spectrum


def fast_size(size: int) -> int:
    """The next size, at least as large, that transforms fast: a product of small primes."""
    from scipy import fft  # noqa: PLC0415  (see above)

    return int(fft.next_fast_len(size, real=True))
