"""Monitor latency: flash and beep until they fall together."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QDialog,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.review.calibration import Readings
from ui.review.session import Session
from ui.viewer import look
from ui.viewer.dialogs import answers


class CalibrationDialog(QDialog):
    """Flash and beep: how late is the sound heard? Ten readings, their mean and their span."""

    def __init__(self, session: Session, beep: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Monitor latency")
        self._session, self._beep = session, beep
        self._readings = Readings()
        self._flash = _Flash(self)
        self._said = QLabel(self)
        self._said.setWordWrap(True)
        self.size_box = QDoubleSpinBox(self)
        self.size_box.setRange(-1000, 1000)
        self.size_box.setSuffix(" ms")
        self.size_box.setDecimals(1)
        self.size_box.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
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
        box.addWidget(answers(self))
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
