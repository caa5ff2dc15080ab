"""The detail server: the samples themselves, for zooms that are finer than the peaks."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal

from conform.review.peaks import BASE
from ui.review.layout import Layout
from ui.review.programme import Passage, Programme

_LONGEST = 20  # seconds of samples that are drawn at most


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sound from sample `first` on, of a layout with these stems."""

    layout: Layout
    first: int
    end: int
    sound: Passage

    @property
    def stems(self) -> tuple[str, ...]:
        """The stems in the order of the sound's channels."""
        return self.layout.stems


class DetailServer(QObject):
    """One thread that brings in the newest stretch that is looked at closely."""

    ready = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.latest: Stretch | None = None
        self.version = 0
        self._wanted: tuple[Layout, int, int] | None = None
        self._wake = threading.Condition()
        self._stop = False
        self._thread = threading.Thread(target=self._run, name="detail", daemon=True)
        self._thread.start()

    def stretch(self, layout: Layout, first: float, end: float, step: float) -> Stretch | None:
        """The samples under a view where they are at hand; else they are asked for.

        Views that are wider than the peaks resolve are drawn from those, and have none.
        """
        if step >= BASE and (end - first) > _LONGEST * layout.sample_rate:
            self.latest = None
            return None
        low, high = int(first) - 2, int(end) + 3
        held = self.latest
        if held and held.layout is layout and held.first <= low and high <= held.end:
            return held
        with self._wake:
            room = high - low
            self._wanted = (layout, low - room // 2, high + room // 2)
            self._wake.notify()
        self.latest = None
        return None

    def close(self) -> None:
        """Stop the thread."""
        with self._wake:
            self._stop = True
            self._wake.notify()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        programme: Programme | None = None
        laid: Layout | None = None
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._wanted is not None or self._stop)
                request, self._wanted = self._wanted, None
                if self._stop or request is None:
                    return
            layout, first, end = request
            if programme is None:
                programme = Programme(layout)
            elif laid is not layout:
                programme.relaid(layout)
            laid = layout
            found = Stretch(layout, first, end, programme.stretch(first, end))
            if self._wanted is None and not self._stop:
                self.latest = found
                self.version += 1
                self.ready.emit()
