"""The picture pane: the frame under the playhead, what is burnt in, and a second picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from conform.media import VideoStream
from conform.media.frames import Shape
from conform.timecode import Rate
from ui.review.session import Session
from ui.review.state import Compare, State
from ui.review.texts import Offset, footage, nudged, signed, slip, source_timecode
from ui.viewer import look
from ui.viewer.pictures import FrameServer

_EDGE = 10
_HOP = 12  # frames that playing may pass over; a longer way is a jump
_TOP = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter


@dataclass(slots=True)
class _Reel:
    """One movie with its server, the newest picture and what is wrong with it."""

    name: str
    stream: VideoStream
    server: FrameServer
    image: QImage | None = None
    shown: int = -1
    fault: str = ""


class PicturePane(QWidget):
    """Draws the frame under the playhead; `dropped` counts frames not seen since it plays."""

    opened = pyqtSignal(int)
    """The first movie is open: the most frames between two of its key frames."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reels: list[_Reel] = []
        self._message = ""
        self.dropped = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 150)
        session.listen_to(self._changed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Half of HD."""
        return QSize(640, 360)

    def add(self, path: Path, stream: VideoStream, rate: Rate) -> FrameServer:
        """Show a movie; a second one is for comparing."""
        reel = _Reel(path.name, stream, FrameServer(path, rate, self))
        self._reels.append(reel)
        self._connect(reel)
        self._ask()
        return reel.server

    def exchange(self, path: Path, stream: VideoStream, rate: Rate) -> None:
        """Show the first movie from another file, such as its proxy."""
        reel = self._reels[0]
        reel.server.close()
        self._reels[0] = _Reel(reel.name, stream, FrameServer(path, rate, self), reel.image)
        self._connect(self._reels[0])
        self._ask()

    def _connect(self, reel: _Reel) -> None:
        reel.server.ready.connect(lambda number, image: self._ready(reel, number, image))
        reel.server.failed.connect(lambda reason: self._failed(reel, reason))
        if reel is self._reels[0]:
            reel.server.opened.connect(self.opened)
        reel.server.start()

    def say(self, message: str) -> None:
        """Show words instead of a picture."""
        self._message = message
        self.update()

    @property
    def server(self) -> FrameServer:
        """The first movie's server."""
        return self._reels[0].server

    @property
    def words(self) -> str:
        """What is said where there is no picture."""
        return self._message or (self._reels[0].fault if self._reels else "No picture")

    @property
    def image(self) -> QImage | None:
        """The picture that is shown."""
        return self._reels[0].image if self._reels else None

    @property
    def shown(self) -> int:
        """The number of the frame that is shown; -1 before the first one."""
        return self._reels[0].shown if self._reels else -1

    def close_reels(self) -> None:
        """Stop every server."""
        for reel in self._reels:
            reel.server.close()

    def _changed(self, before: State, now: State) -> None:
        if before.speed == 0 != now.speed:
            self.dropped = 0
        if before.playhead != now.playhead or before.compare != now.compare:
            self._count(before, now)
            self._ask()
        if before != now:
            self.update()

    def _count(self, before: State, now: State) -> None:
        """Count the frames that were not seen while playing: passed over, or decoded too late."""
        if before.speed == now.speed == 1 and self._reels:
            passed = now.playhead - before.playhead - 1
            self.dropped += passed if 0 < passed <= _HOP else 0
            self.dropped += self.shown not in (before.playhead, -1)

    def _ask(self) -> None:
        frame = self._session.state.playhead
        for reel in self._wanted():
            shape = self._shape(reel.stream)
            held = reel.server.held(frame, shape)
            if held is not None:
                self._ready(reel, frame, held)
            else:
                reel.server.ask(frame, shape)

    def _wanted(self) -> list[_Reel]:
        return self._reels if self._session.state.compare is not Compare.OFF else self._reels[:1]

    def _shape(self, stream: VideoStream) -> Shape:
        """Half size is enough for a pane that shows no more."""
        need = self.width() * self.devicePixelRatioF()
        part = 2 if stream.width >= 1280 and need <= stream.width * 0.75 else 1
        return Shape(stream.width // part, stream.height // part)

    def _ready(self, reel: _Reel, number: int, image: QImage) -> None:
        if number == self._session.state.playhead or self._session.state.speed:
            reel.image, reel.shown, reel.fault = image, number, ""
            self.update()

    def _failed(self, reel: _Reel, reason: str) -> None:
        reel.fault, reel.image, reel.shown = reason, None, -1  # an old picture would deceive
        self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Another size may need another picture."""
        self._ask()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw picture and burn-in."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), look.BACK.darker(140))
        place = self._pictures(painter)
        if place is None:
            self._words(painter)
        self._burn_in(painter, QRectF(self.rect()) if place is None else place)

    def _pictures(self, painter: QPainter) -> QRectF | None:
        ready = [reel.image for reel in self._wanted() if reel.image is not None]
        if not ready:
            return None
        way = self._session.state.compare if len(ready) > 1 else Compare.OFF
        if way is Compare.BESIDE:
            half = self.width() / 2
            for number, image in enumerate(ready[:2]):
                room = QRectF(number * half, 0, half, self.height())
                painter.drawImage(_fitted(image, room), image)
                _name(painter, _fitted(image, room), self._reels[number].name)
            return QRectF(self.rect())
        place = _fitted(ready[0], QRectF(self.rect()))
        painter.drawImage(place, ready[0])
        if way is not Compare.OFF:
            names = [reel.name for reel in self._reels[:2]]
            _name(painter, place, f"{way}: {names[0]}, {names[1]}")
        if way is Compare.OVER:
            painter.setOpacity(0.5)
            painter.drawImage(place, ready[1])
            painter.setOpacity(1)
        if way is Compare.DIFFERENCE:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
            painter.drawImage(place, ready[1])
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        return place

    def _words(self, painter: QPainter) -> None:
        painter.setPen(look.DIM)
        painter.setFont(look.words(11))
        room = QRectF(self.rect()).adjusted(24, 24, -24, -24)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(flags), self.words)

    def _burn_in(self, painter: QPainter, place: QRectF) -> None:
        session, state = self._session, self._session.state
        room = place.intersected(QRectF(self.rect())).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        size = max(8.5, min(15.0, room.width() / 52))
        _label(painter, room, session.timecode(state.playhead), size * 1.35, top=True, left=True)
        _label(painter, room, footage(state.playhead), size, top=True, left=False)
        under = session.event_at(state.playhead)
        if under is not None:
            event = session.sync.events[under]
            moment = session.sync.picture_in + session.seconds(state.playhead)
            source = source_timecode(event, moment, session.sync)
            _label(painter, room, f"{event.clip.name}  {source}", size, top=False, left=True)
            if state.spot is None:
                _label(painter, room, self._offset(under), size, top=False, left=False)
        if self.dropped and state.speed:
            painter.setFont(look.words(9))
            painter.setPen(look.BAD)
            painter.drawText(room, int(_TOP), f"● {self.dropped} dropped")

    def _offset(self, place: int) -> str:
        """Where the sound lies: against timecode as measured, and moved by hand."""
        session = self._session
        event = session.sync.events[place]
        decision = session.decided(event.id)
        if decision.moves:
            return f"{session.mark_of(place)} {nudged(decision.nudge, session.sync)}".rstrip()
        found: Offset | None = slip(event, session.sync)
        if found is None:
            return str(session.mark_of(place))
        return f"TC {signed(found.frames, 2)} fr  {signed(found.samples, 0)} smp {found.sense}"


def _fitted(image: QImage, room: QRectF) -> QRectF:
    """The largest place in a room that keeps a picture's shape."""
    scale = min(room.width() / image.width(), room.height() / image.height())
    width, height = image.width() * scale, image.height() * scale
    left = room.left() + (room.width() - width) / 2
    return QRectF(left, room.top() + (room.height() - height) / 2, width, height)


def _name(painter: QPainter, place: QRectF, text: str) -> None:
    """What is shown, in the middle of a picture's lower part: its corners are taken."""
    painter.setFont(look.words(9))
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, int(place.width()) - 24)
    width = metrics.horizontalAdvance(shown) + 12
    box = QRectF(place.center().x() - width / 2, place.bottom() - 58, width, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 150))
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(look.TEXT)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), shown)


def _label(
    painter: QPainter, room: QRectF, text: str, size: float, *, top: bool, left: bool
) -> None:
    """Figures on a dark ground in a corner of the picture."""
    painter.setFont(look.figures(size))
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width() * 0.6))
    width, height = metrics.horizontalAdvance(shown) + 12, metrics.height() + 4
    x = room.left() if left else room.right() - width
    y = room.top() if top else room.bottom() - height
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 150))
    painter.drawRoundedRect(QRectF(x, y, width, height), 3, 3)
    painter.setPen(look.TEXT)
    painter.drawText(QRectF(x, y, width, height), int(Qt.AlignmentFlag.AlignCenter), shown)
