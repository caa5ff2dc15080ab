"""Sound held in 16-bit floats, and back: by its bits, many times as fast as numpy's casts.

Numpy takes 1.7 ns a sample to widen and 2.6 ns to narrow, and 20 and 150 ns below -84 dBFS, where
a 16-bit float has no leading one: a quiet film took longer to store than to decode.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Halves = NDArray[np.float16]
"""Sound in 16-bit floats, of any shape."""

Wide = NDArray[np.float32]
"""The same in 32-bit floats."""

_MORE = 13  # bits of fraction that a 32-bit float has beyond a 16-bit one
_BIAS = np.float32(2.0**112)  # between the two exponents' zeros
_LARGEST = np.float32(65504)


def widened(sound: NDArray[np.floating]) -> Wide:
    """Sound in 32-bit floats, exactly; infinities aside, which `narrowed` makes none of."""
    if sound.dtype != np.float16:
        return np.array(sound, np.float32)
    bits = sound.view(np.int16).astype(np.int32)
    bits <<= _MORE
    bits &= ~0x70000000  # what the sign was extended to, but for itself
    out = bits.view(np.float32)
    out *= _BIAS
    return out


def narrowed(sound: NDArray[np.floating]) -> Halves:
    """Sound in 16-bit floats, to the nearest, halves to even; too loud is as loud as can be."""
    small = np.clip(np.asarray(sound, np.float32), -_LARGEST, _LARGEST)
    small /= _BIAS
    bits = small.view(np.int32)
    sign = bits >> 16
    sign &= -0x8000
    bits &= 0x7FFFFFFF
    half = bits >> _MORE
    half &= 1
    half += (1 << _MORE - 1) - 1
    bits += half
    bits >>= _MORE
    bits |= sign
    return bits.astype(np.int16).view(np.float16)
