"""The assembler: one thread that puts the stems together for wide views, after every change."""

from __future__ import annotations

import threading

from PyQt6.QtCore import QObject, pyqtSignal

from ui.review.layout import Layout, laid_alike
from ui.review.session import Session
from ui.review.state import State
from ui.review.waves import Waves

_PAUSE = 0.15
"""Seconds without another change before the stems are put together anew."""


class Assembler(QObject):
    """Keeps `waves` assembled for the layout of a session; `ready` tells of it."""

    ready = pyqtSignal()

    def __init__(self, session: Session, waves: Waves, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._waves = session, waves
        self._wanted: Layout | None = None
        self._stop = threading.Event()
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="stems", daemon=True)
        self._thread.start()
        session.listen_to(self._changed)

    def ask(self) -> None:
        """Put the stems together as they lie now."""
        with self._wake:
            self._wanted = self._session.layout()
            self._wake.notify()

    def close(self) -> None:
        """Stop the thread."""
        self._stop.set()
        with self._wake:
            self._wake.notify()
        self._thread.join(timeout=5)

    def _changed(self, before: State, now: State) -> None:
        if before.review is not now.review and not laid_alike(before.review, now.review):
            self.ask()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._wanted is not None or self._stop.is_set())
            if self._stop.wait(_PAUSE):
                return
            with self._wake:
                layout, self._wanted = self._wanted, None
            if layout is not None:
                self._waves.assemble(layout)
                self.ready.emit()
