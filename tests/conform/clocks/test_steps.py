"""Steps told apart from drift: planted ones are found where they are, nothing else is one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from conform.clocks.course import Course, course
from conform.clocks.resample import interpolate
from conform.clocks.steps import Jump, follow, likeliest
from conform.clocks.telling import told
from conform.hearing.measure import Measurement, measure
from conform.hearing.sound import Sound
from conform.hearing.stretches import stretches
from conform.match import Match, Verdict
from fixtures.clock import read_at
from fixtures.music import Tap, music
from fixtures.voices import conversation
from tests.bench.nulls import draw
from tests.bench.strangers import Ground
from tests.bench.sync.spoil import noisy, roomy
from tests.bench.sync.voices import Cast
from tests.hearing import RATE, heard

Wave = np.ndarray
TALKERS = conversation(7, 0, 70 * RATE, RATE)
TAKE = TALKERS.sum(axis=0)
AT = 2 * RATE


REFERENCE = heard(TAKE)


def followed(samples: Wave) -> tuple[Measurement, tuple[Jump, ...]]:
    other = heard(samples)
    return stepped(REFERENCE, other)


def stepped(reference: Sound, other: Sound) -> tuple[Measurement, tuple[Jump, ...]]:
    measured = measure(reference, other, RATE)
    line = likeliest(measured)
    assert line is not None
    found = follow(reference, other, measured, stretches(reference, other, line), RATE)
    return found.measured, found.steps


def without(samples: Wave, at: float, count: int) -> Wave:
    return np.concatenate([samples[: round(at * RATE)], samples[round(at * RATE) + count :]])


def drifting(ppm: float, seconds: int = 60) -> Wave:
    return read_at(TAKE.astype(np.float32), float(AT), 1 + ppm * 1e-6, seconds * RATE)


@given(
    at=st.floats(12, 45),
    lost=st.one_of(st.integers(240, 2400), st.integers(20_000, 200_000)),
    ppm=st.sampled_from([-120.0, 0.0, 35.0]),
    sign=st.sampled_from([1, -1]),
)
@settings(max_examples=6, deadline=None, phases=[Phase.generate])
def test_lost_samples_are_one_step(at: float, lost: int, ppm: float, sign: int) -> None:
    noise = np.random.default_rng(lost).normal(0, 1e-3, 60 * RATE)
    found, (step,) = followed(without(sign * drifting(ppm) + noise, at, lost))
    assert step.samples == pytest.approx(lost * (1 + ppm * 1e-6), abs=1)
    assert step.seconds == pytest.approx(at, abs=0.8)  # a pause of the talkers hides the moment
    long_first = at > 60 - lost / RATE - at
    if abs(at - (60 - lost / RATE - at)) > 8:
        expected = AT if long_first else AT + lost * (1 + ppm * 1e-6)
        assert found.match.lag_samples == pytest.approx(expected, abs=1)
    assert found.match.drift_ppm == pytest.approx(ppm, abs=1)


def test_a_drift_does_not_blur_when_a_step_comes() -> None:
    """In three seconds between clear stretches 120 ppm move a level by three coarse samples."""
    noise = np.random.default_rng(1901).normal(0, 1e-3, 60 * RATE)
    found, (step,) = followed(without(noise - drifting(-120), 20, 1901))
    assert step.samples == pytest.approx(1901, abs=1)
    assert step.seconds == pytest.approx(20, abs=0.05)
    assert found.match.drift_ppm == pytest.approx(-120, abs=0.2)


@pytest.mark.parametrize("longest", ["first", "last"])
def test_a_run_that_lies_in_two_places_is_told_in_both(longest: str) -> None:
    """Where most of a file lies in one place, two others follow one another in what is left."""
    first, second = (12, 20) if longest == "last" else (30, 44)
    take = drifting(20, 66)
    cut = [take[: first * RATE], take[(first + 1) * RATE : second * RATE], np.zeros(2 * RATE)]
    found, steps = followed(np.concatenate([*cut, take[second * RATE :]]))
    assert found.match.matched
    assert [step.samples for step in steps] == pytest.approx([RATE, -2 * RATE], abs=2.5)
    assert [step.seconds for step in steps] == pytest.approx([first, second - 1], abs=2.1)


def test_an_edit_and_a_lost_buffer_do_not_make_the_answer_ambiguous() -> None:
    other = without(drifting(20), 40, 9000)
    other = np.concatenate([other[: 20 * RATE], np.zeros(4800), other[20 * RATE :]])
    found, steps = followed(other)
    assert found.match.matched
    assert [step.samples for step in steps] == pytest.approx([-4800.1, 9000.2], abs=0.5)
    assert [step.seconds for step in steps] == pytest.approx([20, 40.1], abs=0.8)


@given(ppm=st.floats(-150, 150))
@settings(max_examples=3, deadline=None)
def test_drift_is_no_step(ppm: float) -> None:
    found, steps = followed(drifting(ppm))
    assert steps == ()
    assert found.match.drift_ppm == pytest.approx(ppm, abs=0.5)


def test_wow_is_no_step() -> None:
    places = np.arange(60 * RATE)
    swing = 0.004 * RATE * np.sin(2 * np.pi * places / (30 * RATE))
    _, steps = followed(np.interp(places + AT + swing, np.arange(len(TAKE)), TAKE))
    assert steps == ()


@pytest.mark.parametrize(
    ("at", "samples", "ppm"),
    [(16.2, 12, -120.0), (23.7, -90, 0.0), (32.6, 103, 35.0), (39.9, -16, 35.0)],
)
def test_a_step_of_a_few_samples_is_told_in_a_room(at: float, samples: int, ppm: float) -> None:
    """Its reflections are louder than the voice, and later than the step is long."""
    other = shifted(roomy(TAKE, 5), at, samples, ppm)
    found, (step,) = followed(noisy(other, 15, abs(samples)))
    assert step.samples == pytest.approx(samples, abs=max(2 * step.uncertainty_samples, 0.1))
    assert step.uncertainty_samples < 2
    assert step.seconds == pytest.approx(at, abs=2)
    assert found.match.drift_ppm == pytest.approx(ppm, abs=0.5)


def shifted(take: Wave, at: float, samples: float, ppm: float = 0.0) -> Wave:
    """A take that loses some samples at a time, or has some twice."""
    times = np.arange(60 * RATE) / RATE
    places = AT + times * RATE * (1 + ppm * 1e-6) + np.where(times >= at, samples, 0.0)
    return interpolate(take[:, None], places, 1.0)[:, 0]


def test_a_talker_elsewhere_in_the_room_is_no_step() -> None:
    """The second half is another's, 40 cm further from the microphone: other reflections."""
    turn = np.arange(len(TAKE)) < 32 * RATE
    near, far = np.where(turn, TAKE, 0), np.where(turn, 0, TAKE)
    other = roomy(near, 5) + np.roll(roomy(far, 6), 56)
    _, steps = followed(noisy(other[AT : AT + 60 * RATE], 20, 1))
    assert steps == ()


