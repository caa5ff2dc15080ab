"""Half-size proxies of movies that are slow to seek, made in the background."""

from __future__ import annotations

import threading
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from conform.errors import ConformError
from conform.media.proxy import write_proxy
from conform.watch import Cancelled, Step
from ui.review.places import cached


def proxy_of(path: Path) -> Path:
    """Where the proxy of a movie lies, made or not."""
    return cached(path, "proxies")


class ProxyMaker(QObject):
    """Makes one proxy; `made` hands over its place, `said` tells how far it is."""

    made = pyqtSignal(object)
    said = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def make(self, source: Path) -> None:
        """Begin, unless one is being made."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, args=(source,), name="proxy")
            self._thread.start()

    def close(self) -> None:
        """Stop; nothing half made is kept."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self, source: Path) -> None:
        try:
            write_proxy(source, proxy_of(source), watch=self._watch)
        except Cancelled:
            return
        except ConformError as fault:
            self.said.emit(f"No proxy: {fault}")
        else:
            self.made.emit(proxy_of(source))

    def _watch(self, step: Step) -> None:
        if self._stop.is_set():
            raise Cancelled
        self.said.emit(f"Making a half-size proxy: frame {step.done} of {step.total or 'many'}")
