"""The corner that says whether decisions are on disk."""

from __future__ import annotations

from PyQt6.QtWidgets import QLabel, QWidget

from ui.review.session import Session
from ui.review.state import State
from ui.viewer import look
from ui.viewer.keeper import Keeper


class SavedLabel(QLabel):
    """Saved, on its way, or not, and why."""

    def __init__(self, session: Session, keeper: Keeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        session.listen_to(self._changed)
        keeper.failed.connect(self._failed)
        self._tell()

    def _changed(self, before: State, now: State) -> None:
        if before.saved != now.saved or before.review is not now.review:
            self._tell()

    def _tell(self) -> None:
        session = self._session
        words = "Saved" if session.state.saved else "Saving…"
        if session.path is None:
            words = "No session file: Ctrl+S keeps the decisions"
        elif not session.writable:
            words = "Read-only: decisions are not kept; Ctrl+S saves them elsewhere"
        self._show(words, look.DIM.name())

    def _failed(self, why: str) -> None:
        self._show("NOT SAVED, trying again", look.BAD.name())
        self._session.say(f"Decisions are not on disk: {why}")

    def _show(self, words: str, hue: str) -> None:
        self.setText(words)
        self.setStyleSheet(f"color: {hue}")
