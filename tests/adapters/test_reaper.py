"""REAPER projects: items, takes, fades, speeds and regions, in and out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.reaper import read, write
from adapters.reaper.nodes import quoted, split
from adapters.reaper.shapes import RATE_CODES, channels_of, mode_of
from conform.errors import RenderError, TimelineError
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
    Track,
    Transition,
)

SR = 48000

PROJECT = """<REAPER_PROJECT 0.1 "7.05/linux-x86_64" 1700000000
  RIPPLE 0
  TIMEMODE 1 5 -1 24 2 0 -1
  PROJOFFS 3603.6 0 0
  SAMPLERATE 48000 0 0
  MARKER 1 1.5 "2 pop" 0 0
  MARKER 2 10 Reel 1 0 1 R
  MARKER 2 20 "" 1
  <TRACK {11111111-1111-1111-1111-111111111111}
    NAME "DX 'one'"
    VOLPAN 0.5 0 -1 -1 1
    MUTESOLO 1 1 0
    <ITEM
      POSITION 1.00100000000000
      LENGTH 2.00000000000000
      LOOP 1
      FADEIN 1 0.5 0 1 0 0 0
      FADEOUT 0 0.25 -1 0 0 0 0
      MUTE 0 0
      NAME "first take"
      VOLPAN 2 0 0.5 -1
      SOFFS 4
      PLAYRATE 1 1 0 -1 0 0.0025
      CHANMODE 0
      <SOURCE WAVE
        FILE "Media/a b.wav"
      >
      TAKE SEL
      NAME second
      TAKEVOLPAN 0 0.5 -1
      SOFFS 8.5
      PLAYRATE 0.99900099900100 1 0 -1 0 0.0025
      CHANMODE 4
      <SOURCE SECTION
        LENGTH 30
        MODE 2
        STARTPOS 10
        <SOURCE WAVE
          FILE "C:\\rolls\\b.wav"
        >
      >
    >
    <ITEM
      POSITION 9
      LENGTH 1
      <SOURCE MIDI
        HASDATA 1 960 QN
      >
    >
  >
