"""Fourier transforms of sound, along the last axis, in the precision they are given.

They are scipy's: numpy's take 2.6 times as long forwards in float32. scipy takes a quarter of a
second to import, so that is left to the first transform: most of what the command line does, its
help included, transforms nothing.
"""

from __future__ import annotations

from functools import lru_cache
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray


def rfft(sound: NDArray[np.inexact], size: int | None = None) -> NDArray[Any]:
    """The one-sided spectra of sounds, padded with silence to `size` samples."""
    from scipy import fft  # noqa: PLC0415  (see above)

    spectrum: NDArray[Any] = fft.rfft(sound, size)
    return spectrum


def irfft(spectrum: NDArray[np.inexact], size: int) -> NDArray[Any]:
    """The `size` samples of which these are the one-sided spectra."""
    from scipy import fft  # noqa: PLC0415  (see above)

    sound: NDArray[Any] = fft.irfft(spectrum, size)
    return sound


def fft(sound: NDArray[np.inexact]) -> NDArray[Any]:
    """The spectra of complex sounds: two real ones each."""
    from scipy import fft  # noqa: PLC0415  (see above)

    spectrum: NDArray[Any] = fft.fft(sound)
    return spectrum


def laid(half: NDArray[np.complex64], size: int) -> NDArray[np.complex64]:
    """The whole of a one-sided spectrum of `size` samples, in the order that `twins` takes."""
    whole = np.empty(size, np.complex64)
    whole[: len(half)] = half
    np.conj(half[1 : (size + 1) // 2][::-1], out=whole[len(half) :])
    rows = _rows(size)
    return np.ascontiguousarray(whole.reshape(size // rows, rows).T)


def twins(spectrum: NDArray[np.complex64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two real sounds at once, of the `laid` spectrum of one plus 1j times that of the other.

    A long transform leaves the processor's cache. Cut into many short ones along the columns, then
    the rows, of a table it takes half the time (Bailey, "FFTs in external or hierarchical memory",
    Journal of Supercomputing 4, 1990).
    """
    from scipy import fft  # noqa: PLC0415  (see above)

    inner = fft.ifft(spectrum, axis=1)
    inner *= _turns(spectrum.size)
    sound = fft.ifft(inner, axis=0, overwrite_x=True).reshape(-1)
    return sound.real, sound.imag


@lru_cache(maxsize=64)
def _rows(size: int) -> int:
    """The divisor of a size that makes its table most nearly square."""
    return next(rows for rows in range(isqrt(size), 0, -1) if size % rows == 0)


@lru_cache(maxsize=2)
def _turns(size: int) -> NDArray[np.complex64]:
    """What the table is multiplied by between its columns and its rows."""
    rows = _rows(size)
    turns = np.outer(np.arange(rows), np.arange(size // rows)) * (2j * np.pi / size)
    return np.asarray(np.exp(turns), np.complex64)


def fast_size(size: int) -> int:
    """The next size, at least as large, that transforms fast: a product of small primes."""
    from scipy import fft  # noqa: PLC0415  (see above)

    return int(fft.next_fast_len(size, real=True))
