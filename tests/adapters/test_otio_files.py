"""OTIO as other tools write it, and as hostile ones do."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio
import pytest

from adapters import otio
from conform.errors import TimelineError
from conform.timeline import Timeline

Json = dict[str, Any]


def at(value: float, rate: float = 24) -> Json:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": value, "rate": rate}


def span(start: float, length: float, rate: float = 24) -> Json:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": at(start, rate),
        "duration": at(length, rate),
    }


MISSING = {"OTIO_SCHEMA": "MissingReference.1"}


def clip(name: str, start: float, length: float, **fields: Any) -> Json:
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": name,
        "source_range": span(start, length, fields.pop("rate", 24)),
        "media_references": {"DEFAULT_MEDIA": fields.pop("media", MISSING)},
        "active_media_reference_key": "DEFAULT_MEDIA",
        **fields,
    }


def warp(scalar: float) -> Json:
    return {"OTIO_SCHEMA": "LinearTimeWarp.1", "time_scalar": scalar}


def track(*children: Json, **fields: Any) -> Json:
    return {"OTIO_SCHEMA": "Track.1", "kind": "Video", "children": list(children), **fields}


def stack(*children: Json, **fields: Any) -> Json:
    return {"OTIO_SCHEMA": "Stack.1", "children": list(children), **fields}


def timeline(*children: Json, **fields: Any) -> Json:
    return {"OTIO_SCHEMA": "Timeline.1", "name": "cut", "tracks": stack(*children), **fields}


@pytest.fixture
def reading(tmp_path: Path) -> Callable[[Any], Timeline]:
    def read(tree: Any) -> Timeline:
        path = tmp_path / "cut.otio"
        path.write_text(tree if isinstance(tree, str) else json.dumps(tree))
        (found,) = otio.read(path).timelines
        return found

    return read


Reading = Callable[[Any], Timeline]


def spans(found: Timeline) -> list[tuple[str, Fraction, Fraction, Fraction, Fraction]]:
    return [
        (one.name, one.record_in, one.record_out, one.source_in, one.source_out)
        for _, one in found.clips()
    ]


@pytest.mark.parametrize("rate", [29.97, 29.970029970029973, 30000 / 1001])
def test_rates_are_snapped_to_those_of_the_trade(reading: Reading, rate: float) -> None:
    found = reading(
        timeline(track(clip("a", 30, 60, rate=rate)), global_start_time=at(108000, rate))
    )
    assert found.rate.fps == Fraction(30000, 1001)
    assert found.start == Fraction(108000 * 1001, 30000)
    assert found.tracks[0].clips[0].source_in == Fraction(1001, 1000)


def test_gaps_and_transitions_keep_their_places(reading: Reading) -> None:
    joint = {
        "OTIO_SCHEMA": "Transition.1",
        "transition_type": "SMPTE_Dissolve",
        "in_offset": at(6),
        "out_offset": at(12),
    }
    gap = {"OTIO_SCHEMA": "Gap.1", "source_range": span(0, 24)}
    found = reading(timeline(track(gap, clip("a", 0, 48), joint, clip("b", 0, 24))))
    assert [one[:3] for one in spans(found)] == [("a", 1, 3), ("b", 3, 4)]
    (transition,) = found.tracks[0].transitions
    assert (transition.record_in, transition.cut) == (Fraction(11, 4), 3)
    assert transition.record_out == Fraction(7, 2)


@pytest.mark.parametrize(
    ("scalar", "used"), [(2.0, 2), (-0.5, Fraction(1, 2)), (0.0, Fraction(1, 24))]
)
def test_retimes_use_their_source(reading: Reading, scalar: float, used: Fraction) -> None:
    found = reading(timeline(track(clip("a", 24, 24, effects=[warp(scalar)]))))
    ((_, one),) = found.clips()
    assert one.speed == Fraction(scalar)
    assert (one.source_in, one.source_out) == (1, 1 + used)


def test_nesting_is_resolved_to_the_leaves(reading: Reading) -> None:
    inner = track(clip("a", 0, 48), clip("b", 240, 48), source_range=span(24, 48))
    found = reading(timeline(track(clip("x", 0, 24), stack(inner))))
    assert spans(found)[1:] == [("a", 1, 2, 1, 2), ("b", 2, 3, 10, 11)]


def test_a_retimed_nest_retimes_its_clips(reading: Reading) -> None:
    nest = stack(
        track(clip("a", 0, 48), clip("b", 240, 48)),
        source_range=span(0, 48),
        effects=[warp(2.0)],
    )
    found = reading(timeline(track(nest)))
    assert spans(found) == [("a", 0, 1, 0, 2), ("b", 1, 2, 10, 12)]
    assert [one.speed for _, one in found.clips()] == [2, 2]


def test_a_reversed_nest_plays_its_clips_backwards(reading: Reading) -> None:
    nest = stack(track(clip("a", 0, 24), clip("b", 240, 24)), effects=[warp(-1.0)])
    found = reading(timeline(track({**nest, "source_range": span(0, 48)})))
    assert sorted(one[:3] for one in spans(found)) == [("a", 1, 2), ("b", 0, 1)]
    assert {one.speed for _, one in found.clips()} == {-1}


def test_a_frozen_nest_shows_one_frame(reading: Reading) -> None:
    freeze = {"OTIO_SCHEMA": "FreezeFrame.1"}
    inner = track(clip("a", 0, 24), clip("b", 240, 24))
    nest = stack(inner, source_range=span(36, 12), effects=[freeze])
    (one,) = spans(reading(timeline(track(nest))))
    assert one == ("b", 0, Fraction(1, 2), Fraction(21, 2), Fraction(253, 24))


def test_metadata_of_other_tools_names_the_source(reading: Reading) -> None:
    channels = [{"Source Channel ID": 1, "Source Track ID": 0}]
    media = {
        "OTIO_SCHEMA": "ExternalReference.1",
        "target_url": "file:///a.wav",
        "available_range": span(86400, 480),
    }
    one = clip(
        "a",
        86400 + 48,
        24,
        media=media,
        metadata={
            "Resolve_OTIO": {"Channels": channels},
            "cmx_3600": {"reel": "R7"},
            "AAF": {"UserComments": {"Scene": "12A", "Take": "3"}},
        },
    )
    ((_, found),) = reading(timeline(track(one, kind="Audio"))).clips()
    assert found.channels == (2,)
    assert (found.source.reel, found.source.scene, found.source.take) == ("R7", "12A", "3")
    assert (found.source.start, found.source.duration) == (3600, 20)


def test_a_media_range_of_rate_zero_is_survived(reading: Reading) -> None:
    media = {"OTIO_SCHEMA": "MissingReference.1", "available_range": span(0, 0, 0)}
    ((_, one),) = reading(
        timeline(track(clip("a", 0, 24, media_references={"DEFAULT_MEDIA": media})))
    ).clips()
    assert one.source.start is None


def test_newer_schemas_are_read_as_older_ones(tmp_path: Path) -> None:
    color = {"OTIO_SCHEMA": "Color.1", "name": "RED"}
    marker = {"OTIO_SCHEMA": "Marker.3", "name": "m", "marked_range": span(12, 0), "color": color}
    path = tmp_path / "cut.otio"
    path.write_text(json.dumps(timeline(track(clip("a", 0, 24, markers=[marker])))))
    cut = otio.read(path)
    ((_, one),) = cut.timelines[0].clips()
    assert [(m.name, m.at, m.color) for m in one.markers] == [("m", Fraction(1, 2), "RED")]
    assert [finding.code for finding in cut.findings] == ["otio.newer-schema"]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e308", "-1"])
def test_impossible_times_are_refused_by_the_name_of_the_clip(reading: Reading, value: str) -> None:
    text = json.dumps(timeline(track(clip("the clip", 0, 77)))).replace("77", value)
    with pytest.raises(TimelineError, match="the clip"):
        reading(text)


@pytest.mark.parametrize("rate", [0, -24, "NaN", 1e-320])
def test_impossible_rates_are_refused(reading: Reading, rate: object) -> None:
    with pytest.raises(TimelineError, match="the clip"):
        reading(
            json.dumps(timeline(track(clip("the clip", 0, 24, rate=77)))).replace("77", str(rate))
        )


def deep(levels: int) -> str:
    return '{"OTIO_SCHEMA":"Stack.1","children":[' * levels + "]}" * levels


@pytest.mark.parametrize(
    "text",
    [
        deep(150),
        deep(50_000),
        json.dumps({"OTIO_SCHEMA": "UnknownSchema.1"}),  # ends the process inside OpenTimelineIO
        json.dumps({"OTIO_SCHEMA": "Clip.1e-320"}),
        json.dumps({"a": {**at(0), "b": {"OTIO_SCHEMA": "Stack.1"}}, "OTIO_SCHEMA": "Clip.2"}),
        json.dumps(timeline(track({"OTIO_SCHEMA": "Item.1"}))),
        json.dumps({"OTIO_SCHEMA": "Adapter.1", "name": "x", "filepath": "x.py", "suffixes": []}),
        json.dumps([1]),
        "{",
        "null",
    ],
    ids=range(10),
)
def test_hostile_files_are_refused_in_one_line(reading: Reading, text: str) -> None:
    with pytest.raises(TimelineError) as fault:
        reading(text)
    assert "\n" not in str(fault.value)


def test_bundles_are_read_without_unpacking(tmp_path: Path) -> None:
    text = json.dumps(timeline(track(clip("a", 0, 24))))
    packed = tmp_path / "cut.otioz"
    with zipfile.ZipFile(packed, "w") as bundle:
        bundle.writestr("content.otio", text)
        bundle.writestr("../evil", "x")
    folder = tmp_path / "cut.otiod"
    folder.mkdir()
    (folder / "content.otio").write_text(text)
    for path in (packed, folder):
        assert spans(otio.read(path).timelines[0]) == [("a", 0, 1, 0, 1)]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.otiod", "cut.otioz"]


def test_a_bundle_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.otioz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("content.otio", b" " * 2**24)
    with pytest.raises(TimelineError, match="too densely"):
        otio.read(path)


def test_a_bundle_is_unpacked_into_a_new_folder_only(tmp_path: Path) -> None:
    path = tmp_path / "cut.otioz"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("content.otio", json.dumps(timeline(track(clip("a", 0, 24)))))
        for name in ("media/a.wav", "../evil.wav", "media/../../up.wav", "/etc/x.wav", ".bashrc"):
            bundle.writestr(name, name)
    cut = otio.unpack(path, tmp_path / "out")
    assert spans(otio.read(cut).timelines[0]) == [("a", 0, 1, 0, 1)]
    files = sorted(p.relative_to(tmp_path / "out").as_posix() for p in cut.parent.rglob("*.*"))
    assert files == ["content.otio", "media/a.wav"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.otioz", "out"]
    with pytest.raises(TimelineError, match="exists already"):
        otio.unpack(path, tmp_path / "out")


def test_what_another_tool_changed_is_believed(tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    path.write_text(json.dumps(timeline(track(clip("a", 0, 24), clip("b", 0, 24)))))
    ours = tmp_path / "ours.otio"
    otio.write(otio.read(path).timelines[0], ours)
    root = opentimelineio.adapters.read_from_file(str(ours))
    del root.tracks[0][0]
    opentimelineio.adapters.write_to_file(root, str(ours))
    cut = otio.read(ours)
    assert spans(cut.timelines[0]) == [("b", 0, 1, 0, 1)]
    assert [finding.code for finding in cut.findings] == ["otio.edited"]


@pytest.mark.corpus
def test_places_of_real_files_are_those_that_opentimelineio_finds(corpus: Path) -> None:
    checked = 0
    for path in sorted(corpus.rglob("*.otio")):
        try:
            (found,) = otio.read(path).timelines
        except TimelineError:
            continue
        ours = {(one.name, round(float(one.record_in), 6)) for _, one in found.clips()}
        if "Marker.3" in path.read_text() or path.name == "nested_example.otio":
            continue  # OpenTimelineIO refuses the one, and gives places in the parent only
        root = opentimelineio.core.deserialize_json_from_string(path.read_text())
        for item in root.tracks:
            for child in item.find_clips(shallow_search=True) if not item.source_range else ():
                place = round(item.range_of_child(child).start_time.to_seconds(), 6)
                assert (child.name, place) in ours, path
                checked += 1
    assert checked > 15
