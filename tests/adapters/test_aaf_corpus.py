"""Real AAF files beside what other readers make of them."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from aaf2.components import OperationGroup
from aaf2.file import AAFFile
from aaf2.misc import generate_offset_map

from adapters.aaf import read
from conform.errors import TimelineError

CORPUS = Path(
    os.environ.get("CONFORM_CORPUS", Path(__file__).resolve().parents[2].parent / "shared/corpus")
)
FILES = sorted((CORPUS / "aaf").glob("[!l]*/*.aaf"))  # LibAAF's have tests of their own
RETIMES = [path for path in FILES if path.stem[:-2] in {"bezier", "linear", "spline", "step"}]
SPEED_MAP = "8d56827c-847e-11d5-935a-50f857c10000"
pytestmark = pytest.mark.corpus


def name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_file_is_read_or_refused_with_its_reason(path: Path) -> None:
    if path.name == "empty.aaf":
        with pytest.raises(TimelineError, match="no sequence"):
            read(path)
        return
    for timeline in read(path).timelines:
        for track, clip in timeline.clips():
            assert clip.record_in < clip.record_out, track
            assert clip.source_in <= clip.source_out
            assert clip.source_in >= (clip.source.start or 0)
            if clip.speed and not clip.time_map:
                assert clip.source_out - clip.source_in == clip.duration * abs(clip.speed)


# flat enough for the other reader, and free of what it is known to lose
SAME = (
    "2997fps",
    "30fps",
    "duplicates",
    "marker-over-transition",
    "multitrack",
    "one_audio_clip",
    "one_clip",
    "preflattened",
    "simple",
    "timecode_test",
    "trims",
    "utf8",
)


@pytest.mark.parametrize("stem", SAME)
def test_positions_and_source_times_equal_another_readers(stem: str) -> None:
    path = CORPUS / "aaf/otio-aaf" / f"{stem}.aaf"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    mine = sorted(
        (clip.record_in, clip.duration, clip.source_in)
        for _, clip in read(path).timelines[0].clips()
    )
    theirs = sorted(_placed(path))
    assert len(mine) == len(theirs)
    for ours, other in zip(mine, theirs, strict=True):
        assert ours == pytest.approx(other, abs=1e-6)


def _placed(path: Path) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Record in, length and source in of every clip that the other reader finds."""
    found = otio.adapters.read_from_file(str(path), adapter_name="AAF")
    placed = []
    for clip in found.find_clips():
        span = clip.transformed_time_range(clip.trimmed_range(), found.tracks)
        used = (span.start_time, span.duration, clip.trimmed_range().start_time)
        placed.append(tuple(Fraction(time.value) / Fraction(time.rate) for time in used))
    return placed


@pytest.mark.parametrize("path", RETIMES, ids=name)
def test_keyframed_speeds_follow_the_integral_of_their_speed_graph(path: Path) -> None:
    """The graph is integrated by pyaaf2; we read the positions that Media Composer stored."""
    frame = Fraction(1, 24)  # the footage counts 24 frames under a 23.976 timeline
    ((_, clip),) = read(path).timelines[0].clips()
    start = clip.source.start or Fraction(0)
    mine = {point.record: (point.source - start) / frame for point in clip.time_map}
    for at, expected in _integrated(path):
        record = Fraction(at) / Fraction(24000, 1001)
        if record in mine:
            assert float(mine[record]) == pytest.approx(expected, abs=0.15)
    assert len(clip.time_map) == 113


def _integrated(path: Path) -> list[tuple[float, float]]:
    """The frames of the effect and of its media by the speed graph, held at the media's ends."""
    with AAFFile(str(path), "r") as file:
        (effect,) = (
            item
            for mob in file.content.toplevel()
            for item, _ in mob.walk_references(topdown=True)
            if isinstance(item, OperationGroup) and item.operation.name == "Motion Control"
        )
        (speeds,) = (item for item in effect.parameters if str(item.auid) == SPEED_MAP)
        (clip,) = next(iter(effect.segments)).components
        last = clip.slot.segment.length
        return [
            (at, min(max(clip.start + value, 0), last))
            for at, value in generate_offset_map(speeds, 0, 56)
        ]


def test_speeds_of_media_composer_are_exact() -> None:
    path = CORPUS / "aaf/otio-aaf/misc_speed_effects.aaf"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    (track,) = read(path).timelines[0].video
    assert [clip.speed for clip in track.clips] == [
        *(1, 0, 2, Fraction(1, 2), 3, Fraction(3, 8), Fraction(115, 8)),
        *(Fraction(3, 8), -1, Fraction(15, 16)),
    ]
