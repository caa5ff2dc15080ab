import numpy as np
from hypothesis import given
from hypothesis import strategies as some
from numpy.testing import assert_allclose
from scipy import stats

from conform.hearing.slope import straight, two_sided


@given(some.integers(0, 10_000), some.integers(3, 40), some.floats(0.1, 1000))
def test_the_line_is_that_of_scipy(seed: int, count: int, step: float) -> None:
    rng = np.random.default_rng(seed)
    times, values = np.sort(rng.uniform(0, step * count, count)), rng.normal(0, 1, count)
    ours, theirs = straight(times, values), stats.linregress(times, values)
    assert_allclose(ours.slope, theirs.slope, rtol=1e-6)
    assert_allclose(ours.origin, theirs.intercept, rtol=1e-6, atol=1e-9)
    assert_allclose(ours.error, theirs.stderr, rtol=1e-5)


@given(some.integers(1, 500))
def test_the_interval_is_students(freedom: int) -> None:
    assert_allclose(two_sided(freedom), stats.t.ppf(0.975, freedom))
