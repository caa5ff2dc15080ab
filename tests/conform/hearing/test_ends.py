"""Where a window meets an end of the reference, hum is cut there and speech is there."""

import numpy as np
import pytest

from conform.hearing.band import COARSE_RATE
from conform.hearing.ends import merely_cut
from fixtures.voices import conversation
from tests.hearing import RATE, heard

TAKE = heard(conversation(7, 0, 12 * RATE, RATE).sum(axis=0)).coarse.astype(np.float32)
TIME = np.arange(12 * COARSE_RATE) / COARSE_RATE
HUM = np.float32(0.05 * sum(np.sin(2 * np.pi * 50 * k * TIME + k * k) / k for k in range(1, 40)))
HISS = np.random.default_rng(1).normal(0, 1e-3, (2, len(TIME))).astype(np.float32)
END = len(TIME) - COARSE_RATE


@pytest.mark.parametrize("at", [-160, 160, END - 160, END + 160])
def test_hum_at_an_end_is_merely_cut_there(at: int) -> None:
    assert merely_cut((HUM + HISS[0])[:COARSE_RATE], HUM + HISS[1], at)


@pytest.mark.parametrize("at", [-160, 160, END - 160, END + 160])
def test_speech_at_an_end_is_there(at: int) -> None:
    window = np.concatenate([HISS[0], TAKE, HISS[1]])[len(TIME) + at :][:COARSE_RATE]
    assert not merely_cut(window + HISS[0, :COARSE_RATE], TAKE + HISS[1], at)


def test_away_from_the_ends_nothing_is() -> None:
    assert not merely_cut(HUM[:COARSE_RATE], HUM, 3 * COARSE_RATE)
