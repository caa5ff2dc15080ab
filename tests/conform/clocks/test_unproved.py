"""A span that is elsewhere, or nowhere, is told; silence and what lies outside are not."""

import numpy as np
import pytest

from conform.clocks.course import Course, course
from conform.hearing.measure import measure
from fixtures.voices import conversation
from tests.bench.sync.spoil import noisy
from tests.hearing import RATE, heard

TAKE = conversation(7, 0, 90 * RATE, RATE).sum(axis=0)
STRANGER = conversation(8, 1, 90 * RATE, RATE).sum(axis=0)
REFERENCE = heard(TAKE)


def run(sound: np.ndarray) -> Course:
    other = heard(sound)
    return course(REFERENCE, other, measure(REFERENCE, other, RATE), RATE)


@pytest.mark.parametrize(("first", "last"), [(0, 20), (30, 48), (55, 75)])
def test_a_span_of_other_sound_is_told(first: int, last: int) -> None:
    other = TAKE[5 * RATE : 80 * RATE].copy()
    other[first * RATE : last * RATE] = STRANGER[first * RATE : last * RATE]
    found = run(noisy(other, 20, 1))
    assert found.match.lag_samples == pytest.approx(5 * RATE, abs=1)
    ((begin, end),) = found.unproved
    assert begin == pytest.approx(first, abs=2)
    assert end == pytest.approx(last, abs=2)


def test_what_lies_on_its_course_is_not() -> None:
    quiet = TAKE.copy()
    quiet[30 * RATE : 50 * RATE] = 0
    for sound in (
        noisy(TAKE[5 * RATE :], 0, 1),
        quiet,
        np.concatenate([STRANGER[: 30 * RATE], TAKE]),
    ):
        assert run(sound).unproved == ()
