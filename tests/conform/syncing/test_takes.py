"""A take's line, read at its events, and what a cut adds to their uncertainty."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from conform.hearing.refine import Fine
from conform.match import Match, Verdict
from conform.roll import Roll, RollChannel
from conform.synced import Rung, Status
from conform.syncing.answers import answer
from conform.syncing.candidates import Candidate, Event
from conform.syncing.joint import Slip, solve
from conform.syncing.microphones import Microphones
from conform.syncing.noticed import noticed
from conform.syncing.placing import Heard, Place
from conform.syncing.takes import Attempt, Take, edit_rounding, slip, takes
from conform.timecode import RATES, Rate
from conform.timeline import Clip, Timeline

SAMPLE = 1 / 48000
TAKE = Roll("T1", (RollChannel("Boom", Path("T1.wav"), 0),), 48_000 * 60, 48_000, Fraction(1000))
OTHER = Roll("T2", (RollChannel("Boom", Path("T2.wav"), 0),), 48_000 * 60, 48_000, Fraction(1300))


@pytest.mark.parametrize("wrapped", [0, 86_400])
def test_a_clip_after_midnight_lies_where_the_take_goes_on(wrapped: int) -> None:
    """A take from 23:59:50; an event at 00:00:05 counts its source from the new day's zero."""
    roll = Roll("T1", (RollChannel("Boom", Path("T1.wav"), 0),), 48_000 * 60, 48_000)
    joint = solve([Slip(5.0, 86_390.25, 1e-6), Slip(8.0, 86_390.25, 1e-6)])
    take = Take(roll, Microphones("Boom"), joint, ("0001", "0002"))
    clip = Clip("a", Fraction(20), Fraction(25), Fraction(86_405 - wrapped), Fraction(86_410))
    assert take.zero(clip, Fraction(5)) == pytest.approx(5.25, abs=1e-6)


@pytest.mark.parametrize("name", ["29.97", "59.94"])
def test_the_rounding_of_edits_is_what_whole_samples_leave(name: str) -> None:
    rate = RATES[name]
    cuts = np.random.default_rng(3).integers(0, 100_000, (4000, 2)).tolist()
    laid = [rate.sample(source, 48000) - rate.sample(cut, 48000) for source, cut in cuts]
    exact = [rate.seconds(source - cut) * 48000 for source, cut in cuts]
    off = [float(one - other) for one, other in zip(laid, exact, strict=True)]
    assert edit_rounding(rate, 48000) * 48000 == pytest.approx(np.std(off), rel=0.05)


@pytest.mark.parametrize(("name", "sample_rate"), [("23.976", 48000), ("25", 48000), ("25", 44100)])
def test_frames_of_whole_samples_round_nothing(name: str, sample_rate: int) -> None:
    assert edit_rounding(RATES[name], sample_rate) == 0
    assert edit_rounding(Rate(Fraction(24)), 44101) > 0


def test_edits_on_whole_samples_are_held_by_the_half_width() -> None:
    rng = np.random.default_rng(5)
    rounding = edit_rounding(RATES["29.97"], 48000)
    clip = Clip("", Fraction(0), Fraction(1), Fraction(0), Fraction(1))
    inside, level = 0, 0
    for _ in range(100):
        slips = []
        for time in np.sort(rng.uniform(0, 60, 5)):
            edit = rng.uniform(-SAMPLE / 2, SAMPLE / 2, 2).sum()
            fine = Fine(float(time), float(edit), 0.1 * SAMPLE, None, None, 1, 1.0)
            slips.append(slip(fine, clip, Fraction(0), rounding))
        joint = solve(slips)
        inside += abs(joint.slip) <= joint.half_width
        level += abs(joint.tilt) <= joint.tilt_half_width
    assert inside >= 90
    assert level >= 90


def event_at(record_in: int, source_in: int) -> Event:
    """Two seconds of a cut whose record begins at nought."""
    span = (Fraction(record_in), Fraction(record_in + 2), Fraction(source_in))
    return Event(f"{record_in:04}", Clip("", *span, Fraction(source_in + 2)), (0,))


def found(event: Event, rung: Rung, lag: float, named: Roll) -> Attempt:
    """An event under the take, its first sample at record time `-lag`; `named` is what names it."""
    clip = event.clip
    fine = Fine(float(clip.record_in) + 1, lag, SAMPLE, None, None, 1, 0.9)
    match = Match(Verdict.MATCH, 48_000)
    candidate = Candidate(TAKE, rung, Fraction(-lag), Fraction(1))
    place = Place(candidate, match, "guide", (Heard("Boom", match, fine),))
    return Attempt(event, Candidate(named, Rung.TIMECODE_SCENE_TAKE, Fraction(0)), place)


def test_no_event_is_laid_by_one_that_another_takes_timecode_named() -> None:
    """At 10 s the cut names T2 and T1 is heard: what it counts there says nothing of T1's clock."""
    posing = found(event_at(10, 1320), Rung.SOUND, 5.0, OTHER)
    named = Candidate(TAKE, Rung.TIMECODE_SCENE_TAKE, Fraction(20), Fraction(1))
    silent = Attempt(event_at(30, 1010), named, None)
    together = takes([posing, silent], Fraction(0))
    by_timecode = answer(silent, together, Fraction(0))
    assert by_timecode.status is Status.METADATA
    assert by_timecode.zero == 20
    by_sound = answer(posing, together, Fraction(0))
    assert by_sound.status is Status.MEASURED
    assert float(by_sound.zero or 0) == pytest.approx(-5, abs=SAMPLE)


def test_a_takes_line_goes_through_the_events_that_are_counted_on_its_clock() -> None:
    posing = [found(event_at(at, 1320 + at), Rung.SOUND, 5.0, OTHER) for at in (10, 12, 14)]
    right = found(event_at(30, 1025), Rung.TIMECODE_SCENE_TAKE, -5.25, TAKE)
    together = takes([*posing, right], Fraction(0))
    assert together[TAKE].joint.slip == pytest.approx(1000.25)
    for attempt in (*posing, right):
        zero = answer(attempt, together, Fraction(0)).zero
        wanted = 5.25 if attempt is right else -5.0
        assert float(zero or 0) == pytest.approx(wanted, abs=SAMPLE)


@pytest.mark.parametrize(("seconds", "code"), [(2, "sync.by-timecode"), (8, "sync.wrong-take")])
def test_where_an_event_without_a_sound_of_its_own_is_laid_is_said(seconds: int, code: str) -> None:
    """Two seconds that are not found say nothing of the take; eight say that it is another."""
    heard = found(event_at(10, 1020), Rung.TIMECODE_SCENE_TAKE, 8.5, TAKE)
    clip = Clip("", Fraction(30), Fraction(30 + seconds), Fraction(1040), Fraction(1040 + seconds))
    named = Candidate(TAKE, Rung.TIMECODE_SCENE_TAKE, Fraction(-10), Fraction(1))
    asked = (Place(named, Match(Verdict.NO_MATCH, 48_000, "no match")),)
    attempts = [heard, Attempt(Event("0030", clip, (0,)), named, None, asked)]
    together = takes(attempts, Fraction(0))
    answers = [answer(attempt, together, Fraction(0)) for attempt in attempts]
    assert float(answers[1].zero or 0) == pytest.approx(-8.5, abs=SAMPLE)
    timeline = Timeline("", RATES["25"], Fraction(0), ())
    (told,) = (
        finding
        for finding in noticed(attempts, answers, together, timeline, Fraction(0))
        if "0030" in finding.where
    )
    assert told.code == code
    assert told.message.startswith("placed where its take's other events lie")
