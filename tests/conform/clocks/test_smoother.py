"""The likeliest curve: a line stays a line, what swings is followed, its interval is honest."""

import numpy as np
import pytest

from conform.clocks.smoother import curve

TIMES = np.arange(0, 100, 0.25)
SCATTER = 2e-5


def noisy(truth: np.ndarray, seed: int) -> np.ndarray:
    return truth + np.random.default_rng(seed).normal(0, SCATTER, len(truth))


@pytest.mark.parametrize("seed", range(4))
def test_a_line_gains_nothing_by_bending(seed: int) -> None:
    found = curve(TIMES, noisy(0.3 + 4e-5 * TIMES, seed), np.ones(len(TIMES)))
    assert found.gain < 10
    assert found.scatter == pytest.approx(SCATTER, rel=0.2)
    values, slopes, halves = found.at(TIMES)
    assert np.abs(values - 0.3 - 4e-5 * TIMES).max() < 1e-5
    assert np.abs(slopes - 4e-5).max() < 2e-6
    assert halves.max() < 1e-5


@pytest.mark.parametrize("period", [5.0, 20.0, 90.0])
def test_what_swings_is_followed_with_an_honest_interval(period: float) -> None:
    def swing(times: np.ndarray) -> np.ndarray:
        return 0.002 * np.sin(2 * np.pi * times / period)

    asked = np.linspace(0, 99, 1000)
    held = []
    for seed in range(3):
        found = curve(TIMES, noisy(swing(TIMES), seed), np.ones(len(TIMES)))
        values, _, halves = found.at(asked)
        assert found.gain > 100
        assert np.sqrt(np.mean((values - swing(asked)) ** 2)) < SCATTER
        held.append(np.mean(np.abs(values - swing(asked)) < halves))
    assert 0.85 < np.mean(held) <= 1


def test_points_astray_do_not_pull() -> None:
    truth = 0.002 * np.sin(2 * np.pi * TIMES / 20)
    values = noisy(truth, 1)
    values[::17] += 0.01
    found = curve(TIMES, values, np.ones(len(TIMES)))
    assert not found.kept[::17].any()
    assert np.abs(found.at(TIMES)[0] - truth).max() < 4 * SCATTER
    assert found.own() == pytest.approx(found.at(TIMES)[0], abs=1e-9)


def test_nothing_is_sure_far_from_any_point() -> None:
    kept = (TIMES < 40) | (TIMES > 60)
    truth = 0.002 * np.sin(2 * np.pi * TIMES / 20)
    found = curve(TIMES[kept], noisy(truth, 1)[kept], np.ones(kept.sum()))
    _, _, halves = found.at(np.array([30.0, 50.0]))
    assert halves[1] > 20 * halves[0]


def test_a_curve_takes_as_many_numbers_forwards_as_backwards() -> None:
    dice = np.random.default_rng(1)
    times = np.cumsum(dice.uniform(0.3, 3, 40))
    values = 1e-3 * np.sin(times / 9) + dice.normal(0, 1e-4, 40)
    weights = dice.uniform(0.5, 2, 40)
    forwards = curve(times, values, weights)
    backwards = curve(times[-1] - times[::-1], values[::-1], weights[::-1])
    assert 3 < forwards.bends < 12
    assert forwards.bends == pytest.approx(backwards.bends, rel=1e-3)
    halves = forwards.at(times)[2], backwards.at(times[-1] - times[::-1])[2]
    assert halves[0] == pytest.approx(halves[1][::-1], rel=1e-3)
