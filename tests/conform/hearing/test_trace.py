"""A line followed outwards: at a glance no further than to what bears nothing out."""

import numpy as np
import pytest

from conform.hearing.band import COARSE_RATE
from conform.hearing.evidence import Line, listen, trace
from conform.hearing.pieces import Pieces
from fixtures.voices import conversation
from tests.hearing import RATE, heard

SECONDS = 90
TAKE = heard(conversation(7, 0, SECONDS * RATE, RATE).sum(axis=0)).coarse


def test_a_right_place_is_followed_to_its_ends_at_a_glance_as_well() -> None:
    whole = trace(TAKE, Pieces(TAKE), 0.0, 45.0, 1.0)
    glance = trace(TAKE, Pieces(TAKE), 0.0, 45.0, 1.0, glance=True)
    assert glance.decades == whole.decades > 40
    assert glance.span > 60


def test_a_wrong_place_is_left_at_a_glance() -> None:
    whole = trace(TAKE, Pieces(TAKE), 7.3, 45.0, 1.0)
    glance = trace(TAKE, Pieces(TAKE), 7.3, 45.0, 1.0, glance=True)
    assert len(glance.points) < len(whole.points)
    assert max(glance.decades, whole.decades) < 2


@pytest.mark.parametrize(("off", "told"), [(0.0, True), (0.025, True), (0.033, False)])
def test_a_peak_near_the_end_of_what_is_looked_at_tells_no_place(off: float, *, told: bool) -> None:
    """Hum is highest there, by the cuts through both sounds, wherever it is looked for."""
    sound = np.random.default_rng(1).standard_normal(3 * COARSE_RATE).astype(np.float32)
    line = Line(1.0 + off, 0.0, np.empty((0, 4)), np.empty(0, bool), 0.0)
    starts = np.arange(0, COARSE_RATE, COARSE_RATE // 4)
    points = listen(sound, Pieces(sound[COARSE_RATE:]), line, starts, COARSE_RATE // 3)
    assert np.allclose(points[:, 1], 1.0, atol=1e-4)
    assert np.all((points[:, 2] > 2 * points[:, 3]) == told)
