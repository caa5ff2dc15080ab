"""What FCP, Premiere, Resolve and Hiero mean by their XML, quirk by quirk."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from pathlib import Path

import pytest

from adapters.cut import Cut
from adapters.fcp7xml import read
from conform.errors import TimelineError
from conform.timecode import Rate
from conform.timeline import Clip, Curve, Fade, Keyframe, Marker, TimePoint, Transition

TICKS = 254_016_000_000
PAL = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"
FILM = "<rate><timebase>24</timebase><ntsc>TRUE</ntsc></rate>"
FILE = """<file id="f"><name>A001.mov</name><pathurl>file://localhost/C%3a/day%201/A001.mov</pathurl>
<rate><timebase>25</timebase></rate><duration>1000</duration><timecode><string>01:00:00:00</string>
<frame>90000</frame><displayformat>NDF</displayformat><reel><name>A001</name></reel></timecode>
<media><video/><audio><samplecharacteristics><samplerate>48000</samplerate></samplecharacteristics>
<channelcount>8</channelcount></audio></media></file>"""


def clip(start: object, end: object, first: object, last: object, more: str = "") -> str:
    return (
        f'<clipitem id="c{start}"><name>shot</name><start>{start}</start><end>{end}</end>'
        f'<in>{first}</in><out>{last}</out><file id="f"/>{more}</clipitem>'
    )


def transition(start: int, end: int, alignment: str, effect: str = "Cross Dissolve") -> str:
    return (
        f"<transitionitem><start>{start}</start><end>{end}</end><alignment>{alignment}</alignment>"
        f"<effect><name>{effect}</name><effectid>{effect}</effectid></effect></transitionitem>"
    )


def bare(name: str, items: str) -> str:
    """A sequence with one video track."""
    return (
        f'<sequence id="{name}"><name>{name}</name>{PAL}<media><video><track>{items}</track>'
        "</video></media></sequence>"
    )


def nested(start: int, end: int, first: int, inner: str, more: str = "") -> str:
    """A clip item that plays something else than the file."""
    item = clip(start, end, first, first + end - start, more)
    return item.replace('<file id="f"/>', inner)


def retime(speed: object, more: str = "", *, variable: int = 0) -> str:
    return f"""<filter><effect><effectid>timeremap</effectid>
    <parameter><parameterid>variablespeed</parameterid><value>{variable}</value></parameter>
    <parameter><parameterid>speed</parameterid><value>{speed}</value></parameter>
    {more}</effect></filter>"""


def graph(*points: tuple[object, object]) -> str:
    keys = "".join(
        f"<keyframe><when>{when}</when><value>{value}</value></keyframe>" for when, value in points
    )
    return f"<parameter><parameterid>graphdict</parameterid>{keys}</parameter>"


REVERSE = "<parameter><parameterid>reverse</parameterid><value>TRUE</value></parameter>"


class Desk:
    """Writes a file and reads it; every file also holds the full `file` element, after its use."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "cut.xml"

    def text(self, text: str, asked: Rate | None = None) -> Cut:
        self._path.write_text(f"<!DOCTYPE xmeml>\n<xmeml version='5'>{text}</xmeml>", "utf-8")
        return read(self._path, rate=asked)

    def cut(self, video: str = "", audio: str = "", head: str = "", timing: str = PAL) -> Cut:
        return self.text(
            f'<sequence id="s"><name>Reel 1</name>{timing}{head}<media><video>{video}</video>'
            f"<audio>{audio}</audio></media></sequence><bin><children><clip>{FILE}</clip>"
            "</children></bin>"
        )

    def video(self, items: str, timing: str = PAL) -> tuple[Clip, ...]:
        return self.cut(f"<track>{items}</track>", timing=timing).timelines[0].video[0].clips

    def audio(self, items: str) -> tuple[Clip, ...]:
        return self.cut(audio=f"<track>{items}</track>").timelines[0].audio[0].clips


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def frames(found: Clip, fps: Fraction = Fraction(25)) -> tuple[Fraction, ...]:
    start = found.source.start or 0
    edges = (found.record_in, found.record_out, found.source_in - start, found.source_out - start)
    return tuple(edge * fps for edge in edges)


