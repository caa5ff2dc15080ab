"""FCPXML documents whose truth was planted: every rule of the format, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.cut import Cut
from adapters.fcpxml import read, story
from conform.errors import TimelineError
from conform.timecode import Rate
from conform.timeline import Clip, Curve, Fade, Keyframe, Kind, Marker, Timeline, TimePoint

Reader = Callable[..., Cut]
F24 = Fraction(24000, 1001)
RESOURCES = """
<format id="f24" frameDuration="100/2400s"/> <format id="f25" frameDuration="100/2500s"/>
<format id="f23" frameDuration="1001/24000s"/> <format id="f29" frameDuration="1001/30000s"/>
<format id="fx" name="FFVideoFormatRateUndefined"/>
<asset id="av" name="av" start="3600s" duration="100s" hasVideo="1" format="f25" hasAudio="1"
 audioSources="2" audioChannels="2" audioRate="48000"><media-rep src="file:///av.mov"/></asset>
<asset id="v24" name="v24" start="0s" duration="100s" hasVideo="1" format="f24">
 <media-rep src="file:///v24.mov"/></asset>
<asset id="wav" name="wav" start="100s" duration="500s" hasAudio="1" audioChannels="4"
 src="file:///wav.wav"/>
<effect id="title" name="Basic Title" uid="x"/>
"""


def document(body: str, resources: str = "", version: str = "1.11") -> str:
    return (
        f'<?xml version="1.0"?><!DOCTYPE fcpxml><fcpxml version="{version}">'
        f"<resources>{RESOURCES}{resources}</resources><library><event>{body}</event></library>"
        "</fcpxml>"
    )


def project(spine: str, form: str = "f25", more: str = 'tcStart="0s"') -> str:
    return (
        f'<project name="cut"><sequence format="{form}" {more}><spine>{spine}</spine>'
        "</sequence></project>"
    )


@pytest.fixture
def cut(tmp_path: Path) -> Reader:
    def reader(body: str, resources: str = "", **more: Rate) -> Cut:
        path = tmp_path / "cut.fcpxml"
        path.write_text(document(body, resources), encoding="utf-8")
        return read(path, **more)

    return reader


def only(cut: Cut) -> Timeline:
    (timeline,) = cut.timelines
    return timeline


def places(timeline: Timeline, kind: Kind = Kind.VIDEO) -> list[list[tuple[str, str, str]]]:
    """Track by track: name, record in and out of each clip, as text."""
    return [
        [(clip.name, str(clip.record_in), str(clip.record_out)) for clip in track.clips]
        for track in timeline.tracks
        if track.kind is kind
    ]


def codes(cut: Cut) -> list[str]:
    return [finding.code for finding in cut.findings]


def one(timeline: Timeline, kind: Kind = Kind.VIDEO) -> Clip:
    (clip,) = (clip for track, clip in timeline.clips() if track.kind is kind)
    return clip


@pytest.mark.parametrize(
    ("form", "more", "rate", "label"),
    [
        ("f23", 'tcStart="86486400/24000s" tcFormat="NDF"', Rate(F24), "01:00:00:00"),
        ("f29", 'tcStart="3600s" tcFormat="DF"', Rate.named("29.97df"), "01:00:00;00"),
        ("f25", 'tcStart="36000s"', Rate(Fraction(25)), "10:00:00:00"),
    ],
)
def test_rate_and_start_are_exact(
    cut: Reader, form: str, more: str, rate: Rate | str, label: str
) -> None:
    timeline = only(cut(project("", form, more)))
    assert timeline.rate == rate
    assert timeline.timecode(Fraction(0)) == label


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("FFVideoFormat1080p2398", "23.976"),
        ("FFVideoFormat1080i5994", "29.97"),
        ("FFVideoFormatDV720x576i50", "25"),
        ("FFVideoFormat3840x2160p60", "60"),
    ],
)
def test_a_format_may_only_have_a_name(cut: Reader, name: str, rate: Rate | str) -> None:
    found = only(cut(project("", "named"), f'<format id="named" name="{name}"/>'))
    assert found.rate == Rate.named(rate)


def test_items_lie_at_their_offsets_or_one_after_another(cut: Reader) -> None:
    spine = """<asset-clip ref="v24" name="a" offset="3600s" duration="2s"/>
    <gap offset="3602s" duration="1s"/><asset-clip ref="v24" name="b" duration="3s"/>"""
    found = only(cut(project(spine, "f24", 'tcStart="3600s" duration="9s"')))
    assert places(found) == [[("a", "0", "2"), ("b", "3", "6")]]
    assert (found.start, found.length, found.duration) == (3600, 9, 9)


def test_offsets_that_ignore_the_start_timecode_are_told(cut: Reader) -> None:
    spine = '<asset-clip ref="v24" name="a" offset="0s" duration="2s"/>'
    found = cut(project(spine, "f24", 'tcStart="3600s"'))
    assert places(only(found)) == [[("a", "0", "2")]]
    assert codes(found) == ["fcpxml.zero"]


def test_the_source_runs_on_its_own_timecode(cut: Reader) -> None:
    spine = '<asset-clip ref="av" offset="0s" start="3610s" duration="2s" srcEnable="video"/>'
    clip = one(only(cut(project(spine))))
    assert (clip.source_in, clip.source_out, clip.speed) == (3610, 3612, 1)
    assert (clip.source.start, clip.source.duration) == (3600, 100)
    assert clip.source.url == "file:///av.mov"


def test_connected_clips_count_on_their_parents_clock(cut: Reader) -> None:
    spine = """<asset-clip ref="v24" name="a" offset="10s" start="20s" duration="4s">
      <asset-clip ref="v24" name="over" lane="2" offset="21s" duration="1s">
        <asset-clip ref="v24" name="top" lane="1" offset="1/2s" duration="1s"/>
      </asset-clip>
      <asset-clip ref="v24" name="under" lane="-1" offset="19s" duration="9s"/>
      <asset-clip ref="wav" name="atmo" lane="-2" offset="22s" start="101s" duration="2s"/>
      <asset-clip ref="wav" name="music" lane="-3" offset="22s" start="101s" duration="2s"/>
    </asset-clip>"""
    found = only(cut(project(spine, "f24")))
    assert places(found) == [
        [("under", "9", "18")],
        [("a", "10", "14")],
        [("over", "11", "12")],
        [("top", "23/2", "25/2")],
    ]
    assert places(found, Kind.AUDIO) == [[("atmo", "12", "14")], [("music", "12", "14")]]


def test_a_secondary_storyline_counts_from_its_own_zero(cut: Reader) -> None:
    spine = """<gap offset="0s" start="3600s" duration="20s">
      <spine lane="1" offset="3605s" name="B">
      <asset-clip ref="v24" name="x" offset="0s" duration="2s"/>
      <transition offset="3/2s" duration="1s"><filter-video ref="title"/></transition>
      <asset-clip ref="v24" name="y" offset="2s" duration="2s"/></spine></gap>"""
    (track,) = only(cut(project(spine, "f24"))).tracks
    assert [(c.name, c.record_in) for c in track.clips] == [("x", 5), ("y", 7)]
    assert [(t.record_in, t.cut, t.record_out) for t in track.transitions] == [
        (Fraction(13, 2), 7, Fraction(15, 2))
    ]
    assert track.name == "B"


@pytest.mark.parametrize(
    ("form", "source", "speed"),
    [
        ("f24", "25", Fraction(24, 25)),
        ("f23", "24", Fraction(1000, 1001)),
        ("f24", "23.98", Fraction(1001, 1000)),
        ("f25", "24", Fraction(25, 24)),
        ("f29", "30", Fraction(1000, 1001)),
    ],
)
def test_conformed_rates_change_the_speed(
    cut: Reader, form: str, source: str, speed: Fraction
) -> None:
    told = f'<conform-rate srcFrameRate="{source}"/>'
    spine = f"""<asset-clip ref="v24" name="a" offset="0s" start="10s" duration="4s">{told}
      <asset-clip ref="v24" name="over" lane="1" offset="{speed + 10}s" duration="1s"/>
    </asset-clip>"""
    found = only(cut(project(spine, form)))
    base, over = found.video[0].clips[0], found.video[1].clips[0]
    assert (base.speed, base.source_in, base.source_out) == (speed, 10, 10 + 4 * speed)
    assert (over.record_in, over.record_out) == (1, 2)
    unscaled = spine.replace("<conform-rate", '<conform-rate scaleEnabled="0"', 1)
    assert only(cut(project(unscaled, form))).video[0].clips[0].speed == 1


def test_rates_that_no_chart_conforms_are_told(cut: Reader) -> None:
    told = '<conform-rate srcFrameRate="25"/>'
    spine = f'<asset-clip ref="v24" offset="0s" duration="4s">{told}</asset-clip>'
    found = cut(project(spine, "f29"))
    assert one(only(found)).speed == 1
    assert codes(found) == ["fcpxml.conform"]


def retimed(points: list[tuple[int, int]], start: str, duration: str) -> str:
    told = "".join(f'<timept time="{t}s" value="{v}s"/>' for t, v in points)
    return project(
        f'<asset-clip ref="v24" offset="0s" start="{start}" duration="{duration}">'
        f"<timeMap>{told}</timeMap></asset-clip>",
        "f24",
    )


@pytest.mark.parametrize(
    ("points", "start", "speed", "low", "high"),
    [
        ([(0, 0), (50, 100)], "10s", Fraction(2), 20, 24),
        ([(0, 0), (200, 100)], "10s", Fraction(1, 2), 5, 6),
        ([(0, 100), (100, 0)], "10s", Fraction(-1), 88, 90),
        ([(0, 7), (50, 7)], "10s", Fraction(0), 7, 7),
        ([(0, 0), (5, 5), (50, 50)], "1s", Fraction(1), 1, 3),
    ],
)
def test_a_time_map_is_an_exact_speed(
    cut: Reader, points: list[tuple[int, int]], start: str, speed: Fraction, low: int, high: int
) -> None:
    clip = one(only(cut(retimed(points, start, "2s"))))
    assert (clip.speed, clip.source_in, clip.source_out) == (speed, low, high)
    assert (clip.record_in, clip.record_out, clip.time_map) == (0, 2, ())


def test_a_speed_ramp_keeps_its_curve(cut: Reader) -> None:
    clip = one(only(cut(retimed([(0, 0), (10, 5), (20, 0)], "8s", "6s"))))
    assert clip.time_map == (
        TimePoint(Fraction(0), Fraction(4)),
        TimePoint(Fraction(2), Fraction(5)),
        TimePoint(Fraction(6), Fraction(3)),
    )
    assert (clip.source_in, clip.source_out, clip.speed) == (3, 5, Fraction(-1, 6))


COMPOUND = """<media id="m" name="scene 5"><sequence format="f24" tcStart="3600s"><spine>
  <asset-clip ref="v24" name="a" offset="3600s" start="10s" duration="4s"/>
  <asset-clip ref="v24" name="b" offset="3604s" start="50s" duration="4s">
    <asset-clip ref="wav" name="fx" lane="-1" offset="51s" start="200s" duration="9s"/></asset-clip>
