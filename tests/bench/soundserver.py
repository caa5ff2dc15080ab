"""A sound server of its own, without a device, and a recorder that hears what it gives out."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_RATE = 48000

Sound = NDArray[np.float32]


class Recorder:
    """Records the sink's monitor, and knows when a sample came in."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._times: list[tuple[float, int]] = []
        self._taken = 0
        self._process = subprocess.Popen(
            ["parec", "--device=room.monitor", "--format=float32le", "--rate=48000",
             "--channels=2", "--latency-msec=5"],
            stdout=subprocess.PIPE,
        )  # fmt: skip
        threading.Thread(target=self._run, daemon=True).start()
        time.sleep(1.0)

    def _run(self) -> None:
        pipe = self._process.stdout
        while pipe is not None and (block := os.read(pipe.fileno(), 1 << 14)):
            self._blocks.append(block)
            self._taken += len(block) // 8
            self._times.append((time.monotonic(), self._taken))

    def count(self) -> int:
        """Samples recorded so far."""
        return self._taken

    def since(self, first: int) -> Sound:
        """The recording from a sample on."""
        whole = np.frombuffer(b"".join(self._blocks), "<f4")
        return whole[: len(whole) // 2 * 2].reshape(-1, 2)[first:]

    def moment(self) -> float:
        """When sample 0 came in at the latest: the quickest way that any block took."""
        return min(at - taken / _RATE for at, taken in self._times)

    def close(self) -> None:
        """Record no more."""
        self._process.terminate()
        self._process.wait()


class Server:
    """A sound server without a device; `kill` takes it away as a pulled plug does."""

    def __init__(self, folder: Path) -> None:
        os.environ |= {"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
        os.environ.pop("PULSE_SERVER", None)
        folder.chmod(0o700)
        self._start()

    def _start(self) -> None:
        sink = "module-null-sink sink_name=room rate=48000 format=float32le channels=2"
        self._process = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1",
             "-L", "module-native-protocol-unix auth-anonymous=1", "-L", sink],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(1.5)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()

    def again(self) -> None:
        """Start anew."""
        self._start()
