"""How whole sounds run: wow is followed to a part of a sample, and nothing else is taken for it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conform.clocks.course import Course, at_any_speed, course
from conform.clocks.lanes import each_channel
from conform.clocks.resample import interpolate
from conform.clocks.telling import told
from conform.hearing.measure import measure
from fixtures.voices import conversation
from tests.bench.sync.spoil import noisy, roomy
from tests.hearing import RATE, heard

Wave = np.ndarray
SECONDS = 32
TALKERS = conversation(7, 0, (SECONDS + 10) * RATE, RATE)
TAKE = TALKERS.sum(axis=0)
REFERENCE = heard(TAKE)
TIMES = np.arange(SECONDS * RATE) / RATE
AT = 3.0


def played(places: Wave, snr_db: float = 20) -> Wave:
    """The take as a transfer plays it: second `places[i]` is heard at sample `i`, under noise."""
    step = float(np.ptp(places)) * RATE / (len(places) - 1)
    sound = interpolate(TAKE[:, None], places * RATE, step)[:, 0]
    noise = np.random.default_rng(1).normal(0, np.std(sound) * 10 ** (-snr_db / 20), len(sound))
    return sound + noise


def swing(per_cent: float, period: float) -> Wave:
    return per_cent / 100 * period / (2 * np.pi) * np.sin(2 * np.pi * TIMES / period)


def run(sound: Wave) -> Course:
    other = heard(sound)
    found = course(REFERENCE, other, measure(REFERENCE, other, RATE), RATE)
    return found if found.match.matched else at_any_speed(REFERENCE, other, RATE) or found


def held(found: Course, places: Wave) -> float:
    """The share of knots whose interval holds the truth; all together are near it."""
    assert found.wander is not None
    knots = found.wander.map.knots
    error = [knot.reference_seconds - np.interp(knot.seconds, TIMES, places) for knot in knots]
    assert np.sqrt(np.mean(np.square(error))) < 1e-4
    return float(np.mean(np.abs(error) < [knot.half_width for knot in knots]))


@pytest.mark.parametrize(("per_cent", "period"), [(0.1, 4), (0.5, 5)])
def test_wow_is_followed(per_cent: float, period: float) -> None:
    places = AT + TIMES + swing(per_cent, period)
    found = run(played(places))
    assert held(found, places) > 0.9
    assert found.steps == ()
    assert found.wander is not None
    top = 2 * per_cent / 100 * period / (2 * np.pi)
    assert 0.8 * top < found.wander.swing < 1.3 * top
    assert found.wander.after < 1e-5
    assert found.wander.fastest == pytest.approx(per_cent / 100, rel=0.4)
    lag, half = found.match.lag_samples, found.match.uncertainty_samples
    assert lag is not None
    assert half is not None
    assert abs(lag - AT * RATE) < 2 * half


def test_wow_at_another_speed_keeps_the_speeds_name() -> None:
    places = AT + TIMES * 25 / 24 + swing(0.2, 20)
    found = run(played(places))
    assert held(found, places) > 0.9
    assert found.speed_name is not None
    assert found.speed_name.startswith("25/24")


def test_a_map_grows() -> None:
    found = run(played(AT + TIMES + swing(0.3, 30)))
    assert found.wander is not None
    times = np.linspace(-2, SECONDS + 2, 5000)
    assert (np.diff(found.wander.map.reference_at(times)) > 0).all()
    back = found.wander.map.other_at(found.wander.map.reference_at(times))
    assert np.abs(back - times).max() < 1e-5


def test_a_span_without_sound_is_told_not_guessed() -> None:
    places = AT + TIMES + swing(0.3, 6)
    sound = played(places, 40)
    sound[12 * RATE : 20 * RATE] = 0
    found = run(sound)
    assert found.wander is not None
    ((first, last),) = (span for span in found.wander.missed if span[1] - span[0] > 5)
    assert 11 < first < 14
    assert 18 < last < 21
    assert not any(13.5 < knot.seconds < 18.5 for knot in found.wander.map.knots)


def turned() -> Wave:
    """Two talkers, 2 m further from one another on the other microphone: they take turns."""
    moved = TALKERS[0] + np.roll(TALKERS[1:].sum(axis=0), 280)
    return moved[int(AT * RATE) :][: len(TIMES)]


STEADY: dict[str, Callable[[], Wave]] = {
    "as it is": lambda: played(AT + TIMES),
    "drifting": lambda: played(AT + TIMES * (1 + 8e-5)),
    "in noise": lambda: played(AT + TIMES, -3),
    "talkers who take turns": turned,
}


@pytest.mark.parametrize("name", STEADY)
def test_a_steady_speed_gives_no_map(name: str) -> None:
    found = run(STEADY[name]())
    assert found.match.matched
    assert found.wander is None


def test_steps_are_found_at_another_speed() -> None:
    places = AT + TIMES * 24 / 25
    places[16 * RATE :] += 0.2
    found = run(played(places))
    (step,) = found.steps
    assert found.speed_name is not None
    assert found.speed_name.startswith("24/25")
    assert step.seconds == pytest.approx(16, abs=0.8)
    assert step.samples == pytest.approx(0.2 * RATE, abs=1)
    assert found.match.drift_ppm == pytest.approx(-40_000, abs=1)


def test_channels_are_heard_along_the_map() -> None:
    sound = played(AT + TIMES + swing(0.3, 6))
    later = np.roll(sound, 96)
    found = run(sound)
    one, other = each_channel(REFERENCE, [heard(sound), heard(-later)], found, RATE)
    assert one.match.polarity == 1
    assert other.match.polarity == -1
    assert one.match.lag_samples is not None
    assert other.match.lag_samples is not None
    assert one.match.lag_samples - other.match.lag_samples == pytest.approx(96, abs=1)


def in_a_room(per_cent: float, period: float) -> tuple[Course, Wave]:
    """A minute of talk in a room that is louder than the voice, and where it is truly heard."""
    take = conversation(7, 0, 75 * RATE, RATE).sum(axis=0)
    times = np.arange(60 * RATE) / RATE
    places = 7.3 + times + per_cent / 100 * period / 2 / np.pi * np.sin(2 * np.pi * times / period)
    far = interpolate(roomy(take, 7)[:, None], places * RATE, 1.0)[:, 0]
    reference, other = heard(take), heard(noisy(far, 10, 1))
    return course(reference, other, measure(reference, other, RATE), RATE), places


def test_wow_is_followed_in_a_room_louder_than_the_voice() -> None:
    found, places = in_a_room(0.1, 4)
    assert found.wander is not None
    knots = found.wander.map.knots
    at = [round(knot.seconds * RATE) for knot in knots[:-1]]
    errors = np.array([knot.reference_seconds for knot in knots[:-1]]) - places[at]
    assert np.sqrt(np.mean(np.square(errors))) < 2e-5
    assert np.mean(np.abs(errors) < [knot.half_width for knot in knots[:-1]]) > 0.9


@pytest.mark.parametrize(("per_cent", "period"), [(0, 4), (0.5, 1)])
def test_stretches_on_no_line_widen_the_interval(per_cent: float, period: float) -> None:
    """A wow too quick to be followed in a room is told; a steady speed has nothing of it."""
    found, _ = in_a_room(per_cent, period)
    codes = {finding.code for finding in told(found, Path("old.wav"))}
    assert found.wander is None
    assert (found.scatter is None) == (per_cent == 0)
    assert ("align.unsteady" in codes) == (per_cent > 0)
    lag, half = found.match.lag_samples, found.match.uncertainty_samples
    assert lag is not None
    assert half is not None
    assert abs(lag - 7.3 * RATE) < max(half, 1)
