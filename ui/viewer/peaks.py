"""The peak server: one thread that brings waveforms in, from the cache or from the files."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from conform.errors import ConformError
from conform.review.peaks import growing, load, save
from conform.watch import Cancelled, Step
from ui.review.places import cached
from ui.review.waves import Waves


class PeakServer(QObject):
    """Fills `waves`; `grown` tells that there is more to draw, `failed` which file has no sound."""

    grown = pyqtSignal()
    done = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(self, waves: Waves, paths: list[Path], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waves, self._queue = waves, deque(dict.fromkeys(paths))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="peaks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the thread; what was half read is read again another time."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        missing = [path for path in self._queue if not self._cached(path)]
        for path in missing:
            try:
                self._read(path)
            except Cancelled:
                return
            except ConformError as fault:
                self._say(self.failed, str(fault))
        self._say(self.done)

    def _cached(self, path: Path) -> bool:
        pyramid = None if self._stop.is_set() else load(cached(path, "peaks"))
        if pyramid is not None:
            self._waves.put(path, pyramid)
            self._say(self.grown)
        return pyramid is not None

    def _read(self, path: Path) -> None:
        last = None
        for pyramid in growing(path, watch=self._watch):
            self._waves.put(path, pyramid)
            self._say(self.grown)
            last = pyramid
        if last is not None:
            try:
                save(last, cached(path, "peaks"))
            except ConformError:
                return  # without a cache the next opening reads again

    def _watch(self, step: Step) -> None:
        if self._stop.is_set():
            raise Cancelled

    def _say(self, signal: object, *what: object) -> None:
        if not self._stop.is_set():
            signal.emit(*what)  # type: ignore[attr-defined]
