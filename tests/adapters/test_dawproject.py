"""DAWprojects: clips in seconds and beats, warps, nested clips, in and out."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.dawproject import read, write
from conform.errors import TimelineError
from conform.timecode import RATES
from conform.timeline import (
    Clip,
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

SR = 48000
R24 = RATES["24"]

PROJECT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Project version="1.0">
  <Application name="Bitwig Studio" version="5.0"/>
  <Transport><Tempo max="666" min="20" unit="bpm" value="{tempo}" id="t"/></Transport>
  <Structure>
    <Track contentType="tracks" id="f" name="Folder">
      <Track contentType="audio" id="a" name="DX" loaded="true">
        <Channel audioChannels="2" role="regular" solo="true" id="c">
          <Mute value="true" id="m"/>
        </Channel>
      </Track>
    </Track>
    <Track contentType="notes" id="n" name="Synth"/>
  </Structure>
  <Arrangement id="arr">
    <Lanes timeUnit="beats">
      <Lanes track="n"><Clips><Clip time="0" duration="4"><Notes/></Clip></Clips></Lanes>
      <Lanes track="a"><Clips>
        <Clip time="2" duration="8" fadeTimeUnit="seconds" fadeInTime="0.5" name="nested">
          <Clips>
            <Clip time="0" duration="8" contentTimeUnit="beats" playStart="4">
              <Warps contentTimeUnit="seconds" timeUnit="beats">
                <Audio channels="2" duration="60" sampleRate="48000">
                  <File path="audio/a.wav"/>
                </Audio>
                <Warp time="0" contentTime="0"/><Warp time="16" contentTime="16"/>
              </Warps>
            </Clip>
          </Clips>
        </Clip>
        <Clip time="20" duration="2" contentTimeUnit="seconds" playStart="3.5" enable="false">
          <Audio channels="1" duration="9" sampleRate="44100">
            <File path="C:\\b.wav" external="true"/>
          </Audio>
        </Clip>
      </Clips></Lanes>
    </Lanes>
    <Markers timeUnit="seconds"><Marker time="1.5" name="pop" color="#ff0000"/></Markers>
    {more}
  </Arrangement>
</Project>
"""


def spans(clip: Clip) -> list[Fraction]:
    return [clip.record_in, clip.record_out, clip.source_in, clip.source_out]


def packed(path: Path, text: str, name: str = "project.xml") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, text)
    return path


