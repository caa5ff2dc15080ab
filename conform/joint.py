"""The events of one take together: they share one place and one drift.

An event's slip is where its take was found less where the cut puts it. A recorder that was jammed
wrongly shifts every event of a take alike, and its drift tilts them; an event that stands apart was
slipped by the editor, or is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from conform.evidence import STEEPEST

_TOGETHER = 0.001  # seconds within which events of a take agree at first sight
_CERTAIN = 1e-6  # a drift whose half-width is above this is not claimed
_USUAL = 50e-6  # drift of usual clocks: 7 to 145 ppm were met between cameras and recorders
_OUTLYING = 4.0  # scatters from which one group of frames is left out

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slip:
    """The slips of one event's groups of frames: (groups, 2), take time and slip in seconds.

    `half_width` is that of the event's place, 95 %.
    """

    points: Reals
    half_width: float

    @property
    def time(self) -> float:
        """The middle of what was measured, on the take's clock."""
        return float(self.points[:, 0].mean())

    @property
    def slip(self) -> float:
        """The event's slip at that time."""
        return float(np.median(self.points[:, 1]))


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

    def at(self, time: float) -> float:
        """The slip at a time of the take."""
        return self.slip + self.tilt * (time - self.time)

    def half_width_at(self, time: float) -> float:
        """The 95 % half-width of the slip at a time of the take."""
        return float(np.hypot(self.half_width, self.tilt_half_width * (time - self.time)))


def solve(slips: Sequence[Slip]) -> Joint:
    """The line that most events of a take share; at least one event is needed."""
    inside = _agreeing(slips)
    points = np.concatenate([slips[index].points for index in inside])
    weights = np.concatenate([_weights(slips[index]) for index in inside])
    keep = np.ones(len(points), bool)
    line = _weighted(points, weights)
    for _ in range(4):
        line = _weighted(points[keep], weights[keep])
        misses = np.abs(points[:, 1] - line.slip - line.tilt * (points[:, 0] - line.time))
        misses *= np.sqrt(weights)
        keep = misses < _OUTLYING * 1.4826 * float(np.median(misses[keep])) + 1e-9
    half = float(stats.t.ppf(0.975, max(int(keep.sum()) - 2, 1)))
    return Joint(
        time=line.time,
        slip=line.slip,
        half_width=half * line.error,
        tilt=line.tilt,
        tilt_half_width=half * line.tilt_error,
        outliers=frozenset(set(range(len(slips))) - set(inside)),
    )


def _agreeing(slips: Sequence[Slip]) -> list[int]:
    """The events that agree with most others, allowing for drift."""
    times = np.array([slip.time for slip in slips])
    values = np.array([slip.slip for slip in slips])
    tilt = STEEPEST / 2 * np.abs(times[:, None] - times)
    near = np.abs(values[:, None] - values) < _TOGETHER + tilt
    sure = np.array([1 / (slip.half_width + 1e-5) for slip in slips])
    best = int((near.sum(axis=1) + 1e-9 * sure).argmax())
    return [int(index) for index in np.flatnonzero(near[best])]


def _weights(slip: Slip) -> Reals:
    """Each group's weight: one over the square of the scatter that the half-width implies."""
    scatter = max(slip.half_width, 2e-7) / 2 * np.sqrt(len(slip.points))
    return np.full(len(slip.points), 1 / scatter**2)


@dataclass(frozen=True, slots=True)
class _Fit:
    time: float
    slip: float
    error: float
    tilt: float
    tilt_error: float


def _weighted(points: Reals, weights: Reals) -> _Fit:
    """A weighted least-squares line whose tilt is held to what clocks do (ridge regression).

    Scatter beyond what the weights say widens the errors; less scatter does not narrow them, since
    an event's groups may share an error that they do not show.
    """
    time = float(np.average(points[:, 0], weights=weights))
    slip = float(np.average(points[:, 1], weights=weights))
    away = points[:, 0] - time
    moment = float((weights * away**2).sum()) + 1 / _USUAL**2
    tilt = float((weights * away * (points[:, 1] - slip)).sum()) / moment
    misses = points[:, 1] - slip - tilt * away
    spread = max(float((weights * misses**2).sum()) / max(len(points) - 2, 1), 1.0)
    return _Fit(
        time, slip, float(np.sqrt(spread / weights.sum())), tilt, float(np.sqrt(spread / moment))
    )
