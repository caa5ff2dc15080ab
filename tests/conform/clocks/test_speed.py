"""Sound at another speed: any within 8 % is found to parts in a million, strangers at none."""

from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from conform.clocks.course import at_any_speed
from conform.clocks.resample import interpolate
from conform.clocks.respeed import promising
from conform.clocks.speed import SPEEDS, played_at
from conform.hearing.band import COARSE_RATE
from conform.hearing.measure import measure
from conform.hearing.sound import Sound
from fixtures.voices import conversation
from tests.hearing import RATE, heard

AT = 2 * RATE
LENGTH = 30 * RATE
Wave = np.ndarray
TAKE = conversation(7, 0, 40 * RATE, RATE).sum(axis=0)


def played(speed: float) -> Sound:
    noise = np.random.default_rng(3).normal(0, 1e-3, LENGTH)
    places = AT + np.arange(LENGTH) * speed
    return heard(interpolate(TAKE[:, None], places, speed)[:, 0] + noise)


@given(percent=st.one_of(st.floats(-7.9, -0.3), st.floats(0.3, 7.9)))
@settings(max_examples=3, deadline=None, phases=[Phase.generate])
def test_any_speed_within_eight_per_cent_is_found(percent: float) -> None:
    speed = 1 + percent / 100
    found = at_any_speed(heard(TAKE), played(speed), RATE)
    assert found is not None
    match = found.match
    assert match.drift_ppm == pytest.approx(percent * 1e4, abs=3)
    assert match.lag_samples == pytest.approx(AT, abs=2)
    known = [text for text, ratio in SPEEDS.items() if abs(speed / ratio - 1) < 2e-4]
    assert found.speed_name == (known[0] if known else None)


def test_a_speed_beside_a_known_one_does_not_get_its_name() -> None:
    found = at_any_speed(heard(TAKE), played(1.00135), RATE)
    assert found is not None
    assert found.speed_name is None
    assert found.match.drift_ppm == pytest.approx(1350, abs=3)


def test_a_speed_is_one_of_many_tries() -> None:
    """Each of the speeds that are tried had the chance of a false match."""
    other = played(25 / 24)
    found = at_any_speed(heard(TAKE), other, RATE)
    alone = measure(heard(TAKE), played_at(other, Fraction(25, 24)), RATE)
    assert found is not None
    assert found.match.false_match
    assert alone.match.false_match
    assert found.match.false_match / alone.match.false_match == pytest.approx(8, rel=1e-6)


def test_strangers_match_at_no_speed() -> None:
    stranger = conversation(9, 3, LENGTH, RATE).sum(axis=0)
    assert at_any_speed(heard(TAKE), heard(stranger), RATE) is None


@pytest.mark.parametrize("speed", SPEEDS.values())
def test_coarse_sound_keeps_its_waves_at_another_speed(speed: Fraction) -> None:
    count, hertz = 5 * COARSE_RATE, 1000
    times = np.arange(count) / COARSE_RATE
    sound = Sound("tone", np.sin(2 * np.pi * hertz * times).astype(np.float16), lambda *_: times)
    played = played_at(sound, speed).coarse
    assert len(played) == ceil(count * speed)
    inner = np.arange(COARSE_RATE, len(played) - COARSE_RATE)
    wanted = np.sin(2 * np.pi * hertz * inner / COARSE_RATE / float(speed))
    assert np.abs(played[inner] - wanted).max() < 2e-3


def test_silence_proposes_no_speed() -> None:
    assert promising(heard(TAKE).coarse, np.zeros(60 * COARSE_RATE, np.float16)) == []
