"""Which takes timecode and metadata name, across rates, days and spellings."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conform.roll import Roll, RollChannel
from conform.synced import Rung
from conform.syncing.candidates import Event, candidates, events, readings
from conform.timecode import RATES, Rate, sample_at
from conform.timeline import Clip, Kind, Source, Timeline, Track

HOUR = Fraction(3600)
SLACK = Fraction(2)
FILM = RATES["23.976"]


def roll(start: Fraction | None, seconds: int = 60, **kept: str) -> Roll:
    path = Path(f"{kept.get('name', 'TAKE')}.wav")
    named = {"name": "TAKE", **kept}
    return Roll(
        channels=(RollChannel("Boom", path, 0),),
        length=seconds * 48000,
        sample_rate=48000,
        start=start,
        rate=FILM,
        **named,  # type: ignore[arg-type]
    )


def clip(source_in: Fraction, seconds: int = 10, name: str = "clip", **source: object) -> Clip:
    given_source = Source(rate=FILM, **source)  # type: ignore[arg-type]
    end = source_in + seconds
    return Clip(name, Fraction(5), Fraction(5 + seconds), source_in, end, given_source)


def named(found: Clip, *rolls: Roll) -> list[tuple[str, Rung, Fraction | None]]:
    event = Event("1", found, (1,))
    return [(c.roll.name, c.rung, c.zero) for c in candidates(event, rolls, FILM, SLACK)]


def test_timecode_places_the_take_under_the_record() -> None:
    assert named(clip(HOUR + 20), roll(HOUR)) == [("TAKE", Rung.TIMECODE, Fraction(5 - 20))]


@pytest.mark.parametrize(
    ("source", "kept", "rung"),
    [
        ({"scene": "12A", "take": "3"}, {"scene": "12A", "take": "T03"}, Rung.TIMECODE_SCENE_TAKE),
        ({"name": "12a_03.wav"}, {"scene": "12A", "take": "3"}, Rung.TIMECODE_SCENE_TAKE),
        ({"name": "12A/3"}, {"scene": "12A", "take": "3"}, Rung.TIMECODE_SCENE_TAKE),
        ({"name": "12A.3"}, {"scene": "12A", "take": "3"}, Rung.TIMECODE_SCENE_TAKE),
        ({"name": "D1/12A-3.MXF"}, {"scene": "12A", "take": "3"}, Rung.TIMECODE_SCENE_TAKE),
        ({"tape": "sr 004"}, {"tape": "SR004"}, Rung.TIMECODE_ROLL),
        ({"name": "T12.WAV"}, {"name": "T12"}, Rung.TIMECODE_NAME),
        ({"scene": "12A", "take": "4"}, {"scene": "12A", "take": "3"}, Rung.TIMECODE),
        ({}, {}, Rung.TIMECODE),
    ],
)
def test_metadata_is_graded(source: dict[str, str], kept: dict[str, str], rung: Rung) -> None:
    assert [found[1] for found in named(clip(HOUR, **source), roll(HOUR, **kept))] == [rung]


def test_without_timecode_slate_and_name_still_count() -> None:
    found = clip(HOUR, scene="7", take="2")
    assert named(found, roll(None, scene="7", take="02")) == [("TAKE", Rung.SCENE_TAKE, None)]
    assert named(clip(HOUR, name="TAKE.wav"), roll(None)) == [("TAKE", Rung.NAME, None)]
    assert named(clip(HOUR), roll(None)) == []


def test_full_cover_comes_before_metadata_and_metadata_before_bare_timecode() -> None:
    found = clip(HOUR + 50, scene="1", take="1")
    half = roll(HOUR, 55, name="HALF", scene="1", take="1")
    bare = roll(HOUR, 90, name="BARE")
    full = roll(HOUR, 90, name="FULL", scene="1", take="1")
    assert [name for name, *_ in named(found, half, bare, full)] == ["FULL", "BARE", "HALF"]


def test_a_take_that_was_jammed_wrongly_is_still_a_candidate() -> None:
    assert named(clip(HOUR + 61), roll(HOUR, 60))
    assert not named(clip(HOUR + 63), roll(HOUR, 60))


def test_takes_run_over_midnight() -> None:
    day = FILM.seconds(FILM.day)
    (found,) = named(clip(Fraction(10)), roll(day - 20))
    assert found[2] == Fraction(5 - 30)


@given(
    st.sampled_from(list(RATES.values())),
    st.sampled_from(list(RATES.values())),
    st.integers(0, 24 * 3600 - 1),
)
def test_a_label_means_the_same_label_on_the_recorder(cut: Rate, kept: Rate, second: int) -> None:
    hours, rest = divmod(second, 3600)
    minutes, seconds = divmod(rest, 60)
    first = 4 if minutes % 10 and not seconds else 0  # drop frame skips up to eight labels
    label = f"{hours:02}:{minutes:02}:{seconds:02}"
    if first and (cut.drop or kept.drop):
        return
    there = cut.time_of(f"{label}{';' if cut.drop else ':'}{first:02}")
    meant = readings(there, cut, kept)[0]
    if cut.fps == kept.fps:
        assert meant == there
    else:
        shown = kept.label_at(meant + Fraction(1, 1_000_000))
        assert shown[:8] == label


def test_a_recorder_of_another_rate_is_read_by_its_label() -> None:
    """01:00:00:00 of a 23.976 camera and of a 25 recorder are 3.6 s apart in plain seconds."""
    cut = clip(FILM.time_of("01:00:10:12"))
    recorder = RATES["25"]
    start = Fraction(sample_at(recorder.time_of("01:00:00:00"), 48000), 48000)
    kept = replace(roll(start), rate=recorder)
    assert named(cut, kept)[0][2] == 5 - Fraction(21, 2)


def test_events_unite_tracks_and_leave_out_what_is_not_heard() -> None:
    one = replace(clip(HOUR), channels=(1,))
    two = replace(clip(HOUR), channels=(2,))
    later = replace(one, record_in=Fraction(20), record_out=Fraction(30))
    black = replace(later, source=Source(generated=True), record_in=Fraction(40))
    picture = Track(Kind.VIDEO, 1, clips=(one,))
    sound = (
        Track(Kind.AUDIO, 1, clips=(one, replace(later, enabled=False), black)),
        Track(Kind.AUDIO, 2, clips=(two,)),
        Track(Kind.AUDIO, 3, clips=(later,), enabled=False),
    )
    (found,) = events(Timeline("cut", FILM, tracks=(picture, *sound)))
    assert found.tracks == (1, 2)
    assert found.clip.channels == (1, 2)
    (alone,) = events(Timeline("cut", FILM, tracks=(picture,)))
    assert alone.tracks == ()
