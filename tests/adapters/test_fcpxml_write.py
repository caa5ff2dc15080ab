"""What FCPXML holds comes back equal; what it cannot hold is said."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from adapters.fcpxml import read, write
from conform.errors import RenderError
from conform.timecode import RATES, Rate
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

WRITABLE = [rate for name, rate in RATES.items() if not name.startswith(("100", "119", "120"))]
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)
CURVES = [Curve.LINEAR, Curve.EQUAL_POWER, Curve.EXPONENTIAL, Curve.S_CURVE, Curve.UNKNOWN]
COLORS = ["blue", "red", "green", "orange"]


@st.composite
def sources(draw: st.DrawFn, picture: bool) -> Source:
    rate = draw(st.sampled_from(WRITABLE))
    start = rate.seconds(draw(st.integers(0, 100_000)))
    channels = draw(st.integers(1, 8))
    words = draw(st.lists(NAMES, min_size=6, max_size=6, unique=True))
    return Source(
        name=words[0],
        url=f"file:///media/{draw(st.integers(0, 99))}.mov",
        reel=words[1],
        tape=words[2],
        scene=words[3],
        take=words[4],
        umid=words[5],
        start=start,
        duration=rate.seconds(draw(st.integers(50_000, 90_000))),
        rate=rate,
        channels=None if picture else channels,
        sample_rate=None if picture else draw(st.sampled_from([44_100, 48_000, 96_000])),
        metadata=(("uid", "ABC"), ("camera", words[0])),
    )


@st.composite
def retimes(draw: st.DrawFn, low: Fraction, length: Fraction) -> dict[str, object]:
    """Source bounds, speed and time map of a clip with a record length."""
    way = draw(st.sampled_from(["plain", "speed", "reverse", "freeze", "curve"]))
    if way == "plain":
        return {"source_in": low, "source_out": low + length}
    if way == "freeze":
        return {"source_in": low, "source_out": low, "speed": Fraction(0)}
    if way == "curve":
        middle = length * draw(st.sampled_from([Fraction(1, 3), Fraction(1, 2)]))
        points = (
            TimePoint(Fraction(0), low),
            TimePoint(middle, low + middle * 2),
            TimePoint(length, low + middle * 2 + (length - middle) / 3),
        )
        high = points[-1].source
        return {
            "source_in": low, "source_out": high, "speed": (high - low) / length,
            "time_map": points,
        }  # fmt: skip
    speed = draw(
        st.sampled_from([Fraction(1, 2), Fraction(2), Fraction(3, 7), Fraction(1001, 1000)])
    )
    sign = -1 if way == "reverse" else 1
    return {"source_in": low, "source_out": low + length * speed, "speed": sign * speed}


@st.composite
def tracks(draw: st.DrawFn, kind: Kind, index: int, rate: Rate) -> Track:
    picture, unit = kind is Kind.VIDEO, Fraction(1, 48_000)
    cursor, clips = Fraction(0), []
    for _ in range(draw(st.integers(1, 4))):
        gap = draw(st.sampled_from([0, 0, 1, 40]))
        step = rate.frame if picture else unit * draw(st.sampled_from([1, 7, 2002]))
        begin = cursor + gap * step
        end = begin + draw(st.integers(12, 200)) * step
        source = draw(sources(picture))
        low = (source.start or Fraction(0)) + draw(st.integers(0, 400)) * rate.frame
        clips.append(draw(clip_of(source, begin, end, low, picture)))
        cursor = end
    return Track(kind, index, draw(NAMES), tuple(clips), draw(joints(clips)))


@st.composite
def clip_of(
    draw: st.DrawFn, source: Source, begin: Fraction, end: Fraction, low: Fraction, picture: bool
) -> Clip:
    length = end - begin
    words = draw(st.lists(NAMES, min_size=4, max_size=4))
    keyframes = st.tuples(st.integers(0, 8), st.floats(-96, 12, allow_subnormal=False))
    frames = dict(draw(st.lists(keyframes, max_size=3))) if not picture else {}
    curve = tuple(Keyframe(length * at / 8, value) for at, value in sorted(frames.items()))
    marks = draw(st.lists(st.tuples(st.integers(0, 8), st.sampled_from(COLORS)), max_size=2))
    fades = st.none() | st.builds(Fade, st.just(length / 4), st.sampled_from(CURVES))
    heard = range(1, (source.channels or 0) + 1)
    return Clip(
        name=words[0],
        record_in=begin,
        record_out=end,
        source=source,
        channels=tuple(sorted(draw(st.sets(st.sampled_from(heard), min_size=1)))) if heard else (),
        gain_db=0.0 if picture or curve else draw(st.sampled_from([0.0, -6.0, 2.5])),
        gain_curve=curve,
        fade_in=None if picture else draw(fades),
        fade_out=None if picture else draw(fades),
        enabled=draw(st.booleans()),
        event=draw(st.just("") | NAMES),
        markers=tuple(
            Marker(length * at / 8, words[1], words[2], color, length / 8)
            for at, color in sorted(marks)
        ),
        metadata=(("role", "dialogue.x"), ("note", words[3]), ("keyword", "k"), ("own key", "v")),
        **draw(retimes(low, length)),  # type: ignore[arg-type]
    )


@st.composite
def joints(draw: st.DrawFn, clips: list[Clip]) -> tuple[Transition, ...]:
    cuts = sorted({edge for clip in clips for edge in (clip.record_in, clip.record_out)})
    chosen = [cut for cut in cuts if draw(st.booleans())]
    reach = Fraction(1, 10)
    return tuple(
        Transition(cut - reach if cut else cut, cut, cut + reach, "Cross Dissolve")
        for cut in chosen
    )


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    rate = draw(st.sampled_from(WRITABLE))
    video = [draw(tracks(Kind.VIDEO, i + 1, rate)) for i in range(draw(st.integers(0, 2)))]
    audio = [draw(tracks(Kind.AUDIO, i + 1, rate)) for i in range(draw(st.integers(0, 3)))]
    timeline = Timeline(
        name=draw(NAMES),
        rate=rate,
        start=rate.seconds(draw(st.sampled_from([0, 86_400, 90_000]))),
        tracks=(*video, *audio),
        metadata=(("note", "locked"), ("reel", "4")),
    )
    return replace(
        timeline, length=timeline.duration + draw(st.sampled_from([Fraction(0), Fraction(5)]))
    )


@given(timelines())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_timeline_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, timeline: Timeline
) -> None:
    path = tmp_path_factory.mktemp("law") / "cut.fcpxml"
    write(timeline, path)
    (back,) = read(path).timelines
    stated = None if timeline.length == max_end(timeline) else timeline.length
    assert back == replace(timeline, length=stated)


def max_end(timeline: Timeline) -> Fraction:
    return max([Fraction(0), *(clip.record_out for _, clip in timeline.clips())])


ORDER = """
<!ELEMENT fcpxml (resources, library)> <!ELEMENT resources (asset | effect | format)*>
<!ELEMENT library (event)> <!ELEMENT event (project)> <!ELEMENT project (sequence)>
<!ELEMENT format EMPTY> <!ELEMENT effect EMPTY> <!ELEMENT asset (media-rep+, metadata?)>
<!ELEMENT media-rep EMPTY> <!ELEMENT metadata (md*)> <!ELEMENT md EMPTY>
<!ELEMENT sequence (note?, spine, metadata?)> <!ELEMENT note (#PCDATA)>
<!ELEMENT spine (asset-clip | video | gap | transition)*>
<!ELEMENT transition (filter-video?, filter-audio?)>
<!ELEMENT filter-video EMPTY> <!ELEMENT filter-audio EMPTY>
<!ELEMENT gap (spine*, (marker | chapter-marker)*)>
<!ELEMENT asset-clip (note?, conform-rate?, timeMap?, adjust-volume?, adjust-panner?, spine*,
 (marker | chapter-marker | rating | keyword)*, audio-channel-source*, metadata?)>
<!ELEMENT video (note?, conform-rate?, timeMap?, spine*,
 (marker | chapter-marker | rating | keyword)*)>
<!ELEMENT conform-rate EMPTY> <!ELEMENT timeMap (timept)*> <!ELEMENT timept EMPTY>
<!ELEMENT adjust-volume (param*)> <!ELEMENT param (fadeIn?, fadeOut?, keyframeAnimation?)>
<!ELEMENT fadeIn EMPTY> <!ELEMENT fadeOut EMPTY> <!ELEMENT keyframeAnimation (keyframe*)>
<!ELEMENT keyframe EMPTY> <!ELEMENT adjust-panner EMPTY> <!ELEMENT audio-channel-source EMPTY>
<!ELEMENT marker EMPTY> <!ELEMENT chapter-marker EMPTY> <!ELEMENT rating EMPTY>
<!ELEMENT keyword EMPTY>
"""
"""The order of children that Final Cut Pro insists on: Apple's document type, version 1.10."""


@given(timelines())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_children_stand_in_the_order_of_the_document_type(
    tmp_path_factory: pytest.TempPathFactory, timeline: Timeline
) -> None:
    path = tmp_path_factory.mktemp("order") / "cut.fcpxml"
    write(timeline, path)
    root = etree.parse(path).getroot()
    spare = etree.ElementTree(_bare(root))
    kind = etree.DTD(io.StringIO(ORDER))
    assert kind.validate(spare), kind.error_log.last_error


def _bare(element: etree._Element) -> etree._Element:
    """The tree without attributes and text: the order of elements alone."""
    made = etree.Element(element.tag)
    made.extend(_bare(child) for child in element)
    return made


def cut_of(*clips: Clip, kind: Kind = Kind.VIDEO) -> Timeline:
    return Timeline("cut", Rate(Fraction(25)), Fraction(3600), (Track(kind, 1, clips=clips),))


PLAIN = Clip(
    "a", Fraction(0), Fraction(2), Fraction(10), Fraction(12), Source("a", "file:///a.mov")
)


def codes(timeline: Timeline, path: Path) -> set[str]:
    return {finding.code for finding in write(timeline, path)}


def test_a_bundle_is_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxmld"
    assert write(cut_of(PLAIN), path) == ()
    assert (path / "Info.fcpxml").is_file()
    assert read(path).timelines == (cut_of(PLAIN),)


def test_an_existing_file_stays_without_force(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    path.write_text("mine")
    with pytest.raises(RenderError, match="exists already"):
        write(cut_of(PLAIN), path)
    assert path.read_text() == "mine"
    write(cut_of(PLAIN), path, force=True)
    assert read(path).timelines == (cut_of(PLAIN),)


def test_the_same_timeline_is_written_to_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.fcpxml", tmp_path / "b.fcpxml"
    write(cut_of(PLAIN), first)
    write(cut_of(PLAIN), second)
    assert first.read_bytes() == second.read_bytes()


def test_generators_are_written_as_solids(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    bars = replace(PLAIN, source=Source("bars", generated=True), metadata=(("role", "x"),))
    assert codes(cut_of(bars), path) == {"fcpxml.generator"}
    assert read(path).timelines == (cut_of(bars),)
    with_pan = replace(PLAIN, metadata=(("pan", "1 (Stereo) -20"),))
    write(cut_of(with_pan, kind=Kind.AUDIO), path, force=True)
    assert read(path).timelines == (cut_of(with_pan, kind=Kind.AUDIO),)


def test_an_overlap_goes_to_a_lane_of_its_own_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    over = replace(PLAIN, name="b", record_in=Fraction(1), record_out=Fraction(3))
    assert codes(cut_of(PLAIN, over), path) == {"fcpxml.overlap"}
    (back,) = read(path).timelines
    assert [[clip.name for clip in track.clips] for track in back.tracks] == [["a"], ["b"]]
    assert [clip.record_in for _, clip in back.clips()] == [Fraction(0), Fraction(1)]


def test_what_cannot_be_held_is_said(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    odd = replace(
        PLAIN, record_out=Fraction(2) + Fraction(1, 100), source_out=Fraction(12) + Fraction(1, 100)
    )
    assert codes(cut_of(odd), path) == {"fcpxml.frame"}
    lone = replace(PLAIN, source=Source("lost"))
    assert codes(cut_of(lone), tmp_path / "b.fcpxml") == {"fcpxml.offline"}
    early = replace(PLAIN, record_in=Fraction(-1), record_out=Fraction(1))
    assert codes(cut_of(early), tmp_path / "c.fcpxml") == {"fcpxml.place"}
    muted = replace(cut_of(PLAIN), tracks=(Track(Kind.AUDIO, 1, clips=(PLAIN,), enabled=False),))
    assert codes(muted, tmp_path / "d.fcpxml") == {"fcpxml.mute"}
    assert not read(tmp_path / "d.fcpxml").timelines[0].audio[0].clips[0].enabled


def test_a_transition_beside_every_cut_is_told(tmp_path: Path) -> None:
    lost = Transition(Fraction(1, 2), Fraction(1), Fraction(3, 2))
    timeline = cut_of(PLAIN)
    track = replace(timeline.tracks[0], transitions=(lost,))
    found = codes(replace(timeline, tracks=(track,)), tmp_path / "cut.fcpxml")
    assert found == {"fcpxml.transition"}


def test_a_transition_follows_its_cut_to_the_lane_of_the_overlap(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    over = replace(PLAIN, name="b", record_in=Fraction(1), record_out=Fraction(3))
    joint = Transition(Fraction(1), Fraction(1), Fraction(3, 2), "up")
    timeline = cut_of(PLAIN, over)
    track = replace(timeline.tracks[0], transitions=(joint, joint))
    found = codes(replace(timeline, tracks=(track,)), path)
    assert found == {"fcpxml.overlap", "fcpxml.transition"}  # the second one finds its cut taken
    assert [track.transitions for track in read(path).timelines[0].tracks] == [(), (joint,)]


def test_timeline_markers_lie_on_the_item_under_them(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    late = replace(PLAIN, record_in=Fraction(4), record_out=Fraction(6))
    timeline = replace(
        cut_of(PLAIN, late), markers=(Marker(Fraction(5), "x"), Marker(Fraction(3), "gap"))
    )
    assert codes(timeline, path) == {"fcpxml.markers"}
    (back,) = read(path).timelines
    assert [(m.at, m.name) for m in back.markers] == [(Fraction(3), "gap")]
    assert [(m.at, m.name) for m in back.tracks[0].clips[1].markers] == [(Fraction(1), "x")]


def test_control_characters_do_not_break_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    write(cut_of(replace(PLAIN, name="a\x0bb\x00")), path)
    assert read(path).timelines[0].tracks[0].clips[0].name == "a\ufffdb\ufffd"


def test_unused_channels_are_switched_off(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    heard = replace(PLAIN, channels=(2,), source=replace(PLAIN.source, channels=3))
    write(cut_of(heard, kind=Kind.AUDIO), path)
    told = [
        (part.get("srcCh"), part.get("active", "1"))
        for part in parse(path).iter("audio-channel-source")
    ]
    assert told == [("2", "1"), ("1", "0"), ("3", "0")]
