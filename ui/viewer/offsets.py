"""Offset against time: how far timecode was off at every event, slopes by name, steps as steps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from PyQt6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PyQt6.QtWidgets import QWidget

from conform.report.drift import slope_name, trend
from ui.review.judging import Mark
from ui.review.session import Session
from ui.review.state import State
from ui.review.texts import signed, slip
from ui.viewer import look
from ui.viewer.correlation import title

_TITLE = "Timecode offset along the reel"
_LEFT, _RIGHT, _TOP, _FOOT = 58, 14, 28, 20
_NEAR = 12.0  # pixels from a point at which a click takes it
_LABELLED = 60  # events up to which steps are written out
_STEP = 0.25  # frames between neighbours from which a step is named


@dataclass(frozen=True, slots=True)
class Point:
    """One placed event: its middle in picture time, its offset there, and what it drifts.

    `half` is half its length in seconds, `moved` what its drift makes of that, in frames.
    """

    place: int
    seconds: float
    frames: float
    half: float
    moved: float


class OffsetPlot(QWidget):
    """Every placed event at its record time; a click selects it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._trend = trend(session.sync)
        self.points = _points(session)
        self._low, self._high = _range([point.frames for point in self.points])
        self._still: tuple[object, QPixmap] | None = None
        self.setMinimumSize(220, 110)
        session.listen_to(self._changed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Two thirds of the window."""
        return QSize(640, 170)

    def _changed(self, before: State, now: State) -> None:
        if (before.selected, before.review, before.playhead) != (
            now.selected,
            now.review,
            now.playhead,
        ):
            self.update()

    def _box(self) -> QRectF:
        return QRectF(_LEFT, _TOP, self.width() - _LEFT - _RIGHT, self.height() - _TOP - _FOOT)

    def _at(self, box: QRectF, seconds: float, frames: float) -> QPointF:
        low, high = self._low, self._high
        whole = max(float(self._session.sync.length), 1e-9)
        return QPointF(
            box.left() + seconds / whole * box.width(),
            box.bottom() - (frames - low) / (high - low) * box.height(),
        )

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw what stands still as it was made; over it the chosen event and the playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hidden = self._session.state.spot is not None
        if hidden or not self.points:
            painter.fillRect(self.rect(), look.PANE)
            title(painter, self.width(), _TITLE, "")
            painter.setPen(look.FAINT)
            painter.setFont(look.words(9))
            why = "Hidden during the spot-check" if hidden else "No event was placed by timecode"
            painter.drawText(self._box(), int(Qt.AlignmentFlag.AlignCenter), why)
            return
        box = self._box()
        painter.drawPixmap(0, 0, self._standing(box))
        title(painter, self.width(), _TITLE, self._said())
        chosen = [point for point in self.points if point.place == self._session.state.selected]
        for point in chosen:
            self._points(painter, box, [point], chosen=True)
        now = self._at(box, float(self._session.seconds(self._session.state.playhead)), 0).x()
        painter.setPen(look.FAINT)
        painter.drawLine(QPointF(now, box.top()), QPointF(now, box.bottom()))

    def _standing(self, box: QRectF) -> QPixmap:
        """Axes, steps and every event, drawn anew only at another size."""
        ratio = self.devicePixelRatioF()
        key = (self.size(), ratio)
        if self._still is None or self._still[0] != key:
            made = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            made.setDevicePixelRatio(ratio)
            made.fill(look.PANE)
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._grid(painter, box)
            self._steps(painter, box)
            for mark in Mark:
                held = [p for p in self.points if self._session.standing[p.place].mark is mark]
                self._points(painter, box, held)
            painter.end()
            self._still = (key, made)
        return self._still[1]

    def _grid(self, painter: QPainter, box: QRectF) -> None:
        low, high = self._low, self._high
        step = next(
            (s for s in (0.25, 0.5, 1, 2, 5, 10, 25, 50, 100, 250, 1000) if (high - low) / s <= 5),
            5000,
        )
        painter.setFont(look.figures(8))
        number = int(low / step)
        while number * step <= high:
            value = number * step
            y = self._at(box, 0, value).y()
            if box.top() <= y <= box.bottom():
                painter.setPen(look.DIM if value == 0 else look.RAISED)
                painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
                painter.setPen(look.DIM)
                text = f"{signed(value, 2 if step < 1 else 0)} fr"
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(QRectF(0, y - 9, _LEFT - 6, 18), int(flags), text)
            number += 1
        session = self._session
        foot = QRectF(box.left(), box.bottom() + 3, box.width(), _FOOT - 3)
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft), session.timecode(0))
        painter.drawText(
            foot, int(Qt.AlignmentFlag.AlignRight), session.timecode(session.frames - 1)
        )

    def _steps(self, painter: QPainter, box: QRectF) -> None:
        """Jumps from one event to the next: another recorder, or an edit; never drift."""
        painter.setFont(look.figures(8))
        painter.setPen(QPen(look.FAINT, 1, Qt.PenStyle.DashLine))
        free = box.left()
        for before, after in pairwise(self.points):
            jump = after.frames - before.frames
            if abs(jump) < _STEP:
                continue
            middle = (before.seconds + after.seconds) / 2
            a, b = self._at(box, middle, before.frames), self._at(box, middle, after.frames)
            painter.drawLine(a, b)
            if abs(a.y() - b.y()) > 22 and a.x() >= free and len(self.points) <= _LABELLED:
                free = a.x() + 72
                _figure(painter, QPointF(a.x() + 3, (a.y() + b.y()) / 2), f"{signed(jump, 2)} fr")

    def _points(
        self, painter: QPainter, box: QRectF, points: list[Point], *, chosen: bool = False
    ) -> None:
        """Events of one standing, each with its own slope over its length."""
        if not points:
            return
        mark = self._session.standing[points[0].place].mark
        hue, size = look.SIGNS[mark].hue, 5.0 if chosen else 3.5
        painter.setPen(QPen(hue, 2))
        slopes = [
            QLineF(
                self._at(box, point.seconds - point.half, point.frames - point.moved),
                self._at(box, point.seconds + point.half, point.frames + point.moved),
            )
            for point in points
        ]
        painter.drawLines(*slopes)
        painter.setBrush(hue if mark is Mark.MEASURED else look.PANE)
        painter.setPen(QPen(look.TEXT if chosen else hue, 1.6))
        for point in points:
            at = self._at(box, point.seconds, point.frames)
            if mark is Mark.METADATA:
                corners = ((0, -size), (size, 0), (0, size), (-size, 0))
                painter.drawPolygon(
                    QPolygonF([QPointF(at.x() + x, at.y() + y) for x, y in corners])
                )
            else:
                painter.drawEllipse(at, size, size)

    def _said(self) -> str:
        """The reel's slope by name, else the selected event's drift by name."""
        if self._trend is not None:
            return f"{signed(self._trend.ppm, 1)} ppm along the reel: {self._trend.meaning}"
        event = self._session.event
        match = event.match if event else None
        if event is None or match is None or match.drift_ppm is None:
            return ""
        name = slope_name(match.drift_ppm, match.drift_uncertainty_ppm)
        half = match.drift_uncertainty_ppm or 0.0
        return (
            f"event {event.id.lstrip('0')}: {signed(match.drift_ppm, 2)} ± {half:.2f} ppm, {name}"
        )

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Select the nearest event."""
        if event is None or self._session.state.spot is not None:
            return
        at, box = event.position(), self._box()
        away = [
            ((self._at(box, point.seconds, point.frames) - at).manhattanLength(), point.place)
            for point in self.points
        ]
        if away and min(away)[0] <= _NEAR:
            self._session.select(min(away)[1])


def _points(session: Session) -> tuple[Point, ...]:
    """Every event that was placed by timecode too."""
    found, fps = [], float(session.sync.timeline.rate.fps)
    for place, event in enumerate(session.sync.events):
        offset = slip(event, session.sync)
        if offset is not None:
            drift = event.match.drift_ppm if event.match else None
            first, last = session.edges[place]
            half = (last - first) / 2
            moved = (drift or 0.0) * 1e-6 * half * fps
            found.append(Point(place, first + half, offset.frames, half, moved))
    return tuple(found)


def _figure(painter: QPainter, at: QPointF, text: str) -> None:
    """A figure on its own ground, to the right of a place."""
    metrics, pen = painter.fontMetrics(), painter.pen()
    box = QRectF(at.x(), at.y() - metrics.height() / 2, 0, metrics.height())
    box.setWidth(metrics.horizontalAdvance(text) + 6)
    painter.fillRect(box, look.PANE)
    painter.setPen(look.DIM)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.setPen(pen)


def _range(frames: list[float]) -> tuple[float, float]:
    """What the plot spans, zero always among it."""
    low, high = min([*frames, 0.0]), max([*frames, 0.0])
    room = max((high - low) * 0.18, 0.5)
    return low - room, high + room