def codes(cut: Cut) -> set[str]:
    return {finding.code for finding in cut.findings}


# --- the file and its sequences ------------------------------------------------------------------


def test_a_clip_has_its_place_its_source_timecode_and_all_that_the_file_says(desk: Desk) -> None:
    logged = "<logginginfo><scene>12A</scene><shottake>3</shottake></logginginfo>"
    (found,) = desk.video(clip(10, 35, 100, 125, logged))
    assert frames(found) == (10, 35, 100, 125)
    assert found.source_in == 3604
    source = found.source
    assert (source.name, source.url, source.reel) == ("A001.mov", "C:/day 1/A001.mov", "A001")
    assert (source.scene, source.take) == ("12A", "3")
    assert (source.start, source.duration, source.rate) == (3600, 40, Rate(Fraction(25)))
    assert (source.channels, source.sample_rate, source.generated) == (8, 48000, False)


@pytest.mark.parametrize(
    ("timing", "fps"),
    [
        (FILM, Fraction(24000, 1001)),
        ("<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>", Fraction(30000, 1001)),
        ("<rate><timebase>60</timebase><ntsc>FALSE</ntsc></rate>", Fraction(60)),
        ("<rate><timebase>29</timebase><ntsc>FALSE</ntsc></rate>", Fraction(30000, 1001)),
        ("<rate><timebase>23.976</timebase></rate>", Fraction(24000, 1001)),
        ("<rate><timebase>25</timebase><ntsc>TRUE</ntsc></rate>", Fraction(25)),
    ],
)
def test_a_rate_is_exact_whatever_the_tags_say(desk: Desk, timing: str, fps: Fraction) -> None:
    (found,) = desk.video(clip(24, 48, 0, 24), timing=timing)
    assert (found.record_in, found.record_out) == (24 / fps, 48 / fps)


def test_a_contradicting_rate_is_told_with_its_line(desk: Desk) -> None:
    cut = desk.cut(timing="\n\n<rate><timebase>25</timebase><ntsc>TRUE</ntsc></rate>")
    assert [(each.code, each.where) for each in cut.findings] == [("rate.ntsc", "cut.xml:4")]


def test_the_rate_that_a_person_asks_for_outranks_the_file(desk: Desk) -> None:
    cut = desk.text(bare("s", clip(24, 48, 0, 24)), Rate(Fraction(24)))
    assert cut.timelines[0].video[0].clips[0].record_in == 1
    assert "rate.overridden" in codes(cut)


@pytest.mark.parametrize(
    ("label", "frame", "drop", "shown", "odd"),
    [
        ("01:00:00;00", 107892, "DF", "01:00:00;00", set()),
        ("01;00;00;00", 107892, "DF", "01:00:00;00", set()),
        ("01:00:00:00", 108000, "NDF", "01:00:00:00", set()),
        ("01:00:00:00", 107892, "NDF", "01:00:00:00", {"timecode.contradiction"}),
        ("", 107892, "DF", "01:00:00;00", set()),
    ],
)
def test_the_start_timecode_is_the_label(
    desk: Desk, label: str, frame: int, drop: str, shown: str, odd: set[str]
) -> None:
    timing = "<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>"
    head = (
        f"<timecode><string>{label}</string><frame>{frame}</frame>"
        f"<displayformat>{drop}</displayformat></timecode>"
    )
    cut = desk.cut(head=head, timing=timing)
    assert cut.timelines[0].timecode(Fraction(0)) == shown
    assert codes(cut) == odd


def test_sequences_in_bins_are_timelines_and_those_in_clips_are_not(desk: Desk) -> None:
    inner = f'<sequence id="n"><name>inner</name>{PAL}<media/></sequence>'
    outer = bare("a", nested(0, 9, 0, inner))
    cut = desk.text(
        f"<project><children><bin><children>{outer}</children></bin>{bare('b', '')}"
        "</children></project>"
    )
    assert [timeline.name for timeline in cut.timelines] == ["a", "b"]


