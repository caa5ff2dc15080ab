"""Sync by hand: claps found to the sample, marks that lay the sound, and what is said of it."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from conform.laying.plan import plan
from conform.report import csv, html, json, report
from conform.review.decision import Choice, Decision, Review, applied, placed_zero
from conform.review.holding import carry, fingerprint, holding
from conform.review.pairing import Pair, clap_near, transient
from conform.roll import Roll, RollChannel
from conform.synced import EventSync, Status, Sync
from conform.timecode import RATES
from conform.timeline import Clip, Kind, Timeline, Track
from conform.tolerance import TOLERANCES

SR = 48000
RATE = RATES["24"]


def clapped(first: int, seed: int, quiet: float = 0.001) -> np.ndarray:
    """A second of room tone with a slate's clap at a sample: sharp attack, dying away."""
    dice = np.random.default_rng(seed)
    sound = dice.normal(0, quiet, SR)
    tail = dice.normal(0, 0.3, SR - first) * np.exp(-np.arange(SR - first) / 900)
    tail[:4] = 0.5
    sound[first:] += tail
    return sound.astype(np.float32)


@settings(deadline=None)
@given(st.integers(2000, 40_000), st.integers(0, 2**32))
def test_a_claps_onset_is_found_to_the_sample(first: int, seed: int) -> None:
    found = transient(clapped(first, seed), SR)
    assert found is not None
    assert abs(found[1] - first) <= 2


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 20_000))
def test_room_tone_has_no_clap(seed: int, count: int) -> None:
    tone = np.random.default_rng(seed).normal(0, 0.01, count).astype(np.float32)
    assert transient(tone, SR) is None


@pytest.fixture
def roll(tmp_path: Path) -> Roll:
    """Two channels, the clap at sample 24,017 on the second; a far louder one a second later."""
    sound = np.zeros((2 * SR, 2), np.float32)
    sound[:SR, 1] = clapped(24_017, 3)
    sound[SR:, 1] = 2 * clapped(24_017, 3)
    path = tmp_path / "take.wav"
    soundfile.write(path, np.clip(sound, -1, 1), SR, subtype="PCM_24")
    channels = tuple(RollChannel(name, path, n) for n, name in enumerate(("Boom", "Lav")))
    return Roll("take", channels, 2 * SR, SR)


def test_the_clap_near_the_cursor_is_taken_not_the_loudest(roll: Roll) -> None:
    near = clap_near(roll, Fraction(1, 2))
    assert near is not None
    assert abs(near * SR - 24_017) <= 2
    assert clap_near(roll, Fraction(1, 5)) is None


@pytest.fixture
def cut(roll: Roll) -> Sync:
    """One event that nobody could measure, with a take that lies somewhere."""
    clip = Clip("12-1", Fraction(4), Fraction(6), Fraction(0), Fraction(2))
    event = EventSync("0001", clip, (1,), Status.NOT_MEASURED, "the guide is silent", roll)
    track = Track(Kind.AUDIO, 1, "A1", (clip,))
    timeline = Timeline("cut", RATE, RATE.time_of("01:00:00:00"), (track,))
    return Sync(timeline, "gone.mov", SR, Fraction(10), (event,), (roll,))


PAIR = Pair(Fraction(9, 2), Fraction(24_017, SR))


def test_the_marked_sound_lies_on_the_marked_frame(cut: Sync) -> None:
    decision = Decision("0001", pair=PAIR)
    assert placed_zero(cut.events[0], decision, SR) == Fraction(9, 2) - Fraction(24_017, SR)
    done = applied(cut, Review((decision,)))
    assert done.events[0].status is Status.BY_HAND
    regions = plan(done).regions
    assert {r.record_first - r.source_first for r in regions} == {9 * SR // 2 - 24_017}
    assert {r.exact for r in regions} == {True}


@settings(deadline=None)
@given(st.integers(-10_000, 10_000))
def test_a_nudge_goes_on_top(nudge: int) -> None:
    event = EventSync("1", Clip("c", *map(Fraction, (0, 1, 0, 1))), (1,), Status.NOT_MEASURED)
    zero = placed_zero(event, Decision("1", nudge=nudge, pair=PAIR), SR)
    assert zero == PAIR.place + Fraction(nudge, SR)


def test_another_take_without_a_place_lies_nowhere(cut: Sync, roll: Roll) -> None:
    placed = replace(cut.events[0], zero=Fraction(3), status=Status.MEASURED)
    review = Review((Decision("0001", take=str(roll.path)),))
    done = applied(replace(cut, events=(placed,)), review).events[0]
    assert (done.status, done.zero) == (Status.NOT_MEASURED, None)
    assert "not placed yet" in done.reason


def test_the_report_says_by_hand_and_who_and_never_measured(cut: Sync) -> None:
    decision = Decision(
        "0001", Choice.ACCEPTED, comment="clap seen", pair=PAIR, by="R. Viewer",
        at="2026-03-01T14:05:09+01:00",
    )  # fmt: skip
    review = Review((decision,), override="noon")
    found = report(applied(cut, review), tolerance=TOLERANCES["conform"], review=review)
    assert (found.count(Status.BY_HAND), found.count(Status.MEASURED), found.flagged) == (1, 0, 0)
    page = html(found)
    for words in ("by hand", "R. Viewer", "2026-03-01 14:05", "clap seen", "01:00:04:12", "noon"):
        assert words in page
    assert '"status": "by_hand"' in json(found)
    assert '"sound": "24017/48000"' in json(found)
    row = csv(found).splitlines()[1]
    assert "accepted,0,R. Viewer,2026-03-01T14:05:09+01:00,False,clap seen" in row


def test_a_new_lock_carries_the_pair_with_its_event(cut: Sync) -> None:
    decision = Decision("0001", Choice.ACCEPTED, pair=PAIR, seen="", by="R. Viewer")
    event = cut.events[0]
    clip = replace(event.clip, record_in=Fraction(7), record_out=Fraction(9))
    later = replace(cut, events=(replace(event, id="0001b", clip=clip),))
    (kept,) = carry(Review((decision,)), cut, later, {}).decisions
    assert kept.event == "0001b"
    assert kept.pair == Pair(PAIR.picture + 3, PAIR.sound)
    assert kept.carried
    assert kept.by == "R. Viewer"


def test_another_file_of_the_chosen_takes_name_clears_the_decision(cut: Sync, roll: Roll) -> None:
    bare = replace(cut, events=(replace(cut.events[0], roll=None),))
    name, files = str(roll.path), {roll.path.name: "1:a"}
    seen = fingerprint(bare.events[0], bare, files, name)
    review = Review((Decision("0001", Choice.ACCEPTED, take=name, pair=PAIR, seen=seen),))
    assert holding(review, bare, files).decisions == review.decisions
    (cleared,) = holding(review, bare, {roll.path.name: "1:b"}).decisions
    assert cleared.choice is Choice.OPEN
    assert cleared.cleared
