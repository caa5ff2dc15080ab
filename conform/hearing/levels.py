"""The lag of a whole sound as levels: where it stays, but for drift, and where it changes.

A penalised fit of the stretches that were looked for near a line (see `stretches`) tells the levels
apart: all share one slope, and a new level costs as much as `PENALTY` stretches that do not fit
(Killick, Fearnhead & Eckley, "Optimal detection of changepoints", JASA 107, 2012, with a loss that
is bounded, so that single stretches astray make no level).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from conform.hearing.evidence import STEEPEST, TOLERANCE, Points

PENALTY = 3.5
"""Stretches that a new level must explain."""

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the other sound with one lag, and the points that show it."""

    points: Points
    lag: float
    drift: float

    @property
    def first(self) -> float:
        """The middle of the first stretch, in seconds of the other sound."""
        return float(self.points[0, 0])

    @property
    def last(self) -> float:
        """The middle of the last stretch."""
        return float(self.points[-1, 0])

    def at(self, time: float) -> float:
        """The lag at a time of the other sound."""
        return self.lag + self.drift * time


def joined(one: Part, other: Part) -> Part:
    """Two parts as one, at the first one's drift."""
    points = np.concatenate([one.points, other.points])
    rest = points[:, 1] - one.drift * points[:, 0]
    return Part(points, float(np.median(rest)), one.drift)


def levels(points: Points, drift: float, width: float = TOLERANCE) -> list[Part]:
    """The levels of the penalised fit at the common slope that costs least.

    A stretch that lies `width` seconds from its level or further does not fit.
    """
    if len(points) < 2 * PENALTY:
        return []
    slope, values = _fit(points, _slopes(points, drift), width)
    for _ in range(3):
        common = _common(points, slope, values, width)
        if common == slope:
            break
        slope, values = _fit(points, np.array([common]), width)
    slope = _common(points, slope, values, width)
    return _cut(points, slope, values, width)


def _slopes(points: Points, drift: float) -> Reals:
    """Slopes worth trying: the line's own, level, and what pairs of neighbours say."""
    times, lags = points[:, 0], points[:, 1]
    count = max(len(times) // 6, 1)
    gaps, rises = times[count:] - times[:-count], lags[count:] - lags[:-count]
    apart = gaps > 0  # a stretch that was searched for afresh may be there twice
    slopes = rises[apart] / gaps[apart]
    believed = slopes[np.abs(slopes) <= STEEPEST]
    if not len(believed):
        return np.array([drift, 0.0])
    return np.concatenate([[drift, 0.0], np.quantile(believed, np.linspace(0.1, 0.9, 9))])


def _fit(points: Points, slopes: Reals, width: float) -> tuple[float, Reals]:
    """The slope of the cheapest path of levels over the points, and a level for each point.

    Levels are the points' own; see `stairs`.
    """
    costs, levels = stairs(points[:, 1] - slopes[:, None] * points[:, 0], width)
    best = int(costs.argmin())
    return float(slopes[best]), levels[best]


def stairs(rows: Reals, width: float) -> tuple[Reals, Reals]:
    """The cheapest levels under each of some rows of values: their costs, and all values' levels.

    A value costs the square of its distance over `width`, at most 1, and a change of level
    `PENALTY`. Rows are worked out together: each step takes as long for all as for one.
    """
    grids = [np.unique(np.round(rest / (width / 8))) * (width / 8) for rest in rows]
    count, every = rows.shape[1], np.arange(len(rows))
    losses = np.full((count, len(rows), max(len(grid) for grid in grids)), np.inf)
    for row, (rest, grid) in enumerate(zip(rows, grids, strict=True)):
        losses[:, row, : len(grid)] = np.minimum(np.square((rest[:, None] - grid) / width), 1.0)
    best = np.empty((count, len(rows)), np.intp)
    moved = np.zeros(losses.shape, bool)
    total = losses[0].copy()
    for step in range(1, count):
        best[step] = total.argmin(axis=1)
        change = total[every, best[step]][:, None] + PENALTY
        np.less(change, total, out=moved[step])
        np.minimum(change, total, out=total)
        total += losses[step]
    at = total.argmin(axis=1)
    costs = total[every, at]
    path = np.empty((count, len(rows)), np.intp)
    for step in range(count - 1, -1, -1):
        path[step] = at
        at = np.where(moved[step, every, at], best[step], at)
    return costs, np.stack([grid[places] for grid, places in zip(grids, path.T, strict=True)])


def _common(points: Points, slope: float, levels: Reals, width: float) -> float:
    """The slope that all levels share, by least squares about each level's own middle."""
    top = bottom = 0.0
    for part in _cut(points, slope, levels, width):
        times = part.points[:, 0] - part.points[:, 0].mean()
        top += float(times @ part.points[:, 1])
        bottom += float(times @ times)
    return float(np.clip(top / bottom, -STEEPEST, STEEPEST)) if bottom > 0 else slope


def _cut(points: Points, slope: float, levels: Reals, width: float) -> list[Part]:
    """The points of each level that agree with it."""
    edges = [0, *(np.flatnonzero(np.diff(levels)) + 1), len(points)]
    parts = []
    for first, last in pairwise(edges):
        piece = points[first:last]
        rest = piece[:, 1] - slope * piece[:, 0]
        agree = np.abs(rest - levels[first]) < width
        if agree.sum() >= PENALTY:
            parts.append(Part(piece[agree], float(np.median(rest[agree])), slope))
    return parts
