"""Resampling against sines that are known everywhere: steady, off speed, and under wow."""

import numpy as np
import pytest

from conform.clocks.resample import interpolate, margin

COUNT = 40_000


def places(rate: int, speed: float, wow: float) -> np.ndarray:
    """Positions at a speed that swings by a share of it, once in half a second."""
    turn = 2 * np.pi * np.arange(COUNT) / rate / 0.5
    return 500.3 + speed * (np.arange(COUNT) + wow * 0.5 * rate / (2 * np.pi) * np.sin(turn))


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize(("speed", "wow"), [(1.0, 0.0), (1.0, 0.01), (0.96, 0.005), (1.0004, 0.0)])
def test_a_sine_comes_out_as_itself_up_to_20_khz(rate: int, speed: float, wow: float) -> None:
    at = places(rate, speed, wow)
    for hertz in (60, 997, 7_000, 14_000, 18_000, 20_000):
        turn = 2 * np.pi * hertz / rate
        sine = np.sin(turn * np.arange(COUNT + 4_000))
        heard = interpolate(sine[:, None], at, speed)[:, 0]
        assert 20 * np.log10(np.abs(heard - np.sin(turn * at)).max()) < -108


def test_what_is_too_high_for_a_faster_sound_is_taken_out() -> None:
    """At twice the speed 18 kHz would come out as 12 kHz folded: it must be silence."""
    sine = np.sin(2 * np.pi * 18_000 / 48_000 * np.arange(60_000))
    heard = interpolate(sine[:, None], 500 + 2.0 * np.arange(20_000), 2.0)
    assert 20 * np.log10(np.abs(heard).max()) < -100


def test_whole_positions_are_the_samples_and_beyond_the_ends_is_silence() -> None:
    sound = np.random.default_rng(1).normal(size=(900, 3))
    assert np.allclose(interpolate(sound, np.arange(900.0)), sound, atol=1e-12)
    room = margin(1.0)
    outside = np.array([-1e6, -room - 1.0, 899.0 + room, 1e6])
    assert np.abs(interpolate(sound, outside)).max() < 1e-15
