"""What is written as FCP7 XML comes back as it was; what cannot be held is told."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.fcp7xml import read, write
from conform.errors import RenderError, TimelineError
from conform.findings import Finding
from conform.timecode import Rate
from conform.timeline import (
    Clip,
    Curve,
    Fade,
    Keyframe,
    Kind,
    Marker,
    Source,
    Timeline,
    TimePoint,
    Track,
    Transition,
)
from tests.strategies import names, rates, timelines

slow = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
paths = st.sampled_from(["/Volumes/Rolls/day 1/A 100%.mov", "D:/a#b?.wav", "//nas/x/ü.mxf", ""])
curves = st.sampled_from([Curve.LINEAR, Curve.EQUAL_POWER, Curve.EXPONENTIAL])
FIRST = 400
"""Frames before any clip's in point, so that every handle has media."""


@st.composite
def sources(draw: st.DrawFn, number: int) -> Source:
    rate = draw(rates)
    return Source(
        name=f"{number} {draw(names)}".strip(),
        url=draw(paths),
        reel=draw(names),
        scene=draw(names),
        take=draw(names),
        start=rate.seconds(draw(st.integers(0, rate.day - 1))),
        duration=rate.seconds(draw(st.integers(1, 10**6))),
        rate=rate,
        channels=draw(st.none() | st.integers(1, 16)),
        sample_rate=draw(st.none() | st.sampled_from([44100, 48000])),
    )