def test_beats_warps_and_nested_clips_become_seconds(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.dawproject", PROJECT.format(tempo=120, more=""))
    (timeline,) = read(path, rate=R24).timelines
    (track,) = timeline.tracks
    assert (track.name, track.enabled, track.soloed) == ("DX", False, True)
    nested, plain = track.clips
    assert spans(nested) == [1, 5, 4, 12]
    assert nested.speed == 2
    assert nested.fade_in == Fade(Fraction(1, 2))
    assert spans(plain) == [10, 11, Fraction(7, 2), Fraction(9, 2)]
    assert plain.enabled is False
    assert plain.source == Source(
        "b.wav", "C:\\b.wav", duration=Fraction(9), channels=1, sample_rate=44100
    )
    assert timeline.markers == (Marker(Fraction(3, 2), "pop", color="#ff0000"),)


def test_several_clips_in_a_clip_show_through_its_frame(tmp_path: Path) -> None:
    media = '<Audio channels="1" duration="9" sampleRate="48000"><File path="a.wav"/></Audio>'
    inside = "".join(
        f'<Clip time="{at}" duration="4" playStart="1">{media}</Clip>' for at in (0, 6, 20)
    )
    text = f"""<Project version="1.0"><Structure><Track contentType="audio" id="a"/></Structure>
    <Arrangement><Lanes timeUnit="seconds"><Lanes track="a"><Clips>
    <Clip time="100" duration="6" playStart="2" fadeInTime="1" name="frame">
    <Clips>{inside}</Clips></Clip></Clips></Lanes></Lanes></Arrangement></Project>"""
    (timeline,) = read(packed(tmp_path / "a.dawproject", text), rate=R24).timelines
    one, two = timeline.tracks[0].clips
    assert spans(one) == [100, 102, 3, 5]
    assert spans(two) == [104, 106, 1, 3]
    assert (one.name, one.fade_in, two.fade_in) == ("frame", Fade(Fraction(1)), None)


def test_beats_of_a_changing_tempo_are_refused_with_their_line(tmp_path: Path) -> None:
    changes = (
        '<TempoAutomation unit="bpm"><Target/><RealPoint time="0" value="90"/>'
        '<RealPoint time="8" value="99"/></TempoAutomation>'
    )
    path = packed(tmp_path / "a.dawproject", PROJECT.format(tempo=90, more=changes))
    with pytest.raises(TimelineError, match=r"line \d+: .*tempo changes; export in seconds"):
        read(path)


def test_without_a_rate_the_labels_are_said_to_be_assumed(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.dawproject", PROJECT.format(tempo=120, more=""))
    assert [odd.code for odd in read(path).findings] == ["dawproject.rate"]


names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
samples = st.integers(0, 10 * 3600 * SR).map(lambda n: Fraction(n, SR))
fades = st.one_of(st.none(), st.just(Fade(Fraction(240, SR))))


@st.composite
def clips(draw: st.DrawFn, start: Fraction) -> Clip:
    duration = draw(st.integers(480, 600 * SR)) * Fraction(1, SR)
    speed = draw(st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(2)]))
    if speed != 1:
        duration *= 2
    source_in, name = draw(samples), draw(names).replace("/", "-").replace("\\", "-")
    source = Source(name, f"sound/{name}", duration=Fraction(40000), channels=2, sample_rate=SR)
    return Clip(
        draw(names), start, start + duration, source_in, source_in + duration * speed, source,
        speed, gain_db=draw(st.integers(-60, 12)) / 2, fade_in=draw(fades), fade_out=draw(fades),
        enabled=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    tracks = []
    for index in range(1, draw(st.integers(1, 3)) + 1):
        at, found = draw(samples), []
        for _ in range(draw(st.integers(0, 3))):
            found.append(draw(clips(at)))
            at = found[-1].record_out
        flags = draw(st.booleans()), draw(st.booleans())
        tracks.append(Track(Kind.AUDIO, index, draw(names), tuple(found), (), *flags))
    marks = st.builds(Marker, samples, names, names)
    found_marks = tuple(draw(st.lists(marks, max_size=2)))
    rate = draw(st.sampled_from(list(RATES.values())))
    return Timeline(draw(names), rate, tracks=tuple(tracks), markers=found_marks)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(timelines())
def test_what_is_written_is_read_back_the_same(tmp_path: Path, timeline: Timeline) -> None:
    path = tmp_path / "t.dawproject"
    write(timeline, path, force=True)
    cut = read(path, rate=timeline.rate)
    assert cut.timelines == (timeline,)
    assert cut.findings == ()


def test_crossfades_curves_and_picture_survive(tmp_path: Path) -> None:
    source = Source("a.wav", "a.wav", duration=Fraction(60), channels=1, sample_rate=SR)
    one = Clip("a", Fraction(0), Fraction(4), Fraction(2), Fraction(6), source,
               gain_curve=(Keyframe(Fraction(0), 0.0), Keyframe(Fraction(1), -6.0)))  # fmt: skip
    two = replace(one, record_in=Fraction(4), record_out=Fraction(8))
    joint = Transition(Fraction(3), Fraction(4), Fraction(5), "crossfade")
    ramp = tuple(TimePoint(Fraction(a), Fraction(b)) for a, b in ((0, 0), (1, 2), (4, 3)))
    bent = Clip("b", Fraction(0), Fraction(4), Fraction(0), Fraction(3), source,
                Fraction(3, 4), ramp)  # fmt: skip
    tracks = (
        Track(Kind.VIDEO, 1, "V1", (replace(one, gain_curve=()),)),
        Track(Kind.AUDIO, 1, "A1", (one, two), (joint,)),
        Track(Kind.AUDIO, 2, "A2", (bent,)),
    )
    timeline = Timeline("t", R24, tracks=tracks)
    path = tmp_path / "t.dawproject"
    write(timeline, path)
    assert read(path, rate=R24).timelines == (timeline,)


def test_the_same_timeline_gives_the_same_bytes(tmp_path: Path) -> None:
    timeline = Timeline("t\x00", R24, Fraction(3600), (Track(Kind.AUDIO, 1, "A"),))
    one, two = tmp_path / "1.dawproject", tmp_path / "2.dawproject"
    found = write(timeline, one)
    write(timeline, two)
    assert one.read_bytes() == two.read_bytes()
    assert "01:00:00:00" in " ".join(odd.message for odd in found)


@pytest.mark.parametrize(
    "text", ["<Project", "<Other/>", "", "<!DOCTYPE x [<!ENTITY a 'b'>]><Project/>"]
)
def test_bad_projects_are_refused_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(TimelineError) as refusal:
        read(packed(tmp_path / "a.dawproject", text))
    assert "\n" not in str(refusal.value)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.dawproject"
    good = packed(tmp_path / "good.dawproject", PROJECT.format(tempo=120, more="")).read_bytes()
    for data in (b"", b"PK\x03\x04", good[:200], good[:100] + b"\xff" * 9 + good[109:]):
        path.write_bytes(data)
        with pytest.raises(TimelineError):
            read(path)
    with pytest.raises(TimelineError, match="project"):
        read(packed(path, "x", "other.xml"))
    with pytest.raises(TimelineError):
        read(tmp_path / "missing.dawproject")
