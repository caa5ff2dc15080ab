"""Channels of a take at the place that one of them found."""

import numpy as np
import pytest

from conform.hearing.evidence import level_line
from conform.hearing.measure import find
from conform.syncing.placing import _channel, follow
from tests.hearing import RATE, Wave, heard

AT = 5 * RATE
LENGTH = 4 * RATE
LATER = 120  # samples that the lavalier is earlier


@pytest.fixture(scope="module")
def vowels() -> Wave:
    """Long vowels of slowly moving pitch: a quarter of a second of them fits at every period."""
    time = np.arange(14 * RATE) / RATE
    turns = np.cumsum(140 + 12 * np.sin(0.9 * time) + 5 * np.sin(2.3 * time)) / RATE
    return sum(np.sin(2 * np.pi * k * turns) / k for k in range(1, 24)) * 0.1


def test_an_event_is_heard_as_a_whole_where_none_of_its_stretches_is(vowels: Wave) -> None:
    noise = np.random.default_rng(1).normal(0, 0.05, LENGTH)
    part = heard(vowels[AT : AT + LENGTH] + noise)
    boom, lavalier = heard(vowels), heard(-0.5 * vowels[LATER:])
    line = find(boom, part, RATE).line
    assert line is not None
    assert follow(boom, part, line).decades < 3  # the vowels are what this is about
    for lane, place in ((boom, AT), (lavalier, AT - LATER)):
        channel = _channel("channel", lane, part, line, RATE)
        assert channel.fine is not None
        assert channel.fine.lag * RATE == pytest.approx(place, abs=1)
        assert channel.match.false_match is not None
        assert channel.match.false_match < 1e-6


def test_another_sound_is_not_heard(vowels: Wave) -> None:
    part = heard(vowels[AT : AT + LENGTH])
    other = np.random.default_rng(2).normal(0, 0.1, len(vowels))
    for lane in (other, 0 * other, np.roll(vowels, 4 * RATE)):
        channel = _channel("channel", heard(lane), part, level_line(AT / RATE, 0.0), RATE)
        assert channel.fine is None
