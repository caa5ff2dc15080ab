"""Two sounds by one transform are what two transforms give."""

import numpy as np
import pytest

from conform.hearing.fourier import irfft, laid, rfft, twins


@pytest.mark.parametrize("size", [1, 2, 45, 96, 121, 6000, 640000])
def test_twins_are_what_each_gives_alone(size: int) -> None:
    sounds = np.random.default_rng(size).standard_normal((2, size)).astype(np.float32)
    one, other = (laid(rfft(sound), size) for sound in sounds)
    for ours, sound in zip(twins(one + np.complex64(1j) * other), sounds, strict=True):
        assert np.allclose(ours, irfft(rfft(sound), size), atol=1e-5)
        assert np.allclose(ours, sound, atol=1e-5)