@st.composite
def clips(draw: st.DrawFn, kind: Kind, rate: Rate, at: int, length: int, event: str) -> Clip:
    """A clip on the record's frames, of any speed that decimals can say."""
    source = draw(sources(len(event)))
    audio = kind is Kind.AUDIO
    speed = draw(st.sampled_from(["1", "1", "1", "2", "0.5", "-1", "-2.5", "0", "1.25", "map"]))
    used = Fraction(0 if speed == "map" else speed) * length
    start = rate.seconds(FIRST * 10 + draw(st.integers(0, 5000)))
    if speed in ("1", "2", "0.5", "1.25"):  # a sub-frame in point
        start = Fraction(int(start * 48000) + draw(st.integers(0, 1000)), 48000)
    first = (source.start or 0) + start
    made = Clip(
        name=f"{draw(names)}.",
        record_in=rate.seconds(at),
        record_out=rate.seconds(at + length),
        source_in=first,
        source_out=first + abs(used) / rate.fps,
        source=source,
        speed=Fraction(0) if speed == "map" else Fraction(speed),
        channels=draw(st.sampled_from([(), (1,), (7,), (2, 1), (1, 2, 3)])) if audio else (),
        gain_db=draw(st.sampled_from([0.0, -3.0, -60.0, float("-inf")])) if audio else 0.0,
        fade_in=Fade(rate.seconds(length // 4), draw(curves)) if audio and length > 40 else None,
        fade_out=Fade(rate.seconds(length // 3), draw(curves)) if audio and length > 50 else None,
        enabled=draw(st.booleans()),
        event=event,
        markers=tuple(Marker(rate.seconds(n), "m", "c") for n in range(draw(st.integers(0, 2)))),
    )
    return draw(mapped(made, rate, length)) if speed == "map" else made


@st.composite
def mapped(draw: st.DrawFn, clip: Clip, rate: Rate, length: int) -> Clip:
    """A clip with a keyframed retime on frames."""
    inner = draw(st.sets(st.integers(1, max(length - 1, 1)), max_size=3))
    places = sorted({0, *inner, length})
    start = clip.source.start or Fraction(0)
    values = [start + rate.seconds(FIRST + draw(st.integers(0, 900))) for _ in places]
    points = tuple(map(TimePoint, (rate.seconds(place) for place in places), values))
    return replace(
        clip,
        source_in=min(values),
        source_out=max(values),
        speed=(values[-1] - values[0]) / clip.duration,
        time_map=points,
    )


@st.composite
def tracks(draw: st.DrawFn, kind: Kind, index: int, rate: Rate) -> Track:
    """Clips side by side or with gaps, transitions on some of the cuts."""
    at, laid, crossings = FIRST, [], []
    for number in range(draw(st.integers(0, 4))):
        gap = draw(st.sampled_from([0, 0, 7]))
        length = draw(st.integers(30, 90))
        crossed = bool(laid) and gap == 0 and draw(st.booleans())
        clip = draw(clips(kind, rate, at + gap, length, f"{kind}{index}{'x' * number}"))
        if crossed:
            clip = replace(clip, fade_in=None)
            laid[-1] = replace(laid[-1], fade_out=None)
            before, after = draw(st.sampled_from([(5, 5), (0, 10), (10, 0), (3, 4)]))
            crossings.append(
                Transition(
                    rate.seconds(at - before),
                    rate.seconds(at),
                    rate.seconds(at + after),
                    "Cross Dissolve",
                    draw(curves) if kind is Kind.AUDIO else Curve.UNKNOWN,
                )
            )
        laid.append(clip)
        at += gap + length
    return Track(kind, index, draw(names), tuple(laid), tuple(crossings), draw(st.booleans()))


@st.composite
def held(draw: st.DrawFn) -> Timeline:
    """Timelines of which the format can hold everything."""
    rate = draw(rates)
    laid = [
        draw(tracks(kind, index, rate))
        for kind in Kind
        for index in range(1, 1 + draw(st.integers(0, 2)))
    ]
    marks = draw(st.lists(st.integers(0, 9999), max_size=3, unique=True))
    return Timeline(
        draw(names),
        rate,
        rate.seconds(draw(st.integers(0, rate.day - 1))),
        tuple(laid),
        tuple(
            Marker(rate.seconds(at), "m", "c", "#10ff00", rate.seconds(at % 3))
            for at in sorted(marks)
        ),
    )


def comparable(timeline: Timeline) -> Timeline:
    """Without what the reader adds about tracks and links, and with gains to a billionth."""
    laid = tuple(
        replace(track, metadata=(), clips=tuple(_plain(clip) for clip in track.clips))
        for track in timeline.tracks
    )
    return replace(timeline, tracks=laid, metadata=())


def _plain(clip: Clip) -> Clip:
    keys = tuple(Keyframe(key.at, round(key.value, 9)) for key in clip.gain_curve)
    return replace(clip, metadata=(), gain_db=round(clip.gain_db, 9), gain_curve=keys)


def there_and_back(timeline: Timeline) -> tuple[Timeline, tuple[Finding, ...]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cut.xml"
        told = write(timeline, path)
        (back,) = read(path).timelines
        return back, told


@slow
@given(held())
def test_a_timeline_that_the_format_holds_returns_as_it_was(timeline: Timeline) -> None:
    back, _ = there_and_back(timeline)
    assert comparable(back) == comparable(timeline)


@settings(slow, max_examples=20)
@given(timelines())
def test_any_timeline_is_written_and_read_without_a_crash(timeline: Timeline) -> None:
    back, _ = there_and_back(timeline)
    assert [(track.kind, track.enabled) for track in back.tracks] == [
        (track.kind, track.enabled)
        for kind in Kind
        for track in timeline.tracks
        if track.kind is kind
    ]


PAL = Rate(Fraction(25))


def shot(start: int, end: int, **fields: object) -> Clip:
    source = Source("a.wav", "/rolls/a.wav", start=Fraction(3600), duration=Fraction(99), rate=PAL)
    seconds = Fraction(start, 25), Fraction(end, 25)
    clip = Clip("shot", *seconds, Fraction(3610), 3610 + seconds[1] - seconds[0], source)
    return replace(clip, **fields)  # type: ignore[arg-type]  # the tests name the fields


def timeline_of(*clips: Clip, kind: Kind = Kind.AUDIO, **fields: object) -> Timeline:
    track = replace(Track(kind, 1, clips=clips), **fields)  # type: ignore[arg-type]  # as above
    return Timeline("cut", PAL, tracks=(track,))


def test_level_keyframes_come_back(tmp_path: Path) -> None:
    curve = (Keyframe(Fraction(0), -20.0), Keyframe(Fraction(1), 6.0))
    back, told = there_and_back(timeline_of(shot(10, 60, gain_curve=curve)))
    (clip,) = back.audio[0].clips
    assert [(key.at, round(key.value, 9)) for key in clip.gain_curve] == [(0, -20), (1, 6)]
    assert told == ()


def test_a_sub_frame_edge_is_written_in_eightieths_or_rounded_in_sync_and_told() -> None:
    for late in (Fraction(1, 1000), Fraction(1, 50)):
        edges = {"record_in": 1 + late, "record_out": 2 + late, "source_out": Fraction(3611)}
        held, told = there_and_back(timeline_of(shot(0, 25, **edges)))
        (clip,) = held.audio[0].clips
        assert (clip.record_in, clip.record_out, clip.source_in) == (1 + late, 2 + late, 3610)
        assert told == ()
    edge = Fraction(2001, 48000)
    exact = shot(0, 10, record_in=edge, record_out=edge + Fraction(2, 5))
    rounded, told = there_and_back(timeline_of(exact))
    (clip,) = rounded.audio[0].clips
    assert [finding.code for finding in told] == ["edge.rounded"]
    assert abs(clip.record_in - edge) <= Fraction(1, 4000)
    moved = clip.record_in - edge
    assert abs(clip.source_in - exact.source_in - moved) < Fraction(1, 10**9)


@pytest.mark.parametrize(
    ("timeline", "code"),
    [
        (timeline_of(shot(0, 9), soloed=True), "track.solo"),
        (timeline_of(shot(0, 9, gain_db=20.0)), "gain.high"),
        (timeline_of(shot(0, 9), shot(5, 14)), "clip.overlap"),
        (timeline_of(shot(0, 9, fade_in=Fade(Fraction(1, 25), Curve.S_CURVE))), "fade.curve"),
        (timeline_of(shot(0, 9, source_out=Fraction(3699))), "source.length"),
        (timeline_of(shot(0, 9, source=Source("a", umid="060a"))), "source.field"),
    ],
)
def test_what_the_format_cannot_hold_is_told(timeline: Timeline, code: str) -> None:
    assert code in {finding.code for finding in there_and_back(timeline)[1]}


def test_a_rate_without_a_timebase_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cut.xml"
    with pytest.raises(TimelineError, match="cannot hold"):
        write(Timeline("cut", Rate(Fraction(100, 7))), path)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "cut.xml"
    path.write_text("mine")
    with pytest.raises(RenderError, match="exists"):
        write(timeline_of(shot(0, 9)), path)
    assert path.read_text() == "mine"
    write(timeline_of(shot(0, 9)), path, force=True)
    assert read(path).timelines


def test_the_same_timeline_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        write(timeline_of(shot(0, 9), shot(9, 20, channels=(1, 2))), tmp_path / name)
    assert (tmp_path / "a.xml").read_bytes() == (tmp_path / "b.xml").read_bytes()


def test_links_point_at_the_items_that_they_name(tmp_path: Path) -> None:
    picture = shot(0, 9, event="v1", metadata=(("link", "a1"), ("link", "gone")))
    sound = shot(0, 9, event="a1", channels=(1, 2))
    tracks = (Track(Kind.VIDEO, 1, clips=(picture,)), Track(Kind.AUDIO, 1, clips=(sound,)))
    path = tmp_path / "cut.xml"
    write(Timeline("cut", PAL, tracks=tracks), path)
    root = ET.parse(path).getroot()  # noqa: S314 (our own file)
    items = {item.get("id"): item for item in root.iter("clipitem")}
    assert [link.findtext("linkclipref") for link in items["v1"].iter("link")] == ["a1"]
    assert [link.findtext("linkclipref") for link in items["a1"].iter("link")] == ["a1", "a1 ch2"]


def test_a_name_that_xml_cannot_hold_is_written_all_the_same() -> None:
    back, _ = there_and_back(timeline_of(shot(0, 9, name="a\x00b", event="\x07"), name="c\x1b"))
    assert (back.audio[0].name, back.audio[0].clips[0].name) == ("c\ufffd", "a\ufffdb")


def test_a_file_is_written_once_and_referred_to_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "cut.xml"
    write(timeline_of(shot(0, 9), shot(9, 20)), path)
    files = list(ET.parse(path).getroot().iter("file"))  # noqa: S314 (our own file)
    assert [file.get("id") for file in files] == ["file-1", "file-1"]
    assert [len(file) > 0 for file in files] == [True, False]


@slow
@given(held())
def test_another_reader_finds_the_clips_where_we_wrote_them(timeline: Timeline) -> None:
    """The OTIO adapter drifts beside transitions (its own fault), so those are left out here."""
    bare = replace(
        timeline,
        tracks=tuple(
            replace(
                track,
                transitions=(),
                clips=tuple(
                    replace(clip, fade_in=None, fade_out=None, channels=clip.channels[:1])
                    for clip in track.clips
                ),
            )
            for track in timeline.tracks
        ),
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cut.xml"
        write(bare, path)
        seen = otio.adapters.read_from_file(str(path), adapter_name="fcp_xml")
    seen = seen if isinstance(seen, otio.schema.Timeline) else seen[0]
    fps = bare.rate.fps
    for ours, theirs in zip(bare.tracks, seen.tracks, strict=True):
        places = [
            (item.range_in_parent().start_time.value, item.range_in_parent().duration.value)
            for item in theirs.find_clips()
        ]
        assert places == [(clip.record_in * fps, clip.duration * fps) for clip in ours.clips]
