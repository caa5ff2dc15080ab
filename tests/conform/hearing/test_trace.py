"""A line followed outwards: at a glance no further than to what bears nothing out."""

from conform.hearing.evidence import trace
from fixtures.voices import conversation
from tests.hearing import RATE, heard

SECONDS = 90
TAKE = heard(conversation(7, 0, SECONDS * RATE, RATE).sum(axis=0)).coarse


def test_a_right_place_is_followed_to_its_ends_at_a_glance_as_well() -> None:
    whole = trace(TAKE, TAKE, 0.0, 45.0, 1.0)
    glance = trace(TAKE, TAKE, 0.0, 45.0, 1.0, glance=True)
    assert glance.decades == whole.decades > 40
    assert glance.span > 60


def test_a_wrong_place_is_left_at_a_glance() -> None:
    whole = trace(TAKE, TAKE, 7.3, 45.0, 1.0)
    glance = trace(TAKE, TAKE, 7.3, 45.0, 1.0, glance=True)
    assert len(glance.points) < len(whole.points)
    assert max(glance.decades, whole.decades) < 2
