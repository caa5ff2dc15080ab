"""Sync by hand: a frame of the picture and an instant of a take that belong together.

For sound that nothing can measure, as under a picture that was shot without sound: the reviewer
marks the frame on which the slate is closed, and its clap in the take. What is placed so is known
by the eye alone, to the frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from conform import media
from conform.roll import Roll

_NEAR = Fraction(1, 25)
"""Seconds to either side of a cursor in which a clap is looked for: a frame of film."""

_RISE = 0.001  # seconds over which a transient rises
_BEFORE = 0.005  # seconds of what was heard before it
_LOUDER = 10.0  # times the power before, 10 dB: less is no transient
_ONSET = 0.1  # of the peak, -20 dB: where the rise begins


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sync marks, in exact seconds.

    `picture` is the record time at which the marked frame starts; `sound` is the marked instant in
    the take, counted from its first sample.
    """

    picture: Fraction
    sound: Fraction

    @property
    def place(self) -> Fraction:
        """The record time of the take's first sample."""
        return self.picture - self.sound


def clap_near(roll: Roll, at: Fraction, reach: Fraction = _NEAR) -> Fraction | None:
    """The loudest transient of a take within `reach` seconds of a time in it, to the sample.

    It is the onset that is told, on the channel that shows it most. None where nothing rises by
    10 dB. Raises `MediaError` for a take that cannot be read.
    """
    first = max(Fraction(0), at - reach - Fraction(_BEFORE))
    first = Fraction(int(first * roll.sample_rate), roll.sample_rate)
    span = at + reach - first
    best: tuple[float, int] | None = None
    for path in roll.paths:
        picked = tuple(channel.index for channel in roll.channels if channel.path == path)
        heard = media.read(
            path, channels=picked, start=first, duration=span, findings=lambda _: None
        )
        for channel in heard.T:
            found = transient(channel, roll.sample_rate)
            if found is not None and (best is None or found > best):
                best = found
    return None if best is None else first + Fraction(best[1], roll.sample_rate)


def transient(sound: NDArray[np.float32], rate: int) -> tuple[float, int] | None:
    """The loudest transient of a stretch: its rise in power, and the sample at which it begins."""
    rise, before = max(1, round(_RISE * rate)), max(1, round(_BEFORE * rate))
    if len(sound) <= rise + before:
        return None
    energy = np.concatenate([[0.0], np.cumsum(np.square(sound, dtype=np.float64))])
    at = np.arange(before, len(sound) - rise)
    after = (energy[at + rise] - energy[at]) / rise
    ahead = (energy[at] - energy[at - before]) / before
    gains = np.where(after > _LOUDER * ahead, after - ahead, 0.0)
    top = int(gains.argmax())
    if gains[top] <= 0:
        return None
    first = int(at[top]) - 2 * rise
    around = np.abs(sound[first : first + 4 * rise])
    return float(gains[top]), first + int(np.argmax(around >= _ONSET * around.max()))
