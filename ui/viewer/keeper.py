"""The keeper: writes the session in the background a moment after every decision."""

from __future__ import annotations

import threading

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from conform.decision import Review
from conform.errors import ConformError
from ui.review.session import Session, write
from ui.review.state import State

_PAUSE = 300  # ms without another change before it is written


class Keeper(QObject):
    """Saves what was decided; `failed` says why it cannot."""

    failed = pyqtSignal(str)
    _kept = pyqtSignal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._start)
        self._kept.connect(self._done)
        session.listen_to(self._changed)

    def _changed(self, before: State, now: State) -> None:
        if before.review is not now.review and self._session.writable:
            self._timer.start()

    def _start(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            self._timer.start()
            return
        review = self._session.state.review
        self._thread = threading.Thread(target=self._write, args=(review,), name="keeper")
        self._thread.start()

    def _write(self, review: Review) -> None:
        try:
            write(self._session.path, review)
        except ConformError as fault:
            self.failed.emit(str(fault))
        else:
            self._kept.emit(review)

    def _done(self, review: Review) -> None:
        self._session.saved(review)

    def close(self) -> None:
        """Write what is still to be written, now."""
        self._timer.stop()
        if self._thread is not None:
            self._thread.join()
        if not self._session.state.saved and self._session.writable:
            self._write(self._session.state.review)
