"""The events of one take: one place, one drift, and outliers named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conform.syncing.joint import Slip, solve

SAMPLE = 1 / 48000


def slips(count: int, slip: float, ppm: float, seed: int, half: float) -> list[Slip]:
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, 300, count))
    noise = rng.normal(0, half / 1.96, count)
    return [
        Slip(float(t), float(slip + ppm * 1e-6 * t + n), half)
        for t, n in zip(times, noise, strict=True)
    ]


@given(
    st.floats(-2, 2),
    st.floats(-100, 100),
    st.integers(0, 999),
    st.sampled_from([0.02, 0.2, 1.0]),
)
@settings(deadline=None)
def test_slip_and_drift_are_solved(slip: float, ppm: float, seed: int, half: float) -> None:
    joint = solve(slips(8, slip, ppm, seed, half * SAMPLE))
    assert not joint.outliers
    doubt = 3 * joint.tilt_half_width * 1e6
    assert joint.tilt * 1e6 == pytest.approx(ppm, abs=doubt)
    middle = joint.time
    wanted = slip + ppm * 1e-6 * middle
    assert joint.at(middle) == pytest.approx(wanted, abs=3 * joint.half_width)
    assert (joint.drift is None) == (joint.tilt_half_width >= 1e-6)


def test_one_event_says_where_but_not_how_fast() -> None:
    joint = solve([Slip(40.0, 0.125, SAMPLE)])
    assert joint.at(40.0) == pytest.approx(0.125)
    assert joint.half_width == pytest.approx(SAMPLE)
    assert joint.drift is None
    assert joint.half_width_at(50.0) > 40 * SAMPLE  # usual clocks drift by up to 50 ppm


def test_an_event_that_the_editor_slipped_is_an_outlier() -> None:
    told = slips(6, 0.1, 5, 3, 0.1 * SAMPLE)
    told[2] = Slip(told[2].time, told[2].slip + 1 / 24, 0.1 * SAMPLE)
    joint = solve(told)
    assert joint.outliers == {2}
    assert joint.drift == pytest.approx(5e-6, abs=0.2e-6)


def test_an_event_that_is_unsure_is_no_outlier_within_its_interval() -> None:
    told = slips(6, 0.1, 5, 3, 0.1 * SAMPLE)
    told[2] = Slip(told[2].time, told[2].slip + 0.003, 0.004)
    joint = solve(told)
    assert not joint.outliers
    assert joint.slip == pytest.approx(solve(told[:2] + told[3:]).at(joint.time), abs=SAMPLE / 10)


def test_scatter_widens_what_half_widths_do_not_say() -> None:
    quiet = solve(slips(12, 0, 0, 1, 0.1 * SAMPLE))
    told = [
        Slip(slip.time, slip.slip + (-1) ** n * 5 * SAMPLE, 0.1 * SAMPLE)
        for n, slip in enumerate(slips(12, 0, 0, 1, 0.1 * SAMPLE))
    ]
    assert solve(told).half_width > 20 * quiet.half_width
