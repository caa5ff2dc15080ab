"""The small windows: go to, other takes, keys, monitor latency, export."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from PyQt6.QtCore import QElapsedTimer, Qt, QTimer
from PyQt6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from conform.errors import ConformError, TimecodeError
from conform.relook import other_takes
from conform.timecode import frames_of_feet
from ui.review.calibration import Readings
from ui.review.keymap import ACTIONS, Keymap, KeysError
from ui.review.session import GateError, Session
from ui.viewer import look
from ui.viewer.keys import key_name


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


def frame_of(text: str, session: Session) -> int:
    """The frame of a typed place; raises `TimecodeError`."""
    if "+" in text:
        return frames_of_feet(text)
    timeline = session.sync.timeline
    at = timeline.rate.time_of(text) - timeline.start - session.sync.picture_in
    return timeline.rate.nearest(at)


class TakesDialog(QDialog):
    """The takes that timecode and metadata name besides the one that was found."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Other takes")
        self._session = session
        event = session.event
        self._takes = other_takes(event, session.sync) if event else ()
        self._list = QListWidget(self)
        self._list.addItem("The take that was found" if event and event.roll else "No take")
        for one in self._takes:
            self._list.addItem(f"{one.roll.name}   {one.rung}   covers {float(one.covers):.0%}")
        self._list.setCurrentRow(0)
        self._list.itemActivated.connect(self.accept)
        down = QVBoxLayout(self)
        down.addWidget(QLabel("Lay another take under this event; it is measured at once."))
        down.addWidget(self._list)
        down.addWidget(_buttons(self))
        self.resize(460, 260)

    def accept(self) -> None:
        """Lay the chosen take."""
        row = self._list.currentRow()
        if row == 0:
            self._session.use_take("", None)
        else:
            chosen = self._takes[row - 1]
            self._session.use_take(str(chosen.roll.path), chosen.zero)
        super().accept()


class KeysDialog(QDialog):
    """Every action with its keys; a chosen row takes the next key that is pressed."""

    def __init__(self, keymap: Keymap, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.keymap = keymap
        self._said = QLabel("Choose a row and press a key. Delete takes the keys away.", self)
        self._table = QTableWidget(len(ACTIONS), 3, self)
        self._table.setHorizontalHeaderLabels(["", "Action", "Keys"])
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        down, across = self._table.verticalHeader(), self._table.horizontalHeader()
        if down is not None and across is not None:
            down.hide()
            across.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        box = QVBoxLayout(self)
        box.addWidget(self._said)
        box.addWidget(self._table)
        box.addWidget(_buttons(self, cancel=True))
        self._fill()
        self.resize(620, 640)

    def _fill(self) -> None:
        before = ""
        for row, action in enumerate(ACTIONS):
            cells = (
                action.group if action.group != before else "",
                action.title,
                "   ".join(self.keymap.keys(action.name)),
            )
            before = action.group
            for column, text in enumerate(cells):
                self._table.setItem(row, column, QTableWidgetItem(text))
        self._table.resizeColumnToContents(0)
        self._table.setColumnWidth(2, 170)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Give the chosen action the key that is pressed."""
        row = self._table.currentRow()
        if event is None or row < 0 or event.key() == Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        self.assign(ACTIONS[row].name, key_name(event))

    def assign(self, name: str, key: str) -> None:
        """Give an action a key, or none; says so where the key is taken."""
        if not key:
            return
        try:
            self.keymap = self.keymap.with_keys(name, () if key in ("Del", "Backspace") else (key,))
            self._said.setText(f"{key} set")
        except KeysError as taken:
            self._said.setText(str(taken))
        self._fill()


class CalibrationDialog(QDialog):
    """Flash and beep: how late is the sound heard? Ten readings, their mean and their span."""

    def __init__(self, session: Session, beep: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Monitor latency")
        self._session, self._beep = session, beep
        self._readings = Readings()
        self._clock = QElapsedTimer()
        self._flash = _Flash(self)
        self._said = QLabel(self)
        self._said.setWordWrap(True)
        self.size_box = QDoubleSpinBox(self)
        self.size_box.setRange(-1000, 1000)
        self.size_box.setSuffix(" ms")
        self.size_box.setDecimals(1)
        self.size_box.setValue(float((session.state.review.latency or 0) * 1000))
        self._add = QPushButton("Take this reading", self)
        self._add.clicked.connect(self.read)
        box = QVBoxLayout(self)
        text = QLabel(
            "The screen flashes and a beep sounds once a second. Measure with a sync meter at "
            "your seat, or turn the figure until flash and beep fall together, and take the "
            "reading. + = the sound is heard late. This never moves what is exported."
        )
        text.setWordWrap(True)
        box.addWidget(text)
        box.addWidget(self._flash, 1)
        row = QHBoxLayout()
        row.addWidget(self.size_box)
        row.addWidget(self._add)
        box.addLayout(row)
        box.addWidget(self._said)
        box.addWidget(_buttons(self, cancel=True))
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._once)
        self._timer.start()
        self._tell()
        self.resize(480, 420)

    def _once(self) -> None:
        """Beep now, and flash when it is heard by the figure that stands there."""
        self._beep()
        delay = max(0, round(self.size_box.value()))
        QTimer.singleShot(delay, self._flash.fire)

    def read(self) -> None:
        """Take the figure that stands there as a reading."""
        self._readings = self._readings.with_reading(self.size_box.value())
        self._tell()

    def _tell(self) -> None:
        self._said.setText(self._readings.sentence)

    def accept(self) -> None:
        """Keep the mean of the readings, or the figure that stands there."""
        mean = self._readings.mean
        value = self.size_box.value() if mean is None else mean
        self._session.set_latency(Fraction(round(value * 10), 10_000))
        super().accept()


class _Flash(QWidget):
    """A field that is white for a moment."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._on = False
        self.setMinimumHeight(140)

    def fire(self) -> None:
        """Light up for two frames or so."""
        self._on = True
        self.update()
        QTimer.singleShot(60, self._dark)

    def _dark(self) -> None:
        self._on = False
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """White, or dark."""
        QPainter(self).fillRect(self.rect(), Qt.GlobalColor.white if self._on else look.PANE)


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
        buttons = _buttons(self, cancel=True)
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


def _buttons(dialog: QDialog, *, cancel: bool = True) -> QDialogButtonBox:
    kinds = QDialogButtonBox.StandardButton.Ok
    if cancel:
        kinds |= QDialogButtonBox.StandardButton.Cancel
    box = QDialogButtonBox(kinds, dialog)
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box