>
"""


def test_items_takes_and_sections_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.rpp"
    path.write_text(PROJECT)
    cut = read(path)
    (timeline,) = cut.timelines
    assert (timeline.rate, timeline.timecode(Fraction(0))) == (RATES["23.976"], "01:00:00:00")
    (track,) = timeline.tracks
    assert (track.name, track.enabled, track.soloed) == ("DX 'one'", False, True)
    (clip,) = track.clips
    assert (clip.name, clip.record_in) == ("second", Fraction(1001, 1000))
    assert clip.duration == 2
    assert (clip.speed, clip.channels) == (Fraction(-1000, 1001), (2,))
    assert clip.source_out == Fraction(63, 2)  # 10 + 30 - 8.5
    assert clip.source_out - clip.source_in == 2 * Fraction(1000, 1001)
    assert clip.source == Source("b.wav", "C:\\rolls\\b.wav")
    assert clip.gain_db == 0
    assert clip.fade_in == Fade(Fraction(1, 2), Curve.EQUAL_POWER)
    assert clip.fade_out == Fade(Fraction(1, 4), Curve.LINEAR)
    assert timeline.markers == (
        Marker(Fraction(3, 2), "2 pop"),
        Marker(Fraction(10), "Reel", duration=Fraction(10)),
    )
    assert [odd.code for odd in cut.findings if odd.code == "reaper.item"] == ["reaper.item"]


def test_items_on_lanes_that_do_not_play_are_disabled(tmp_path: Path) -> None:
    items = "".join(
        f"<ITEM\nPOSITION 0\nLENGTH 1\nYPOS {lane / 3} {1 / 3} 2\nNAME {lane}\n"
        "<SOURCE WAVE\nFILE a.wav\n>\n>\n"
        for lane in range(3)
    )
    path = tmp_path / "a.rpp"
    path.write_text(f"<REAPER_PROJECT 0.1\n<TRACK\nFREEMODE 2\nLANESOLO 5 0 0 0\n{items}>\n>\n")
    (track,) = read(path).timelines[0].tracks
    assert [(clip.name, clip.enabled) for clip in track.clips] == [
        ("0", True),
        ("1", False),
        ("2", True),
    ]


names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
samples = st.integers(0, 10 * 3600 * SR).map(lambda n: Fraction(n, SR))
lengths = st.integers(480, 600 * SR).map(lambda n: Fraction(n, SR))
gains = st.integers(-60_000_000, 12_000_000).map(lambda n: n / 1_000_000)
curves = st.sampled_from([c for c in Curve if c is not Curve.UNKNOWN])


@st.composite
def clips(draw: st.DrawFn, start: Fraction) -> Clip:
    duration = draw(lengths)
    speed = draw(st.sampled_from([Fraction(1), Fraction(1000, 1001), Fraction(-1), Fraction(1, 2)]))
    source_in = draw(samples)
    name = draw(names).replace("/", "-").replace("\\", "-") + ".wav"
    fades = st.one_of(st.none(), st.builds(Fade, st.just(Fraction(240, SR)), curves))
    return Clip(
        draw(names), start, start + duration, source_in, source_in + duration * abs(speed),
        Source(name, f"Media/{name}"),
        speed, (), draw(st.sampled_from([(), (1,), (2,), (7,), (1, 2), (3, 4)])), draw(gains), (),
        draw(fades), draw(fades), draw(st.booleans()),
    )  # fmt: skip


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    tracks = []
    for index in range(1, draw(st.integers(1, 3)) + 1):
        at, found = draw(samples), []
        for _ in range(draw(st.integers(0, 3))):
            clip = draw(clips(at))
            found.append(clip)
            at = clip.record_out + draw(st.sampled_from([Fraction(0), Fraction(1)]))
        tracks.append(
            Track(
                Kind.AUDIO,
                index,
                draw(names),
                tuple(found),
                (),
                draw(st.booleans()),
                draw(st.booleans()),
            )
        )
    rate = draw(st.sampled_from(list(RATE_CODES.values())))
    start = rate.seconds(draw(st.integers(0, 20 * 3600 * 24)))
    marks = st.builds(Marker, samples, names, duration=st.sampled_from([Fraction(0), Fraction(2)]))
    return Timeline(
        draw(names), rate, start, tuple(tracks), tuple(draw(st.lists(marks, max_size=2)))
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(timelines())
def test_what_is_written_is_read_back_the_same(tmp_path: Path, timeline: Timeline) -> None:
    path = tmp_path / "t.rpp"
    write(timeline, path, force=True)
    cut = read(path)
    assert cut.timelines == (timeline,)
    assert cut.findings == ()


def test_crossfades_gain_curves_and_frames_survive(tmp_path: Path) -> None:
    rate = RATES["23.976"]
    one = Clip("a", rate.seconds(0), rate.seconds(100), rate.seconds(50), rate.seconds(150),
               Source("a.wav", "a.wav"), gain_curve=(Keyframe(Fraction(1), -6.0),))  # fmt: skip
    two = replace(one, name="b", record_in=rate.seconds(100), record_out=rate.seconds(200))
    joint = Transition(rate.seconds(90), rate.seconds(100), rate.seconds(110), "crossfade",
                       Curve.LINEAR)  # fmt: skip
    track = Track(Kind.AUDIO, 1, "DX", (one, two), (joint,))
    timeline = Timeline("t", rate, rate.seconds(86400), (track,))
    path = tmp_path / "t.rpp"
    assert write(timeline, path) == ()
    assert read(path).timelines == (timeline,)


def test_what_cannot_be_held_is_told(tmp_path: Path) -> None:
    source = Source("a", "file:///C:/a%20b.wav", scene="1A", start=Fraction(36000))
    clip = Clip("a", Fraction(0), Fraction(1), Fraction(36001), Fraction(36002), source)
    freeze = replace(clip, speed=Fraction(0), record_in=Fraction(2), record_out=Fraction(3))
    tracks = (
        Track(Kind.VIDEO, 1, "V1", (clip,)),
        Track(Kind.AUDIO, 1, "A1", (clip, freeze)),
    )
    marker = Marker(Fraction(0), "m", "a comment")
    path = tmp_path / "t.rpp"
    found = write(Timeline("t", RATES["25"], tracks=tracks, markers=(marker,)), path)
    told = " ".join(odd.message for odd in found)
    for lost in ("picture", "freeze", "start timecode", "scene", "comment"):
        assert lost in told
    ((_, back),) = read(path).timelines[0].clips()
    assert (back.source_in, back.source.url) == (Fraction(1), "C:/a b.wav")
    with pytest.raises(RenderError, match="exists"):
        write(Timeline("t", RATES["25"]), path)
    (odd,) = write(Timeline("t", RATES["119.88"]), tmp_path / "u.rpp")
    assert "119.88 frames a second (its ruler shows 59.94)" in odd.message
    with pytest.raises(TimelineError, match="REAPER knows no 12 frames"):
        write(Timeline("t", Rate(Fraction(12))), tmp_path / "v.rpp")
    assert not (tmp_path / "v.rpp").exists()


@given(st.text())
def test_quotes_come_off_as_they_went_on(text: str) -> None:
    word = " ".join(text.split()).replace("`", "")
    assert split(f"NAME {quoted(word)}") == ["NAME", word]


@given(st.integers(1, 128))
def test_every_channel_has_its_mode(channel: int) -> None:
    mode = mode_of((channel,))
    assert mode is not None
    assert channels_of(mode) == (channel,)


@pytest.mark.parametrize("text", ["", "hello", "<REAPER_PROJECT\n" + "<A\n" * 99])
def test_bad_projects_are_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.rpp"
    path.write_text(text)
    with pytest.raises(TimelineError) as refusal:
        read(path)
    assert "\n" not in str(refusal.value)


def test_a_truncated_project_says_so(tmp_path: Path) -> None:
    path = tmp_path / "t.rpp"
    path.write_text(PROJECT[: len(PROJECT) // 2])
    assert "reaper.unfinished" in {odd.code for odd in read(path).findings}


@given(st.integers(0, len(PROJECT)), st.text(max_size=30))
def test_no_damage_makes_it_fall_over(
    tmp_path_factory: pytest.TempPathFactory, place: int, junk: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.rpp"
    text = PROJECT[:place] + junk + PROJECT[place + 10 :]
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        read(path)
    except TimelineError:
        return
