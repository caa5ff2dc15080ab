"""Real exports against the XML's own numbers, read here with a few lines of ElementTree."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from adapters.fcp7xml import read, write
from conform.timecode import Rate
from conform.timeline import Clip, Kind, Source, Timeline, Track

Row = tuple[str, int, int, bool]
TICKS = 254_016_000_000


def exports(corpus: Path) -> list[Path]:
    """The files of the corpus that are xmeml with a sequence."""
    found = [path for path in sorted(corpus.rglob("*.xml")) if b"<xmeml" in path.read_bytes()[:200]]
    assert len(found) > 10
    return found


def stated(path: Path) -> Iterator[tuple[str, ET.Element, ET.Element]]:
    """Kind, track and item of every clip item that stands in the file's outer sequences."""
    root = ET.parse(path).getroot()  # noqa: S314 (the corpus is ours)
    nests = {id(inner) for item in root.iter("clipitem") for inner in item.iter("sequence")}
    for sequence in root.iter("sequence"):
        if id(sequence) not in nests:
            for kind in ("video", "audio"):
                for track in sequence.findall(f"media/{kind}/track"):
                    for item in track:
                        if item.tag in ("clipitem", "generatoritem"):
                            yield kind, track, item


def own(path: Path) -> Iterator[tuple[Timeline, Track, Clip]]:
    for timeline in read(path).timelines:
        for track, clip in timeline.clips():
            yield timeline, track, clip


@pytest.mark.corpus
def test_every_stated_edge_is_where_the_file_says(corpus: Path) -> None:
    checked = 0
    for path in exports(corpus):
        starts: set[tuple[str, str, Fraction]] = set()
        ends: set[tuple[str, str, Fraction]] = set()
        for timeline, track, clip in own(path):
            starts.add((track.kind, clip.name, clip.record_in * timeline.rate.fps))
            ends.add((track.kind, clip.name, clip.record_out * timeline.rate.fps))
        for kind, _, item in stated(path):
            if item.find("sequence") is not None:  # its leaves may leave gaps at its edges
                continue
            name = (item.findtext("name") or item.findtext("file/name") or "").strip()
            start, end = int(item.findtext("start", "-1")), int(item.findtext("end", "-1"))
            if start >= 0:
                assert (kind, name, start) in starts, (path.name, item.get("id"))
                checked += 1
            if end >= 0:
                assert (kind, name, end) in ends, (path.name, item.get("id"))
                checked += 1
    assert checked > 1500


@pytest.mark.corpus
def test_no_clip_is_read_that_no_item_states(corpus: Path) -> None:
    for path in exports(corpus):
        items = Counter(
            (kind, item.get("id", ""))
            for kind, track, item in stated(path)
            if track.get("currentExplodedTrackIndex", "0") == "0"
        )
        others = {(kind, item.get("id", "")) for kind, _, item in stated(path)}
        for _, track, clip in own(path):
            assert (track.kind, clip.event) in others
            items.pop((str(track.kind), clip.event), None)
        assert not items, path.name


@pytest.mark.corpus
def test_in_points_are_premiere_s_ticks_after_the_file_s_timecode(corpus: Path) -> None:
    checked = 0
    for path in exports(corpus):
        clips = {(track.kind, clip.event): clip for _, track, clip in own(path)}
        for kind, _, item in stated(path):
            ticks, clip = item.findtext("pproTicksIn"), clips.get((kind, item.get("id", "")))
            whole = int(item.findtext("start", "-1")) >= 0 and item.find("sequence") is None
            if ticks and clip and whole and clip.speed > 0 and not clip.time_map:
                start = clip.source.start or 0
                assert clip.source_in - start == Fraction(int(ticks), TICKS), item.get("id")
                checked += 1
    assert checked > 200


@pytest.mark.corpus
def test_speeds_switches_and_channels_are_those_of_the_items(corpus: Path) -> None:
    retimed = switched = heard = 0
    for path in exports(corpus):
        clips = {(track.kind, clip.event): (track, clip) for _, track, clip in own(path)}
        for kind, _, item in stated(path):
            if (kind, item.get("id", "")) not in clips or item.find("sequence") is not None:
                continue
            track, clip = clips[kind, item.get("id", "")]
            assert clip.enabled == (item.findtext("enabled", "TRUE") == "TRUE")
            switched += not clip.enabled
            percent = _speed(item)
            if percent is not None and not clip.time_map:
                assert clip.speed in (percent / 100, percent)  # Hiero writes the ratio
                retimed += clip.speed != 1
            index = item.findtext("sourcetrack/trackindex")
            if track.kind is Kind.AUDIO and index:
                assert int(index) in clip.channels
                heard += 1
    assert (retimed >= 3, switched >= 4, heard > 200) == (True, True, True)


def _speed(item: ET.Element) -> Fraction | None:
    for effect in item.iterfind("filter/effect"):
        for parameter in effect.iterfind("parameter"):
            if (effect.findtext("effectid"), parameter.findtext("parameterid")) == (
                "timeremap",
                "speed",
            ):
                return Fraction(parameter.findtext("value") or "100")
    return None


@pytest.mark.corpus
def test_real_exports_survive_our_own_writer(corpus: Path, tmp_path: Path) -> None:
    for path in exports(corpus):
        for number, timeline in enumerate(read(path).timelines):
            again = tmp_path / f"{path.stem} {number}.xml"
            write(timeline, again)
            (back,) = read(again).timelines
            assert (back.name, back.rate, back.start) == (
                timeline.name, timeline.rate, timeline.start
            )  # fmt: skip
            assert [_edges(clip) for _, clip in back.clips()] == [
                _edges(clip) for _, clip in timeline.clips()
            ]
            assert [track.transitions for track in back.tracks] == [
                track.transitions for track in timeline.tracks
            ]


def _edges(clip: Clip) -> tuple[object, ...]:
    return (
        clip.name, clip.record_in, clip.record_out, clip.source_in, clip.source_out, clip.speed,
        clip.channels, clip.enabled, clip.fade_in, clip.fade_out, clip.time_map,
    )  # fmt: skip


def test_three_thousand_clips_read_in_three_seconds(tmp_path: Path) -> None:
    source = Source("a.mov", "/a.mov", start=Fraction(3600), duration=Fraction(9999))
    clips = tuple(
        Clip("shot", *map(Fraction, (n, n + 1, 3600 + n, 3601 + n)), source) for n in range(1000)
    )
    tracks = tuple(Track(Kind.VIDEO, index, clips=clips) for index in (1, 2, 3))
    path = tmp_path / "long.xml"
    write(Timeline("long", Rate(Fraction(24)), tracks=tracks), path)
    began = time.process_time()
    (timeline,) = read(path).timelines
    assert time.process_time() - began < 3
    assert len(list(timeline.clips())) == 3000