@pytest.mark.parametrize("text", ["<bin><children/></bin>", "<sequence id='only'/>"])
def test_a_file_without_a_sequence_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(TimelineError, match="no sequence"):
        desk.text(text)


def test_another_kind_of_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.xml"
    path.write_text("<fcpxml/>")
    with pytest.raises(TimelineError, match="<fcpxml>"):
        read(path)


def test_a_length_beyond_the_last_clip_is_kept_and_a_shorter_one_is_not(desk: Desk) -> None:
    track = f"<track>{clip(0, 50, 0, 50)}</track>"
    longer = desk.cut(track, head="<duration>100</duration>").timelines[0]
    shorter = desk.cut(track, head="<duration>25</duration>").timelines[0]
    assert (longer.length, shorter.length) == (4, None)


# --- transitions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alignment", "more", "cut"),
    [
        ("center", "", 110),
        ("start", "", 100),
        ("end", "", 120),
        ("center", f"<cutPointTicks>{TICKS * 4 // 25}</cutPointTicks>", 104),
    ],
)
def test_clips_meet_at_the_cut_and_their_sources_move_along(
    desk: Desk, alignment: str, more: str, cut: int
) -> None:
    crossing = transition(100, 120, alignment).replace("<effect>", more + "<effect>", 1)
    items = clip(0, -1, 200, 320) + crossing + clip(-1, 220, 40, 160)
    track = desk.cut(f"<track>{items}</track>").timelines[0].video[0]
    left, right = track.clips
    assert frames(left) == (0, cut, 200, 200 + cut)
    assert frames(right) == (cut, 220, 40 + cut - 100, 160)
    fps = Fraction(25)
    assert track.transitions == (Transition(100 / fps, cut / fps, 120 / fps, "Cross Dissolve"),)


def test_a_transition_beside_a_gap_moves_nothing_behind_it(desk: Desk) -> None:
    items = clip(0, -1, 0, 60) + transition(40, 60, "center") + clip(100, 150, 0, 50)
    _, after = desk.video(items)
    assert frames(after) == (100, 150, 0, 50)


def test_audio_fades_in_and_out_sound_inside_the_clip(desk: Desk) -> None:
    items = (
        transition(6, 36, "start", "KGAudioTransCrossFade0dB")
        + clip(-1, -1, 0, 100)
        + transition(86, 106, "end-black", "KGAudioTransCrossFade3dB")
    )
    (found,) = desk.audio(items)
    assert frames(found) == (6, 106, 0, 100)
    assert found.fade_in == Fade(Fraction(30, 25), Curve.LINEAR)
    assert found.fade_out == Fade(Fraction(20, 25), Curve.EQUAL_POWER)


def test_a_fade_to_black_leaves_the_clip_beside_it_alone(desk: Desk) -> None:
    items = clip(0, -1, 0, 50) + transition(40, 50, "end-black") + clip(50, 90, 7, 47)
    left, right = desk.audio(items)
    assert (left.fade_out is not None, right.fade_in) == (True, None)
    assert frames(right) == (50, 90, 7, 47)


def test_an_open_edge_without_a_transition_is_placed_by_in_and_out_and_told(desk: Desk) -> None:
    cut = desk.cut(f"<track>{clip(10, 20, 0, 10)}{clip(-1, -1, 5, 30)}</track>")
    assert frames(cut.timelines[0].video[0].clips[1])[:2] == (20, 45)
    assert "clip.place" in codes(cut)


