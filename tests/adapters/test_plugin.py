"""Other OTIO tools can use our readers, and nothing else changes for them."""

from pathlib import Path

import opentimelineio as otio
import pytest

from adapters import formats
from fixtures.film import Film

OURS = sorted(n for n in otio.adapters.available_adapter_names() if n.startswith("picturelock_"))


def test_every_format_that_needs_an_adapter_has_one() -> None:
    assert (
        sorted(
            f"picturelock_{one.name}" for one in formats.FORMATS if one.reads and one.name != "otio"
        )
        == OURS
    )


def test_no_suffix_is_taken_from_another_adapter() -> None:
    manifest = otio.plugins.ActiveManifest()
    for adapter in manifest.adapters:
        if adapter.name.startswith("picturelock_"):
            assert list(adapter.suffixes) == []
    assert not any("picturelock" in str(hook) for hook in manifest.hooks.values())


def test_another_tool_reads_an_edl_through_us(film: Film) -> None:
    timeline = otio.adapters.read_from_file(
        str(film.edl), adapter_name="picturelock_edl", rate="23.976"
    )
    start = timeline.global_start_time
    assert start.to_timecode(rate=24000 / 1001) == "01:00:00:00"
    sound = [clip for track in timeline.audio_tracks() for clip in track.find_clips()]
    assert len(sound) == len(film.truth.events)
    assert "findings" in timeline.metadata["picturelock"]


@pytest.mark.parametrize("name", ["edl", "fcp7xml", "fcpxml", "aaf", "reaper"])
def test_another_tool_writes_through_us(film: Film, tmp_path: Path, name: str) -> None:
    timeline = otio.adapters.read_from_file(str(film.otio))
    target = tmp_path / f"film.{name}"
    otio.adapters.write_to_file(timeline, str(target), adapter_name=f"picturelock_{name}")
    back = formats.read(target, rate=None).timelines[0]
    assert len([c for track in back.audio for c in track.clips]) == len(film.truth.events)
