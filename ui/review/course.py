"""How playing sound moves through the picture: forward, backward, faster, round a loop."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Course:
    """From sample `start` at `speed` times real time, in samples of the session.

    With `first` and `end` it goes round that stretch, once inside; `stop` ends a course early,
    after that many samples played.
    """

    start: int
    speed: Fraction
    first: int | None = None
    end: int | None = None
    stop: int | None = None

    def at(self, played: float) -> float:
        """The place, in samples, after `played` samples have been heard."""
        if self.stop is not None:
            played = min(played, self.stop)
        place = self.start + float(self.speed) * played
        return self._round(place)

    def _round(self, place: float) -> float:
        if self.first is None or self.end is None or self.end <= self.first:
            return place
        if not self.first <= self.start < self.end:
            return place
        return self.first + (place - self.first) % (self.end - self.first)

    def places(self, played: int, count: int) -> NDArray[np.float64]:
        """The places of samples `played .. played + count`, in the order they are heard."""
        straight = self.start + float(self.speed) * np.arange(played, played + count, dtype=float)
        if self.first is None or self.end is None or self.end <= self.first:
            return straight
        if not self.first <= self.start < self.end:
            return straight
        return self.first + np.mod(straight - self.first, self.end - self.first)


def frame_of(place: float, latency: Fraction, sample_rate: int, fps: Fraction) -> int:
    """The frame on screen while sample `place` is heard through a path of that latency."""
    seconds = Fraction(place).limit_denominator(1 << 20) / sample_rate - latency
    return floor(seconds * fps)
