"""A review as a marker list: what is said, where, and what is never written over."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from adapters import formats
from conform.errors import RenderError
from conform.timecode import RATES
from ui.cli import cli
from ui.review.notes import FORMS, noted_cut, write_notes
from ui.review.session import Session


@pytest.fixture
def session(session_file: Path) -> Session:
    """Flagged, nudged and accepted, commented on, marked; everything else as it was."""
    session = Session.opened(session_file, reviewer="R. Viewer")
    session.select(0)
    session.nudge(-48)
    session.comment("a breath | earlier")
    session.accept()
    session.go(31)
    session.mark("look here")
    return session


def write(session: Session, path: Path, form: str, *, force: bool = False) -> int:
    sync, review = session.sync, session.state.review
    return write_notes(sync, review, session.standing, path, form, force=force)[0]


def test_every_event_with_something_to_say_has_one_marker(session: Session) -> None:
    markers = noted_cut(session.sync, session.state.review, session.standing).markers
    flagged = [n for n, judge in enumerate(session.standing) if judge.flagged]
    assert [m.at for m in markers] == sorted(m.at for m in markers)
    moved = next(m for m in markers if m.name.startswith("0001"))
    assert moved.at == session.sync.events[0].clip.record_in
    assert moved.name.endswith("by hand, accepted")
    assert moved.comment.startswith("a breath | earlier; moved 48 samples early; R. Viewer, 20")
    assert moved.color == "Green"
    for place in flagged:
        event = session.sync.events[place]
        mine = next(m for m in markers if m.name.startswith(event.id))
        assert "not measured, undecided" in mine.name
        assert "no such take" in mine.comment
    assert any(m.name == "look here" for m in markers)
    assert len(markers) == 2 + len(flagged) + len(session.sync.timeline.markers)


@pytest.mark.parametrize("form", FORMS)
def test_every_program_gets_its_list_and_nothing_is_written_over(
    form: str, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / f"notes{FORMS[form][1]}"
    count = write(session, path, form)
    assert count == 3
    kept = path.read_bytes()
    assert b"a breath" in kept
    with pytest.raises(RenderError, match="exists"):
        write(session, path, form)
    assert path.read_bytes() == kept
    write(session, path, form, force=True)
    assert path.read_bytes() == kept
    with pytest.raises(RenderError, match="source"):
        write(session, Path(session.sync.picture), form, force=True)


def test_pro_tools_locations_come_back_where_they_were(session: Session, tmp_path: Path) -> None:
    write(session, tmp_path / "notes.txt", "protools")
    (back,) = formats.read(tmp_path / "notes.txt", rate=RATES["23.976"]).timelines
    markers = noted_cut(session.sync, session.state.review, session.standing).markers
    assert [m.name for m in back.markers] == [m.name for m in markers]
    away = [abs(a.at - b.at) for a, b in zip(back.markers, markers, strict=True)]
    assert max(away) * 48000 <= 1


def test_the_report_writes_the_list_beside_it(session: Session, tmp_path: Path) -> None:
    session.save()
    page, notes = tmp_path / "r.html", tmp_path / "n.csv"
    words = ["report", str(session.path), "-o", str(page), "--markers", str(notes)]
    done = CliRunner().invoke(cli, [*words, "--form", "reaper"])
    assert done.exit_code in (0, 1), done.output
    rows = list(csv.reader(notes.read_text().splitlines()))
    assert len(rows) == 4
    again = CliRunner().invoke(cli, [*words, "--force", "--form", "tape"])
    assert again.exit_code == 2
    taken = CliRunner().invoke(cli, ["report", str(session.path), "-o", str(tmp_path / "s.html"),
                                     "--markers", str(notes)])  # fmt: skip
    assert isinstance(taken.exception, RenderError)
    assert not (tmp_path / "s.html").exists()


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("suffix", [".html", ".csv", ".json"])
def test_a_list_never_takes_the_name_of_its_report(
    suffix: str, force: bool, session_file: Path, tmp_path: Path
) -> None:
    page, listed = tmp_path / "page.html", tmp_path / f"page{suffix}"
    asked = ["report", session_file, "-o", page, "--markers", listed, "--form", "reaper"]
    ran = CliRunner().invoke(cli, [*map(str, asked), *(["--force"] if force else [])])
    assert isinstance(ran.exception, RenderError)
    assert "the report takes this name" in str(ran.exception)
    assert not list(tmp_path.glob("page.*"))


def test_a_report_that_is_in_the_way_leaves_no_list_behind(
    session_file: Path, tmp_path: Path
) -> None:
    page, listed = tmp_path / "page.html", tmp_path / "notes.csv"
    page.with_suffix(".json").write_text("kept")
    asked = ["report", session_file, "-o", page, "--markers", listed, "--form", "reaper"]
    ran = CliRunner().invoke(cli, [*map(str, asked)])
    assert isinstance(ran.exception, RenderError)
    assert "exists already" in str(ran.exception)
    assert not listed.exists()
