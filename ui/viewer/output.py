"""What plays sound and says what was heard of it, and the one that plays none."""

from __future__ import annotations

from typing import Protocol

from PyQt6.QtCore import QElapsedTimer

from conform.errors import ConformError
from ui.viewer.runs import Pull


class OutputError(ConformError):
    """A device that does not play."""


class Output(Protocol):
    """A device that plays what it pulls, and the clock of it."""

    name: str

    def start(self, pull: Pull) -> None:
        """Begin to play; the clock starts at 0. Raises `OutputError`."""

    def stop(self) -> None:
        """Fall silent; the device stays at hand."""

    def heard(self) -> float:
        """Seconds of sound that were heard since `start`; never more than were pulled."""

    def failed(self) -> bool:
        """Whether the device has stopped by itself."""

    def close(self) -> None:
        """Let the device go; `start` takes it again."""


class Silent:
    """No sound, but a clock that runs: the picture plays all the same."""

    name = "no sound device"

    def __init__(self, rate: int) -> None:
        self._clock = QElapsedTimer()

    def start(self, pull: Pull) -> None:
        """Begin to count."""
        self._clock.start()

    def stop(self) -> None:
        """Stop counting."""
        self._clock.invalidate()

    def heard(self) -> float:
        """Seconds since the start."""
        return self._clock.nsecsElapsed() / 1e9 if self._clock.isValid() else 0.0

    def failed(self) -> bool:
        """A clock runs on."""
        return False

    def close(self) -> None:
        """There is no device."""
