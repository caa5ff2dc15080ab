"""The ring between the thread that mixes sound and the device that plays it."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

Block = NDArray[np.float32]
"""Samples for two ears, shaped (n, 2)."""


class Ring:
    """Samples between one thread that puts and one that takes; neither waits for the other."""

    def __init__(self, size: int) -> None:
        self._held = np.zeros((size, 2), np.float32)
        self._put = self._taken = 0
        self._lock = threading.Lock()
        self.missed = 0
        """Samples of silence that were handed out because none were mixed in time."""

    @property
    def room(self) -> int:
        """Samples that can be put."""
        return len(self._held) - self.ready

    @property
    def ready(self) -> int:
        """Samples that can be taken."""
        return self._put - self._taken

    def put(self, block: Block) -> None:
        """Add samples; there must be room for them."""
        with self._lock:
            self._held[(self._put + np.arange(len(block))) % len(self._held)] = block
            self._put += len(block)

    def take(self, count: int) -> Block:
        """The next samples; silence for those that were not mixed in time."""
        with self._lock:
            ready = min(count, self.ready)
            out = np.zeros((count, 2), np.float32)
            out[:ready] = self._held[(self._taken + np.arange(ready)) % len(self._held)]
            self._taken += ready
            self.missed += count - ready
            return out

    def forget(self, keep: int) -> Block:
        """Take back all but the next `keep` samples; returns what was taken back."""
        with self._lock:
            count = max(0, self.ready - keep)
            self._put -= count
            return self._held[(self._put + np.arange(count)) % len(self._held)]
