"""The direct path: the last arrival before silence, whatever is louder, or said to be unsure."""

import numpy as np
import pytest

from conform.hearing.arrival import direct

RATE = 48000
SIZE = 16384


def correlation(arrivals: dict[int, float], tail: int) -> np.ndarray:
    """Arrivals by their lag, noise, and a room's decay on the side that `tail` says (-1, 0, 1)."""
    dice = np.random.default_rng(1)
    out = 2e-3 * dice.standard_normal(SIZE)
    far = np.arange(200, 6000)
    out[tail * far % SIZE] += (
        abs(tail) * 0.02 * np.exp(-far / 3000) * dice.standard_normal(len(far))
    )
    for lag, height in arrivals.items():
        out[lag % SIZE] += height
    return out


@pytest.mark.parametrize("side", [-1, 1])
def test_the_direct_path_comes_before_louder_reflections(side: int) -> None:
    heard = correlation({0: 0.8, side * 130: 0.6, side * 330: -1.0, side * 700: 0.7}, side)
    assert direct(heard, RATE) == (0, 0)


def test_a_lone_peak_is_the_direct_path() -> None:
    assert direct(correlation({-7: -1.0}, 0), RATE) == (SIZE - 7, 0)


def test_a_voices_pitch_is_no_reflection() -> None:
    assert direct(correlation({0: 1.0, 240: 0.7, -240: 0.65}, -1), RATE) == (0, 0)


def test_where_no_side_is_quieter_any_arrival_may_be_it() -> None:
    place, doubt = direct(correlation({0: 1.0, 330: 0.9}, 0), RATE)
    assert place == 0
    assert doubt == 330


def test_in_much_noise_any_arrival_may_be_it() -> None:
    noise = 0.05 * np.random.default_rng(5).standard_normal(SIZE)
    place, doubt = direct(noise + correlation({0: 1.0, -330: 0.7}, -1), RATE)
    assert (place, doubt) == (0, 330)
