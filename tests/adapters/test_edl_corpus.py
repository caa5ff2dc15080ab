"""Real lists against pycmx, an independent parser, and against their own labels."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pycmx
import pytest

from adapters.edl import read
from adapters.edl.entries import Entry, entries
from adapters.edl.statements import statement
from adapters.text import read_text
from conform.errors import TimelineError
from conform.timecode import Rate

pytestmark = pytest.mark.corpus
LABEL = r"(\d\d[:;]\d\d[:;]\d\d[:;]\d\d)"
EVENT = re.compile(rf"^\s*(\d+)\s.*?\s{LABEL}\s+{LABEL}\s+{LABEL}\s+{LABEL}\s*$")


def lists(corpus: Path) -> list[Path]:
    return sorted(p for p in corpus.rglob("*") if p.suffix.lower() == ".edl")


def test_every_list_reads_or_says_in_one_line_why_not(corpus: Path) -> None:
    for path in lists(corpus):
        if path.name != "mplayer.edl":
            (timeline,) = read(path).timelines
            assert timeline.duration > 0


def test_a_list_without_timecode_is_refused_in_one_line(corpus: Path) -> None:
    with pytest.raises(TimelineError, match=r"line 1: this is no CMX3600") as fault:
        read(corpus / "mixed/lossless-cut/mplayer.edl")
    assert "\n" not in str(fault.value)


def plain(path: Path) -> list[Entry]:
    lines = read_text(path).lines
    found = (statement(line, number) for number, line in enumerate(lines, start=1))
    return list(entries([item for item in found if item is not None]))


def test_edits_are_those_that_pycmx_finds(corpus: Path, tmp_path: Path) -> None:
    compared = 0
    for path in lists(corpus):
        ours = plain(path)
        copy = tmp_path / "list.edl"
        copy.write_text("\n".join(read_text(path).lines))
        with copy.open() as file:
            theirs = (
                {
                    edit.line_number + 1: edit
                    for event in pycmx.parse_cmx3600(file, tolerant=True).events
                    for edit in event.edits
                }
                if ours
                else {}
            )
        for entry in ours:
            other = theirs.get(entry.edit.line)
            if other is None or not re.fullmatch(LABEL, other.source_in):
                continue  # pycmx knows no A1234V, no blank effect and no columns out of place
            edit = entry.edit
            assert (edit.source_in, edit.source_out) == (other.source_in, other.source_out), path
            assert (edit.record_in, edit.record_out) == (other.record_in, other.record_out), path
            # columns a few places off put the channel into pycmx's reel
            reel = re.sub(rf"\s+{edit.channels}$", "", other.source.strip())
            assert edit.reel == reel, (path, edit.line)
            compared += 1
    assert compared > 2000


def count(label: str, rate: Rate) -> int:
    """A second reading of drop frame: every label is counted by stepping over the skipped ones."""
    hours, minutes, seconds, frames = map(int, re.split("[:;]", label))
    total = hours * 60 + minutes
    skipped = (rate.nominal // 15) * (total - total // 10) if rate.drop else 0
    return (total * 60 + seconds) * rate.nominal + frames - skipped


def test_every_event_lies_where_its_record_labels_say(corpus: Path) -> None:
    checked = 0
    for path in lists(corpus):
        if path.name == "mplayer.edl":
            continue
        (timeline,) = read(path).timelines
        rate = timeline.rate
        clips = {
            (clip.event, timeline.start + clip.record_in, timeline.start + clip.record_out)
            for _, clip in timeline.clips()
        }
        for line in read_text(path).lines:
            if match := EVENT.match(line):
                first, last = (count(match[i], rate) for i in (4, 5))
                if first == last:
                    continue
                assert (match[1], rate.seconds(first), rate.seconds(last)) in clips, (path, line)
                checked += 1
    assert checked > 2000


def test_sources_without_retime_start_at_their_labels(corpus: Path) -> None:
    (timeline,) = read(corpus / "edl/sg-otio/cut_import_example.edl").timelines
    clip = timeline.video[0].clips[2]
    assert clip.source_in == Fraction(9, 24)
    assert clip.source_out == 6 + Fraction(10, 24)
    assert clip.source.reel == "204_CTE_"
    assert clip.name == "204_CTE_0020_CMP_V0052.MOV"