# --- speed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "first", "speed", "used"),
    [
        (retime(200), 50, Fraction(2), (100, 200)),
        (retime(50), 50, Fraction(1, 2), (25, 50)),
        (retime("500.012", graph((0, 0), (20, 100), (70, 350))), 20, Fraction("5.00012"), None),
        (retime(100, REVERSE + graph((0, 1000), (50, 950), (100, 900))), 50, -1, (900, 950)),
        (retime(50, graph((0, 400), (50, 424.5), (100, 449), (900, 850))), 50, 0.5, (424.5, 449.5)),
        (retime(50, REVERSE + graph((0, 501), (50, 475), (100, 451))), 0, -0.5, (475, 500)),
        (retime(-100, graph((0, 1000), (50, 950), (100, 900))), 50, -1, (900, 950)),
        (retime(0), 77, 0, (77, 77)),
        ("<stillframe>TRUE</stillframe><stillframeoffset>12</stillframeoffset>", 50, 0, (12, 12)),
    ],
)
def test_a_constant_speed_counts_in_and_out_in_retimed_frames(
    desk: Desk, more: str, first: int, speed: Fraction, used: tuple[int, int] | None
) -> None:
    (found,) = desk.video(clip(10, 60, first, first + 50, more))
    assert found.speed == speed
    expected = used or (first * speed, (first + 50) * speed)
    assert frames(found) == (10, 60, *expected)
    assert found.time_map == ()


def test_hiero_writes_the_ratio_and_decimals(desk: Desk) -> None:
    effect = (
        "<filter><effect><effectid>timeremap</effectid><parameter><parameterid>speed"
        "</parameterid><value>0.25</value></parameter></effect></filter>"
    )
    (found,) = desk.video(clip(0, 40, "400.0", "440.0", effect))
    assert (found.speed, frames(found)) == (Fraction(1, 4), (0, 40, 100, 110))


def test_a_reversed_clip_without_a_graph_plays_from_its_media_s_end(desk: Desk) -> None:
    more = "<duration>500</duration>" + retime(200, REVERSE)
    (found,) = desk.video(clip(0, 50, 10, 60, more))
    assert (found.speed, frames(found)) == (-2, (0, 50, 880, 980))


def test_a_keyframed_speed_becomes_a_map_cut_to_the_clip(desk: Desk) -> None:
    more = retime(108, graph((0, 0), (50, 50), (100, 200)), variable=1)
    (found,) = desk.video(clip(10, 60, 25, 75, more))
    assert found.time_map == (
        TimePoint(Fraction(0), 3601 + Fraction(0)),
        TimePoint(Fraction(1), 3602 + Fraction(0)),
        TimePoint(Fraction(2), 3605 + Fraction(0)),
    )
    assert (found.speed, found.source_in, found.source_out) == (2, 3601, 3605)


def test_a_speed_that_is_switched_off_is_no_speed(desk: Desk) -> None:
    (found,) = desk.video(
        clip(0, 9, 5, 14, retime(200).replace("<filter>", "<filter><enabled>FALSE</enabled>"))
    )
    assert found.speed == 1


# --- where in points count -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "ticks", "seconds"),
    [
        (50, 90, None, Fraction(2)),  # no length fits: what Premiere and Resolve do
        (50, 100, None, Fraction(2)),  # equal lengths in sequence frames: the sequence's grid
        (60, 120, None, Fraction(2)),  # equal lengths in seconds: the clip's own grid
        (50, 100, TICKS * 50 // 30, Fraction(50, 30)),  # Premiere's ticks decide
    ],
)
def test_in_points_of_mixed_rates_follow_the_evidence(
    desk: Desk, first: int, last: int, ticks: int | None, seconds: Fraction
) -> None:
    tag = "<rate><timebase>30</timebase><ntsc>FALSE</ntsc></rate>"
    more = tag + (f"<pproTicksIn>{ticks}</pproTicksIn>" if ticks else "")
    cut = desk.cut(f"<track>{clip(0, 50, first, last, more)}</track>")
    (found,) = cut.timelines[0].video[0].clips
    assert found.source_in - 3600 == seconds
    assert "rate.mixed" in codes(cut)


def test_a_short_clip_of_mixed_rates_counts_on_the_sequence_s_grid(desk: Desk) -> None:
    tag = "<rate><timebase>30</timebase><ntsc>FALSE</ntsc></rate>"
    (found,) = desk.video(clip(0, 3, 50, 53, tag))
    assert found.source_in - 3600 == 2


