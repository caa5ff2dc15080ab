"""Short sounds heard where something else says that they lie, and nowhere else."""

from fractions import Fraction

import numpy as np
import pytest

from conform.hearing.nearby import nearby
from conform.hearing.refine import refine
from conform.hearing.sound import Sound
from fixtures.voices import conversation
from tests.hearing import RATE, heard


@pytest.fixture(scope="module")
def take() -> Sound:
    return heard(conversation(5, 0, 20 * RATE, RATE).sum(axis=0), "take")


def excerpt(take: Sound, first: float, seconds: float, noise: float = 0.0) -> Sound:
    """A part of the take as another file of its own."""
    sound = take.excerpt(round(first * RATE), round(seconds * RATE), RATE)
    hiss = np.random.default_rng(7).standard_normal(len(sound))
    level = noise * float(np.sqrt(np.mean(np.square(sound))))
    return heard((sound + level * hiss).astype(np.float32), "event")


@pytest.mark.parametrize("seconds", [0.5, 0.8, 3.0])
def test_a_short_sound_is_heard_where_it_is(take: Sound, seconds: float) -> None:
    near = nearby(take, excerpt(take, 6.0, seconds, noise=0.5), 6.0004, 0.0)
    assert near is not None
    assert near.line.lag == pytest.approx(6.0, abs=2e-4)
    assert near.false_match < 0.01
    fine = refine(take, excerpt(take, 6.0, seconds, noise=0.5), near.line, RATE)
    assert fine is not None
    assert fine.lag * RATE == pytest.approx(6 * RATE, abs=max(2 * fine.half_width * RATE, 0.1))


@pytest.mark.parametrize("away", [-0.03, -0.004, 0.004, 0.03])
def test_a_wrong_place_is_not_borne_out(take: Sound, away: float) -> None:
    other = excerpt(take, 6.0, 0.8, noise=0.5)
    assert nearby(take, other, 6.0 + away, 0.001) is None
    found = nearby(take, other, 6.0 + away, 0.04)
    assert found is not None
    assert found.line.lag == pytest.approx(6.0, abs=2e-4)


def test_another_sound_is_not_heard(take: Sound) -> None:
    stranger = heard(conversation(6, 1, 20 * RATE, RATE).sum(axis=0), "stranger")
    tries = [
        nearby(take, excerpt(stranger, first, 0.8), lag, 0.001)
        for first in np.arange(0.5, 18, 1.0)
        for lag in (3.0, 9.5)
    ]
    assert tries == [None] * len(tries)


def test_too_little_says_nothing(take: Sound) -> None:
    assert nearby(take, excerpt(take, 6.0, 0.1), 6.0, 0.001) is None
    silent = heard(np.zeros(RATE, np.float32), "silence")
    assert nearby(take, silent, 6.0, 0.001) is None


def test_parts_of_files_count_on_their_files_clocks(take: Sound) -> None:
    part = take.part(Fraction(4), Fraction(12))
    near = nearby(part, excerpt(take, 6.0, 0.8), 6.0, 0.0)
    assert near is not None
    assert near.line.lag == pytest.approx(6.0, abs=2e-4)
