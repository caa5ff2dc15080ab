"""How sure a lag is: the interval holds the truth as often as it says, one stray group or not."""

import numpy as np
import pytest

from conform.hearing.arrival import TAPS, tops
from conform.hearing.scatter import half_width, slope

AWAY = np.arange(-TAPS, TAPS + 1)


def groups(count: int, noise: float, seed: int) -> np.ndarray:
    """Correlations that peak in the middle, each in band-limited noise of its own."""
    dice = np.random.default_rng(seed)
    hiss = noise * dice.standard_normal((count, len(AWAY)))
    return np.sinc(AWAY / 3) + np.stack(
        [np.convolve(row, np.sinc(AWAY / 3), "same") for row in hiss]
    )


@pytest.mark.parametrize("count", [6, 12, 24])
def test_the_interval_holds_the_truth_as_often_as_it_says(count: int) -> None:
    inside, halves, errors = [], [], []
    for seed in range(100):
        each = groups(count, 0.1, seed)
        error, half = abs(float(tops(each.sum(axis=0)[None])[0])), half_width(each)
        inside.append(error <= half)
        halves.append(half)
        errors.append(error)
    assert np.mean(inside) >= 0.92
    # No wider than needed: groups of their own would do with 1.3 times less.
    assert np.median(halves) < 2 * np.quantile(errors, 0.95)


def test_a_period_that_one_draw_in_forty_prefers_is_not_the_interval() -> None:
    waves = np.cos(2 * np.pi * AWAY / 3) * np.exp(-np.square(AWAY / 20))
    each = np.stack([np.roll(waves, 3 * (number % 2)) for number in range(24)])
    each[1] = np.roll(waves, 3)
    each[8] = 200 * waves  # without it, the peak is a period off
    each[10] = np.roll(waves, 3)
    assert abs(float(tops((each.sum(axis=0) - each[8])[None])[0])) > 2
    assert half_width(each) < 0.5


def test_two_periods_as_likely_are_both_within() -> None:
    waves = np.cos(2 * np.pi * AWAY / 3) * np.exp(-np.square(AWAY / 8))
    each = np.stack([np.roll(waves, 3 * (number % 2)) for number in range(24)])
    assert half_width(each) > 2


def test_two_groups_show_no_scatter() -> None:
    assert half_width(groups(2, 0.1, 0)) == 1.0


def test_a_slope_needs_time_and_parts() -> None:
    times = np.linspace(0, 10, 8)
    found = slope(times, 1e-6 * times + 1e-9 * np.random.default_rng(1).standard_normal(8))
    assert found is not None
    assert found[0] == pytest.approx(1e-6, abs=found[1])
    assert slope(times / 5, times) is None
    assert slope(times[:4], times[:4]) is None