def test_premiere_s_ticks_give_the_sub_frame_in_point(desk: Desk) -> None:
    exact = Fraction(96_123, 48_000)
    (found,) = desk.audio(clip(0, 25, 50, 75, f"<pproTicksIn>{int(exact * TICKS)}</pproTicksIn>"))
    assert found.source_in - 3600 == exact
    assert found.source_out - found.source_in == 1


def test_ticks_that_contradict_the_in_point_are_believed_and_told(desk: Desk) -> None:
    more = f"<pproTicksIn>{TICKS * 9}</pproTicksIn>"
    cut = desk.cut(audio=f"<track>{clip(0, 25, 50, 75, more)}</track>")
    assert cut.timelines[0].audio[0].clips[0].source_in - 3600 == 9
    assert codes(cut) == {"clip.ticks"}


def test_ticks_of_a_retimed_clip_are_believed_within_the_rounding_only(desk: Desk) -> None:
    far = retime(200) + f"<pproTicksIn>{TICKS * 9}</pproTicksIn>"
    (found,) = desk.video(clip(0, 25, 50, 75, far))
    assert found.source_in - 3600 == 4
    near = retime(200) + f"<pproTicksIn>{TICKS * 101 // 25}</pproTicksIn>"
    (found,) = desk.video(clip(0, 25, 50, 75, near))
    assert found.source_in - 3600 == Fraction(101, 25)


def test_a_sub_frame_offset_moves_both_edges_by_eightieths(desk: Desk) -> None:
    (found,) = desk.audio(clip(10, 20, 0, 10, "<subframeoffset>40</subframeoffset>"))
    assert frames(found) == (Fraction(21, 2), Fraction(41, 2), 0, 10)


def test_a_subclip_counts_from_its_own_start(desk: Desk) -> None:
    more = "<duration>300</duration><subclipinfo><startoffset>200</startoffset></subclipinfo>"
    (found,) = desk.video(clip(0, 10, 5, 15, more))
    assert frames(found) == (0, 10, 205, 215)


@pytest.mark.parametrize("counted", [5, 205])
def test_a_subclip_s_ticks_count_from_its_own_start_or_from_its_media_s(
    desk: Desk, counted: int
) -> None:
    more = "<subclipinfo><startoffset>200</startoffset></subclipinfo>"
    more += f"<pproTicksIn>{TICKS * counted // 25}</pproTicksIn>"
    (found,) = desk.video(clip(0, 10, 5, 15, more))
    assert frames(found) == (0, 10, 205, 215)


def test_a_length_that_contradicts_the_record_is_told(desk: Desk) -> None:
    assert "clip.length" in codes(desk.cut(f"<track>{clip(0, 10, 0, 20)}</track>"))
    assert "clip.length" not in codes(desk.cut(f"<track>{clip(0, 10, 0, 11)}</track>"))


# --- sound ---------------------------------------------------------------------------------------


def heard(channel: int) -> str:
    return (
        f"<sourcetrack><mediatype>audio</mediatype><trackindex>{channel}</trackindex></sourcetrack>"
    )


def exploded(number: int, items: str) -> str:
    return (
        f'<track currentExplodedTrackIndex="{number}" totalExplodedTrackCount="2" '
        f'premiereTrackType="Stereo">{items}</track>'
    )


def test_exploded_tracks_are_one_track_whose_clips_play_several_channels(desk: Desk) -> None:
    both = clip(0, 10, 0, 10, heard(3)), clip(0, 10, 0, 10, heard(4))
    lonely = clip(20, 30, 0, 10, heard(7))
    audio = exploded(0, both[0]) + exploded(1, both[1] + lonely)
    audio += exploded(0, "") + exploded(1, "") + f"<track>{clip(0, 5, 0, 5, heard(1))}</track>"
    tracks = desk.cut(audio=audio).timelines[0].audio
    assert [track.index for track in tracks] == [1, 2, 3]
    assert [each.channels for each in tracks[0].clips] == [(3, 4), (7,)]
    assert tracks[2].clips[0].channels == (1,)


