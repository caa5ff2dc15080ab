"""The small windows: go to, other takes, export."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from PyQt6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QInputDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from conform.errors import ConformError, TimecodeError
from conform.roll import Roll
from conform.syncing.relook import other_takes
from conform.timecode import frames_of_feet
from ui.review.session import GateError, Session


def ask_place(session: Session, parent: QWidget) -> int | None:
    """The frame that the reviewer types, as timecode or feet+frames."""
    now = session.timecode(session.state.playhead)
    text, fine = QInputDialog.getText(
        parent, "Go to", "Timecode or feet+frames", QLineEdit.EchoMode.Normal, now
    )
    if not fine:
        return None
    try:
        return frame_of(text, session)
    except TimecodeError as wrong:
        session.say(str(wrong))
        return None


def ask_name(parent: QWidget) -> str:
    """The name that the reviewer gives a marker; empty where none was given."""
    text, fine = QInputDialog.getText(parent, "Marker", "Name of the marker at this frame")
    return text.strip() if fine else ""


def frame_of(text: str, session: Session) -> int:
    """The frame of a typed place; raises `TimecodeError`."""
    if "+" in text:
        return frames_of_feet(text)
    timeline = session.sync.timeline
    at = timeline.rate.time_of(text) - timeline.start - session.sync.picture_in
    return timeline.rate.nearest(at)


class TakesDialog(QDialog):
    """Other takes: those that timecode and metadata name, then all the rest, to place by hand."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Other takes")
        self._session = session
        event = session.event
        named = other_takes(event, session.sync) if event else ()
        self._takes: list[tuple[Roll, Fraction | None]] = [(one.roll, one.zero) for one in named]
        self._list = QListWidget(self)
        self._list.addItem("The take that was found" if event and event.roll else "No take")
        for one in named:
            self._list.addItem(f"{one.roll.name}   {one.rung}   covers {float(one.covers):.0%}")
        known = {one.roll for one in named} | ({event.roll} if event else set())
        for roll in session.sync.rolls:
            if roll not in known:
                self._takes.append((roll, None))
                self._list.addItem(f"{roll.name}   to be placed by hand")
        self._list.setCurrentRow(0)
        self._list.setFocus()
        self._list.itemActivated.connect(self.accept)
        down = QVBoxLayout(self)
        text = "Lay another take under this event: with timecode it is measured at once."
        down.addWidget(QLabel(text))
        down.addWidget(self._list)
        down.addWidget(answers(self))
        self.resize(460, 260)

    def choose(self, name: str) -> None:
        """Lay the take of a name."""
        names = [roll.name for roll, _ in self._takes]
        self._list.setCurrentRow(names.index(name) + 1)
        self.accept()

    def accept(self) -> None:
        """Lay the chosen take."""
        row = self._list.currentRow()
        if row == 0:
            self._session.use_take("", None)
        else:
            roll, zero = self._takes[row - 1]
            self._session.use_take(str(roll.path), zero)
        super().accept()


class ExportDialog(QDialog):
    """Where to; and while flagged events are undecided, why all the same."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export stems and report")
        self._session = session
        home = session.path.parent if session.path else Path.cwd()
        self.folder_box = QLineEdit(str(home / "stems"), self)
        self.reason = QLineEdit(self)
        self.reason.setPlaceholderText("Reason, printed in the report")
        box = QVBoxLayout(self)
        box.addWidget(QLabel("Folder"))
        box.addWidget(self.folder_box)
        self._replace = QCheckBox("Replace files of an earlier export", self)
        box.addWidget(self._replace)
        self._gate = QLabel(self)
        self._gate.setWordWrap(True)
        box.addWidget(self._gate)
        box.addWidget(self.reason)
        buttons = answers(self)
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        box.addWidget(buttons)
        self.reason.textChanged.connect(self._check)
        self._check()
        self.resize(520, 220)

    @property
    def folder(self) -> Path:
        """The folder for the stems."""
        return Path(self.folder_box.text()).expanduser()

    @property
    def replaced(self) -> bool:
        """Whether files that stand there may be replaced."""
        return self._replace.isChecked()

    def _check(self) -> None:
        """The gate: open when everything is decided, or a reason is given."""
        try:
            self._session.to_export()
            self._gate.setText("Every flagged event is decided.")
            self.reason.hide()
            closed = False
        except GateError as shut:
            self._gate.setText(str(shut))
            closed = not self.reason.text().strip()
        except ConformError as fault:
            self._gate.setText(str(fault))
            closed = True
        if self._ok is not None:
            self._ok.setEnabled(not closed)

    def accept(self) -> None:
        """Keep the reason, where one was needed."""
        if self._session.undecided() and self.reason.text().strip():
            self._session.override(self.reason.text())
        super().accept()


def answers(dialog: QDialog) -> QDialogButtonBox:
    """The buttons at a dialog's foot: OK and Cancel."""
    kinds = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
    box = QDialogButtonBox(kinds, dialog)
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box
