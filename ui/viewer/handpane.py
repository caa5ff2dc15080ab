"""The take by itself, while an event is synced by hand: its waveform, a cursor, the sync marks."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PyQt6.QtWidgets import QStackedWidget, QWidget

from conform import media
from conform.errors import ConformError
from conform.review.peaks import Columns, columns_of
from conform.roll import Roll, RollChannel
from ui.review.session import Session
from ui.review.state import Hand, State
from ui.review.waves import Waves
from ui.viewer import look, raster
from ui.viewer.correlation import title
from ui.viewer.lanemarks import flag
from ui.viewer.peaks import PeakServer

_TITLE, _RULER, _FOOT = 24, 18, 22
_NAMES = 70  # pixels at the left for the channels' names
_ROWS = 4  # channels that are drawn
_NEAR = Fraction(2)  # seconds up to which the samples themselves are drawn
_STEPS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600)
_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)


_KEYS = {
    "the other": "hand_side",
    "this frame": "mark_frame",
    "this clap": "mark_sound",
    "pair": "pair",
    "leave": "hand",
}
"""What the foot reminds of, and the actions that do it."""


class HandPane(QWidget):
    """Draws the take of the selected event; a click puts the cursor, the wheel zooms."""

    def __init__(
        self,
        session: Session,
        waves: Waves,
        keys: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._waves, self._keys = session, waves, keys
        self._readers: list[PeakServer] = []
        self._near: tuple[object, dict[RollChannel, Columns]] = (None, {})
        self.setMinimumSize(300, 110)
        session.listen_to(self._changed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as the panes that it stands in for."""
        return QSize(1000, 170)

    def close_readers(self) -> None:
        """Stop reading waveforms."""
        for reader in self._readers:
            reader.close()

    def _changed(self, before: State, now: State) -> None:
        if now.hand is None:
            return
        if before.hand is None or before.review is not now.review:
            self._read()
        self.update()

    def _read(self) -> None:
        """Bring in the waveform of a take that no event had so far."""
        roll = self._session.laid_roll
        paths = [path for path in roll.paths if self._waves.get(path) is None] if roll else []
        if paths:
            reader = PeakServer(self._waves, paths, self)
            reader.grown.connect(self.update)
            self._readers.append(reader)

    # -- drawing ------------------------------------------------------------------------------

    def _box(self) -> QRectF:
        top = _TITLE + _RULER
        return QRectF(_NAMES, top, self.width() - _NAMES - 10, self.height() - top - _FOOT)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw ruler, channels, marks and what the keys do."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.PANE)
        hand, roll = self._session.state.hand, self._session.laid_roll
        if hand is None or roll is None:
            return
        title(painter, self.width(), f"By hand: take {roll.name}", self._said(hand, roll))
        box = self._box()
        self._ruler(painter, box, hand)
        self._channels(painter, box, hand, roll)
        self._marks(painter, box, hand)
        self._foot(painter, hand)
        if hand.in_take:
            painter.setPen(QPen(look.TEXT, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _said(self, hand: Hand, roll: Roll) -> str:
        label = ""
        if roll.start is not None and roll.rate is not None:
            label = f"   {roll.rate.label_at(roll.start + hand.cursor)}"
        return f"{float(hand.cursor):.4f} s of {float(roll.duration):.2f}{label}"

    def _x(self, box: QRectF, hand: Hand, at: Fraction) -> float:
        return box.left() + float((at - hand.view.first) / hand.view.seconds) * box.width()

    def _ruler(self, painter: QPainter, box: QRectF, hand: Hand) -> None:
        painter.setFont(look.figures(8))
        room = painter.fontMetrics().horizontalAdvance("0:00.000") + 20
        least = float(hand.view.seconds) * room / box.width()
        step = Fraction(next((s for s in _STEPS if s >= least), 1800)).limit_denominator(1000)
        number = ceil(hand.view.first / step)
        while (x := self._x(box, hand, number * step)) <= box.right():
            at = float(number * step)
            painter.setPen(look.LINE)
            painter.drawLine(QPointF(x, box.top() - 5), QPointF(x, box.top()))
            painter.setPen(look.DIM)
            text = (
                f"{int(at // 60)}:{at % 60:06.3f}"
                if step < 1
                else f"{int(at // 60)}:{at % 60:02.0f}"
            )
            if x + room < self.width():
                painter.drawText(QPointF(x + 3, box.top() - 5), text)
            number += 1

    def _channels(self, painter: QPainter, box: QRectF, hand: Hand, roll: Roll) -> None:
        shown = roll.channels[:_ROWS]
        ratio = self.devicePixelRatioF()
        width = max(1, round(box.width() * ratio))
        height, rows = max(3, round(box.height() * ratio / len(shown))), len(shown)
        peaks = self._columns(hand, roll, width)
        made, drawn = raster.sheet(width, height * rows, look.PANE)
        for row, channel in enumerate(shown):
            part, columns = drawn[row * height : (row + 1) * height], peaks[channel]
            part[-1] = look.BACK.rgb()
            gain = 0.94 / max(float(np.abs(columns).max(initial=0.0)), 0.02)
            raster.wave(part[1:-1], columns, 0, look.NEW, gain)
        painter.drawImage(box, made)
        painter.setFont(look.words(8))
        painter.setPen(look.DIM)
        for row, channel in enumerate(shown):
            place = QRectF(
                8, box.top() + row * box.height() / rows, _NAMES - 12, box.height() / rows
            )
            name = channel.name or f"Ch {channel.index + 1}"
            text = painter.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideRight, int(place.width())
            )
            painter.drawText(place, _MIDDLE, text)

    def _columns(self, hand: Hand, roll: Roll, width: int) -> dict[RollChannel, Columns]:
        """Every channel in so many columns: from few samples themselves, else from peaks."""
        if hand.view.seconds <= _NEAR:
            key = (roll, hand.view, width)
            if self._near[0] != key:
                self._near = (key, _sampled(hand, roll, width))
            return self._near[1]
        return {channel: self._peaks(channel, hand, roll, width) for channel in roll.channels}

    def _peaks(self, channel: RollChannel, hand: Hand, roll: Roll, width: int) -> Columns:
        pyramid = self._waves.get(channel.path)
        if pyramid is None:
            return np.zeros((width, 1, 2), np.float32)
        rate = roll.sample_rate
        step = float(hand.view.seconds) * rate / width
        found = pyramid.columns(float(hand.view.first) * rate, step, width)
        return found[:, channel.index : channel.index + 1]

    def _marks(self, painter: QPainter, box: QRectF, hand: Hand) -> None:
        """The mark with its handle, and the cursor."""
        foot = QPointF(0, box.bottom())
        if hand.sound is not None:
            x = self._x(box, hand, hand.sound)
            if box.left() <= x <= box.right():
                painter.setPen(QPen(look.DOUBT, 2))
                painter.drawLine(QPointF(x, box.top()), QPointF(x, foot.y()))
                flag(painter, x, box.top(), "clap")
        x = self._x(box, hand, hand.cursor)
        if box.left() <= x <= box.right():
            painter.setPen(QPen(look.PLAYHEAD, 1))
            painter.drawLine(QPointF(x, box.top() - 6), QPointF(x, foot.y()))

    def _foot(self, painter: QPainter, hand: Hand) -> None:
        """The two marks, and what is still to be done."""
        session = self._session
        frame = "no frame marked" if hand.picture is None else self._frame(hand.picture)
        sound = "no clap marked" if hand.sound is None else f"clap at {float(hand.sound):.4f} s"
        pair = session.decision.pair
        kept = pair is not None and (pair.picture, pair.sound) == (hand.picture, hand.sound)
        done = "◆ paired" if kept else "not paired"
        moved = "the take" if hand.in_take else "the picture"
        painter.setFont(look.words(9))
        painter.setPen(look.DOUBT if kept else look.TEXT)
        room = QRectF(12, self.height() - _FOOT, self.width() - 24, _FOOT - 2)
        painter.drawText(room, _MIDDLE, f"{frame}   +   {sound}   =   {done}")
        painter.setPen(look.DIM)
        keys = {word: self._keys(action) for word, action in _KEYS.items()}
        hints = "   ".join(f"{key}: {word}" for word, key in keys.items() if key)
        text = f"Keys move {moved}   {hints}"
        painter.drawText(room, _MIDDLE | int(Qt.AlignmentFlag.AlignRight), text)

    def _frame(self, at: Fraction) -> str:
        return f"frame {self._session.sync.timeline.timecode(at)}"

    # -- hands --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Put the cursor where it is clicked."""
        hand = self._session.state.hand
        if event is None or hand is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        box = self._box()
        share = Fraction(round((event.position().x() - box.left()) * 64), round(64 * box.width()))
        self._session.hand_go(hand.view.first + share * hand.view.seconds)

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """Look closer at the cursor, or wider."""
        if event is not None and event.angleDelta().y():
            near = event.angleDelta().y() > 0
            self._session.hand_zoom(Fraction(4, 5) if near else Fraction(5, 4))
            event.accept()


class Foot(QStackedWidget):
    """The measurements; in their place the take, while an event is synced by hand."""

    def __init__(self, session: Session, usual: QWidget, hand: HandPane) -> None:
        super().__init__()
        self._usual, self._hand = usual, hand
        self.addWidget(usual)
        self.addWidget(hand)
        session.listen_to(self._changed)

    def _changed(self, before: State, now: State) -> None:
        if (before.hand is None) != (now.hand is None):
            self.setCurrentWidget(self._usual if now.hand is None else self._hand)


def _sampled(hand: Hand, roll: Roll, width: int) -> dict[RollChannel, Columns]:
    """Columns from the samples of a short stretch; silence where a file cannot be read."""
    rate = roll.sample_rate
    first = int(hand.view.first * rate)
    step = float(hand.view.seconds) * rate / width
    found: dict[RollChannel, Columns] = {}
    for channel in roll.channels:
        try:
            sound = media.read(
                channel.path,
                channels=(channel.index,),
                start=Fraction(first, rate),
                duration=hand.view.seconds + Fraction(2, rate),
                findings=lambda _: None,
            )
        except ConformError:
            sound = np.zeros((1, 1), np.float32)
        offset = float(hand.view.first * rate - first)
        found[channel] = columns_of(sound, offset, step, width)
    return found
