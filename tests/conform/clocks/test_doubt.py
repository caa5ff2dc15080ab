"""Stretches that a course leaves elsewhere are told; noise, and talkers who take turns, are not."""

import numpy as np
import pytest

from conform.clocks.doubt import astray, leaning

Wave = np.ndarray
TIMES = np.arange(0, 120, 1.5)


def off(misses: Wave) -> float | None:
    """What is told of stretches that lie so far off a course, in seconds."""
    return astray(np.column_stack([TIMES, 2 + misses, np.zeros((len(TIMES), 2))]), np.full(80, 2.0))


def noise(seconds: float) -> Wave:
    return np.random.default_rng(3).normal(0, seconds, len(TIMES))


def test_stretches_on_a_course_raise_no_doubt() -> None:
    assert off(noise(1e-4)) is None
    assert off(noise(1e-4) + 0.013) is None  # all lie as far from it: a room's loudest reflection


def test_single_stretches_astray_raise_no_doubt() -> None:
    lost = np.zeros(len(TIMES))
    lost[[5, 17, 18, 40, 41, 60, 70]] = 0.2
    assert off(noise(1e-4) + lost) is None


@pytest.mark.parametrize("size", [0.004, 0.4])
@pytest.mark.parametrize("at", [9.0, 60.0, 112.0])
def test_a_step_that_was_not_told_raises_doubt(at: float, size: float) -> None:
    told = off(noise(1e-4) + size * (at <= TIMES))
    assert told is not None
    assert 2 * told > 0.9 * size


def test_a_span_that_lies_far_elsewhere_raises_doubt() -> None:
    assert off(noise(1e-4) + 0.4 * ((TIMES > 40) & (TIMES < 60))) == pytest.approx(0.4, rel=0.01)


def test_a_sound_whose_stretches_lie_anywhere_raises_doubt() -> None:
    assert off(noise(0.02)) == pytest.approx(0.02, rel=0.5)


def test_talkers_who_take_turns_raise_no_doubt() -> None:
    turns = np.isin((TIMES // 15).astype(int), [1, 5])
    assert off(noise(1e-4) + 0.005 * turns) is None


def test_a_slope_is_that_of_most_stretches() -> None:
    lags = 2 + 5e-5 * TIMES + noise(1e-5)
    lags[[3, 30, 31]] += 0.2
    assert leaning(np.column_stack([TIMES, lags])) == pytest.approx(5e-5, abs=1e-6)
