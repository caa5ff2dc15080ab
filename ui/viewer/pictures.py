"""The frame server: one thread that owns one movie, and answers the newest request only."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QImage

from conform.errors import ConformError
from conform.media.frames import Frames, Image, Shape
from conform.timecode import Rate

_BUDGET = 192 * 1024 * 1024  # bytes of decoded pictures that are held
_AHEAD = 6  # frames decoded before they are asked for, while playing
_BEHIND = 24  # frames kept on the way when going backward


class FrameServer(QObject):
    """Pictures by frame number. `ready` hands over a number and its picture, `failed` a reason."""

    ready = pyqtSignal(int, QImage)
    failed = pyqtSignal(str)
    opened = pyqtSignal(int)
    """The most frames between two key frames."""

    def __init__(self, path: Path, rate: Rate, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path, self._rate = path, rate
        self._wanted: tuple[int, Shape] | None = None
        self._direction, self._last = 1, 0
        self._held: OrderedDict[tuple[int, Shape], QImage] = OrderedDict()
        self._bytes = 0
        self._wake = threading.Condition()
        self._stop = self._open = False
        self._thread = threading.Thread(target=self._run, name=f"frames {path.name}", daemon=True)

    def start(self) -> None:
        """Open the movie; whoever wants to be told is connected by now."""
        self._thread.start()

    def ask(self, number: int, shape: Shape) -> None:
        """Ask for a picture; whatever was asked before and not begun is forgotten."""
        with self._wake:
            self._wanted = (number, shape)
            self._wake.notify()

    def held(self, number: int, shape: Shape) -> QImage | None:
        """A picture that is at hand."""
        with self._wake:
            return self._held.get((number, shape))

    def close(self) -> None:
        """Stop the thread and let go of the file."""
        with self._wake:
            self._stop = True
            self._wake.notify()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while self._from_file():
            pass

    def _from_file(self) -> bool:
        """Serve from the movie until that is over; True where it failed and is asked for again."""
        try:
            with Frames(self._path) as frames:
                if not self._open:
                    self._open = True
                    self._say(self.opened, frames.key_gap(self._rate))
                while (request := self._next()) is not None:
                    self._serve(frames, *request)
        except ConformError as fault:
            self._say(self.failed, f"{self._path.name} {fault.message}")
            with self._wake:
                self._wake.wait_for(lambda: self._wanted is not None or self._stop)
        return not self._stop

    def _next(self) -> tuple[int, Shape] | None:
        with self._wake:
            self._wake.wait_for(lambda: self._wanted is not None or self._stop)
            request, self._wanted = self._wanted, None
            return None if self._stop else request

    def _serve(self, frames: Frames, number: int, shape: Shape) -> None:
        self._direction = -1 if number < self._last else 1
        self._last = number
        image = self.held(number, shape)
        if image is None:
            first = max(0, number - _BEHIND) if self._direction < 0 else number
            for at, picture in frames.run(first, number, self._rate, shape):
                image = self._hold(at, shape, picture)
        if image is not None:
            self._say(self.ready, number, image)
        self._run_ahead(frames, number, shape)

    def _run_ahead(self, frames: Frames, number: int, shape: Shape) -> None:
        """Decode on while nobody asks: the next frame of playing is then at hand."""
        if self._direction < 0:
            return
        for at in range(number + 1, number + 1 + _AHEAD):
            if self._wanted is not None or self._stop:
                return
            if self.held(at, shape) is None:
                self._hold(at, shape, frames.at(at, self._rate, shape))

    def _hold(self, number: int, shape: Shape, picture: Image) -> QImage:
        height, width = picture.shape[:2]
        image = QImage(
            picture.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32
        ).copy()
        with self._wake:
            self._held[number, shape] = image
            self._bytes += image.sizeInBytes()
            while self._bytes > _BUDGET:
                self._bytes -= self._held.popitem(last=False)[1].sizeInBytes()
        return image

    def _say(self, signal: object, *what: object) -> None:
        if not self._stop:
            signal.emit(*what)  # type: ignore[attr-defined]
