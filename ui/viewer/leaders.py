"""The leader: 2-pop and tail pop are looked for once a session is open, and shown."""

from __future__ import annotations

import threading

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QLabel, QWidget

from conform.review.leader import PopCheck, checks, heard_files, told
from conform.timeline import ZERO
from ui.review.session import Session
from ui.review.texts import signed
from ui.viewer import look


class LeaderLabel(QLabel):
    """A word in the status bar; its tip says it in full."""

    found = pyqtSignal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.found.connect(self._show)
        self._stop = False
        self._thread = threading.Thread(target=self._run, name="leader", daemon=True)
        if session.guide is not None:
            self._thread.start()

    def close_listener(self) -> None:
        """Wait for the thread: it reads some seconds of sound at most."""
        self._stop = True
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        sync = self._session.sync
        pops = checks(sync.timeline, heard_files(sync))
        if not self._stop:
            self.found.emit(pops)

    def _show(self, pops: tuple[PopCheck, ...]) -> None:
        session = self._session
        session.found_pops(pops)
        timeline = session.sync.timeline
        if not pops:
            self.setText("No 2-pop")
            return
        worst = max(pops, key=lambda check: abs(check.off or ZERO))
        fine = worst.fine(timeline.rate)
        self.setText(short(worst, session))
        self.setStyleSheet("" if fine else f"color: {look.BAD.name()}")
        self.setToolTip("\n".join(f"{check.file}: {told(check, timeline)}" for check in pops))
        if not fine:
            session.say(f"{worst.file}: {told(worst, timeline)}")


def short(check: PopCheck, session: Session) -> str:
    """One pop in some words: `2-pop ✓`, `2-pop −1.00 fr late`."""
    frames = check.frames(session.sync.timeline.rate)
    if frames is None or check.samples is None:
        return f"{check.end} not judged"
    if check.fine(session.sync.timeline.rate):
        return f"{check.end} ✓" + (f" {signed(check.samples, 0)} smp" if check.samples else "")
    return f"{check.end} ▲ {signed(frames, 2)} fr {'early' if frames > 0 else 'late'}"
