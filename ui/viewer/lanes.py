"""The lanes: events, guide and every stem over the same stretch of time, with the playhead."""

from __future__ import annotations

from fractions import Fraction

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QWheelEvent
from PyQt6.QtWidgets import QWidget

from ui.review.session import Session
from ui.review.state import State
from ui.review.waves import Waves
from ui.viewer import lanemarks, look
from ui.viewer.detail import DetailServer
from ui.viewer.ground import (
    EDITS,
    NAMES,
    OVERVIEW,
    RULER,
    Ground,
    Lane,
    mute_box,
    solo_box,
)
from ui.viewer.lanewaves import LaneWaves

_TURN = 1200  # eighths of a degree of the wheel that move by a whole view


class Lanes(QWidget):
    """Draws what sounds when; a click goes there, the wheel zooms."""

    def __init__(
        self, session: Session, waves: Waves, detail: DetailServer, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._waves, self._detail = session, waves, detail
        self._painter = LaneWaves(session, waves, detail)
        self._still: QPixmap | None = None
        self._key: object = None
        self._reel: tuple[object, QPixmap] | None = None
        self._grabbed = ""
        self.setMinimumHeight(RULER + EDITS + OVERVIEW + 90)
        session.listen_to(self._changed)
        detail.ready.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for a guide and four stems."""
        return QSize(1200, 260)

    def _changed(self, before: State, now: State) -> None:
        self.update()

    def ground(self) -> Ground:
        """Where everything stands now."""
        state = self._session.state
        first = Lane("Guide + new", "overlay") if state.overlay else Lane("Guide", "guide")
        stems = tuple(Lane(stem, "stem", stem) for stem in self._session.layout().stems)
        last = (Lane("Difference", "difference"),) if state.difference else ()
        return Ground(self.width(), self.height(), state.view, (first, *stems, *last))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw what stands still as it was made, and the playhead over it."""
        ground = self.ground()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._standing(ground))
        lanemarks.sync_mark(painter, self._session, ground)
        lanemarks.playhead(painter, self._session, ground)

    def _standing(self, ground: Ground) -> QPixmap:
        """Everything but the playhead, drawn anew where something has changed."""
        state, ratio = self._session.state, self.devicePixelRatioF()
        key = (ground, ratio, state.review, state.selected, state.loop, state.solo, state.muted,
               state.spot, state.pops, self._waves.version, self._detail.version)  # fmt: skip
        if self._still is None or key != self._key:
            self._key = key
            made = QPixmap(round(ground.width * ratio), round(ground.height * ratio))
            made.setDevicePixelRatio(ratio)
            painter = QPainter(made)
            self._draw(painter, ground, ratio)
            painter.end()
            self._still = made
        return self._still

    def _draw(self, painter: QPainter, ground: Ground, ratio: float) -> None:
        session, rows = self._session, ground.rows
        painter.fillRect(self.rect(), look.BACK)
        top, foot = rows[0][1].top(), rows[-1][1].bottom() + 1
        place = QRectF(NAMES, top, ground.wide, foot - top)
        painter.drawImage(place, self._painter.image(ground, ratio))
        lanemarks.edit_points(painter, session, ground)
        lanemarks.fades(painter, session, ground)
        lanemarks.ruler(painter, session, ground)
        lanemarks.loop(painter, session, ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lanemarks.events(painter, session, ground)
        lanemarks.markers(painter, session, ground)
        lanemarks.pops(painter, session, ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        key = (ground.width, ratio)
        if self._reel is None or self._reel[0] != key:
            self._reel = (key, lanemarks.reel(session, ground, ratio))
        lanemarks.overview(painter, session, ground, self._reel[1])
        lanemarks.names(painter, session, ground, near=self._detail.latest is not None)

    # -- hands --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Go to what is clicked; solo and mute in the names."""
        if event is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        at = event.position()
        if at.x() < NAMES:
            self._press_name(at)
            return
        self._grabbed = "reel" if at.y() > self.height() - OVERVIEW else "playhead"
        self._drag(at)
        under = self._session.event_at(self._session.state.playhead)
        if under is not None:
            self._session.select_only(under)

    def _press_name(self, at: QPointF) -> None:
        for lane, row in self.ground().rows:
            if lane.stem and solo_box(row).contains(at):
                self._session.solo(lane.stem)
            elif lane.stem and mute_box(row).contains(at):
                self._session.mute(lane.stem)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Drag the playhead or the view."""
        if event is not None and self._grabbed:
            self._drag(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Let go."""
        self._grabbed = ""

    def _drag(self, at: QPointF) -> None:
        session, ground = self._session, self.ground()
        x = max(at.x(), float(NAMES))
        if self._grabbed == "reel":
            moment = Fraction(round((x - NAMES) * 64), 64 * ground.wide) * session.sync.length
            session.show(moment - ground.view.seconds / 2, ground.view.seconds)
        else:
            moment = ground.moment(x)
        session.go(session.sync.timeline.rate.frame_at(moment))

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """Zoom around the pointer; sideways, or with Shift, move along."""
        if event is None:
            return
        session, turn = self._session, event.angleDelta()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        sideways = turn.x() or (turn.y() if shift else 0)
        if sideways:
            view = session.state.view
            session.show(view.first - view.seconds * sideways / _TURN, view.seconds)
        elif turn.y():
            factor = Fraction(4, 5) if turn.y() > 0 else Fraction(5, 4)
            session.zoom(factor, self.ground().moment(event.position().x()))
        event.accept()
