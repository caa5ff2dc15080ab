"""Weights of a cross-spectrum: through a room, one sound's power leaves the room's own response."""

import numpy as np
import pytest
from scipy import signal

from conform.hearing.weights import Weighting, weightings

RATE = 48000
SIZE = 16384
FRAMES = 60


def room(seed: int) -> np.ndarray:
    """A direct sound, a louder reflection, and a decay."""
    dice = np.random.default_rng(seed)
    out = 0.05 * dice.standard_normal(4000) * np.exp(-np.arange(4000) / 1500)
    out[:48] = 0
    out[0], out[240] = 1.0, 1.3
    return out


def spectra(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Summed cross-spectrum and powers of a coloured sound and of the same in a room."""
    dice = np.random.default_rng(seed)
    dry = signal.lfilter([1], [1, -0.8], dice.standard_normal(FRAMES * SIZE // 2 + SIZE))
    far = signal.fftconvolve(dry, room(seed))[: len(dry)]
    window = np.hanning(SIZE)
    cross, ours, theirs = np.zeros((3, SIZE // 2 + 1), complex)
    for first in range(0, len(dry) - SIZE + 1, SIZE // 2):
        r, x = (np.fft.rfft(window * one[first : first + SIZE]) for one in (dry, far))
        cross += r * x.conj()
        ours += np.abs(r) ** 2
        theirs += np.abs(x) ** 2
    return cross, ours.real, theirs.real


def sides(total: np.ndarray, weighting: Weighting) -> float:
    """The power of the room's side over that of the silent one, beyond all reflections."""
    power = np.square(np.fft.irfft(total * weighting.weight, SIZE))
    return float(power[-2000:-300].sum() / power[300:2000].sum())


@pytest.mark.parametrize("seed", range(3))
def test_the_drier_sounds_power_leaves_the_room_on_one_side(seed: int) -> None:
    total, ours, theirs = spectra(seed)
    likely, by_dry, by_far = weightings(total, ours, theirs, FRAMES, RATE)
    assert sides(total, by_dry) > 10
    assert sides(total, by_dry) > 3 * max(sides(total, likely), sides(total, by_far))
    # The other way around, the room lies on the other side.
    turned = weightings(total.conj(), theirs, ours, FRAMES, RATE)
    assert sides(total.conj(), turned[2]) < 0.1


def test_a_copy_looks_as_a_pure_delay_would() -> None:
    _, power, _ = spectra(0)
    for one in weightings(power.astype(complex), power, power, FRAMES, RATE):
        pure, curve = np.fft.irfft(one.pure, SIZE), np.fft.irfft(power * one.weight, SIZE)
        assert np.abs(curve / curve[0] - pure / pure[0]).max() < 0.1


def test_without_coherence_all_weights_are_finite() -> None:
    dice = np.random.default_rng(0)
    total = 1e-9 * (dice.standard_normal(SIZE // 2 + 1) + 0j)
    for one in weightings(total, np.ones(len(total)), np.zeros(len(total)), FRAMES, RATE):
        assert np.isfinite(one.weight).all()
        assert np.isfinite(one.pure).all()
