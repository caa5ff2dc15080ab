"""Decisions on disk: two windows, another program, no room, a window that closes."""

import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from adapters import reviews
from adapters import session as files
from conform.errors import RenderError
from conform.review.decision import Choice
from ui.review.session import Session
from ui.viewer import window as rooms
from ui.viewer.keeper import Keeper
from ui.viewer.saving import Unsaved
from ui.viewer.window import Window

Room = Callable[..., Window]


@pytest.fixture
def keepers(qapp: object) -> Iterator[Callable[[Path], tuple[Session, Keeper]]]:
    made: list[Keeper] = []

    def opened(path: Path) -> tuple[Session, Keeper]:
        session = Session.opened(path)
        made.append(Keeper(session))
        return session, made[-1]

    yield opened
    for keeper in made:
        keeper.close()


def test_two_windows_on_one_session_lose_nothing(
    keepers: Callable[[Path], tuple[Session, Keeper]], session_file: Path, qtbot: QtBot
) -> None:
    (first, one), (second, other) = keepers(session_file), keepers(session_file)
    first.select(0)
    first.accept()
    second.select(1)
    second.comment("mine")
    second.accept()
    first.select(2)
    first.comment("from here")
    second.select(2)
    second.comment("from there")
    assert not one.finish()
    assert not other.finish()
    qtbot.waitUntil(lambda: first.state.review.of("0002").comment == "mine", timeout=8000)
    qtbot.waitUntil(lambda: first.state.saved and second.state.saved, timeout=8000)
    held = files.load_reviewed(session_file)[1]
    for review in (first.state.review, second.state.review, held):
        assert review.of("0001").choice is Choice.ACCEPTED
        assert review.of("0002").choice is Choice.ACCEPTED
        assert set(review.of("0003").comment.split(" / ")) == {"from here", "from there"}
    first.undo()
    assert first.state.review.of("0002").choice is Choice.ACCEPTED


def test_decisions_on_a_session_that_was_synced_anew_go_beside_it(
    keepers: Callable[[Path], tuple[Session, Keeper]], session_file: Path
) -> None:
    session, keeper = keepers(session_file)
    anew = session_file.read_bytes().replace(b'"Boom"', b'"BOOM"')
    session_file.write_bytes(anew)
    session.select(0)
    session.accept()
    assert not keeper.finish()
    assert session_file.read_bytes() == anew
    beside = session_file.with_stem(f"{session_file.stem} (kept 1)")
    assert files.load_reviewed(beside)[1].of("0001").choice is Choice.ACCEPTED
    assert session.path == beside
    assert "--carry" in session.state.message


def test_what_cannot_be_written_is_said_and_tried_again(
    room: Room, session_file: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = RenderError("cannot write: No space left on device", path=session_file)

    def keep(*_: object) -> None:
        raise full

    window = room(Session.opened(session_file))
    before = session_file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(reviews, "keep", keep)
        window.session.select(0)
        window.session.accept()
        qtbot.waitUntil(lambda: "NOT SAVED" in window.saved.text(), timeout=4000)
        assert "No space left" in window.session.state.message
        assert session_file.read_bytes() == before
        patch.setattr(rooms, "ask_unsaved", lambda *_: Unsaved.STAY)
        assert not window.close()
    assert window.close()
    assert files.load_reviewed(session_file)[1].of("0001").choice is Choice.ACCEPTED


def test_a_session_goes_on_under_another_name(
    room: Room, session_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session.opened(session_file)
    session.writable = False
    window = room(session)
    session.select(0)
    session.accept()
    monkeypatch.setattr(rooms, "ask_name", lambda *_: tmp_path / "mine.otio")
    window.act("save_elsewhere")
    assert window.saved.text() == "Saved"
    assert Session.opened(tmp_path / "mine.otio").state.review == session.state.review


def test_decisions_on_a_bundle_go_on_in_a_session_of_their_own(
    session_file: Path, tmp_path: Path
) -> None:
    bundle = tmp_path / "reel.otioz"
    with zipfile.ZipFile(bundle, "w") as zipped:
        zipped.writestr("version.txt", "1.0.0")
        zipped.write(session_file, "content.otio")
    before = bundle.read_bytes()
    session = Session.opened(bundle)
    assert not session.writable
    session.select(0)
    session.accept()
    session.move_to(tmp_path / "mine.otio")
    assert session.writable
    assert files.load_reviewed(tmp_path / "mine.otio")[1].of("0001").choice is Choice.ACCEPTED
    assert bundle.read_bytes() == before


WRITER = """
import sys
from pathlib import Path
from adapters import reviews
from conform.review.decision import Decision, Review
path, number = Path(sys.argv[1]), 0
while True:
    number += 1
    reviews.keep(Review((Decision("0001", nudge=number),)), path, reviews.held(path))
    print(number, flush=True)
"""


def test_a_writer_that_is_killed_leaves_a_whole_session(session_file: Path) -> None:
    for wait in (0.0, 0.003, 0.007):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(session_file)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        first = int(writer.stdout.readline())
        time.sleep(wait)
        writer.kill()
        writer.communicate()
        assert files.load_reviewed(session_file)[1].of("0001").nudge >= first
        for left in session_file.parent.glob(".*.lock"):
            left.unlink()
