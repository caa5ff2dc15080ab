"""The quirks of edit decision lists, one named rule at a time, on lists small enough to read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from adapters import edl
from adapters.cut import Cut
from conform.errors import TimelineError
from conform.findings import Level
from conform.timecode import Rate
from conform.timeline import Clip, Kind

R24, R25 = Rate(Fraction(24)), Rate(Fraction(25))
DF = Rate(Fraction(30000, 1001), drop=True)


def listed(folder: Path, *lines: str, rate: Rate | None = None) -> Cut:
    path = folder / "cut.edl"
    path.write_text("\n".join(("TITLE: CUT", *lines)), encoding="utf-8")
    return edl.read(path, rate=rate)


def only(cut: Cut) -> Clip:
    (timeline,) = cut.timelines
    ((_, clip),) = timeline.clips()
    return clip


def codes(cut: Cut) -> list[str]:
    return [finding.code for finding in cut.findings]


ONE = "001  ROLL1    V     C        01:00:00:00 01:00:10:00 10:00:00:00 10:00:10:00"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_line_ends_and_encodings(tmp_path: Path, end: str, encoding: str) -> None:
    path = tmp_path / "cut.edl"
    name = "Café"
    path.write_bytes(end.join(("TITLE: CUT", ONE, f"* FROM CLIP NAME: {name}")).encode(encoding))
    cut = edl.read(path, rate=R25)
    mac = encoding == "cp1252" and end == "\r"  # read as Mac Roman then, with a warning
    assert only(cut).name == (name if not mac else "CafÈ")
    assert ("text.encoding" in codes(cut)) == (encoding in ("utf-16-le", "cp1252"))


@pytest.mark.parametrize(
    ("column", "tracks"),
    [
        ("V", "V1"), ("A", "A1"), ("A2", "A2"), ("A14", "A14"), ("AA", "A1 A2"), ("B", "V1 A1"),
        ("AA/V", "V1 A1 A2"), ("A/V", "V1 A1"), ("A2/V", "V1 A2"), ("VA12", "V1 A1 A2"),
        ("V2", "V2"), ("A1234V", "V1 A1 A2 A3 A4"), ("A24", "A24"),
    ],
)  # fmt: skip
def test_channel_columns(tmp_path: Path, column: str, tracks: str) -> None:
    (timeline,) = listed(tmp_path, ONE.replace("V    ", f"{column:<5}", 1), rate=R25).timelines
    assert [track.name for track in timeline.tracks] == tracks.split()
    assert all(len(track.clips) == 1 for track in timeline.tracks)


def test_further_channels_of_none(tmp_path: Path) -> None:
    (timeline,) = listed(
        tmp_path, ONE.replace("V     C", "NONE  C"), "AUD  3    4", rate=R25
    ).timelines
    assert [(track.kind, track.index) for track in timeline.tracks] == [
        (Kind.AUDIO, 3),
        (Kind.AUDIO, 4),
    ]


@pytest.mark.parametrize("reel", ["A", "001 Tape C", "V", "B", "A001C005_220131_R2XY" * 6, "12:34"])
def test_reels_of_any_width_and_with_spaces(tmp_path: Path, reel: str) -> None:
    assert only(listed(tmp_path, ONE.replace("ROLL1   ", reel), rate=R25)).source.reel == reel


def test_black_and_auxiliary_are_no_reels(tmp_path: Path) -> None:
    black = only(listed(tmp_path, ONE.replace("ROLL1", "   BL"), rate=R25)).source
    assert (black.reel, black.generated) == ("", True)
    auxiliary = only(listed(tmp_path, ONE.replace("ROLL1", "   AX"), rate=R25)).source
    assert (auxiliary.reel, auxiliary.generated) == ("", False)


def test_record_start_is_kept(tmp_path: Path) -> None:
    (timeline,) = listed(tmp_path, ONE, rate=R25).timelines
    assert timeline.start == 36000
    assert timeline.tracks[0].clips[0].record_in == 0


@pytest.mark.parametrize(
    ("note", "rate"),
    [("* FRAME RATE: 23.976", "23.976"), ("* FPS: 25", "25"), ("FRAME RATE: 29.97 NDF", "29.97")],
)
def test_a_stated_rate_is_believed(tmp_path: Path, note: str, rate: str) -> None:
    cut = listed(tmp_path, note, ONE)
    assert cut.timelines[0].rate.name == rate
    assert codes(cut) == ["edl.rate-stated"]


def test_an_assumed_rate_is_a_warning_that_says_why(tmp_path: Path) -> None:
    cut = listed(tmp_path, ONE)
    (finding,) = cut.findings
    assert (finding.level, finding.code) == (Level.WARNING, "edl.rate-assumed")
    assert "23.976" in finding.message


def test_lengths_prove_the_rate(tmp_path: Path) -> None:
    cut = listed(
        tmp_path,
        "001  R1       V     C        01:00:00:20 01:00:02:05 10:00:00:00 10:00:01:10",
        "002  R1       V     C        01:00:05:10 01:00:06:00 10:00:01:10 10:00:02:00",
        "003  R1       V     C        01:00:08:12 01:00:09:02 10:00:02:00 10:00:02:15",
        "004  R1       V     C        01:00:09:24 01:00:10:05 10:00:02:15 10:00:02:21",
    )
    assert cut.timelines[0].rate == R25
    assert codes(cut) == ["edl.rate-inferred"]


@pytest.mark.parametrize(
    "lines",
    [
        ["FCM: DROP FRAME", ONE],
        ["001  R V C 01:00:00;00 01:00:10;00 10:00:00;00 10:00:10;00"],
    ],
)
def test_drop_frame_counts_by_its_rules(tmp_path: Path, lines: list[str]) -> None:
    (timeline,) = listed(tmp_path, *lines).timelines
    assert timeline.rate == DF
    assert timeline.start == DF.seconds(10 * 107892)  # 107892 frames an hour, not 108000


def test_later_code_modes_are_those_of_the_source(tmp_path: Path) -> None:
    (timeline,) = listed(
        tmp_path,
        "FCM: NON-DROP FRAME",
        ONE,
        "FCM: DROP FRAME",
        "002  ROLL2    V     C        01:00:00:00 01:00:10:00 10:00:10:00 10:00:20:00",
        rate=Rate(Fraction(30000, 1001)),
    ).timelines
    first, second = timeline.tracks[0].clips
    assert first.record_out == second.record_in
    assert first.source_in == Fraction(108000 * 1001, 30000)
    assert second.source_in == Fraction(107892 * 1001, 30000)


def test_a_source_of_another_rate_is_counted_at_its_own(tmp_path: Path) -> None:
    cut = listed(
        tmp_path,
        "001  R25      V     C        01:00:00:24 01:00:10:24 10:00:00:00 10:00:10:00",
        rate=R24,
    )
    clip = only(cut)
    assert (clip.source_in, clip.source.rate, clip.speed) == (3600 + Fraction(24, 25), R25, 1)
    assert codes(cut) == ["edl.source-rate"]


MOVED = "001  ROLL1    V     C        01:00:00:00 {out} 10:00:00:00 10:00:10:00"


@pytest.mark.parametrize(
    ("out", "fps", "rate", "speed"),
    [
        ("01:00:20:00", "050.0", R25, Fraction(2)),
        ("01:00:10:00", "050.0", R25, Fraction(2)),  # Resolve lists source as long as record
        ("01:00:05:00", "012.5", R25, Fraction(1, 2)),
        ("01:00:10:00", "-025.0", R25, Fraction(-1)),
        ("01:00:00:01", "000.0", R25, Fraction(0)),
        ("01:00:20:00", "048.0", Rate(Fraction(24000, 1001)), Fraction(2)),
        ("01:00:10:00", "059.9", Rate(Fraction(30000, 1001)), Fraction(2)),
        ("01:00:03:08", "008.3", R25, Fraction(83, 250)),
    ],
)
def test_motion_memory_is_honoured(
    tmp_path: Path, out: str, fps: str, rate: Rate, speed: Fraction
) -> None:
    clip = only(
        listed(
            tmp_path,
            MOVED.format(out=out),
            f"M2   ROLL1        {fps}                01:00:00;00",
            rate=rate,
        )
    )
    assert clip.speed == speed
    assert speed == 0 or clip.source_out - clip.source_in == clip.duration * abs(speed)


def test_lengths_without_motion_memory_are_told(tmp_path: Path) -> None:
    near = listed(tmp_path, MOVED.format(out="01:00:10:02"), rate=R25)
    assert (only(near).speed, codes(near)) == (1, ["edl.length-mismatch"])
    far = listed(tmp_path, MOVED.format(out="01:00:20:00"), rate=R25)
    assert (only(far).speed, codes(far)) == (2, ["edl.speed-unstated"])


def test_a_dissolve_starts_at_its_cut(tmp_path: Path) -> None:
    (timeline,) = listed(
        tmp_path,
        "001  A        V     C        01:00:00:00 01:00:10:00 10:00:00:00 10:00:10:00",
        "002  A        V     C        01:00:10:00 01:00:10:00 10:00:10:00 10:00:10:00",
        "002  B        V     D    025 02:00:00:00 02:00:10:00 10:00:10:00 10:00:20:00",
        "* FROM CLIP NAME: first",
        "* TO CLIP NAME: second",
        "003  C        V     W012 010 02:00:00:00 02:00:10:00 10:00:20:00 10:00:30:00",
        rate=R25,
    ).timelines
    dissolve, wipe = timeline.tracks[0].transitions
    assert (dissolve.record_in, dissolve.cut, dissolve.record_out) == (10, 10, 11)
    assert (wipe.name, wipe.duration) == ("wipe 012", Fraction(10, 25))
    assert [clip.name for clip in timeline.tracks[0].clips] == ["A", "second", "C"]


def test_keys_lie_over_their_background(tmp_path: Path) -> None:
    (timeline,) = listed(
        tmp_path,
        "001  BACK     V     K B      01:00:00:00 01:00:10:00 10:00:00:00 10:00:10:00",
        "001  TITLE    V     K    010 02:00:00:00 02:00:10:00 10:00:00:00 10:00:10:00",
        "* FROM CLIP NAME: back",
        "* KEY CLIP NAME: title",
        rate=R25,
    ).timelines
    assert [(t.name, t.clips[0].name) for t in timeline.tracks] == [("V1", "back"), ("V2", "title")]


def test_a_split_delays_one_side(tmp_path: Path) -> None:
    (timeline,) = listed(
        tmp_path, "SPLIT:    AUDIO DELAY=  00:00:01:00", ONE.replace("V    ", "B    "), rate=R25
    ).timelines
    picture, sound = (track.clips[0] for track in timeline.tracks)
    assert (picture.record_in, sound.record_in) == (0, 1)
    assert sound.source_in - picture.source_in == 1


def test_unsorted_and_overlapping_events_stay_where_they_are(tmp_path: Path) -> None:
    cut = listed(tmp_path, ONE.replace("10:00:", "10:01:"), ONE, ONE, rate=R25)
    ins = [clip.record_in for _, clip in cut.timelines[0].clips()]
    assert ins == [0, 0, 60]
    assert {"edl.unsorted", "edl.overlap"} <= set(codes(cut))


def test_midnight_is_crossed(tmp_path: Path) -> None:
    (timeline,) = listed(
        tmp_path,
        "001  A        V     C        01:00:00:00 01:00:20:00 23:59:50:00 00:00:10:00",
        "002  A        V     C        01:00:00:00 01:00:10:00 00:00:10:00 00:00:20:00",
        rate=R25,
    ).timelines
    assert timeline.start == 86390
    assert [clip.record_out for _, clip in timeline.clips()] == [20, 30]


def test_what_is_not_understood_is_told_with_its_line(tmp_path: Path) -> None:
    cut = listed(tmp_path, ONE, "SOMETHING ELSE", ONE.replace("V     C", "?     C"), rate=R25)
    assert [(f.level, f.where) for f in cut.findings] == [
        (Level.WARNING, "cut.edl:3"),
        (Level.ERROR, "cut.edl:4"),
    ]


def test_remarks_reach_the_source(tmp_path: Path) -> None:
    clip = only(
        listed(
            tmp_path,
            ONE,
            "* FROM CLIP NAME: 12A-3",
            "* SOURCE FILE: S:\\day1\\A001.mov",
            "* SCENE: 12A",
            "* TAKE: 3",
            "*ASC_SAT 0.9",
            "* free words",
            rate=R25,
        )
    )
    source = clip.source
    assert (source.name, source.url) == ("12A-3", "S:\\day1\\A001.mov")
    assert (source.scene, source.take) == ("12A", "3")
    assert clip.metadata == (("ASC_SAT", "0.9"), ("NOTE", "free words"))


def test_a_rate_that_the_labels_refute_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TimelineError, match=r"line 2.*:29 does not exist at 25"):
        listed(tmp_path, *[ONE.replace("10:00:10:00", "10:00:10:29")] * 2, rate=R25)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\0\0", b"TITLE: X\n", b"hello\n"])
def test_what_is_no_list_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cut.edl"
    path.write_bytes(content)
    with pytest.raises(TimelineError) as fault:
        edl.read(path)
    assert "\n" not in str(fault.value)