def test_an_exploded_track_that_lacks_a_channel_does_not_take_the_next_one_s(desk: Desk) -> None:
    alone, whole = clip(0, 10, 0, 10, heard(1)), clip(0, 10, 50, 60, heard(1))
    audio = exploded(0, alone) + exploded(0, whole) + exploded(1, whole)
    tracks = desk.cut(audio=audio).timelines[0].audio
    assert [len(track.clips) for track in tracks] == [1, 1]


def level(value: str) -> str:
    return (
        "<filter><effect><effectid>audiolevels</effectid><parameter><parameterid>level"
        f"</parameterid>{value}</parameter></effect></filter>"
    )


@pytest.mark.parametrize(
    ("value", "db"), [("1", 0), ("0.5", -6.0206), ("1e-05", -100), ("0", -inf)]
)
def test_a_level_is_heard_in_decibels(desk: Desk, value: str, db: float) -> None:
    (found,) = desk.audio(clip(0, 10, 0, 10, level(f"<value>{value}</value>")))
    assert found.gain_db == pytest.approx(db, abs=1e-4)


def test_level_keyframes_count_from_record_in_and_are_cut_to_the_clip(desk: Desk) -> None:
    keys = "".join(
        f"<keyframe><when>{when}</when><value>{value}</value></keyframe>"
        for when, value in ((0, 0), (100, 1), (110, 10), (500, 10))
    )
    (found,) = desk.audio(clip(0, 25, 50, 75, level(f"<value>1</value>{keys}")))
    assert [key.at for key in found.gain_curve] == [0, 1]
    (found,) = desk.audio(clip(0, 25, 100, 125, level(f"<value>1</value>{keys}")))
    assert found.gain_curve == (
        Keyframe(Fraction(0), 0), Keyframe(Fraction(2, 5), 20), Keyframe(Fraction(1), 20)
    )  # fmt: skip
    assert found.gain_db == 0


def test_switches_of_clips_and_tracks_are_kept(desk: Desk) -> None:
    off = "<enabled>FALSE</enabled>"
    track = desk.cut(f"<track>{clip(0, 9, 0, 9, off)}{off}</track>").timelines[0].video[0]
    assert (track.enabled, track.clips[0].enabled) == (False, False)


def test_an_audio_effect_that_is_not_carried_over_is_told(desk: Desk) -> None:
    effect = (
        "<filter><effect><name>Denoise</name><effectid>denoise</effectid>"
        "<mediatype>audio</mediatype></effect></filter>"
    )
    cut = desk.cut(audio=f"<track>{clip(0, 9, 0, 9, effect)}</track>")
    assert [each.message for each in cut.findings] == [
        "the audio effect 'Denoise' is not carried over"
    ]


# --- markers, generators, links ------------------------------------------------------------------


def test_markers_of_sequence_and_clip_count_from_their_own_start(desk: Desk) -> None:
    mark = "<marker><name>{}</name><comment>c</comment><in>{}</in><out>{}</out>{}</marker>"
    color = "<color><red>255</red><green>0</green><blue>16</blue></color>"
    inside = mark.format("in", 105, -1, "") + mark.format("gone", 300, -1, "")
    cut = desk.cut(
        f"<track>{clip(50, 60, 100, 110, inside)}</track>", head=mark.format("m", 25, 50, color)
    )
    timeline = cut.timelines[0]
    assert timeline.markers == (Marker(Fraction(1), "m", "c", "#ff0010", Fraction(1)),)
    assert timeline.video[0].clips[0].markers == (Marker(Fraction(1, 5), "in", "c"),)


def test_generators_and_premiere_s_media_without_a_path_are_generated(desk: Desk) -> None:
    made = (
        "<generatoritem><name>x</name><start>0</start><end>9</end>"
        "<effect><name>Slug</name></effect></generatoritem>"
        '<clipitem><start>9</start><end>18</end><file id="t"><name>Title</name>'
        "<mediaSource>GraphicAndType</mediaSource></file></clipitem>"
    )
    clips = desk.video(made)
    assert [(each.source.name, each.source.generated) for each in clips] == [
        ("Slug", True), ("Title", True)
    ]  # fmt: skip


