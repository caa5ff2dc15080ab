"""What a list can hold comes back as it was; what it cannot is told."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import edl
from conform.errors import RenderError, TimelineError
from conform.timecode import RATES, Rate
from conform.timeline import Clip, Kind, Marker, Source, Timeline, Track, Transition

R25 = Rate(Fraction(25))
words = st.text("abcdefghijklmnopqrstuvwxyz0123456789é", min_size=1, max_size=10)
reels = st.text("ABCDEFGH0123456789_", min_size=3, max_size=8)
speeds = st.sampled_from([Fraction(1), Fraction(1), Fraction(2), Fraction(1, 2), Fraction(-1)])


@st.composite
def clips(draw: st.DrawFn, rate: Rate, frame: int) -> Clip:
    speed = draw(speeds)
    length = 2 * draw(st.integers(1, 400))
    source_in = draw(st.integers(0, 20 * 3600 * rate.nominal))
    used = int(length * abs(speed))
    name = draw(words)
    return Clip(
        name,
        rate.seconds(frame),
        rate.seconds(frame + length),
        rate.seconds(source_in),
        rate.seconds(source_in + used),
        Source(
            name,
            draw(st.sampled_from(["", "/media/a b.mov"])),
            draw(reels),
            scene=draw(st.just("") | words),
            take=draw(st.just("") | words),
            rate=rate,
        ),
        speed,
        metadata=(("NOTE", draw(words)),),
    )


@st.composite
def holdable(draw: st.DrawFn) -> Timeline:
    """Timelines without anything that a list of one picture and four sound tracks cannot hold."""
    rate = draw(st.sampled_from(list(RATES.values())))
    keys = draw(
        st.lists(
            st.sampled_from([(Kind.VIDEO, 1), *((Kind.AUDIO, n) for n in range(1, 5))]),
            min_size=1,
            max_size=3,
            unique=True,
        )
    )
    number = 0
    tracks = []
    for kind, index in sorted(keys, key=lambda key: (key[0] is Kind.AUDIO, key[1])):
        at, laid = 0, []
        for _ in range(draw(st.integers(1, 3))):
            clip = draw(clips(rate, at))
            number += 1
            laid.append(replace(clip, event=f"{number:03}"))
            at = int(clip.record_out * rate.fps) + draw(st.integers(0, 50))
        tracks.append(Track(kind, index, f"{kind.value[0].upper()}{index}", tuple(laid)))
    marker = Marker(rate.seconds(draw(st.integers(0, 1))), draw(words), color="RED")
    start = rate.seconds(draw(st.integers(0, 22 * 3600 * rate.nominal)))
    return Timeline("cut", rate, start, tuple(tracks), (marker,))


def events(timeline: Timeline) -> list[object]:
    return [
        (track.kind, track.index, track.name, track.transitions,
         tuple(replace(clip, event="") for clip in track.clips))
        for track in timeline.tracks
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(holdable())
def test_what_a_list_can_hold_comes_back(timeline: Timeline) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cut.edl"
        assert edl.write(timeline, path) == ()
        (again,) = edl.read(path).timelines
    assert events(again) == events(timeline)
    assert replace(again, tracks=()) == replace(timeline, tracks=())


@pytest.mark.corpus
def test_real_lists_come_back_unless_a_loss_was_told(corpus: Path, tmp_path: Path) -> None:
    same = 0
    for source in sorted((corpus / "edl").rglob("*")):
        if source.suffix.lower() != ".edl":
            continue
        (timeline,) = edl.read(source).timelines
        copy = tmp_path / "copy.edl"
        told = edl.write(timeline, copy, force=True, reel_width=32, sounds=24)
        (again,) = edl.read(copy).timelines
        if told:
            continue
        assert again == timeline, source
        same += 1
    assert same >= 35


def clip(name: str, first: int, last: int, **fields: object) -> Clip:
    base = Clip(name, Fraction(first), Fraction(last), Fraction(first), Fraction(last))
    return replace(base, **fields)  # type: ignore[arg-type]  # fields of Clip by name


def test_a_centred_dissolve_begins_its_incoming_event(tmp_path: Path) -> None:
    cut = Transition(Fraction(9), Fraction(10), Fraction(11))
    track = Track(Kind.VIDEO, 1, "V1", (clip("a", 0, 10), clip("b", 10, 20)), (cut,))
    edl.write(Timeline("cut", R25, tracks=(track,)), tmp_path / "cut.edl")
    (again,) = edl.read(tmp_path / "cut.edl").timelines
    first, second = again.tracks[0].clips
    assert (first.record_out, second.record_in, second.source_in) == (9, 9, 9)
    assert [(t.cut, t.record_out) for t in again.tracks[0].transitions] == [(9, 11)]


@pytest.mark.parametrize("text", ["umid", "take1", "fps 25", "a: b", "LOC: here", "* stars"])
def test_a_note_stays_a_note_whatever_it_looks_like(text: str, tmp_path: Path) -> None:
    noted = clip("a", 0, 1, source=Source(reel="A1"), metadata=(("NOTE", text),))
    track = Track(Kind.VIDEO, 1, "V1", (noted,))
    edl.write(Timeline("cut", R25, tracks=(track,)), tmp_path / "cut.edl")
    (again,) = edl.read(tmp_path / "cut.edl").timelines
    assert (again.tracks[0].clips[0].metadata, again.rate) == (noted.metadata, R25)


def test_each_of_two_clips_at_one_cut_keeps_its_own_transition(tmp_path: Path) -> None:
    fade = Transition(Fraction(5), Fraction(5), Fraction(6))
    over = (clip("a", 0, 5), clip("b", 5, 8), clip("c", 5, 20))
    for transitions in ((fade,), (fade, replace(fade, record_out=Fraction(7)))):
        track = Track(Kind.VIDEO, 1, "V1", over, transitions)
        edl.write(Timeline("cut", R25, tracks=(track,)), tmp_path / "cut.edl", force=True)
        (again,) = edl.read(tmp_path / "cut.edl").timelines
        ends = [one.record_out for one in again.tracks[0].transitions]
        assert ends == [one.record_out for one in transitions]


def test_a_dissolve_comes_out_of_the_empty_cut_above_it_whatever_its_number(tmp_path: Path) -> None:
    path = tmp_path / "cut.edl"
    lines = (
        "001  A V C        01:00:04:05 01:00:04:14 01:00:00:00 01:00:00:09",
        "001  A V C        01:00:04:14 01:00:04:14 01:00:00:09 01:00:00:09",
        "002  B V D    010 01:00:08:08 01:00:08:18 01:00:00:09 01:00:00:19",
    )
    path.write_text("\n".join(lines))
    (timeline,) = edl.read(path, rate=R25).timelines
    (fade,) = timeline.tracks[0].transitions
    assert dict(fade.metadata) == {"FROM REEL": "A", "FROM SOURCE IN": "01:00:04:14"}


def test_four_sound_tracks_to_a_list(tmp_path: Path) -> None:
    tracks = tuple(Track(Kind.AUDIO, n, f"A{n}", (clip(f"c{n}", 0, n),)) for n in range(1, 7))
    told = edl.write(Timeline("cut", R25, tracks=tracks), tmp_path / "cut.edl")
    assert [finding.code for finding in told] == ["edl.further-list"]
    (first,) = edl.read(tmp_path / "cut.edl").timelines
    (second,) = edl.read(tmp_path / "cut_A5-8.edl").timelines
    assert [track.clips[0].name for track in first.tracks] == ["c1", "c2", "c3", "c4"]
    assert [track.clips[0].name for track in second.tracks] == ["c5", "c6"]


def test_losses_are_told(tmp_path: Path) -> None:
    third = Fraction(1, 3)
    odd = clip("a", 0, 1, record_out=third, source_out=third, gain_db=-3.0)
    gone = clip("b", 1, 2, enabled=False)
    fast = clip("c", 2, 3, speed=Fraction(4, 3), source_out=2 + Fraction(4, 3))
    track = Track(Kind.AUDIO, 1, "A1", (odd, gone, fast))
    told = edl.write(Timeline("cut", R25, tracks=(track,)), tmp_path / "cut.edl")
    assert {"edl.sub-frame", "edl.gain", "edl.disabled", "edl.speed"} <= {f.code for f in told}


def test_a_list_is_not_overwritten(tmp_path: Path) -> None:
    timeline = Timeline("cut", R25, tracks=(Track(Kind.VIDEO, 1, "V1", (clip("a", 0, 1),)),))
    path = tmp_path / "cut.edl"
    path.write_text("mine")
    with pytest.raises(RenderError, match="exists already"):
        edl.write(timeline, path)
    assert path.read_text() == "mine"
    with pytest.raises(TimelineError, match="no enabled clip"):
        edl.write(Timeline("cut", R25), path, force=True)