</spine></sequence></media>"""


def test_a_compound_shows_its_leaves_and_cuts_them_off(cut: Reader) -> None:
    spine = '<ref-clip ref="m" offset="1s" start="3602s" duration="4s"/>'
    found = only(cut(project(spine, "f24"), COMPOUND))
    assert places(found) == [[("a", "1", "3"), ("b", "3", "5")]]
    assert places(found, Kind.AUDIO) == [[("fx", "4", "5")]]
    assert [(c.source_in, c.source_out) for _, c in found.clips()] == [
        (12, 14), (50, 52), (200, 201),
    ]  # fmt: skip
    assert ("compound", "scene 5") in found.video[0].clips[0].metadata


def test_a_retimed_compound_composes_with_the_retimes_inside(cut: Reader) -> None:
    told = '<timeMap><timept time="0s" value="3608s"/><timept time="4s" value="3600s"/></timeMap>'
    spine = f'<ref-clip ref="m" offset="0s" start="0s" duration="4s">{told}</ref-clip>'
    found = only(cut(project(spine, "f24"), COMPOUND))
    assert places(found) == [[("b", "0", "2"), ("a", "2", "4")]]
    assert {clip.speed for _, clip in found.clips()} == {Fraction(-2)}
    assert [(c.source_in, c.source_out) for c in found.video[0].clips] == [(50, 54), (10, 14)]


def test_source_switches_pass_one_kind(cut: Reader) -> None:
    spine = '<ref-clip ref="m" offset="0s" start="3600s" duration="8s" srcEnable="audio"/>'
    found = only(cut(project(spine, "f24"), COMPOUND))
    assert places(found) == []
    assert places(found, Kind.AUDIO) == [[("fx", "5", "8")]]


def test_compounds_that_hold_each_other_end(cut: Reader) -> None:
    ring = """<media id="m"><sequence format="f24"><spine><ref-clip ref="n" duration="9s"/></spine>
    </sequence></media><media id="n"><sequence format="f24"><spine>
    <ref-clip ref="m" duration="9s"/></spine></sequence></media>"""
    found = cut(project('<ref-clip ref="m" offset="0s" duration="9s"/>', "f24"), ring)
    assert "fcpxml.circle" in codes(found)


MULTICAM = """<media id="mc" name="cams"><multicam format="f25" tcStart="0s">
 <mc-angle name="A" angleID="a"><gap offset="0s" duration="5s"/>
  <asset-clip ref="av" name="cam" offset="5s" start="3600s" duration="50s"/></mc-angle>
 <mc-angle name="S" angleID="s">
  <asset-clip ref="wav" name="mix" offset="0s" start="150s" duration="90s"/></mc-angle>