def test_a_sagging_clock_is_no_step() -> None:
    """Its drift goes from 30 ppm to none in a minute, without a jump."""
    times = np.arange(60 * RATE) / RATE
    bent = AT + times * RATE + 15e-6 * RATE * times**2 / 60
    _, steps = followed(interpolate(TAKE[:, None], bent, 1.0)[:, 0])
    assert steps == ()


def test_talkers_at_other_distances_are_no_steps() -> None:
    moved = TALKERS[0] + np.roll(TALKERS[1], 300)
    _, steps = followed(moved[AT : AT + 60 * RATE])
    assert steps == ()


def test_a_periodic_loop_stays_ambiguous() -> None:
    loop = np.tile(TAKE[: 2 * RATE], 30)
    other = heard(loop[: 25 * RATE])
    again, steps = stepped(heard(loop), other)
    assert not again.match.matched
    assert steps == ()


def test_another_bar_of_a_drum_machine_is_no_edit() -> None:
    """Its two halves are higher each in a place of its own, and are heard in both."""
    _, reference, other = draw(Ground(Cast(None), 9009), 262)
    one, two = heard(reference), heard(other)
    found = measure(one, two, RATE)
    assert found.match.verdict is Verdict.AMBIGUOUS
    assert course(one, two, found, RATE).match.verdict is Verdict.AMBIGUOUS


def test_a_step_of_a_few_samples_has_a_length_in_words() -> None:
    match = Match(Verdict.MATCH, RATE, lag_samples=0.0)
    run = Course(match, (Jump(10, 12.0, 0.1), Jump(20, -4800.0, 0.1)))
    few, many = (finding.message for finding in told(run, Path("take.wav")))
    assert "12 samples (0.25 ms) later" in few
    assert "4800 samples (0.100 s) earlier" in many


def test_a_long_step_is_told_in_a_room_of_music() -> None:
    """Before it hardly a stretch knows its place by its own peak: music's recur."""
    tune = Tap(music(4, RATE)).take(60 * RATE)
    times = np.arange(40 * RATE) / RATE
    places = AT + times * RATE + np.where(times >= 9, -20_112.0, 0.0)
    far = interpolate(roomy(tune, 4, direct_db=-10)[:, None], places, 1.0)[:, 0]
    found, (step,) = stepped(heard(tune), heard(noisy(far, 10, 9)))
    assert found.match.matched
    assert step.samples == pytest.approx(-20_112, abs=max(step.uncertainty_samples, 1))
    assert step.seconds == pytest.approx(9, abs=2)
