"""The noise of a correlation by its median."""

import numpy as np
import pytest

from conform.hearing.noise import deviation


@pytest.mark.parametrize("count", [1, 2, 27, 28, 10_001])
def test_it_is_the_median_over_a_quartile(count: int) -> None:
    heights = np.abs(np.random.default_rng(count).standard_normal(count))
    assert deviation(heights) == pytest.approx(np.median(heights) / 0.6745)


def test_a_peak_does_not_move_it() -> None:
    heights = np.abs(np.random.default_rng(1).standard_normal(20_000))
    heights[:9] = 1e6
    assert deviation(heights) == pytest.approx(1, abs=0.02)
