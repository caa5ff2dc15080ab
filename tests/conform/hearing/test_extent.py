"""A line holds as far as its stretches do: what agrees far off tilts it no more."""

import numpy as np
import pytest

from conform.hearing.evidence import Line
from conform.hearing.extent import at_usual_speed, held


def line(lags: list[float], agree: list[bool], drift: float = 0.0) -> Line:
    times = 4.0 * np.arange(len(lags)) + 2
    points = np.column_stack([times, lags, np.full(len(lags), 9.0), np.full(len(lags), 3.0)])
    return Line(5.0, drift, points, np.array(agree), 20.0)


def test_a_stretch_far_off_tilts_no_line() -> None:
    lags = [4.996, 5.1, 4.8, 5.2, 4.9, 5.2, 5.0, 5.0, 5.0, 5.0, 4.7, 5.2]
    agree = [lag in (4.996, 5.0) for lag in lags]
    again = held(line(lags, agree, 1e-4))
    assert again.agree.tolist() == [lag == 5.0 for lag in lags]
    assert (again.lag, again.drift) == pytest.approx((5.0, 0.0), abs=1e-9)
    assert again.decades == 20.0


def test_a_line_that_holds_throughout_stays_as_it_is() -> None:
    lags = [5.0, 5.0, 5.2, 5.0, 4.9, 5.1, 5.0, 5.0, 4.8, 5.0]
    whole = line(lags, [lag == 5.0 for lag in lags])
    assert held(whole) is whole


def test_a_line_without_stretches_stays() -> None:
    bare = Line(5.0, 0.0, np.empty((0, 4)), np.empty(0, bool), 0.0)
    assert held(bare) is bare


@pytest.mark.parametrize(("speed", "usual"), [(0.0, True), (1e-4, True), (1e-3, False)])
def test_a_few_seconds_show_another_speed(speed: float, usual: bool) -> None:
    dice = np.random.default_rng(1)
    times = np.arange(16) / 4
    lags = 5 + speed * times + 1e-4 * dice.standard_normal(16)
    points = np.column_stack([times, lags, np.full(16, 9.0), np.full(16, 3.0)])
    assert at_usual_speed(Line(5.0, 0.0, points, np.ones(16, bool), 9.0)) is usual


def test_few_stretches_show_no_speed() -> None:
    assert not at_usual_speed(line([5.0, 5.0, 5.0], [True] * 3))
