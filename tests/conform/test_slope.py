import numpy as np
from hypothesis import given
from hypothesis import strategies as some
from numpy.testing import assert_allclose
from scipy import stats

from conform.slope import straight, two_sided

VALUES = some.floats(-100, 100)


@given(some.lists(VALUES, min_size=3, max_size=40), some.floats(0.1, 1000), VALUES)
def test_the_line_is_that_of_scipy(values: list[float], step: float, first: float) -> None:
    times = first + step * np.arange(len(values))
    ours, theirs = straight(times, np.array(values)), stats.linregress(times, values)
    size = np.ptp(values) / np.ptp(times) + 1e-9
    assert_allclose(ours.slope, theirs.slope, rtol=1e-6, atol=1e-9 * size)
    assert_allclose(ours.origin, theirs.intercept, rtol=1e-6, atol=1e-6)
    assert_allclose(ours.error, theirs.stderr, rtol=1e-6, atol=1e-7 * size)


@given(some.integers(1, 500))
def test_the_interval_is_students(freedom: int) -> None:
    assert_allclose(two_sided(freedom), stats.t.ppf(0.975, freedom))
