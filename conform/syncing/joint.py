"""The events of one take together: they share one place and one drift.

An event's slip is where its take was found less where the cut puts it. A recorder that was jammed
wrongly shifts every event of a take alike, and its drift tilts them; an event that stands apart was
slipped by the editor, or is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

TWO_SIDED = 1.96
"""Standard deviations to a 95 % half-width."""

_TOGETHER = 0.001  # seconds within which events of a take agree at first sight, if they are sure
_CERTAIN = 1e-6  # a drift whose half-width is above this is not claimed
_USUAL = 50e-6  # drift of usual clocks: 7 to 145 ppm were met between cameras and recorders
_STEEP = 250e-6  # the largest drift that events of a take may show between one another


@dataclass(frozen=True, slots=True)
class Slip:
    """One event's slip in seconds at a time of the take; half-widths are 95 %.

    A long event shows its drift by itself: `tilt`.
    """

    time: float
    slip: float
    half_width: float
    tilt: float | None = None
    tilt_half_width: float | None = None

    def moved(self, offset: Fraction) -> Slip:
        """The same slip on the clock of a file that begins `offset` seconds later."""
        return replace(self, time=self.time - float(offset), slip=self.slip + float(offset))


@dataclass(frozen=True, slots=True)
class Joint:
    """One line for a take: `slip` in seconds at take time `time`; half-widths are 95 %.

    `tilt` is the likeliest drift even where it is too uncertain to be claimed.
    """

    time: float
    slip: float
    half_width: float
    tilt: float
    tilt_half_width: float
    outliers: frozenset[int]
    """The events, by their place in the list given, that do not share the line."""

    @property
    def drift(self) -> float | None:
        """The drift, where it is certain enough to be claimed."""
        return self.tilt if self.tilt_half_width < _CERTAIN else None

    @property
    def drift_half_width(self) -> float | None:
        """The claimed drift's 95 % half-width."""
        return self.tilt_half_width if self.tilt_half_width < _CERTAIN else None

    def moved(self, offset: Fraction) -> Joint:
        """The same line on the clock of a file that begins `offset` seconds later."""
        return replace(self, time=self.time - float(offset), slip=self.slip + float(offset))

    def at(self, time: float) -> float:
        """The slip at a time of the take."""
        return self.slip + self.tilt * (time - self.time)

    def half_width_at(self, time: float) -> float:
        """The 95 % half-width of the slip at a time of the take."""
        return float(np.hypot(self.half_width, self.tilt_half_width * (time - self.time)))


def solve(slips: Sequence[Slip]) -> Joint:
    """The line that most events of a take share; at least one event is needed.

    The tilt is held to what clocks do (ridge regression). Scatter between events beyond what their
    half-widths say widens the errors; less scatter does not narrow them.
    """
    inside = _agreeing(slips)
    kept = [slips[index] for index in inside]
    times = np.array([slip.time for slip in kept])
    values = np.array([slip.slip for slip in kept])
    weights = np.array([(TWO_SIDED / slip.half_width) ** 2 for slip in kept])
    time, middle = (float(np.average(array, weights=weights)) for array in (times, values))
    tilts = [(slip.tilt, slip.tilt_half_width) for slip in kept]
    seen = [(tilt, (TWO_SIDED / half) ** 2) for tilt, half in tilts if tilt is not None and half]
    moment = float((weights * (times - time) ** 2).sum())
    moment += sum(weight for _, weight in seen) + 1 / _USUAL**2
    pull = float((weights * (times - time) * (values - middle)).sum())
    tilt = (pull + sum(weight * value for value, weight in seen)) / moment
    misses = values - middle - tilt * (times - time)
    spread = max(1.0, float((weights * misses**2).sum()) / max(len(kept) - 2, 1))
    return Joint(
        time=time,
        slip=middle,
        half_width=TWO_SIDED * float(np.sqrt(spread / weights.sum())),
        tilt=tilt,
        tilt_half_width=TWO_SIDED * float(np.sqrt(spread / moment)),
        outliers=frozenset(set(range(len(slips))) - set(inside)),
    )


def _agreeing(slips: Sequence[Slip]) -> list[int]:
    """The events that most others agree with, on a line through two of them or level with one.

    Among lines that as many events share, the flattest is likeliest, then the surest event's.
    """
    times = np.array([slip.time for slip in slips])
    values = np.array([slip.slip for slip in slips])
    first, second = np.triu_indices(len(slips), 1)
    apart = np.abs(times[second] - times[first]) > 0
    first, second = first[apart], second[apart]
    tilts = (values[second] - values[first]) / (times[second] - times[first])
    believed = np.abs(tilts) <= _STEEP
    through = np.concatenate([np.arange(len(slips)), first[believed]])
    tilts = np.concatenate([np.zeros(len(slips)), tilts[believed]])
    lines = values[through, None] + tilts[:, None] * (times - times[through, None])
    doubts = np.array([slip.half_width for slip in slips])
    near = np.abs(values - lines) < np.maximum(_TOGETHER, doubts)
    best = np.lexsort((doubts[through], np.abs(tilts), -near.sum(axis=1)))[0]
    return [int(index) for index in np.flatnonzero(near[best])]
