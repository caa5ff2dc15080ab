"""What a refinement reads at full rate: neighbours at once, and never much at once."""

from dataclasses import replace

import numpy as np
import pytest

from conform.hearing.measure import measure
from fixtures.voices import conversation
from tests.hearing import RATE, heard

TAKE = conversation(7, 0, 70 * RATE, RATE).sum(axis=0)


@pytest.mark.parametrize("seconds", [3, 20, 60])
def test_neighbours_are_read_at_once(seconds: int) -> None:
    reads: list[int] = []
    sound = heard(TAKE[5 * RATE : (5 + seconds) * RATE])

    def excerpt(first: int, count: int, rate: int) -> np.ndarray:
        reads.append(count)
        return sound.excerpt(first, count, rate)

    found = measure(heard(TAKE), replace(sound, excerpt=excerpt), RATE)
    assert found.match.lag_samples == pytest.approx(5 * RATE, abs=0.05)
    assert len(reads) <= 1 + seconds / 15
    assert max(reads) <= 30 * RATE
