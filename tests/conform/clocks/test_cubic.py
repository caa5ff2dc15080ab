"""Curves through points: never beyond them, smooth, and straight where the points are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from conform.clocks.cubic import BESIDE, through

GAPS = st.lists(st.floats(0.1, 10), min_size=1, max_size=12)


@st.composite
def climbs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    gaps = draw(GAPS)
    rises = draw(st.lists(st.floats(0.001, 5), min_size=len(gaps), max_size=len(gaps)))
    return np.cumsum([0.0, *gaps]), np.cumsum([0.0, *rises])


@given(climbs())
def test_a_curve_meets_its_points_and_never_turns_back(
    points: tuple[np.ndarray, np.ndarray],
) -> None:
    places, values = points
    assert np.allclose(through(places, values, places), values)
    between = through(places, values, np.linspace(places[0] - 1, places[-1] + 1, 500))
    assert (np.diff(between) > -1e-12).all()


@given(climbs(), st.floats(-3, 3), st.floats(0.1, 3))
def test_a_straight_line_stays_one(
    points: tuple[np.ndarray, np.ndarray], level: float, slope: float
) -> None:
    places, _ = points
    at = np.linspace(places[0] - 2, places[-1] + 2, 200)
    assert np.allclose(through(places, level + slope * places, at), level + slope * at)


@given(climbs())
def test_two_points_are_a_straight_line_to_the_last_bit(
    points: tuple[np.ndarray, np.ndarray],
) -> None:
    places, values = (array[:2] for array in points)
    at = np.linspace(places[0], places[1], 100)
    assert (through(places, values, at) == values[0] + np.diff(values) / np.diff(places) * at).all()


@given(climbs())
def test_speed_does_not_jump_at_a_point(points: tuple[np.ndarray, np.ndarray]) -> None:
    places, values = points
    step = 1e-7
    for place in places:
        before, at, after = through(places, values, np.array([place - step, place, place + step]))
        later, earlier = (after - at) / step, (at - before) / step
        assert abs(later - earlier) < 1e-3 * (1 + abs(later))


@given(climbs(), st.integers(0, 11))
def test_a_stretch_hangs_on_the_points_beside_it_alone(
    points: tuple[np.ndarray, np.ndarray], stretch: int
) -> None:
    places, values = points
    first = min(stretch, len(places) - 2)
    at = np.linspace(places[first], places[first + 1], 20)
    near = slice(max(first - BESIDE, 0), first + 2 + BESIDE)
    assert np.allclose(through(places[near], values[near], at), through(places, values, at))
