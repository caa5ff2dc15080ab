"""Avid logs: what the trade writes into a bin comes out, and one odd row costs only itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ale import read
from conform.errors import TimelineError
from conform.timecode import RATES
from conform.timeline import Kind

LOG = """Heading
FIELD_DELIM\tTABS
VIDEO_FORMAT\t1080
FPS\t{fps}

Column
Name\tTracks\tStart\tEnd\tDuration\tTape\tSoundroll\tScene\tTake\tSource File\tNotes\t

Data
{rows}
"""


def log(*rows: str, fps: str = "23.976") -> str:
    return LOG.format(fps=fps, rows="\n".join(rows))


def row(name: str, start: str, end: str, duration: str = "", tracks: str = "VA1A2") -> str:
    return f"{name}\t{tracks}\t{start}\t{end}\t{duration}\tA001\tS01\t12A\t3\tA001.mov\tnice\t"


def test_a_bin_is_listed_end_to_end(tmp_path: Path) -> None:
    path = tmp_path / "bin.ale"
    path.write_text(
        log(
            row("A", "01:00:00:00", "01:00:01:00", "00:00:01:00"),
            row("B", "23:59:59:00", "00:00:01:00", tracks="A1-4"),
        )
    )
    (timeline,) = read(path).timelines
    (track,) = timeline.tracks
    rate = RATES["23.976"]
    assert (timeline.rate, track.kind) == (rate, Kind.VIDEO)
    first, second = track.clips
    assert (first.source_in, first.source_out) == (rate.seconds(86400), rate.seconds(86424))
    assert (first.record_out, second.record_in) == (rate.seconds(24), rate.seconds(24))
    assert second.duration == rate.seconds(48)
    assert (first.channels, second.channels) == ((1, 2), (1, 2, 3, 4))
    source = first.source
    assert (source.reel, source.tape, source.scene, source.take) == ("A001", "S01", "12A", "3")
    assert (source.url, dict(source.metadata)["Notes"]) == ("A001.mov", "nice")


@pytest.mark.parametrize(
    "odd",
    [
        row("X", "", ""),
        row("X", "25:00:00:00", "25:00:01:00"),
        row("X", "01:00:00:00", "01:00:01:00", "00:00:02:00"),
        row("X", "tomorrow", "01:00:00:00"),
        "only a name",
    ],
)
def test_an_odd_row_costs_only_itself(tmp_path: Path, odd: str) -> None:
    path = tmp_path / "bin.ale"
    path.write_text(log(odd, row("A", "01:00:00:00", "01:00:01:00")))
    cut = read(path)
    assert [clip.name for _, clip in cut.timelines[0].clips()] == ["A"]
    assert [(odd.code, odd.where) for odd in cut.findings] == [("ale.row", "bin.ale:10")]


def test_drop_frame_is_told_by_its_labels(tmp_path: Path) -> None:
    path = tmp_path / "bin.ale"
    path.write_text(log(row("A", "01:00:00;02", "01:01:00;02"), fps="29.97"))
    (timeline,) = read(path).timelines
    assert timeline.rate == RATES["29.97 DF"]
    assert timeline.duration == timeline.rate.seconds(1798)


def test_the_rate_can_be_given_and_must_be_known(tmp_path: Path) -> None:
    path = tmp_path / "bin.ale"
    path.write_text(log(row("A", "01:00:00:00", "01:00:01:00"), fps=""))
    with pytest.raises(TimelineError, match="--rate"):
        read(path)
    (timeline,) = read(path, rate=RATES["25"]).timelines
    assert timeline.duration == Fraction(1)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fall_over(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.ale"
    path.write_bytes(log(row("A", "01:00:00:00", "01:00:01:00")).encode() + tail)
    try:
        read(path)
    except TimelineError:
        return
