"""How takes run against the picture, and what a slope of that size usually is."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import numpy as np

from conform.synced import EventSync, Status, Sync

_PPM = 1e6
_CLOCK = 100.0  # crystal clocks lie within 100 ppm; a recorder's within a few
_LEAST_TAKES = 5  # below this a line through takes says nothing

SLOPES: tuple[tuple[float, str], ...] = (
    (1000.0, "0.1 %: a pull-up or pull-down (24 against 23.976)"),
    (41_667.0, "4.17 %: 25 against 24 frames a second"),
    (42_709.0, "4.27 %: 25 against 23.976 frames a second"),
    (88_435.0, "8.8 %: 48 kHz against 44.1 kHz"),
)
"""Slopes in ppm that have a cause with a name; either sign and the inverse ratio count too."""


@dataclass(frozen=True, slots=True)
class TakeDrift:
    """One take: its events, the slips they have (seconds), and its drift with what that means."""

    take: str
    events: tuple[EventSync, ...]
    slips: tuple[float, ...]
    ppm: float | None
    uncertainty: float | None
    meaning: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A slope of slips over the reel: `ppm` within `low..high`, and the slip at record time 0."""

    ppm: float
    low: float
    high: float
    origin: float
    meaning: str


def slope_name(ppm: float | None, uncertainty: float | None = None) -> str:
    """What a drift is called, or an empty string where none is known."""
    if ppm is None:
        return ""
    for size, name in SLOPES:
        near = max(uncertainty or 0.0, size * 0.03)
        if min(abs(abs(ppm) - size), abs(abs(ppm) - size / (1 + size / _PPM))) <= near:
            return name
    if uncertainty is not None and abs(ppm) <= uncertainty:
        return "none that can be told from zero"
    return "the recorder's clock" if abs(ppm) <= _CLOCK else "no known cause: check the speed"


def take_drifts(sync: Sync) -> tuple[TakeDrift, ...]:
    """Every take that lies under an event, in record order, with its best drift measurement."""
    takes: dict[str, list[EventSync]] = {}
    for event in sync.events:
        if event.roll is not None:
            takes.setdefault(str(event.roll.path), []).append(event)
    return tuple(_take(events) for events in takes.values())


def trend(sync: Sync) -> Trend | None:
    """The slope that the takes' slips share along the reel; None where they share none.

    Theil-Sen through one point a take (its events are no independent witnesses), with its 95 %
    interval. A trend is one that excludes zero and explains most of what is seen.
    """
    points = [point for drift in take_drifts(sync) if (point := _middle(drift))]
    if len(points) < _LEAST_TAKES:
        return None
    from scipy.stats import theilslopes  # noqa: PLC0415  (half a second to import)

    at, slips = np.array(points).T
    slope, origin, low, high = theilslopes(slips, at)
    left = np.abs(slips - origin - slope * at)
    if low <= 0 <= high or np.median(left) > abs(slope) * float(np.ptp(at)) / 4:
        return None
    ppm, low, high = (float(value) * _PPM for value in (slope, low, high))
    return Trend(ppm, low, high, float(origin), slope_name(ppm, max(ppm - low, high - ppm)))


def _take(events: list[EventSync]) -> TakeDrift:
    measured = [
        event.match for event in events if event.match and event.match.drift_ppm is not None
    ]
    best = min(
        measured,
        key=lambda match: match.drift_uncertainty_ppm or float("inf"),
        default=None,
    )
    ppm = best.drift_ppm if best else None
    uncertainty = best.drift_uncertainty_ppm if best else None
    roll = events[0].roll
    slips = tuple(
        float(event.slip_seconds)
        for event in events
        if event.slip_seconds is not None and event.status is Status.MEASURED
    )
    name = slope_name(ppm, uncertainty)
    return TakeDrift(roll.name if roll else "", tuple(events), slips, ppm, uncertainty, name)


def _middle(drift: TakeDrift) -> tuple[float, float] | None:
    """The middle record time and slip of a take, in seconds."""
    if not drift.slips:
        return None
    times = [(event.clip.record_in + event.clip.record_out) / 2 for event in drift.events]
    return float(median(times)), median(drift.slips)
