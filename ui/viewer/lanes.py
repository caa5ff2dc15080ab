"""The lanes: edits, guide and every stem over the same stretch of time, with the playhead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPolygonF, QWheelEvent
from PyQt6.QtWidgets import QWidget

from conform.decision import Choice
from conform.peaks import Columns, columns_of
from ui.review.programme import Heard, audible, difference
from ui.review.session import Session
from ui.review.state import State
from ui.review.waves import Waves
from ui.viewer import look, raster
from ui.viewer.detail import DetailServer, Stretch

NAMES = 132
"""Pixels at the left that hold names and buttons."""

_RULER = 22
_EDITS = 26
_OVERVIEW = 20
_BUTTON = 18


@dataclass(frozen=True, slots=True)
class Lane:
    """One row: its name, its kind, and its stem where it is one."""

    title: str
    kind: str
    stem: str = ""


class Lanes(QWidget):
    """Draws what sounds when; a click goes there, the wheel zooms."""

    def __init__(
        self, session: Session, waves: Waves, detail: DetailServer, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._waves, self._detail = session, waves, detail
        self._drawn: QImage | None = None
        self._key: object = None
        self._grabbed = ""
        self.setMinimumHeight(_RULER + _EDITS + _OVERVIEW + 90)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        session.listen_to(self._changed)
        detail.ready.connect(self.refresh)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for a guide and four stems."""
        return QSize(1200, 260)

    def refresh(self) -> None:
        """Draw the waveforms anew: more of them is known."""
        self._key = None
        self.update()

    def _changed(self, before: State, now: State) -> None:
        self.update()

    # -- geometry -----------------------------------------------------------------------------

    def lanes(self) -> list[Lane]:
        """The rows from top to bottom."""
        state, layout = self._session.state, self._session.layout()
        rows = [Lane("Guide", "guide")]
        if state.overlay:
            rows = [Lane("Guide + new", "overlay")]
        rows += [Lane(stem, "stem", stem) for stem in layout.stems]
        if state.difference:
            rows.append(Lane("Difference", "difference"))
        return rows

    def _rows(self) -> list[tuple[Lane, QRect]]:
        lanes = self.lanes()
        top = _RULER + _EDITS
        room = self.height() - top - _OVERVIEW
        edges = [top + room * place // len(lanes) for place in range(len(lanes) + 1)]
        return [
            (lane, QRect(NAMES, edges[n], self.width() - NAMES, edges[n + 1] - edges[n] - 1))
            for n, lane in enumerate(lanes)
        ]

    def _wide(self) -> int:
        return max(1, self.width() - NAMES)

    def x_of(self, seconds: Fraction | float) -> float:
        """Where a moment of picture time is drawn."""
        view = self._session.state.view
        return NAMES + float((seconds - view.first) / view.seconds) * self._wide()

    def moment_at(self, x: float) -> Fraction:
        """The moment of picture time under a place."""
        view = self._session.state.view
        share = Fraction(round((x - NAMES) * 64), 64 * self._wide())
        return view.first + share * view.seconds

    # -- drawing ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw the waveforms as they were made, and what moves over them."""
        painter = QPainter(self)
        rows = self._rows()
        self._make(rows)
        painter.fillRect(self.rect(), look.BACK)
        if self._drawn is not None:
            top = rows[0][1].top()
            painter.drawImage(
                QRectF(NAMES, top, self._wide(), rows[-1][1].bottom() + 1 - top), self._drawn
            )
        self._ruler(painter)
        self._edits(painter)
        self._boundaries(painter, rows)
        self._loop(painter)
        self._overview(painter)
        self._names(painter, rows)
        self._playhead(painter)

    def _make(self, rows: Sequence[tuple[Lane, QRect]]) -> None:
        """The waveforms of the whole view as one image, where something has changed."""
        session, ratio = self._session, self.devicePixelRatioF()
        state = session.state
        key = (state.view, state.overlay, state.difference, state.solo, state.muted,
               session.layout(), self._waves.version, self.width(), self.height(), ratio,
               self._detail.version)  # fmt: skip
        if key == self._key:
            return
        self._key = key
        width = max(1, round(self._wide() * ratio))
        rate = session.sync.sample_rate
        first, step = float(state.view.first) * rate, float(state.view.seconds) * rate / width
        heard = self._detail.stretch(session.layout(), first, first + step * width, step)
        parts = [
            self._row(lane, width, max(1, round((rect.height() + 1) * ratio)), first, step, heard)
            for lane, rect in rows
        ]
        self._drawn = raster.image(np.concatenate(parts))

    def _row(
        self, lane: Lane, width: int, height: int, first: float, step: float, heard: Stretch | None
    ) -> raster.Canvas:
        drawn = raster.canvas(width, height, look.PANE)
        drawn[-1] = look.BACK.rgb()
        inner = drawn[1:-2] if height > 8 else drawn
        inner[len(inner) // 2] = look.RAISED.rgb()
        shape = (first, step, width)
        if lane.kind == "guide":
            self._guide(inner, shape, heard)
        elif lane.kind == "stem":
            columns = self._stem(lane.stem, shape, heard)
            raster.wave(inner, columns, 0, self._hue(lane.stem), _gain(columns))
        elif lane.kind == "overlay":
            self._over(inner, shape, heard)
        elif heard is not None:
            self._differ(inner, shape, heard)
        return drawn

    def _hue(self, stem: str) -> QColor:
        state, stems = self._session.state, self._session.layout().stems
        heard = stems.index(stem) in audible(stems, state.solo, state.muted)
        return look.NEW if heard else look.FAINT

    def _guide(
        self, drawn: raster.Canvas, shape: tuple[float, float, int], heard: Stretch | None
    ) -> None:
        columns = self._guide_columns(shape, heard)
        gain = _gain(columns)
        channels = columns.shape[1]
        for channel in range(channels):
            edges = [len(drawn) * n // channels for n in (channel, channel + 1)]
            raster.wave(drawn[edges[0] : edges[1]], columns, channel, look.GUIDE, gain)

    def _guide_columns(self, shape: tuple[float, float, int], heard: Stretch | None) -> Columns:
        if heard is not None:
            return columns_of(heard.sound.guide, shape[0] - heard.first, *shape[1:])
        return self._waves.guide(self._session.layout(), *shape)

    def _stem(self, stem: str, shape: tuple[float, float, int], heard: Stretch | None) -> Columns:
        layout = self._session.layout()
        if heard is not None and stem in heard.stems:
            place = heard.stems.index(stem)
            return columns_of(
                heard.sound.stems[:, place : place + 1], shape[0] - heard.first, *shape[1:]
            )
        return self._waves.stem(layout, stem, *shape)

    def _loudest(self, shape: tuple[float, float, int], heard: Stretch | None) -> Columns:
        """The stems that are heard, as one waveform: the widest of them in each column."""
        state, stems = self._session.state, self._session.layout().stems
        places = audible(stems, state.solo, state.muted)
        all_of_them = [self._stem(stems[place], shape, heard) for place in places]
        if not all_of_them:
            return np.zeros((shape[2], 1, 2), np.float32)
        stacked = np.stack(all_of_them)
        return np.stack([stacked[..., 0].min(axis=0), stacked[..., 1].max(axis=0)], axis=2)

    def _over(
        self, drawn: raster.Canvas, shape: tuple[float, float, int], heard: Stretch | None
    ) -> None:
        guide = self._guide_columns(shape, heard).mean(axis=1, keepdims=True)
        new = self._loudest(shape, heard)
        hues = (look.GUIDE, look.NEW, look.BOTH)
        raster.overlay(drawn, guide * _gain(guide), new * _gain(new), hues, 1.0)

    def _differ(
        self, drawn: raster.Canvas, shape: tuple[float, float, int], heard: Stretch
    ) -> None:
        state = self._session.state
        sound = _difference(heard.sound, audible(heard.stems, state.solo, state.muted))
        columns = columns_of(sound[:, None], shape[0] - heard.first, *shape[1:])
        guide = columns_of(heard.sound.guide, shape[0] - heard.first, *shape[1:])
        raster.wave(drawn, columns, 0, look.TEXT, _gain(guide))

    def _ruler(self, painter: QPainter) -> None:
        """Timecode along the top, as dense as it can be read."""
        session, view = self._session, self._session.state.view
        rate = session.sync.timeline.rate
        painter.setFont(look.figures(8))
        label = painter.fontMetrics().horizontalAdvance("00:00:00:00") + 24
        frames = max(1, ceil(float(view.seconds * rate.fps) * label / self._wide()))
        steps = [
            n * u
            for u in (1, rate.nominal, 60 * rate.nominal, 3600 * rate.nominal)
            for n in (1, 2, 5, 10, 30)
        ]
        step = next((s for s in sorted(set(steps)) if s >= frames), frames)
        base = rate.frame_at(session.sync.timeline.start + session.sync.picture_in)
        first = floor(view.first * rate.fps)
        number = first - (first + base) % step
        while (x := self.x_of(rate.seconds(number))) < self.width():
            if x >= NAMES:
                painter.setPen(look.LINE)
                painter.drawLine(QPointF(x, 4), QPointF(x, _RULER - 2))
                painter.setPen(look.DIM)
                painter.drawText(QPointF(x + 5, _RULER - 8), session.timecode(number))
            number += step

    def _edits(self, painter: QPainter) -> None:
        """Every event as a bar: status by shape and hue, its number and clip."""
        session, view = self._session, self._session.state.view
        decisions = session.state.review.by_event()
        painter.setFont(look.words(8))
        for place, event in enumerate(session.sync.events):
            first, last = session.span(event)
            if last < view.first or first > view.first + view.seconds:
                continue
            left, right = max(self.x_of(first), NAMES), min(self.x_of(last), self.width())
            box = QRectF(left + 0.5, _RULER + 2, max(2.0, right - left - 1), _EDITS - 5)
            sign = look.SIGNS[session.standing[place].mark]
            hidden = session.state.spot is not None
            chosen = place == session.state.selected
            painter.setPen(look.TEXT if chosen else look.LINE)
            painter.setBrush(look.CHOSEN if chosen else look.RAISED)
            painter.drawRoundedRect(box, 3, 3)
            if box.width() > 20:
                choice = decisions[event.id].choice if event.id in decisions else Choice.OPEN
                mark = look.CHOICES[choice].shape or sign.shape
                painter.setPen(
                    look.DIM
                    if hidden
                    else (look.CHOICES[choice].hue if choice is not Choice.OPEN else sign.hue)
                )
                painter.drawText(
                    box.adjusted(5, 0, -2, 0), int(Qt.AlignmentFlag.AlignVCenter), mark
                )
                painter.setPen(look.TEXT)
                room = box.adjusted(20, 0, -3, 0)
                text = painter.fontMetrics().elidedText(
                    f"{event.id.lstrip('0') or '0'}  {event.clip.name}",
                    Qt.TextElideMode.ElideRight,
                    int(room.width()),
                )
                painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)

    def _boundaries(self, painter: QPainter, rows: Sequence[tuple[Lane, QRect]]) -> None:
        """Edit points through all lanes, fades over the stems, markers."""
        session, view = self._session, self._session.state.view
        top, foot = rows[0][1].top(), rows[-1][1].bottom()
        for event in session.sync.events:
            for moment in session.span(event):
                if view.first <= moment <= view.first + view.seconds:
                    painter.setPen(look.LINE)
                    x = self.x_of(moment)
                    painter.drawLine(QPointF(x, top), QPointF(x, foot))
        for lane, rect in rows:
            if lane.kind == "stem":
                self._fades(painter, lane.stem, rect)
        for marker in session.state.review.markers + session.sync.timeline.markers:
            x = self.x_of(marker.at - session.sync.picture_in)
            if NAMES <= x <= self.width():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.DOUBT)
                tip = [QPointF(x - 5, 1), QPointF(x + 5, 1), QPointF(x, 9)]
                painter.drawPolygon(QPolygonF(tip))

    def _fades(self, painter: QPainter, stem: str, rect: QRect) -> None:
        session, view = self._session, self._session.state.view
        rate = session.sync.sample_rate
        layout = session.layout()
        low, high = int(view.first * rate), int((view.first + view.seconds) * rate)
        painter.setPen(look.TEXT)
        for region in layout.under(stem, low, high):
            for start, length, up in (
                (region.record_first, region.fade_in, True),
                (region.record_end - region.fade_out, region.fade_out, False),
            ):
                left, right = (self.x_of(Fraction(n, rate)) for n in (start, start + length))
                if right - left < 4 or right < NAMES:
                    continue
                heads = (rect.bottom(), rect.top()) if up else (rect.top(), rect.bottom())
                painter.drawLine(QPointF(left, heads[0]), QPointF(right, heads[1]))

    def _loop(self, painter: QPainter) -> None:
        loop = self._session.state.loop
        if loop is None:
            return
        left, right = (self.x_of(self._session.seconds(n)) for n in (loop.first, loop.end))
        left, right = max(left, NAMES), min(right, self.width())
        if right > left:
            tint = QColor(255, 255, 255, 26 if loop.on else 10)
            painter.fillRect(QRectF(left, 0, right - left, self.height() - _OVERVIEW), tint)

    def _overview(self, painter: QPainter) -> None:
        """The whole picture along the foot: events, what is shown, where the playhead is."""
        session = self._session
        whole = float(max(session.sync.length, Fraction(1)))
        box = QRectF(NAMES, self.height() - _OVERVIEW + 3, self._wide(), _OVERVIEW - 5)
        painter.fillRect(box, look.PANE)
        for place, event in enumerate(session.sync.events):
            first, last = (float(moment) / whole for moment in session.span(event))
            judge = session.standing[place]
            height = box.height() - 4 if judge.flagged else box.height() / 3
            hue = look.SIGNS[judge.mark].hue if judge.flagged else look.FAINT
            width = max(1.0, (last - first) * box.width() - 1)
            painter.fillRect(
                QRectF(box.left() + first * box.width(), box.bottom() - height - 2, width, height),
                hue,
            )
        view = session.state.view
        seen = QRectF(
            box.left() + float(view.first) / whole * box.width(),
            box.top(),
            max(3.0, float(view.seconds) / whole * box.width()),
            box.height(),
        )
        painter.setBrush(QColor(255, 255, 255, 22))
        painter.setPen(look.DIM)
        painter.drawRect(seen.adjusted(0, 0, -1, -1))
        x = box.left() + float(session.seconds(session.state.playhead)) / whole * box.width()
        painter.setPen(look.PLAYHEAD)
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def _names(self, painter: QPainter, rows: Sequence[tuple[Lane, QRect]]) -> None:
        """Names at the left, and for stems what they are heard by."""
        painter.fillRect(QRect(0, 0, NAMES, self.height()), look.BACK)
        state = self._session.state
        painter.setFont(look.words(8))
        painter.setPen(look.DIM)
        painter.drawText(
            QRectF(10, _RULER, NAMES - 20, _EDITS), int(Qt.AlignmentFlag.AlignVCenter), "Events"
        )
        for lane, rect in rows:
            hue = {"guide": look.GUIDE, "stem": look.NEW, "overlay": look.BOTH}.get(
                lane.kind, look.TEXT
            )
            painter.fillRect(QRectF(4, rect.top() + 2, 3, rect.height() - 4), hue)
            painter.setFont(look.words(9))
            painter.setPen(look.TEXT)
            room = QRectF(
                14, rect.top(), NAMES - 20 - (2 * _BUTTON + 8 if lane.stem else 0), rect.height()
            )
            text = painter.fontMetrics().elidedText(
                lane.title, Qt.TextElideMode.ElideRight, int(room.width())
            )
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
            if lane.kind == "difference" and self._detail.latest is None:
                painter.setPen(look.FAINT)
                painter.setFont(look.words(8))
                painter.drawText(
                    QRectF(rect), int(Qt.AlignmentFlag.AlignCenter), "zoom in to see the difference"
                )
            if lane.stem:
                self._button(
                    painter, self._solo_box(rect), "S", lane.stem in state.solo, look.DOUBT
                )
                self._button(painter, self._mute_box(rect), "M", lane.stem in state.muted, look.BAD)

    @staticmethod
    def _solo_box(rect: QRect) -> QRectF:
        return QRectF(
            NAMES - 2 * _BUTTON - 8, rect.center().y() - _BUTTON / 2 + 1, _BUTTON, _BUTTON
        )

    @staticmethod
    def _mute_box(rect: QRect) -> QRectF:
        return QRectF(NAMES - _BUTTON - 5, rect.center().y() - _BUTTON / 2 + 1, _BUTTON, _BUTTON)

    @staticmethod
    def _button(painter: QPainter, box: QRectF, text: str, on: bool, hue: QColor) -> None:
        painter.setPen(look.LINE)
        painter.setBrush(hue if on else look.RAISED)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(look.BACK if on else look.DIM)
        painter.setFont(look.words(8, bold=on))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)

    def _playhead(self, painter: QPainter) -> None:
        x = self.x_of(self._session.seconds(self._session.state.playhead))
        if NAMES <= x <= self.width():
            painter.setPen(look.PLAYHEAD)
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height() - _OVERVIEW))

    # -- hands --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Go to what is clicked; solo and mute in the names."""
        if event is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        at = event.position()
        if at.x() < NAMES:
            self._press_name(at)
        elif at.y() > self.height() - _OVERVIEW:
            self._grabbed = "overview"
            self._drag(at)
        else:
            self._grabbed = "playhead"
            self._drag(at)
            under = self._session.event_at(self._session.state.playhead)
            if under is not None:
                self._session.select_only(under)

    def _press_name(self, at: QPointF) -> None:
        for lane, rect in self._rows():
            if lane.stem and self._solo_box(rect).contains(at):
                self._session.solo(lane.stem)
            elif lane.stem and self._mute_box(rect).contains(at):
                self._session.mute(lane.stem)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Drag the playhead or the view."""
        if event is not None and self._grabbed:
            self._drag(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Let go."""
        self._grabbed = ""

    def _drag(self, at: QPointF) -> None:
        session = self._session
        if self._grabbed == "overview":
            share = Fraction(round((at.x() - NAMES) * 64), 64 * self._wide())
            moment = share * session.sync.length
            session.go(session.sync.timeline.rate.frame_at(moment))
            session.show(moment - session.state.view.seconds / 2, session.state.view.seconds)
        else:
            session.go(session.sync.timeline.rate.frame_at(self.moment_at(max(at.x(), NAMES))))

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """Zoom around the pointer; sideways, or with Shift, move along."""
        if event is None:
            return
        session, turn = self._session, event.angleDelta()
        sideways = turn.x() or (
            turn.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        )
        if sideways:
            view = session.state.view
            session.show(view.first - view.seconds * sideways / 1200, view.seconds)
        elif turn.y():
            factor = Fraction(4, 5) if turn.y() > 0 else Fraction(5, 4)
            session.zoom(factor, self.moment_at(event.position().x()))
        event.accept()


def _gain(columns: Columns) -> float:
    """What makes the loudest column of a lane fill it, without blowing silence up."""
    loudest = float(np.abs(columns).max(initial=0.0))
    return 0.94 / max(loudest, 0.02)


def _difference(heard: Heard, places: Sequence[int]) -> np.ndarray:
    guide = heard.guide.mean(axis=1)
    new = heard.stems[:, list(places)].sum(axis=1) if places else np.zeros(len(guide), np.float32)
    return difference(guide, new)