</multicam></media>"""


def test_a_multicam_takes_picture_and_sound_from_their_angles(cut: Reader) -> None:
    spine = """<mc-clip ref="mc" offset="0s" start="10s" duration="4s">
      <mc-source angleID="a" srcEnable="video"/><mc-source angleID="s" srcEnable="audio"/></mc-clip>
    <mc-clip ref="mc" offset="4s" start="4s" duration="4s">
      <mc-source angleID="a" srcEnable="all"/><mc-source angleID="s" srcEnable="none"/></mc-clip>"""
    found = only(cut(project(spine), MULTICAM))
    assert places(found) == [[("cam", "0", "4"), ("cam", "5", "8")]]
    assert places(found, Kind.AUDIO) == [[("mix", "0", "4"), ("cam", "5", "8")]]
    assert [clip.source_in for _, clip in found.clips()] == [3605, 3600, 160, 3600]
    assert ("angle", "S") in found.audio[0].clips[0].metadata


def test_an_angle_that_is_not_there_is_told(cut: Reader) -> None:
    spine = '<mc-clip ref="mc" offset="0s" duration="4s"><mc-source angleID="z"/></mc-clip>'
    assert codes(cut(project(spine), MULTICAM)) == ["fcpxml.angle"]


def test_a_sync_clip_mutes_the_roles_that_are_off(cut: Reader) -> None:
    spine = """<sync-clip offset="0s" start="3602s" duration="4s" name="5A/1">
     <asset-clip ref="av" name="cam" offset="3600s" duration="60s" audioRole="dialogue">
      <asset-clip ref="wav" name="boom" lane="-1" offset="3601s" start="120s" duration="60s"
       audioRole="dialogue.Boom"/></asset-clip>
     <title ref="title" name="VFX" lane="1" offset="3603s" duration="9s"/>
     <sync-source sourceID="storyline"><audio-role-source role="dialogue.dialogue-1" active="0"/>
     </sync-source><sync-source sourceID="connected"><audio-role-source role="dialogue.Boom">
     <adjust-volume amount="-3dB"/></audio-role-source></sync-source></sync-clip>"""
    found = only(cut(project(spine)))
    assert places(found) == [[("cam", "0", "4")], [("VFX", "1", "10")]]
    camera, boom = found.audio[0].clips[0], found.audio[1].clips[0]
    assert (camera.enabled, camera.channels) == (False, (1, 2, 3, 4))
    assert (boom.enabled, boom.source_in, boom.gain_db) == (True, 121, -3.0)


def test_a_clip_bounds_what_it_contains_and_states_its_components(cut: Reader) -> None:
    spine = """<clip name="take" offset="0s" start="3610s" duration="4s" enabled="0">
     <video ref="av" offset="3600s" duration="100s">
      <audio ref="av" lane="-1" offset="3600s" duration="100s" srcID="2" srcCh="1, 2"/></video>
     <audio-channel-source srcCh="1"><adjust-volume amount="-6dB"/></audio-channel-source>
     <audio-channel-source srcCh="2" enabled="0"/></clip>"""
    found = only(cut(project(spine)))
    picture = found.video[0].clips[0]
    assert (picture.name, picture.source_in, picture.source_out) == ("take", 3610, 3614)
    assert [t.clips[0].channels for t in found.audio] == [(3,), (4,)]
    assert [t.clips[0].gain_db for t in found.audio] == [-6.0, 0.0]
    assert not any(clip.enabled for _, clip in found.clips())


def test_a_part_that_is_off_takes_its_channel_out_of_the_clip(cut: Reader) -> None:
    spine = """<clip offset="0s" start="110s" duration="4s"><audio ref="wav" offset="100s"
     duration="100s" srcCh="1"/><audio ref="wav" lane="-1" offset="100s" duration="100s" srcCh="3"/>
     <audio-channel-source srcCh="1" role="dialogue"/><audio-channel-source srcCh="2" active="0"/>
     </clip>"""
    clip = one(only(cut(project(spine))), Kind.AUDIO)
    assert (clip.channels, clip.metadata) == ((1,), (("role", "dialogue"),))


def test_findings_of_a_compound_are_told_once(cut: Reader) -> None:
    media = COMPOUND.replace('ref="v24" name="a"', 'ref="lost" name="a"')
    spine = "".join(
        f'<ref-clip ref="m" offset="{n}s" start="3600s" duration="1s"/>' for n in range(5)
    )
    assert codes(cut(project(spine, "f24"), media)) == ["fcpxml.ref"]


def test_sound_beside_its_own_picture_in_a_clip_is_content(cut: Reader) -> None:
    spine = """<clip offset="0s" start="3610s" duration="4s"><video ref="av" offset="3600s"
     duration="100s"/><audio ref="av" lane="-1" offset="3600s" duration="100s" srcCh="1"/></clip>"""
    found = only(cut(project(spine)))
    assert places(found, Kind.AUDIO) == [[("av", "0", "4")]]


def test_the_first_choice_of_an_audition_is_read(cut: Reader) -> None:
    spine = """<audition offset="3s"><asset-clip ref="v24" name="yes" duration="2s"/>
    <asset-clip ref="v24" name="no" duration="8s"/></audition>"""
    found = cut(project(spine, "f24"))
    assert places(only(found)) == [[("yes", "3", "5")]]
    assert codes(found) == ["fcpxml.audition"]


@pytest.mark.parametrize("holder", ["asset-clip", "sync-clip"])
def test_split_edits_move_only_the_sound(cut: Reader, holder: str) -> None:
    split = 'start="3610s" duration="4s" audioStart="3609s" audioDuration="6s"'
    spine = f'<asset-clip ref="av" offset="2s" {split}/>'
    if holder == "sync-clip":
        inner = '<asset-clip ref="av" offset="3600s" duration="100s"/>'
        spine = f'<sync-clip offset="2s" {split}>{inner}</sync-clip>'
    found = only(cut(project(spine)))
    assert places(found) == [[("av", "2", "6")]]
    assert places(found, Kind.AUDIO) == [[("av", "1", "7")]]
    assert (one(found, Kind.AUDIO).source_in, one(found, Kind.AUDIO).source_out) == (3609, 3615)


def test_components_take_tracks_of_their_own(cut: Reader) -> None:
    parts = """<audio-channel-source srcCh="1, 2" role="music"/>
    <audio-channel-source srcCh="3" enabled="0" start="3611s" duration="1s"/>
    <audio-channel-source srcCh="4" active="0"/>"""
    spine = "".join(
        f'<asset-clip ref="av" offset="{at}s" start="3610s" duration="4s">{parts}</asset-clip>'
        for at in (0, 4)
    )
    found = only(cut(project(spine)))
    assert [[clip.channels for clip in track.clips] for track in found.audio] == [
        [(1, 2), (1, 2)],
        [(3,), (3,)],
    ]
    trimmed = found.audio[1].clips[1]
    assert (trimmed.record_in, trimmed.record_out, trimmed.enabled) == (5, 6, False)


def test_levels_add_up_and_keyframes_land_in_record_time(cut: Reader) -> None:
    volume = """<adjust-volume><param name="amount"><fadeIn type="linear" duration="1/2s"/>
    <fadeOut type="easeInOut" duration="1s"/><keyframeAnimation>
    <keyframe time="151s" value="-3dB"/><keyframe time="152s" value="-9dB"/>
    <keyframe time="160s" value="-9dB"/></keyframeAnimation></param></adjust-volume>"""
    inner = f'<asset-clip ref="wav" offset="0s" start="150s" duration="9s">{volume}</asset-clip>'
    spine = f"""<sync-clip offset="3s" start="0s" duration="9s"><adjust-volume amount="2dB"/>
    {inner}</sync-clip>"""
    clip = one(only(cut(project(spine))), Kind.AUDIO)
    assert clip.gain_db == 2.0
    assert clip.gain_curve == (
        Keyframe(Fraction(1), -3.0), Keyframe(Fraction(2), -9.0), Keyframe(Fraction(9), -9.0),
    )  # fmt: skip
    assert clip.fade_in == Fade(Fraction(1, 2), Curve.LINEAR)
    assert clip.fade_out == Fade(Fraction(1), Curve.S_CURVE)


def test_transitions_straddle_their_cut_and_fade_at_the_ends(cut: Reader) -> None:
    picture = '<filter-video ref="title"/>'
    fade = '<transition name="{}" offset="{}s" duration="1s">' + picture + "{}</transition>"
    sound = '<filter-audio ref="title"/>'
    spine = (
        fade.format("up", 0, "")
        + '<asset-clip ref="av" name="a" offset="0s" start="3610s" duration="4s"/>'
        + fade.format("mix", Fraction(7, 2), sound)
        + '<asset-clip ref="av" name="b" offset="4s" start="3620s" duration="4s"/>'
        + fade.format("down", 7, sound)
    )
    found = only(cut(project(spine)))
    joints = [(t.name, t.record_in, t.cut, t.record_out) for t in found.video[0].transitions]
    mix, down = ("mix", Fraction(7, 2), 4, Fraction(9, 2)), ("down", 7, 8, 8)
    assert joints == [("up", 0, 0, 1), mix, down]
    told = [(t.name, t.record_in, t.cut, t.record_out) for t in found.audio[0].transitions]
    assert told == [mix, down]


def test_markers_are_placed_and_hidden_ones_counted(cut: Reader) -> None:
    marks = """<marker start="3611s" duration="1/25s" value="plain" note="n"/>
    <marker start="3612s" value="todo" completed="0"/><marker start="3613s" value="done"
    completed="1"/><chapter-marker start="3613s" value="ch"/><marker start="3700s" value="far"/>"""
    spine = f"""<asset-clip ref="av" offset="5s" start="3610s" duration="4s">{marks}</asset-clip>
    <gap offset="9s" start="3600s" duration="4s"><marker start="3601s" value="loose"/></gap>"""
    found = cut(project(spine))
    assert only(found).video[0].clips[0].markers == (
        Marker(Fraction(1), "plain", "n", "blue", Fraction(1, 25)),
        Marker(Fraction(2), "todo", "", "red"),
        Marker(Fraction(3), "done", "", "green"),
        Marker(Fraction(3), "ch", "", "orange"),
    )
    assert only(found).markers == (Marker(Fraction(10), "loose", "", "blue"),)
    assert codes(found) == ["fcpxml.hidden_marker"]


def test_scene_take_and_reel_come_from_the_clip_first(cut: Reader) -> None:
    key = "com.apple.proapps.studio."
    asset = f"""<asset id="s" name="s" hasAudio="1" src="file:///s.wav" uid="U"><metadata>
     <md key="{key}scene" value="5"/><md key="{key}reel" value="R1"/><md key="lens" value="50"/>
     <md key="{key}shot" value="3"/></metadata></asset>"""
    spine = f"""<asset-clip ref="s" offset="0s" duration="4s" audioRole="dialogue"><note>good</note>
     <keyword value="k"/><rating value="favorite"/>
     <metadata><md key="{key}scene" value="5A"/><md key="own"><array><string>x</string>
     <string>y</string></array></md></metadata></asset-clip>"""
    clip = one(only(cut(project(spine), asset)), Kind.AUDIO)
    source = clip.source
    assert (source.scene, source.take, source.reel) == ("5A", "3", "R1")
    assert source.metadata == (("uid", "U"), ("lens", "50"))
    assert clip.metadata == (
        ("role", "dialogue"), ("note", "good"), ("keyword", "k"), ("rating", "favorite"),
        ("own", "x, y"),
    )  # fmt: skip


def test_titles_and_generators_are_generated(cut: Reader) -> None:
    spine = """<title ref="title" name="T" offset="0s" start="3600s" duration="4s"/>
    <video ref="title" name="V" offset="4s" duration="4s" role="x"/>"""
    found = only(cut(project(spine)))
    assert [c.source.generated for c in found.video[0].clips] == [True, True]
    assert found.video[0].clips[0].source_in == 3600


def test_browser_clips_become_timelines_when_there_is_no_project(cut: Reader) -> None:
    body = '<asset-clip ref="av" name="take 1" start="3605s" duration="4s"/>'
    found = cut(body, COMPOUND)
    assert [(t.name, t.start) for t in found.timelines] == [("take 1", 3605), ("scene 5", 3600)]
    assert places(found.timelines[0]) == [[("take 1", "0", "4")]]
    assert codes(found) == ["fcpxml.browser"]
    beside = cut(body + project(""))
    assert [t.name for t in beside.timelines] == ["cut"]
    assert codes(beside) == ["fcpxml.loose"]


def test_a_rate_is_given_only_where_the_file_has_none(cut: Reader) -> None:
    given = Rate(Fraction(30))
    assert only(cut(project("", "fx"), rate=given)).rate == given
    found = cut(project("", "f25"), rate=given)
    assert only(found).rate == Rate(Fraction(25))
    assert codes(found) == ["fcpxml.rate"]


def test_what_is_not_understood_is_told_with_its_line(cut: Reader) -> None:
    spine = """<asset-clip ref="nowhere" name="a" offset="0s" duration="2s"/>
    <hologram offset="2s" duration="2s"/><caption duration="1s"/><asset-clip ref="v24"
    offset="2x" duration="1/0s"/><asset-clip ref="v24" offset="2s" duration="-1s"/>
    <asset-clip ref="v24" offset="2s" duration="99999999999999999999s"/>"""
    found = cut(project(spine, "f24"))
    assert sorted(set(codes(found))) == [
        "fcpxml.caption", "fcpxml.duration", "fcpxml.ref", "fcpxml.time", "fcpxml.unknown",
    ]  # fmt: skip
    assert all(finding.where.startswith("cut.fcpxml:") for finding in found.findings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("<fcpxml", "no well-formed XML"),
        ("<xmeml/>", "no FCPXML"),
        ('<fcpxml version="1.9"><resources/></fcpxml>', "no project, compound or clip"),
        ('<fcpxml version="1.9"><project><sequence/></project></fcpxml>', "frame rate"),
    ],
)
def test_unfit_files_are_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "cut.fcpxml"
    path.write_text(text)
    with pytest.raises(TimelineError, match=said) as refusal:
        read(path)
    assert "\n" not in str(refusal.value)


def test_bundles_and_missing_files(tmp_path: Path) -> None:
    bundle = tmp_path / "cut.fcpxmld"
    bundle.mkdir()
    with pytest.raises(TimelineError, match=r"Info\.fcpxml"):
        read(bundle)
    (bundle / "Info.fcpxml").write_text(document(project("")))
    assert only(read(bundle)).name == "cut"
    with pytest.raises(TimelineError, match="cannot read"):
        read(tmp_path / "none.fcpxml")


def test_items_nested_without_end_are_refused(cut: Reader) -> None:
    media = "".join(
        f'<media id="m{n}"><sequence format="f24"><spine>'
        f'<ref-clip ref="m{n + 1}" duration="9s"/></spine></sequence></media>'
        for n in range(80)
    )
    with pytest.raises(TimelineError, match="levels"):
        cut(project('<ref-clip ref="m0" offset="0s" duration="9s"/>', "f24"), media)


def test_compounds_that_multiply_are_refused(cut: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "MAX_ITEMS", 2000)
    media = "".join(
        f'<media id="m{n}"><sequence format="f24"><spine>'
        + f'<ref-clip ref="m{n + 1}" offset="0s" duration="9s"/>' * 10
        + "</spine></sequence></media>"
        for n in range(30)
    )
    with pytest.raises(TimelineError, match="2000 items"):
        cut(project('<ref-clip ref="m0" offset="0s" duration="9s"/>', "f24"), media)


def test_an_old_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    path.write_text(document(project(""), version="1.2"))
    assert codes(read(path)) == ["fcpxml.version"]


NUMBER = st.integers(0, 4000).map(lambda n: Fraction(n, 24))
SPEED = st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 3), Fraction(-1), Fraction(-5, 4)])


@given(st.lists(st.tuples(NUMBER, NUMBER, SPEED, st.booleans()), min_size=1, max_size=6), NUMBER)
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_nested_holders_compose_to_the_planted_map(
    tmp_path: Path, levels: list[tuple[Fraction, Fraction, Fraction, bool]], start: Fraction
) -> None:
    """Every level shows all of the next one, at some speed, from some start, through a compound or
    a sync clip; where each moment of the source must come out follows from the levels alone."""
    length, slope, shift = Fraction(8), Fraction(1), Fraction(0)  # source = slope * record + shift
    medias, inner = [], ""
    for number, (base, own, speed, compound) in enumerate(reversed(levels)):
        outer = length / abs(speed)
        content = f'<asset-clip ref="big" offset="{base}s" start="{start}s" duration="{length}s"/>'
        content = inner.replace("OFFSET", f"{base}s") or content
        low, high = (base, base + length) if speed > 0 else (base + length, base)
        told = (
            f'<timeMap><timept time="{own}s" value="{low}s"/>'
            f'<timept time="{own + outer}s" value="{high}s"/></timeMap>'
        )
        common = f'offset="OFFSET" start="{own}s" duration="{outer}s"'
        if compound:
            medias.append(
                f'<media id="m{number}"><sequence format="f24" tcStart="{base}s"><spine>{content}'
                "</spine></sequence></media>"
            )
            inner = f'<ref-clip ref="m{number}" {common}>{told}</ref-clip>'
        else:
            inner = f"<sync-clip {common}>{told}{content}</sync-clip>"
        shift += 0 if speed > 0 else slope * length
        slope, length = slope * speed, outer
    big = '<asset id="big" name="big" start="0s" duration="999s" hasVideo="1" src="file:///b"/>'
    path = tmp_path / "cut.fcpxml"
    spine = inner.replace("OFFSET", "0s")
    path.write_text(document(project(spine, "f24"), big + "".join(medias)))
    clip = one(only(read(path)))
    edges = sorted((start + shift, start + shift + slope * length))
    assert (clip.record_in, clip.record_out) == (0, length)
    assert (clip.source_in, clip.source_out, clip.speed) == (*edges, slope)


def test_tracks_never_overlap_themselves(cut: Reader) -> None:
    over = "".join(
        f'<asset-clip ref="v24" lane="1" offset="{n}s" duration="3s"/>' for n in (0, 1, 2, 3, 6)
    )
    spine = f'<gap offset="0s" start="0s" duration="20s">{over}</gap>'
    found = only(cut(project(spine, "f24")))
    assert [len(track.clips) for track in found.video] == [3, 1, 1]
    for track in found.video:
        assert all(a.record_out <= b.record_in for a, b in pairwise(track.clips))


def test_a_map_that_counts_from_the_clip_is_moved_there(cut: Reader) -> None:
    found = cut(retimed([(0, 40), (2, 44)], "40s", "2s"))
    clip = one(only(found))
    assert (clip.speed, clip.source_in, clip.source_out) == (2, 40, 44)
    assert codes(found) == ["fcpxml.timemap"]


def test_effects_are_counted_and_unknown_things_are_told(cut: Reader) -> None:
    spine = """<asset-clip ref="av" offset="0s" start="3600s" duration="2s">
    <adjust-crop mode="trim"/><filter-video ref="title"/>
    <filter-audio ref="title" name="Telephone"/><adjust-gravity/>
    </asset-clip>"""
    found = cut(project(spine))
    assert codes(found) == ["fcpxml.picture_effect", "fcpxml.sound_effect", "fcpxml.unknown"]
    assert "Telephone" in found.findings[1].message
    assert "2 of these" in found.findings[0].message


@pytest.mark.parametrize(("start", "expected"), [("3699s", []), ("3701s", ["fcpxml.media_range"])])
def test_a_clip_beyond_its_asset_is_told(cut: Reader, start: str, expected: list[str]) -> None:
    spine = f'<asset-clip ref="av" offset="0s" start="{start}" duration="1s" srcEnable="video"/>'
    assert codes(cut(project(spine))) == expected
