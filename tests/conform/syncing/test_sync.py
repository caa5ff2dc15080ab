"""The main job on films whose truth is known: every event found, strangers refused."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from adapters import formats, rolls
from conform import media
from conform.errors import AlignError
from conform.roll import Roll
from conform.synced import Rung, Status, Sync
from conform.syncing.sharing import part_of
from conform.syncing.sync import SyncOptions, sync
from conform.timecode import RATES
from conform.timeline import Clip, Timeline
from conform.watch import Cancelled, Step
from fixtures.film import Film, make_film
from fixtures.spec import Codec, FilmSpec, Guide
from fixtures.truth import Expected
from fixtures.verdict import event_verdicts


def cut_of(film: Film) -> Timeline:
    return formats.read(film.otio).timelines[0]


def takes_of(film: Film) -> tuple[Roll, ...]:
    return rolls.scan([film.rolls])[0]


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    return []


@pytest.fixture(scope="module")
def answer(film: Film, steps: list[Step]) -> Sync:
    return sync(cut_of(film), film.movie, takes_of(film), watch=steps.append)


def test_every_event_is_found_or_refused(film: Film, answer: Sync) -> None:
    verdicts = event_verdicts(film, answer)
    assert [verdict.truth.number for verdict in verdicts if not verdict.right] == []
    assert any(verdict.truth.expected is not Expected.MEASURED for verdict in verdicts)


def test_the_stated_interval_holds_the_truth(film: Film, answer: Sync) -> None:
    for verdict in event_verdicts(film, answer):
        match = verdict.event.match if verdict.event else None
        if verdict.error is None or match is None or match.uncertainty_samples is None:
            continue
        assert abs(verdict.error) <= 2 * match.uncertainty_samples
        if verdict.drift_error is not None and match.drift_uncertainty_ppm is not None:
            assert abs(verdict.drift_error) <= 2 * match.drift_uncertainty_ppm


def test_a_missing_take_is_not_replaced_by_a_stranger(film: Film, answer: Sync) -> None:
    for verdict in event_verdicts(film, answer):
        if verdict.truth.expected is Expected.NO_ROLL:
            assert verdict.event is not None
            assert verdict.event.status is Status.NOT_MEASURED
            assert verdict.event.roll is None
            assert verdict.event.reason


def test_a_microphone_keeps_its_own_lag(film: Film, answer: Sync) -> None:
    """The guide is the boom; a lavalier is heard as much earlier or later as it stood."""
    compared = 0
    for verdict in event_verdicts(film, answer):
        event = verdict.event
        if event is None or event.match is None or not verdict.truth.roll or event.leaned:
            continue
        mics = {mic.name: mic.delays for mic in film.truth.roll(verdict.truth.roll).mics}
        boom = next(item.match.lag_samples for item in event.channels if item.channel == "Boom")
        for channel in event.channels:
            lag = channel.match.lag_samples
            if channel.channel != "Boom" and lag is not None and boom is not None:
                delays = [-delay for delay in mics[channel.channel]]
                assert min(abs(lag - boom - delay) for delay in delays) < 60
                compared += 1
    assert compared > 3


def test_jam_sync_errors_are_findings(film: Film, answer: Sync) -> None:
    told = {finding.where for finding in answer.findings if finding.code == "sync.jam"}
    jammed = {
        verdict.truth.roll
        for verdict in event_verdicts(film, answer)
        if verdict.error is not None and verdict.truth.roll
    }
    assert told == jammed


def test_one_slip_of_all_takes_is_the_pictures(film: Film, answer: Sync) -> None:
    """Every recorder half a second early, to the sample: it is the picture that starts late."""
    late = []
    for roll in takes_of(film):
        jam = round(film.truth.roll(roll.path.name).jam_samples)
        assert roll.start is not None
        late.append(replace(roll, start=roll.start - Fraction(jam, 48000) + Fraction(1, 2)))
    again = sync(cut_of(film), film.movie, late)
    told = [finding for finding in again.findings if finding.code == "sync.all-slipped"]
    assert len(told) == 1
    assert "11.99 frames late" in told[0].message
    assert "sync.jam" not in {finding.code for finding in again.findings}
    assert "sync.all-slipped" not in {finding.code for finding in answer.findings}


def test_a_short_event_leans_on_its_recorders_other_takes(film: Film) -> None:
    """Alone in its take, half a second long, and every take of the recorder jammed alike."""
    cut, brief = cut_of(film), film.truth.events[9]
    clips = [
        clip for clip in cut.audio[0].clips if clip.record_in != film.truth.events[6].record_in
    ]
    place = next(n for n, clip in enumerate(clips) if clip.record_in == brief.record_in)
    whole = clips[place]
    clips[place] = part_of(whole, whole.record_in, whole.record_in + Fraction(1, 2))
    alike = [
        replace(roll, start=roll.start - Fraction(round(truth.jam_samples) - 960, 48000))
        for roll in takes_of(film)
        if (truth := film.truth.roll(roll.path.name)) and roll.start is not None
    ]
    track = replace(cut.audio[0], clips=tuple(clips))
    answer = sync(replace(cut, tracks=(track,)), film.movie, alike)
    event = answer.events[place]
    assert event.status is Status.MEASURED
    assert event.leaned
    assert "recorder" in event.reason
    middle = brief.zero_at_middle()
    assert middle is not None
    assert event.zero is not None
    assert event.match is not None
    assert event.match.false_match is not None
    assert event.match.false_match < 0.01
    half = event.match.uncertainty_samples or 0.0
    assert abs(float(event.zero - answer.picture_in - middle)) * 48000 < half + 0.5


def test_progress_is_told(steps: list[Step], answer: Sync) -> None:
    events = [step for step in steps if step.stage == "events"]
    assert events[-1].done == events[-1].total == len(answer.events)


def test_sync_can_be_cancelled(film: Film) -> None:
    def stop(step: Step) -> None:
        if step.stage == "events" and step.done:
            raise Cancelled

    with pytest.raises(Cancelled):
        sync(cut_of(film), film.movie, takes_of(film), watch=stop)


def test_the_length_is_the_picture(film: Film, answer: Sync) -> None:
    assert answer.length == RATES[film.truth.rate].seconds(film.truth.frames)
    assert answer.sample_rate == film.truth.sample_rate


def first_event(film: Film, change: Clip | None = None) -> Timeline:
    """The cut with its first measurable event alone, or with another clip in its place."""
    cut = cut_of(film)
    clip = change or cut.audio[0].clips[0]
    track = replace(cut.audio[0], clips=(clip,))
    return replace(cut, tracks=(track,))


def test_a_take_without_timecode_is_found_by_sound(film: Film) -> None:
    clip = cut_of(film).audio[0].clips[0]
    strange = replace(
        clip, name="x", source=replace(clip.source, name="x", scene="", take="", reel="", url="")
    )
    lost = tuple(
        replace(roll, start=None, scene="", take="", name=f"R{n}")
        for n, roll in enumerate(takes_of(film))
    )
    (event,) = sync(first_event(film, strange), film.movie, lost).events
    assert event.status is Status.MEASURED
    assert event.rung is Rung.SOUND
    assert event.timecode_zero is None
    truth = film.truth.events[0]
    assert event.roll is not None
    assert event.roll.path.name == truth.roll
    middle = truth.zero_at_middle()
    assert middle is not None
    assert event.zero is not None
    assert float(event.zero - middle) * 48000 == pytest.approx(0, abs=1)


def test_a_wrong_take_is_an_alarm(film: Film) -> None:
    """Slates and timecodes of two takes were swapped: the sound says which is which."""
    truth = film.truth.events[0]
    every = {roll.path.name: roll for roll in takes_of(film)}
    right = every.pop(str(truth.roll))
    wrong = next(
        roll for roll in every.values() if roll.scene != right.scene and roll.length > 12 * 48000
    )
    posing = replace(wrong, start=right.start, scene=right.scene, take=right.take)
    plain = replace(right, scene="", take="")
    answer = sync(first_event(film), film.movie, [posing, plain])
    assert answer.events[0].roll == plain
    assert answer.events[0].status is Status.MEASURED
    assert "sync.wrong-take" in {finding.code for finding in answer.findings}
    (refused,) = sync(first_event(film), film.movie, [posing]).events
    assert refused.status is Status.NOT_MEASURED
    clip = cut_of(film).audio[0].clips[0]
    short = replace(clip, record_out=clip.record_in + 1, source_out=clip.source_in + 1)
    (brief,) = sync(first_event(film, short), film.movie, [posing]).events
    assert brief.status is Status.METADATA  # of a second nobody can say that it is another's


def test_a_retimed_event_says_so(film: Film) -> None:
    clip = replace(cut_of(film).audio[0].clips[0], speed=Fraction(2))
    (event,) = sync(first_event(film, clip), film.movie, takes_of(film)).events
    assert event.status is Status.NOT_MEASURED
    assert "2 x" in event.reason


def test_a_picture_without_sound_is_an_error(film: Film) -> None:
    mute = replace(media.probe(film.movie), audio=())
    with pytest.raises(AlignError, match="no sound"):
        sync(cut_of(film), mute, takes_of(film))


def test_a_clock_wrong_beyond_the_search_is_found_by_sound(film: Film) -> None:
    late = [replace(roll, start=roll.start + 4 if roll.start else None) for roll in takes_of(film)]
    (near,) = sync(first_event(film), film.movie, late, SyncOptions(Fraction(1, 2))).events
    (far,) = sync(first_event(film), film.movie, late, SyncOptions(Fraction(5))).events
    assert near.status is far.status is Status.MEASURED
    assert near.slip_seconds is not None
    assert far.slip_seconds is not None
    assert float(near.slip_seconds) == pytest.approx(float(far.slip_seconds), abs=1e-5)
    assert abs(float(near.slip_seconds)) == pytest.approx(4, abs=0.2)


@pytest.mark.parametrize(
    "spec",
    [
        FilmSpec(seed=71, seconds=30, events=4, takes=3, rate=RATES["29.97 DF"], guide=Guide.SPLIT),
        FilmSpec(seed=72, seconds=30, events=4, takes=3, rate=RATES["25"], codec=Codec.AAC,
                 drift_ppm=150.0, snr_db=6.0),
    ],
    ids=["split guide, drop frame", "AAC guide, steep drift"],
)  # fmt: skip
def test_other_films(spec: FilmSpec, tmp_path: Path) -> None:
    film = make_film(tmp_path, spec)
    verdicts = event_verdicts(film, sync(cut_of(film), film.movie, takes_of(film)))
    assert [verdict.truth.number for verdict in verdicts if not verdict.right] == []


def test_a_silent_guide_measures_nothing(film: Film, tmp_path: Path) -> None:
    silent = tmp_path / "silent.wav"
    soundfile.write(silent, np.zeros(60 * 48000), 48000)
    answer = sync(first_event(film), silent, takes_of(film))
    assert answer.events[0].status is Status.METADATA
    assert answer.events[0].zero == answer.events[0].timecode_zero
    assert answer.events[0].match is None


def test_the_guide_movie_among_the_rolls_proves_nothing(film: Film) -> None:
    """A movie that lies in the rolls' folder matches itself everywhere; it is no take."""
    timeline = formats.read(film.edl, rate=RATES["23.976"]).timelines[0]
    movie = rolls.read(film.movie)
    answer = sync(timeline, film.movie, [movie])
    assert all(event.roll is None for event in answer.events)
