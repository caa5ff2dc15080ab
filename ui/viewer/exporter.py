"""The exporter: writes stems and report in the background."""

from __future__ import annotations

import threading
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from conform.errors import ConformError
from conform.review.decision import Review
from conform.synced import Sync
from conform.watch import Step
from ui.review.export import export
from ui.review.session import Session


class Exporter(QObject):
    """Exports a session as it was decided; `said` tells what came of it."""

    said = pyqtSignal(str)
    _went = pyqtSignal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._told = ""
        self._went.connect(session.say)

    def export(self, folder: Path, *, replaced: bool) -> None:
        """Write into a folder, over what stands there only if it may be `replaced`."""
        try:
            sync = self._session.to_export()
        except ConformError as fault:
            self._session.say(str(fault))
            return
        self._session.say("Exporting…")
        work = (sync, self._session.state.review, folder, replaced)
        threading.Thread(target=self._run, args=work, name="export").start()

    def _watch(self, step: Step) -> None:
        """Say how far it is, a hundredth at a time."""
        done = f" {step.done * 100 // step.total} %" if step.total else ""
        told = f"Exporting: {step.stage}{done}"
        if told != self._told:
            self._told = told
            self._went.emit(told)

    def _run(self, sync: Sync, review: Review, folder: Path, replaced: bool) -> None:
        try:
            kept = self._session.beside
            stems, page = export(
                sync, folder, review, force=replaced, sources=kept, watch=self._watch
            )
        except ConformError as fault:
            self.said.emit(f"Not exported: {fault}")
        else:
            self.said.emit(f"{len(stems)} stems and the report {page.name} are in {folder}")
