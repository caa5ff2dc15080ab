"""The one door: by content, not by suffix; never a traceback; nothing impossible goes through."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from adapters import formats
from adapters.checks import validate
from adapters.formats import FORMATS
from conform.errors import ConformError, TimelineError
from conform.findings import Level
from conform.timecode import Rate
from conform.timeline import Clip, Kind, Marker, Timeline, Track

R25 = Rate(Fraction(25))
CLIP = Clip("a", Fraction(0), Fraction(4), Fraction(0), Fraction(4))
CUT = Timeline("cut", R25, Fraction(3600), (Track(Kind.AUDIO, 1, "A1", (CLIP,)),))
WRITTEN = [one for one in FORMATS if one.reads and one.writes]


@pytest.mark.parametrize("one", WRITTEN, ids=lambda one: one.name)
def test_what_is_written_is_recognised_under_any_name(one: formats.Format, tmp_path: Path) -> None:
    path = tmp_path / f"cut{one.suffixes[0]}"
    formats.write(CUT, path)
    assert formats.recognised(path) is one
    misnamed = tmp_path / "cut.doc"
    shutil.copyfile(path, misnamed)
    assert formats.recognised(misnamed) is one
    (again,) = formats.read(misnamed, rate=R25).timelines
    ((_, clip),) = again.clips()
    assert clip.duration == 4


def test_formats_are_told_apart_by_their_first_bytes() -> None:
    assert len({one.name for one in FORMATS}) == len(FORMATS)
    heads = {
        "otio": b'\xef\xbb\xbf {"OTIO_SCHEMA": "Timeline.1"}',
        "fcp7xml": b'<?xml version="1.0"?>\n<!-- <fcpxml> --><!DOCTYPE xmeml>\n<xmeml>',
        "fcpxml": '<?xml version="1.0"?><fcpxml version="1.10">'.encode("utf-16"),
        "edl": b"001  A V C 01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00",
        "aes31": b"<ADL>\r\n",
        "reaper": b'<REAPER_PROJECT 0.1 "7.0"',
        "ptx_text": "SESSION NAME:\tX".encode("utf-16"),
        "ale": b"Heading\nFIELD_DELIM\tTABS",
    }
    for name, head in heads.items():
        assert next(one.name for one in FORMATS if one.recognises(head, Path("x"))) == name


@pytest.mark.parametrize(
    "content", [b"", b"\0\0\0", b"  \r\n", b"hello", b"PK\3\4junk", b"<html>", b"{", b"\xff\xfe"]
)
def test_other_files_are_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cut.edl"
    path.write_bytes(content)
    with pytest.raises(TimelineError) as fault:
        formats.read(path)
    assert "\n" not in str(fault.value)
    assert str(path) in str(fault.value)


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TimelineError, match="folder"):
        formats.read(tmp_path)
    with pytest.raises(TimelineError, match="no such file"):
        formats.read(tmp_path / "gone.edl")
    with pytest.raises(TimelineError):
        formats.read(Path("a\0b"))
    pipe = tmp_path / "pipe"
    os.symlink("pipe", pipe)  # noqa: PTH211  # a loop of links, which pathlib resolves
    with pytest.raises(TimelineError):
        formats.read(pipe)


def test_unknown_formats_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(TimelineError, match=r"'\.doc' cannot be written; can be: otio"):
        formats.write(CUT, tmp_path / "cut.doc")
    formats.write(CUT, tmp_path / "cut.doc", format="otio")
    assert formats.recognised(tmp_path / "cut.doc").name == "otio"


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"record_in": Fraction(-1)}, "before the timeline"),
        ({"record_out": Fraction(0)}, "no length"),
        ({"source_out": Fraction(-1)}, "ends before it begins"),
        ({"source_out": Fraction(90000)}, "more than a day"),
        ({"speed": Fraction(2000)}, "times its speed"),
        ({"gain_db": float("nan")}, "no number"),
    ],
)
def test_impossible_clips_are_errors_that_name_them(fields: dict[str, Fraction], word: str) -> None:
    bad = replace(CLIP, **fields)  # type: ignore[arg-type]  # fields of Clip by name
    good = replace(CLIP, record_in=Fraction(5), record_out=Fraction(6))
    (finding,) = validate(
        replace(CUT, tracks=(Track(Kind.AUDIO, 1, "A1", (bad, good)),)), Path("x")
    )
    assert finding.level is Level.ERROR
    assert "'a' on A1" in finding.message
    assert word in finding.message


def test_what_the_reader_left_out_is_the_reason_for_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    path.write_text(
        '<fcpxml version="1.10"><resources><format id="f" frameDuration="1/25s"/></resources>'
        '<project name="p"><sequence format="f"><spine>\n<title offset="0s"/>'
        "</spine></sequence></project></fcpxml>"
    )
    with pytest.raises(TimelineError, match=r"no marker.*\(cut\.fcpxml:2: .*duration"):
        formats.read(path)


def test_impossible_timelines_are_refused() -> None:
    far = replace(CLIP, record_out=Fraction(25 * 3600))
    for timeline in (
        replace(CUT, tracks=()),
        replace(CUT, start=Fraction(-1)),
        replace(CUT, tracks=(Track(Kind.AUDIO, 1, "A1", (far,)),)),
    ):
        with pytest.raises(TimelineError):
            validate(timeline, Path("x"))


@pytest.mark.parametrize("one", WRITTEN, ids=lambda one: one.name)
def test_only_markers_are_a_cut_that_is_kept_or_refused(
    one: formats.Format, tmp_path: Path
) -> None:
    spotting = replace(CUT, tracks=(), markers=(Marker(Fraction(2), "cue 1"),))
    assert validate(spotting, Path("x")) == ()
    path = tmp_path / f"cut{one.suffixes[0]}"
    if one.name == "edl":
        with pytest.raises(TimelineError, match="needs one"):
            formats.write(spotting, path)
    elif not formats.write(spotting, path):
        (again,) = formats.read(path).timelines
        assert [marker.name for marker in again.markers] == ["cue 1"]


@pytest.mark.corpus
def test_every_real_file_opens_or_is_refused_in_one_line(corpus: Path) -> None:
    opened = 0
    for path in sorted(corpus.rglob("*")):
        if path.suffix.lower() not in (".edl", ".otio", ".json", ".xml", ".fcpxml", ".txt"):
            continue
        try:
            cut = formats.read(path, rate=R25 if path.suffix == ".ale" else None)
        except ConformError as fault:
            assert "\n" not in str(fault), path  # noqa: PT017  # most files open
        else:
            assert cut.timelines
            opened += 1
    assert opened > 150