def test_links_labels_and_pan_are_kept_beside_the_clip(desk: Desk) -> None:
    pan = (
        "<filter><effect><effectid>audiopan</effectid><parameter><parameterid>pan</parameterid>"
        "<value>-1</value></parameter></effect></filter>"
    )
    more = "<link><linkclipref>c9</linkclipref></link><labels><label2>Iris</label2></labels>" + pan
    (found,) = desk.audio(clip(0, 9, 0, 9, more))
    assert {("link", "c9"), ("label", "Iris"), ("pan", "-1")} <= set(found.metadata)


# --- nests ---------------------------------------------------------------------------------------


def nest(video: str = "", audio: str = "") -> str:
    return (
        f'<sequence id="n"><name>inner</name>{PAL}<media><video>{video}</video>'
        f"<audio>{audio}</audio></media></sequence>"
    )


def test_a_nest_shows_its_leaves_where_it_is_used(desk: Desk) -> None:
    inner = nest(f"<track>{clip(0, 20, 100, 120)}{clip(30, 60, 500, 530)}</track>")
    found = desk.video(nested(1000, 1030, 10, inner))
    assert [frames(each) for each in found] == [(1000, 1010, 110, 120), (1020, 1030, 500, 510)]
    assert dict(found[0].metadata)["nest"] == "shot"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (retime(200), [(1000, 1005, 110, 120), (1010, 1025, 500, 530)]),
        (
            retime(100, REVERSE + graph((10, 60), (70, 0))),
            [(1000, 1030, 500, 530), (1040, 1060, 100, 120)],
        ),
    ],
)
def test_the_speed_of_a_nest_is_composed_with_its_leaves(
    desk: Desk, more: str, expected: list[tuple[int, ...]]
) -> None:
    inner = nest(f"<track>{clip(0, 20, 100, 120)}{clip(30, 60, 500, 530)}</track>")
    first = 5 if "TRUE" not in more else 10
    found = desk.video(nested(1000, 1060, first, inner, more))
    assert [frames(each) for each in found] == expected
    assert {each.speed for each in found} == {Fraction(2 if "TRUE" not in more else -1)}


def test_a_nest_adds_its_gain_its_switch_and_no_fade_that_it_cuts_off(desk: Desk) -> None:
    faded = (
        transition(0, 10, "start-black", "KGAudioTransCrossFade3dB")
        + clip(-1, -1, 0, 40, level("<value>0.5</value>"))
        + transition(30, 40, "end-black", "KGAudioTransCrossFade0dB")
    )
    more = level("<value>0.5</value>") + "<enabled>FALSE</enabled>"
    inner = nest(audio=f"<track>{faded}</track>")
    (found,) = desk.audio(nested(100, 130, 10, inner, more))
    assert found.gain_db == pytest.approx(-12.0412, abs=1e-4)
    assert (found.enabled, found.fade_in) == (False, None)
    assert found.fade_out == Fade(Fraction(10, 25), Curve.LINEAR)


def test_a_crossfade_inside_a_nest_moves_with_it(desk: Desk) -> None:
    lane = clip(0, -1, 0, 25) + transition(15, 25, "center") + clip(-1, 50, 40, 75)
    outer = nested(100, 140, 5, nest(audio=f"<track>{lane}</track>"))
    (track,) = desk.cut(audio=f"<track>{outer}</track>").timelines[0].audio
    fps = Fraction(25)
    assert track.transitions == (Transition(110 / fps, 115 / fps, 120 / fps, "Cross Dissolve"),)


