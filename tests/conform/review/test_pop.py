"""Sync pops: placed to the sample, and never found where there is none."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from conform import media
from conform.review.pop import pops
from conform.timecode import RATES
from fixtures.film import Film

SECONDS = 3
FRAMES = [RATES[name].frame for name in ("23.976", "24", "25", "29.97")]


def tone(first: int, count: int, rate: int, level: float, phase: float) -> NDArray[np.float64]:
    """A stretch of silence with a sine of 1 kHz in it; the level is that of the sine in dBFS."""
    sound = np.zeros(SECONDS * rate)
    at = np.arange(min(count, len(sound) - first))
    sound[first : first + count] = 10 ** (level / 20) * np.sin(2000 * np.pi * at / rate + phase)
    return sound


def recorded(sound: NDArray[np.float64]) -> NDArray[np.float32]:
    """As a 24-bit file holds it."""
    return (np.round(sound * 2**23) / 2**23).astype(np.float32)


@settings(deadline=None)
@given(
    first=st.integers(0, SECONDS * 44100 - 4000),
    frame=st.sampled_from(FRAMES),
    rate=st.sampled_from([44100, 48000, 96000]),
    level=st.floats(-40, -1),
    phase=st.just(0.0) | st.floats(0.3, 2.8),
)
def test_a_clean_pop_is_placed_to_the_sample(
    first: int, frame: Fraction, rate: int, level: float, phase: float
) -> None:
    (pop,) = pops(recorded(tone(first, round(frame * rate), rate, level, phase)), rate, frame)
    assert pop.first == first
    assert abs(pop.length - round(frame * rate)) <= 1
    assert pop.level == pytest.approx(level, abs=0.1)


@settings(deadline=None)
@given(
    first=st.integers(48_000, 96_000),
    frame=st.sampled_from(FRAMES),
    phase=st.floats(0, 6.28),
    seed=st.integers(0, 2**32),
)
def test_noise_20_db_below_moves_it_by_a_few_samples(
    first: int, frame: Fraction, phase: float, seed: int
) -> None:
    sound = tone(first, round(frame * 48000), 48000, -20, phase)
    sound += np.random.default_rng(seed).normal(0, 0.1 / np.sqrt(2) / 10, len(sound))
    (pop,) = pops(recorded(sound), 48000, frame)
    assert abs(pop.first - first) <= 5


@pytest.mark.parametrize("name", ["24", "25", "30"])
def test_a_pop_of_another_frame_rate_is_one_all_the_same(name: str) -> None:
    count = round(RATES[name].frame * 48000)
    (pop,) = pops(recorded(tone(70_000, count, 48000, -20, 1.0)), 48000, RATES["23.976"].frame)
    assert (pop.first, pop.length) == (70_000, count)


@pytest.mark.parametrize("seconds", [0.01, 0.1, 1.5])
def test_a_click_and_a_line_up_tone_are_no_pop(seconds: float) -> None:
    sound = recorded(tone(40_000, round(seconds * 48000), 48000, -20, 0))
    assert pops(sound, 48000, RATES["24"].frame) == ()


@pytest.mark.parametrize("hertz", [440, 880, 960, 1047, 2000])
def test_another_tone_is_no_pop(hertz: int) -> None:
    sound = np.zeros(SECONDS * 48000)
    sound[60_000:62_000] = 0.1 * np.sin(2 * np.pi * hertz * np.arange(2000) / 48000)
    assert pops(recorded(sound), 48000, RATES["24"].frame) == ()


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 40_000))
def test_noise_and_too_little_hold_none(seed: int, count: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.1, count).astype(np.float32)
    assert pops(noise, 48000, RATES["24"].frame) == ()


def test_speech_and_music_are_never_claimed(film: Film) -> None:
    """Every channel of every take, and the guide's mix of dialogue and music behind the leader."""
    frame = film.spec.rate.frame
    for path in (*sorted(film.rolls.glob("*.wav")), film.movie):
        start = Fraction(film.spec.leader, 1) * frame if path == film.movie else Fraction(0)
        heard = media.read(path, start=start)
        assert [pops(channel, 48000, frame) for channel in heard.T] == [()] * heard.shape[1]
