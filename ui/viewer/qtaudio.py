"""Qt's own sound output, where PortAudio is missing."""

from __future__ import annotations

from PyQt6.QtCore import QIODevice

from ui.viewer.output import OutputError
from ui.viewer.runs import Pull, Run, Runs

_BYTES = 8
"""Bytes of a sample for two ears, in 32-bit floats."""

_BUFFERS = 5
"""Buffers in a second: Qt fills them from the window's own thread, which may be drawing."""


class QtAudio:
    """A `QAudioSink` that stays open and reads from `_Feed`."""

    def __init__(self, rate: int) -> None:
        from PyQt6.QtMultimedia import (  # noqa: PLC0415  (needs libpulse on Linux)
            QAudio,
            QAudioFormat,
            QAudioSink,
            QMediaDevices,
        )

        device = QMediaDevices.defaultAudioOutput()
        if device.isNull():
            raise OSError("no sound device")
        form = QAudioFormat()
        form.setSampleRate(rate)
        form.setChannelCount(2)
        form.setSampleFormat(QAudioFormat.SampleFormat.Float)
        self.name = device.description()
        self._rate = rate
        self._ended, self._fine = QAudio.State.StoppedState, QAudio.Error.NoError
        self._sink = QAudioSink(device, form)
        self._sink.setBufferSize(rate // _BUFFERS * _BYTES)
        self._runs = Runs()
        self._feed: _Feed | None = None

    def start(self, pull: Pull) -> None:
        """Begin to play; the clock starts at 0. Raises `OutputError`."""
        if self._feed is None or self.failed():
            self.close()
            self._feed = _Feed(self._runs)
            self._feed.open(QIODevice.OpenModeFlag.ReadOnly)
            self._sink.start(self._feed)
            if self.failed():
                self.close()
                raise OutputError(f"{self.name} does not play")
        self._runs.now = Run(pull)

    def stop(self) -> None:
        """Fall silent; the device stays at hand."""
        self._runs.now = None

    def heard(self) -> float:
        """Seconds of sound that Qt says were processed, of this run."""
        run = self._runs.now
        if self._feed is None or run is None or not run.sent:
            return 0.0
        ahead = self._feed.sent / self._rate - self._sink.processedUSecs() / 1e6
        return max(0.0, run.sent / self._rate - max(0.0, ahead))

    def failed(self) -> bool:
        """Whether the sink has stopped by itself."""
        return self._sink.state() is self._ended and self._sink.error() is not self._fine

    def close(self) -> None:
        """Let the device go."""
        self._sink.reset()
        self._feed, self._runs = None, Runs()


class _Feed(QIODevice):
    """What Qt reads from."""

    def __init__(self, runs: Runs) -> None:
        super().__init__()
        self._runs = runs
        self.sent = 0

    def readData(self, maxlen: int) -> bytes:  # noqa: N802
        """The next bytes, as Qt asks for them."""
        count = max(1, maxlen // _BYTES)
        self.sent += count
        return self._runs.fill(count, 0.0).tobytes()

    def writeData(self, data: object) -> int:  # noqa: N802
        """Nothing can be written."""
        return -1

    def bytesAvailable(self) -> int:  # noqa: N802
        """There is always more."""
        return 1 << 16

    def isSequential(self) -> bool:  # noqa: N802
        """Sound only runs on."""
        return True