def test_the_highest_picture_of_a_nest_is_seen_and_titles_let_it_through(desk: Desk) -> None:
    title = (
        "<generatoritem><start>0</start><end>30</end><effect><name>T</name></effect>"
        "</generatoritem>"
    )
    inner = nest(
        f"<track>{clip(0, 30, 0, 30)}</track><track>{clip(10, 20, 700, 710)}</track>"
        f"<track>{title}</track>"
    )
    found = desk.video(nested(0, 30, 0, inner))
    seen = [frames(each) for each in found if not each.source.generated]
    assert seen == [(0, 10, 0, 10), (10, 20, 700, 710), (20, 30, 20, 30)]


def test_a_still_of_a_nest_holds_the_leaf_of_that_moment(desk: Desk) -> None:
    inner = nest(
        f"<track>{clip(0, 30, 100, 130)}</track><track>{clip(0, 5, 7, 12)}</track>",
    )
    (found,) = desk.video(nested(1000, 1050, 12, inner, retime(0)))
    assert (found.speed, frames(found)) == (0, (1000, 1050, 112, 112))


def test_an_audio_nest_plays_the_tracks_of_its_output_channel(desk: Desk) -> None:
    lane = "<track><outputchannelindex>{}</outputchannelindex>{}</track>"
    inner = nest(audio=lane.format(1, clip(0, 30, 0, 30)) + lane.format(2, clip(0, 30, 300, 330)))
    (found,) = desk.audio(nested(0, 30, 0, inner, heard(2)))
    assert frames(found) == (0, 30, 300, 330)


def test_a_multiclip_is_its_active_angle(desk: Desk) -> None:
    angle = "<angle><activeaudioangle>{}</activeaudioangle><clip><name>{}</name>{}</clip></angle>"
    other = '<file id="g"><name>B001.mov</name><pathurl>/B001.mov</pathurl></file>'
    angles = angle.format("FALSE", "b", other) + angle.format("TRUE", "a", '<file id="f"/>')
    (found,) = desk.audio(nested(0, 9, 100, f"<multiclip>{angles}</multiclip>"))
    assert found.source.name == "A001.mov"
    assert frames(found) == (0, 9, 100, 109)


def test_a_merged_clip_plays_the_track_of_its_master_clip(desk: Desk) -> None:
    lane = '<track><clipitem><in>0</in><out>500</out><file id="{}"/></clipitem></track>'
    sound = '<file id="w"><name>12A-3.wav</name><pathurl>/12A-3.wav</pathurl></file>'
    master = (
        f'<clip id="m">{PAL}<media><video>{lane.format("f")}</video>'
        f"<audio>{lane.format('w')}</audio></media></clip>"
    )
    used = nested(0, 9, 100, "<masterclipid>m</masterclipid>", heard(1))
    text = f"<sequence>{PAL}<media><audio><track>{used}</track></audio></media></sequence>"
    cut = desk.text(text + f"<bin><children>{master}<clip>{sound}</clip></children></bin>")
    (found,) = cut.timelines[0].audio[0].clips
    assert (found.source.name, frames(found)) == ("12A-3.wav", (0, 9, 100, 109))


def test_a_clip_without_media_is_kept_and_told(desk: Desk) -> None:
    cut = desk.cut(f"<track>{nested(0, 9, 5, '')}</track>")
    assert frames(cut.timelines[0].video[0].clips[0]) == (0, 9, 5, 14)
    assert "clip.media" in codes(cut)


def test_a_sequence_inside_itself_is_refused_with_its_line(desk: Desk) -> None:
    loop = nested(0, 9, 0, '\n<sequence id="s"/>')
    with pytest.raises(TimelineError, match="nested in itself") as refusal:
        desk.cut(f"<track>{loop}</track>")
    assert refusal.value.line == 2


def test_nests_that_unfold_without_end_are_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.fcp7xml.sequence.MAX_CLIPS", 500)
    layers = [bare("n0", clip(0, 9, 0, 9))]
    for depth in range(1, 12):
        length, inner = 9 * 2 ** (depth - 1), f'<sequence id="n{depth - 1}"/>'
        twice = nested(0, length, 0, inner) + nested(length, 2 * length, 0, inner)
        layers.append(bare(f"n{depth}", twice))
    with pytest.raises(TimelineError, match="500 clips"):
        desk.text("".join(layers))
