"""Channels told by what they are coherent with, however far apart their microphones stand."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from conform.clocks.align import Aligned, align
from conform.hearing.counterparts import counterparts, swapped
from conform.match import Match, Verdict
from fixtures.voices import conversation
from tests.hearing import RATE, Wave, heard

AT = 2 * RATE
LENGTH = 12 * RATE
LEAK = 0.3  # of each talker in the other's microphone


@pytest.fixture(scope="module")
def lanes() -> Wave:
    """Two talkers, each with a microphone of their own that hears the other a little later."""
    near, far = conversation(3, 0, 16 * RATE, RATE)
    both = np.stack([near + LEAK * np.roll(far, 140), far + LEAK * np.roll(near, 140)])
    return both.astype(np.float32)


def at(lag: int) -> Match:
    return Match(Verdict.MATCH, RATE, lag_samples=lag)


@given(late=st.integers(-480, 480), order=st.permutations([0, 1]))
@settings(max_examples=10, deadline=None)
def test_a_channel_is_known_again_through_another_microphone(
    lanes: Wave, late: int, order: list[int]
) -> None:
    ground = [heard(lane) for lane in lanes]
    noise = np.random.default_rng(1).normal(0, 0.005, LENGTH)
    far = [heard(-0.4 * lanes[n][AT + late : AT + late + LENGTH] + noise) for n in order]
    assert counterparts(ground, far, at(AT)) == tuple(order)


def test_what_both_channels_hold_is_neither_s(lanes: Wave) -> None:
    ground = [heard(lane) for lane in lanes]
    middle = heard(lanes.sum(axis=0)[AT : AT + LENGTH])
    noise = heard(np.random.default_rng(2).normal(0, 0.05, LENGTH))
    silence = heard(np.zeros(LENGTH))
    assert counterparts(ground, [middle, noise, silence], at(AT)) == (None, None, None)
    assert counterparts(ground[:1], [middle], at(AT)) == (None,)
    nowhere = Match(Verdict.NO_MATCH, RATE)
    assert counterparts(ground, [middle], nowhere) == (None,)


@given(st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=6))
def test_only_channels_in_each_other_s_place_are_swapped(known: list[int | None]) -> None:
    pairs = swapped(known)
    assert all(known[a] == b and known[b] == a and a < b for a, b in pairs)
    assert swapped([None if n is None else here for here, n in enumerate(known)]) == ()


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory, lanes: Wave) -> tuple[Aligned, Aligned]:
    """The reference's channels as they are, and swapped."""
    folder: Path = tmp_path_factory.mktemp("swap")
    part = lanes[:, AT : AT + LENGTH].T
    soundfile.write(folder / "reference.wav", lanes.T, RATE, subtype="FLOAT")
    soundfile.write(folder / "same.wav", part, RATE, subtype="FLOAT")
    soundfile.write(folder / "swapped.wav", part[:, ::-1], RATE, subtype="FLOAT")
    one, other = align(folder / "reference.wav", [folder / "same.wav", folder / "swapped.wav"])
    return one, other


def test_swapped_channels_are_told(turned: tuple[Aligned, Aligned]) -> None:
    same, other = turned
    assert [one.counterpart for one in same.channels] == ["channel 1", "channel 2"]
    assert [one.counterpart for one in other.channels] == ["channel 2", "channel 1"]
    assert "align.swapped" not in [finding.code for finding in same.findings]
    (finding,) = [finding for finding in other.findings if finding.code == "align.swapped"]
    assert "channel 1" in finding.message
    assert "channel 2" in finding.message
