"""The transport bar: the time, what runs, what is heard, what is shown."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from conform.review.decision import Review
from ui.review.keymap import Keymap, titled
from ui.review.session import Session
from ui.review.state import Listen, State
from ui.review.texts import footage
from ui.viewer import look

_LISTEN = (
    ("guide", Listen.GUIDE), ("new", Listen.NEW), ("sum", Listen.SUM),
    ("split", Listen.SPLIT), ("cancel", Listen.DIFFERENCE),
)  # fmt: skip
_SHOWN = (
    ("flagged_only", "⚑ Flagged", "flagged_only"),
    ("hide_unchanged", "Changed", "hide_unchanged"),
)


class TransportBar(QWidget):
    """Buttons that do what their keys do."""

    acted = pyqtSignal(str)

    def __init__(self, session: Session, keymap: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._keymap = session, keymap
        self._counted: Review | None = None
        self._listen: dict[Listen, QToolButton] = {}
        self._filters: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 4)
        row.setSpacing(3)
        self._time = _figures(15, bold=True)
        self._feet = _figures(9)
        row.addWidget(self._time)
        row.addWidget(self._feet)
        row.addSpacing(6)
        for name, text in (("reverse", "◀"), ("stop", "■"), ("play", "▶")):
            row.addWidget(self._button(name, text))
        self._loop = self._button("loop_toggle", "⟲")
        row.addWidget(self._loop)
        self._speed = _figures(9)
        self._speed.setMinimumWidth(30)
        row.addWidget(self._speed)
        row.addStretch(1)
        for name, listen in _LISTEN:
            self._listen[listen] = self._button(name, listen.value)
            row.addWidget(self._listen[listen])
        row.addStretch(1)
        for name, text, key in _SHOWN:
            self._filters[key] = self._button(name, text)
            row.addWidget(self._filters[key])
        self._count = QLabel(self)
        self._count.setFont(look.words(9))
        row.addSpacing(8)
        row.addWidget(self._count)
        session.listen_to(self._changed)
        self._show(session.state)

    def _button(self, name: str, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(tip(self._keymap, name))
        button.setText(text)
        button.setFont(look.words(9))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.acted.emit(name))
        return button

    def _changed(self, before: State, now: State) -> None:
        if before != now:
            self._show(now)

    def _show(self, now: State) -> None:
        session = self._session
        self._time.setText(session.timecode(now.playhead))
        self._feet.setText(f"{footage(now.playhead)}\n{now.playhead} fr")
        self._speed.setText(
            "" if now.speed in (0, 1) else f"{float(now.speed):+g}×".replace("-", "−")
        )
        for listen, button in self._listen.items():
            _check(button, now.listen is listen)
        for key, button in self._filters.items():
            _check(button, bool(getattr(now.shown, key)))
        _check(self._loop, now.loop is not None and now.loop.on)
        self._tell_left(now)

    def _tell_left(self, now: State) -> None:
        """How much is still to be decided, counted only when a decision was made."""
        if self._counted is now.review:
            return
        self._counted = now.review
        left = len(self._session.undecided())
        words = f"{left} to decide" if left else "all decided"
        words = words if self._session.sync.events else "no events"
        self._count.setText(words)
        self._count.setStyleSheet(f"color: {(look.DOUBT if left else look.GOOD).name()}")


def tip(keymap: Keymap, name: str) -> str:
    """What an action does, and its keys."""
    keys = " or ".join(keymap.keys(name))
    return f"{titled(name)}  ({keys})" if keys else titled(name)


def _check(button: QToolButton, on: bool) -> None:
    button.setCheckable(True)
    button.setChecked(on)


def _figures(size: float, *, bold: bool = False) -> QLabel:
    label = QLabel()
    label.setFont(look.figures(size, bold=bold))
    return label
