"""The correlation pane: how well the sound fits at every lag, and where it lies now."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PyQt6.QtWidgets import QWidget

from conform.review.decision import placed_zero
from conform.syncing.relook import Relook
from ui.review.session import Session
from ui.review.state import State
from ui.review.texts import Offset, signed
from ui.viewer import look
from ui.viewer.analysis import Analysis, Question

_TITLE = 24
_FOOT = 20
_NARROWEST, _WIDEST = 0.004, 0.5  # seconds to either side


class CorrelationPane(QWidget):
    """Draws the latest `Relook` of the selected event."""

    def __init__(self, session: Session, analysis: Analysis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._analysis = session, analysis
        self.found: Relook | None = None
        self._why = ""
        self._reach = 0.1
        self.setMinimumSize(200, 110)
        session.listen_to(self._changed)
        analysis.ready.connect(self._ready)
        self._ask()

    def sizeHint(self) -> QSize:  # noqa: N802
        """A third of the window."""
        return QSize(420, 170)

    def _changed(self, before: State, now: State) -> None:
        if (before.selected, before.review, before.spot) != (now.selected, now.review, now.spot):
            self._ask()

    def _ask(self) -> None:
        session, event = self._session, self._session.event
        self.found, self._why = None, "No event is chosen"
        if event is not None and session.state.spot is None:
            decision = session.decision
            zero = placed_zero(event, decision, session.sync.sample_rate)
            roll = next((r for r in session.sync.rolls if str(r.path) == decision.take), event.roll)
            if roll is None or zero is None:
                self._why = "No sound lies under this event"
            elif str(roll.path) in session.offline:
                self._why = "The take is offline"
            else:
                self._why = "Measuring…"
                self.found = self._analysis.ask(Question(event, roll, zero))
        self.update()

    def _ready(self, found: Relook) -> None:
        event = self._session.event
        if event is not None and found.event == event.id:
            zero = placed_zero(event, self._session.decision, self._session.sync.sample_rate)
            if zero == found.zero:
                self.found = found
                self.update()

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """Look closer around the place, or wider."""
        if event is not None and event.angleDelta().y():
            factor = 0.8 if event.angleDelta().y() > 0 else 1.25
            self._reach = min(max(self._reach * factor, _NARROWEST), _WIDEST)
            self.update()
            event.accept()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw the curve, the peak, the runner-up, and the place."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.PANE)
        box = QRectF(12, _TITLE + 4, self.width() - 24, self.height() - _TITLE - _FOOT - 6)
        title(painter, self.width(), "Correlation", self._said())
        shown = self.found.correlation if self.found else None
        if shown is None or self._session.state.spot is not None:
            painter.setPen(look.FAINT)
            painter.setFont(look.words(9))
            why = "Hidden during the spot-check" if self._session.state.spot else self._why
            if self.found is not None:
                why = self.found.reason or "The guide is silent here"
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box, int(flags), why)
            return
        self._curve(painter, box, shown.lags, shown.heights, shown.peak[1])
        self._marks(painter, box)
        self._axis(painter, box)

    def _x(self, box: QRectF, lag: float) -> float:
        return box.center().x() - lag / self._reach * box.width() / 2  # early lies to the left

    def _curve(
        self, painter: QPainter, box: QRectF, lags: np.ndarray, heights: np.ndarray, top: float
    ) -> None:
        seen = np.abs(lags) <= self._reach * 1.02
        xs = box.center().x() - lags[seen] / self._reach * box.width() / 2
        ys = box.bottom() - heights[seen] / max(top, 1e-9) * box.height() * 0.92
        if len(xs) > 2 * box.width():
            columns = np.round(xs).astype(int)
            order = np.flatnonzero(np.diff(columns, prepend=columns[0] - 1))
            xs, ys = xs[order], np.minimum.reduceat(ys, order)
        line = QPolygonF([QPointF(x, y) for x, y in zip(xs, ys, strict=True)])
        painter.setClipRect(box)
        under = QPolygonF(line)
        under.append(QPointF(float(xs[-1]), box.bottom()))
        under.append(QPointF(float(xs[0]), box.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(180, 180, 180, 36))
        painter.drawPolygon(under)
        painter.setPen(QPen(look.BOTH, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(line)
        painter.setClipping(False)

    def _marks(self, painter: QPainter, box: QRectF) -> None:
        """The place as laid, the peak with its ring, the runner-up with its triangle."""
        found = self.found
        if found is None or found.correlation is None:
            return
        x = self._x(box, 0.0)
        painter.setPen(QPen(look.NEW, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        lag, height = found.correlation.peak
        if abs(lag) <= self._reach:
            painter.setPen(QPen(look.GOOD, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(
                QPointF(self._x(box, lag), box.bottom() - box.height() * 0.92), 4, 4
            )
        other, low = found.correlation.runner_up
        if abs(other) <= self._reach:
            x, y = self._x(box, other), box.bottom() - low / max(height, 1e-9) * box.height() * 0.92
            painter.setPen(QPen(look.DIM, 1.4))
            painter.drawPolygon(
                QPolygonF([QPointF(x, y - 9), QPointF(x - 4, y - 15), QPointF(x + 4, y - 15)])
            )

    def _said(self) -> str:
        found = self.found
        if found is None or self._session.state.spot is not None:
            return ""
        words = []
        if found.lag is not None:
            off = Offset.of(found.lag, self._session.sync)
            half = (found.half_width or 0.0) * self._session.sync.sample_rate
            words.append(f"now {signed(off.samples, 1)} ± {half:.1f} smp {off.sense}")
        elif found.correlation is not None:
            words.append(found.reason)
        if found.correlation is not None:
            shown = found.correlation
            words.append(f"{shown.channel}  {shown.peak[1]:.0f} : {shown.runner_up[1]:.0f}")
        return "   ".join(words)

    def _axis(self, painter: QPainter, box: QRectF) -> None:
        painter.setFont(look.words(8))
        painter.setPen(look.DIM)
        foot = QRectF(box.left(), box.bottom() + 2, box.width(), _FOOT - 2)
        reach = (
            f"{self._reach * 1000:.0f} ms"
            if self._reach >= 0.01
            else f"{self._reach * 1000:.1f} ms"
        )
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft), f"{reach} early")
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignHCenter), "as laid")
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignRight), f"{reach} late")


def title(painter: QPainter, width: int, name: str, said: str) -> None:
    """A pane's name at the left, and what it says at the right."""
    painter.setFont(look.words(9, bold=True))
    painter.setPen(look.TEXT)
    painter.drawText(
        QRectF(12, 4, width - 24, _TITLE - 4), int(Qt.AlignmentFlag.AlignVCenter), name
    )
    room = width - 36 - painter.fontMetrics().horizontalAdvance(name)
    painter.setFont(look.figures(8.5))
    painter.setPen(look.DIM)
    text = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, max(0, room))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
    painter.drawText(QRectF(12, 4, width - 24, _TITLE - 4), int(flags), text)
