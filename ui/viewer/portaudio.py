"""Sound through PortAudio, whose clock says when a sample reaches the converter."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from ui.viewer.output import OutputError
from ui.viewer.runs import Pull, Run, Runs

_LATENCY = 0.1
"""Seconds between a sample and its being heard that are asked for: Python may hold a thread up for
tens of milliseconds, and the device's own clock makes up for it."""

_STALL = 3.0
"""Seconds without a call from an open device after which it counts as gone: a sound server that
wakes a wireless one takes up to two."""


class PortAudio:
    """PortAudio through `sounddevice`, whose clock says when a sample reaches the converter."""

    def __init__(self, rate: int) -> None:
        import sounddevice  # noqa: PLC0415  (raises OSError where PortAudio is not installed)

        self._sounddevice: Any = sounddevice
        device = sounddevice.query_devices(kind="output")
        self.name = str(device["name"])
        self._rate = rate
        self._stream: Any = None
        self._runs = Runs()
        self._called = 0.0
        self.dropped = 0
        """Blocks that the device had to do without."""

    def start(self, pull: Pull) -> None:
        """Begin to play; the clock starts at 0. Raises `OutputError`."""
        if self._stream is not None and self.failed():
            self.close()
        if self._stream is None:
            self._open()
        self._called = time.monotonic()
        self._runs.now = Run(pull)

    def stop(self) -> None:
        """Fall silent; the device stays at hand."""
        self._runs.now = None

    def heard(self) -> float:
        """Seconds of sound that have reached the converter."""
        run = self._runs.now
        if self._stream is None or run is None or not run.mark[0]:
            return 0.0
        at, number = run.mark
        heard = number / self._rate + float(self._stream.time) - at
        return min(max(0.0, heard), run.sent / self._rate)

    def failed(self) -> bool:
        """Whether the stream ended, or the device asks for nothing any more."""
        stream = self._stream
        return stream is None or not stream.active or time.monotonic() - self._called > _STALL

    def close(self) -> None:
        """Let the device go."""
        stream, self._stream = self._stream, None
        self._runs = Runs()
        if stream is not None:
            with suppress(self._sounddevice.PortAudioError):  # it may be gone already
                stream.close()

    def _open(self) -> None:
        runs = self._runs

        def called(out: Any, count: int, moment: Any, status: Any) -> None:
            out[:] = runs.fill(count, moment.outputBufferDacTime)
            self._called = time.monotonic()
            self.dropped += bool(status.output_underflow)

        try:
            self._stream = self._sounddevice.OutputStream(
                samplerate=self._rate,
                channels=2,
                dtype="float32",
                callback=called,
                latency=_LATENCY,
            )
            self._stream.start()
        except self._sounddevice.PortAudioError as fault:
            self.close()
            raise OutputError(f"{self.name} does not play: {fault}") from fault
