"""Ways to be heard: PortAudio, Qt, or a silent clock; each says what has been heard so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QElapsedTimer, QIODevice

Pull = Callable[[int], NDArray[np.float32]]
"""The next so many samples, shaped (n, 2); never waits."""

_BLOCK = 480


class Output(Protocol):
    """A device that plays what it pulls, and the clock of it."""

    name: str

    def start(self, pull: Pull) -> None:
        """Begin to play; the clock starts at 0."""

    def stop(self) -> None:
        """Fall silent."""

    def heard(self) -> float:
        """Seconds of sound that have reached the device since `start`."""


class PortAudio:
    """PortAudio through `sounddevice`, whose clock says when a sample reaches the converter."""

    def __init__(self, rate: int) -> None:
        import sounddevice  # noqa: PLC0415  (raises OSError where PortAudio is not installed)

        self._sounddevice: Any = sounddevice
        device = sounddevice.query_devices(kind="output")
        self.name = str(device["name"])
        self._rate = rate
        self._stream: Any = None
        self._sent, self._mark = 0, (0.0, 0)

    def start(self, pull: Pull) -> None:
        """Begin to play; the clock starts at 0."""
        self.stop()
        self._sent, self._mark = 0, (0.0, 0)

        def called(out: NDArray[np.float32], count: int, time: Any, status: Any) -> None:
            out[:] = pull(count)
            self._mark = (time.outputBufferDacTime, self._sent)
            self._sent += count

        self._stream = self._sounddevice.OutputStream(
            samplerate=self._rate, channels=2, dtype="float32", callback=called, latency="low"
        )
        self._stream.start()

    def stop(self) -> None:
        """Fall silent."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def heard(self) -> float:
        """Seconds of sound that have reached the converter."""
        at, sent = self._mark
        if self._stream is None or not at:
            return 0.0
        return max(0.0, sent / self._rate + float(self._stream.time) - at)


class QtAudio:
    """Qt's own sound output."""

    def __init__(self, rate: int) -> None:
        from PyQt6.QtMultimedia import (  # noqa: PLC0415  (needs libpulse on Linux)
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
        self._sink = QAudioSink(device, form)
        self._sink.setBufferSize(rate // 10 * 8)
        self._feed: _Feed | None = None

    def start(self, pull: Pull) -> None:
        """Begin to play; the clock starts at 0."""
        self.stop()
        self._feed = _Feed(pull)
        self._feed.open(QIODevice.OpenModeFlag.ReadOnly)
        self._sink.start(self._feed)

    def stop(self) -> None:
        """Fall silent."""
        self._sink.reset()
        self._feed = None

    def heard(self) -> float:
        """Seconds of sound that Qt says were processed."""
        return self._sink.processedUSecs() / 1e6 if self._feed else 0.0


class _Feed(QIODevice):
    """What Qt reads from."""

    def __init__(self, pull: Pull) -> None:
        super().__init__()
        self._pull = pull

    def readData(self, maxlen: int) -> bytes:  # noqa: N802
        """The next bytes, as Qt asks for them."""
        return self._pull(max(1, maxlen // 8)).astype(np.float32).tobytes()

    def writeData(self, data: object) -> int:  # noqa: N802
        """Nothing can be written."""
        return -1

    def bytesAvailable(self) -> int:  # noqa: N802
        """There is always more."""
        return 1 << 16

    def isSequential(self) -> bool:  # noqa: N802
        """Sound only runs on."""
        return True


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


def best_output(rate: int) -> Output:
    """The best output that works here."""
    for kind in (PortAudio, QtAudio):
        try:
            return kind(rate)
        except Exception:  # noqa: BLE001, S112  (PortAudio and Qt raise what they like)
            continue
    return Silent(rate)
