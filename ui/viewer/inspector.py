"""The inspector: the selected event in full, its decision, its comment, its other takes."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from conform.review.decision import Choice, Decision, how_placed, signed_by
from ui.review.judging import Judged
from ui.review.session import Session
from ui.review.state import State
from ui.review.texts import nudged, signed, slip, spread
from ui.viewer import look

_HEIGHT = 74


class CommentBox(QLineEdit):
    """A line of text; Return keeps it, Escape gives the keys back as it was."""

    done = pyqtSignal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setPlaceholderText("Comment on this event")
        self.setFont(look.words(9))
        self.returnPressed.connect(self._keep)
        session.listen_to(self._changed)
        self.setText(session.decision.comment)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Escape leaves the comment as it was; no key goes on to the room behind the text."""
        if event is None:
            return
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._session.decision.comment)
            self.done.emit()
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802
        """What was typed is kept when another thing is clicked."""
        self._session.comment(self.text())
        super().focusOutEvent(event)

    def _keep(self) -> None:
        self._session.comment(self.text())
        self.done.emit()

    def _changed(self, before: State, now: State) -> None:
        if before.selected != now.selected or before.review is not now.review:
            comment = self._session.decision.comment
            if self.text() != comment:
                self.setText(comment)
                self.setCursorPosition(0)  # the beginning is what one reads


class Summary(QWidget):
    """The selected event in three lines: what it is, where its sound lies, what is odd."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedHeight(_HEIGHT)
        session.listen_to(self._changed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as its lines."""
        return QSize(400, _HEIGHT)

    def _changed(self, before: State, now: State) -> None:
        if (before.selected, before.review, before.spot) != (now.selected, now.review, now.spot):
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw the three lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.PANE)
        if self._session.event is None:
            self._line(painter, 0, "No events", look.DIM, 11)
        elif self._session.state.spot is not None:
            self._spot(painter)
        else:
            self._event(painter)

    def _spot(self, painter: QPainter) -> None:
        spot = self._session.state.spot
        if spot is None:
            return
        self._line(painter, 0, f"Spot-check {spot.at + 1} of {len(spot.trials)}", look.TEXT, 11)
        text = "Play the loop. Is the sound early (F9), in sync (F10) or late (F11)?"
        self._line(painter, 1, text, look.TEXT, 10)
        self._line(painter, 2, "Some events hide a known offset; figures are hidden", look.DIM, 9)

    def _event(self, painter: QPainter) -> None:
        session, event = self._session, self._session.event
        if event is None:
            return
        judge, decision = session.standing[session.state.selected], session.decision
        sign = look.SIGNS[session.mark_of(session.state.selected)]
        number = event.id.lstrip("0") or "0"
        roll = session.laid_roll
        take = f"take {roll.name}" if roll else "no take"
        head = f"{number}   {event.clip.name}   {take}"
        self._line(painter, 0, head, look.TEXT, 11)
        self._badge(painter, f"{sign.shape} {sign.word}", sign.hue, 0)
        self._line(painter, 1, self._offset(), look.TEXT, 10)
        chosen = look.CHOICES[decision.choice]
        if decision.choice is not Choice.OPEN:
            self._badge(painter, f"{chosen.shape} {chosen.word}", chosen.hue, 1)
        odd = self._odd(decision, judge)
        doubt = decision.cleared or (judge.flags and not decision.decided)
        self._line(painter, 2, odd, look.DOUBT if doubt else look.DIM, 9)

    def _odd(self, decision: Decision, judge: Judged) -> str:
        """What is odd about an event, else who decided it, else how its take was found."""
        event = self._session.event
        if decision.cleared:
            return f"Decision cleared: {decision.cleared}"
        if decision.decided:
            return ("Carried over: " if decision.carried else "") + signed_by(decision)
        if judge.flags:
            return "⚑ " + "; ".join(judge.flags)
        return f"Found by {event.rung}" if event and event.rung else ""

    def _offset(self) -> str:
        session, event = self._session, self._session.event
        if event is None:
            return ""
        decision, roll = session.decision, session.laid_roll
        if decision.pair is not None or decision.take:
            take = roll.name if roll and decision.take else ""
            return f"By hand: {how_placed(decision, session.sync, take)}"
        moved = decision.nudge
        found = slip(event, session.sync)
        words = "No place" if event.zero is None else "By sound alone"
        if found is not None:
            words = (
                f"Timecode {signed(found.frames, 2)} fr   {signed(found.samples, 1)} smp   "
                f"{signed(found.ms, 2)} ms   {found.sense}   {spread(event)}"
            )
        return f"{words}     nudged {nudged(moved, session.sync)}" if moved else words

    def _line(self, painter: QPainter, row: int, text: str, hue: QColor, size: float) -> None:
        painter.setFont(look.words(size, bold=row == 0))
        painter.setPen(hue)
        room = QRectF(12, 5 + row * 22, self.width() - 24 - (120 if row < 2 else 0), 22)
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _badge(self, painter: QPainter, text: str, hue: QColor, row: int) -> None:
        painter.setFont(look.words(9))
        width = painter.fontMetrics().horizontalAdvance(text) + 16
        box = QRectF(self.width() - width - 12, 7 + row * 22, width, 19)
        painter.setPen(hue)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.translated(QPointF(0.5, 0.5)), 9, 9)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


class Inspector(QWidget):
    """Summary, buttons and comment."""

    acted = pyqtSignal(str)
    """An action's name, as the keys have it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        palette = self.palette()
        palette.setColor(self.backgroundRole(), look.PANE)
        self.setPalette(palette)
        self.comment = CommentBox(session, self)
        down = QVBoxLayout(self)
        down.setContentsMargins(0, 0, 0, 8)
        down.setSpacing(4)
        down.addWidget(Summary(session, self))
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(6)
        for name, text in (
            ("accept", "✓ Accept"),
            ("reject", "✕ Reject"),
            ("snap", "Snap"),
            ("take", "Takes…"),
            ("hand", "By hand"),
        ):
            row.addWidget(self._button(name, text))
        row.addWidget(self.comment, 1)
        down.addLayout(row)

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setFont(look.words(9))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.acted.emit(name))
        return button
