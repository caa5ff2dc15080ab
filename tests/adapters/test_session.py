"""A session opens in any OTIO tool, finds its files after a move, and refuses what is not ours."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio
import pytest

from adapters import otio, session
from conform.errors import RenderError, SessionError
from conform.match import Match, Verdict
from conform.review.originals import marks_of, refuse_changed
from conform.roll import Roll, RollChannel
from conform.synced import EventSync, Status, Sync
from conform.timecode import Rate
from conform.timeline import Clip, Kind, Source, Timeline, Track

R25 = Rate(Fraction(25))


@pytest.fixture
def sync(tmp_path: Path) -> Sync:
    folder = tmp_path / "show"
    (folder / "rolls").mkdir(parents=True)
    sound = folder / "rolls" / "12A-3 é.wav"
    picture = folder / "guide.mov"
    for path in (sound, picture):
        path.write_bytes(b"x")
    clip = Clip("a", Fraction(1), Fraction(5), Fraction(3600), Fraction(3604), Source("12A-3"))
    roll = Roll(
        "12A-3", (RollChannel("Boom", sound, 0),), 480_000, 48000, Fraction(3590), scene="12A"
    )
    match = Match(Verdict.MATCH, 48000, lag_samples=0.1 + 0.2, score=1e-300)
    event = EventSync("1", clip, (1,), Status.MEASURED, roll=roll, zero=Fraction(-9), match=match)
    track = Track(Kind.AUDIO, 1, "A1", (clip,))
    timeline = Timeline("cut", R25, Fraction(3600), (track,))
    return Sync(timeline, str(picture), 48000, Fraction(5), (event,), (roll,))


def test_any_otio_tool_opens_it_and_sees_the_take(sync: Sync, tmp_path: Path) -> None:
    path = tmp_path / "show" / "s.otio"
    session.save(sync, path)
    root = opentimelineio.adapters.read_from_file(str(path))
    (clip,) = root.find_clips()
    take = clip.media_references()["picturelock"]
    assert take.target_url == "rolls/12A-3 é.wav"
    assert take.available_range.duration.to_seconds() == 10
    assert clip.media_reference.name == "12A-3"
    assert otio.read(path).timelines == (sync.timeline,)


def test_the_cut_is_found_where_it_lies_now_and_an_old_session_names_none(
    sync: Sync, tmp_path: Path
) -> None:
    cut, path = tmp_path / "show" / "cut.edl", tmp_path / "show" / "s.otio"
    cut.write_text("x")
    session.save(replace(sync, cut=str(cut)), path)
    shutil.move(tmp_path / "show", tmp_path / "archive")
    there = tmp_path / "archive" / "s.otio"
    assert Path(session.load(there).cut) == tmp_path / "archive" / "cut.edl"
    raw = json.loads(there.read_text())
    del raw["metadata"]["picturelock"]["session"]["cut"]
    there.write_text(json.dumps(raw))
    assert session.load(there).cut == ""


def test_files_are_found_after_the_folder_has_moved(sync: Sync, tmp_path: Path) -> None:
    session.save(sync, tmp_path / "show" / "s.otio")
    shutil.move(tmp_path / "show", tmp_path / "archive")
    again = session.load(tmp_path / "archive" / "s.otio")
    assert again.rolls[0].path == tmp_path / "archive" / "rolls" / "12A-3 é.wav"
    assert Path(again.picture) == tmp_path / "archive" / "guide.mov"
    assert again.events[0].roll == again.rolls[0]


def test_an_event_that_was_changed_elsewhere_is_told(sync: Sync, tmp_path: Path) -> None:
    path = tmp_path / "s.otio"
    session.save(sync, path)
    root = opentimelineio.adapters.read_from_file(str(path))
    next(iter(root.find_clips())).name = "b"
    opentimelineio.adapters.write_to_file(root, str(path))
    assert [finding.code for finding in session.load(path).findings] == ["session.edited"]


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_other_versions_are_refused(sync: Sync, tmp_path: Path, version: object) -> None:
    path = tmp_path / "s.otio"
    session.save(sync, path)
    tree = json.loads(path.read_text())
    tree["metadata"]["picturelock"]["session"]["version"] = version
    path.write_text(json.dumps(tree))
    with pytest.raises(SessionError, match="version"):
        session.load(path)


def test_what_is_no_session_is_refused(sync: Sync, tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    otio.write(sync.timeline, path)
    with pytest.raises(SessionError, match="no Picturelock session"):
        session.load(path)
    path.write_text("{")
    with pytest.raises(SessionError, match="line 1"):
        session.load(path)
    with pytest.raises(SessionError, match="no such file"):
        session.load(tmp_path / "gone.otio")


def test_a_damaged_session_is_refused_in_one_line(sync: Sync, tmp_path: Path) -> None:
    path = tmp_path / "s.otio"
    session.save(sync, path)
    tree = json.loads(path.read_text())
    header = tree["metadata"]["picturelock"]["session"]
    for key in header.keys() - {"version", "paths"}:
        for bad in (None, 5.5, "x", [7], {"y": 1}):
            broken = {**header, key: bad}
            tree["metadata"]["picturelock"]["session"] = broken
            path.write_text(json.dumps(tree))
            try:
                session.load(path)
            except SessionError as fault:
                assert "\n" not in str(fault)  # noqa: PT017  # a picture named 'x' is a picture


def test_a_session_is_not_overwritten_nor_its_sources(sync: Sync, tmp_path: Path) -> None:
    path = tmp_path / "s.otio"
    session.save(sync, path)
    before = path.read_bytes()
    with pytest.raises(RenderError, match="exists already"):
        session.save(replace(sync, picture=""), path)
    with pytest.raises(RenderError, match="source file"):
        session.save(sync, Path(sync.picture), force=True, sources=(Path(sync.picture),))
    assert path.read_bytes() == before
    session.save(sync, path, force=True)
    assert path.read_bytes() == before  # the same session is the same file, byte for byte


@pytest.mark.parametrize(
    "change", [{"sample_rate": 0}, {"sample_rate": -48000}, {"length": Fraction(0)}]
)
def test_numbers_that_no_sync_wrote_are_refused(
    sync: Sync, tmp_path: Path, change: dict[str, Any]
) -> None:
    path = tmp_path / "s.otio"
    session.save(replace(sync, **change), path)
    with pytest.raises(SessionError, match="damaged"):
        session.load(path)


def test_marks_that_are_not_one_for_each_file_stop_an_export(sync: Sync) -> None:
    marked = replace(sync, marks=marks_of(sync))
    refuse_changed(marked)
    with pytest.raises(SessionError, match="run conform sync again"):
        refuse_changed(replace(marked, marks=marked.marks[:-1]))
    sync.rolls[0].path.write_bytes(b"y")
    with pytest.raises(SessionError, match="not the file that was measured"):
        refuse_changed(marked)
