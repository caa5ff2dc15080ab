"""A reviewer's morning, by keyboard alone: every flagged event decided, lists and stems written."""

import getpass
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import soundfile
from click.testing import CliRunner
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from adapters import session as files
from conform.review.decision import Choice
from conform.synced import Status
from ui.cli import cli
from ui.review.session import Session
from ui.review.state import Listen
from ui.viewer.window import Window

Key = Qt.Key
NONE, CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
Room = Callable[..., Window]


class Hands:
    """Presses keys where the keyboard goes: the window, or the dialog that stands before it."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def press(self, *keys: Key, held: Qt.KeyboardModifier = NONE) -> None:
        for key in keys:
            QTest.keyClick(self._focus(self.window), key, held)

    def type(self, text: str) -> None:
        QTest.keyClicks(self._focus(self.window), text)

    def then(self, key: Key, held: Qt.KeyboardModifier, *answers: Key | str) -> None:
        """A key that opens a dialog, and what is pressed and typed there."""
        QTimer.singleShot(50, lambda: self._answer(answers))
        self.press(key, held=held)

    def _answer(self, answers: tuple[Key | str, ...]) -> None:
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        QTest.qWaitForWindowActive(dialog)  # before that, no field has the focus
        for answer in answers:
            focus = self._focus(dialog)
            if isinstance(answer, str):
                if isinstance(focus, QLineEdit):
                    focus.selectAll()
                QTest.keyClicks(focus, answer)
            else:
                QTest.keyClick(focus, answer)

    @staticmethod
    def _focus(window: QWidget) -> QWidget:
        return window.focusWidget() or window


@pytest.fixture
def hands(room: Room, session_file: Path) -> Iterator[Hands]:
    window = room(Session.opened(session_file, reviewer="R. Viewer"))
    window.activateWindow()
    yield Hands(window)
    window.transport.stop()


def place_by_hand(hands: Hands) -> None:
    """Another take under the event, its clap on a frame, and a comment."""
    session = hands.window.session
    hands.then(Key.Key_T, NONE, Key.Key_Down, Key.Key_Return)  # another take
    assert session.decision.take
    hands.press(Key.Key_Y)
    hands.press(Key.Key_Right, Key.Key_Right, held=CTRL)
    hands.press(Key.Key_BracketRight, held=CTRL)
    hands.press(Key.Key_Tab, Key.Key_Right, Key.Key_BracketLeft, Key.Key_X, Key.Key_Y)
    assert session.decision.pair is not None
    hands.press(Key.Key_C)
    hands.type("clap at the second board, jkl")
    hands.press(Key.Key_Return)
    assert session.decision.comment == "clap at the second board, jkl"


def look_and_mark(hands: Hands) -> None:
    """A nudge, a close look, a marker that is taken back and one that is named and found again."""
    session = hands.window.session
    hands.press(Key.Key_Period, Key.Key_Z, Key.Key_V, Key.Key_D, Key.Key_4, Key.Key_M)
    assert session.state.listen is Listen.SPLIT
    hands.press(Key.Key_Z, held=CTRL)
    assert session.state.review.markers == ()
    hands.then(Key.Key_M, SHIFT, "lips", Key.Key_Return)
    hands.press(Key.Key_End)
    hands.press(Key.Key_Left, held=ALT)
    assert "lips" in session.state.message


def test_a_session_is_worked_through(hands: Hands, qtbot: QtBot, session_file: Path) -> None:
    window, session = hands.window, hands.window.session
    hands.press(Key.Key_N)
    flagged = session.state.selected
    assert session.standing[flagged].flagged

    hands.press(Key.Key_Return)  # ten seconds before it to ten after
    qtbot.waitUntil(lambda: session.state.speed == 1, timeout=2000)
    hands.press(Key.Key_K)
    assert session.state.speed == 0

    place_by_hand(hands)
    hands.press(Key.Key_A)
    assert session.undecided() == []

    hands.then(Key.Key_G, NONE, "01:00:00:00", Key.Key_Return)
    assert session.state.playhead == 0
    hands.press(*[Key.Key_Up] * len(session.sync.events))
    assert session.state.selected == 0
    look_and_mark(hands)
    hands.press(Key.Key_A)
    hands.then(Key.Key_F, CTRL, "12", Key.Key_Return)
    assert session.state.shown.text == "12"

    hands.then(Key.Key_M, CTRL, Key.Key_Return)
    assert (session_file.parent / f"{session_file.stem}.markers.resolve.edl").is_file()
    with qtbot.waitSignal(window.exporter.said, timeout=20_000) as said:
        hands.then(Key.Key_E, CTRL, str(session_file.parent / "out"), Key.Key_Return)
    assert "3 stems" in said.args[0]
    for stem in (session_file.parent / "out").glob("*.wav"):
        info = soundfile.info(stem)
        assert info.frames == session.layout().length
    page = next((session_file.parent / "out").glob("*.html")).read_text()
    assert "clap at the second board" in page
    assert "R. Viewer" in page

    qtbot.waitUntil(lambda: session.state.saved, timeout=5000)
    sync, review = files.load_reviewed(session_file)
    kept = review.of(sync.events[flagged].id)
    assert (kept.choice, kept.by) == (Choice.ACCEPTED, "R. Viewer")
    assert sync.events[flagged].status is Status.NOT_MEASURED  # what was measured stays so
    hands.press(Key.Key_F, Key.Key_F, held=SHIFT)


@pytest.mark.parametrize(("words", "name"), [(["--reviewer", "A. Mixer"], "A. Mixer"), ([], None)])
def test_who_reviews_is_told_on_the_command_line(
    words: list[str], name: str | None, session_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Session] = []

    def run(session: Session) -> int:
        opened.append(session)
        return 0

    monkeypatch.setattr("ui.viewer.app.run", run)
    done = CliRunner().invoke(cli, ["view", str(session_file), *words])
    assert done.exit_code == 0, done.output
    (session,) = opened
    session.select(0)
    session.accept()
    assert session.state.review.of("0001").by == (name or getpass.getuser())
