"""The lag of a whole sound as levels: where it stays, but for drift, and where it changes.

Many stretches of the sound are each looked for near its line, and a penalised fit tells the levels
apart: all share one slope, and a new level costs as much as `PENALTY` stretches that do not fit
(Killick, Fearnhead & Eckley, "Optimal detection of changepoints", JASA 107, 2012, with a loss that
is bounded, so that single stretches astray make no level).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from conform.hearing import evidence
from conform.hearing.band import COARSE_RATE
from conform.hearing.evidence import STEEPEST, TOLERANCE, Line, Points, trace
from conform.hearing.measure import find
from conform.hearing.pattern import by_pattern, needed, shared
from conform.hearing.pieces import Pieces
from conform.hearing.sound import Sound
from conform.match import Verdict

WIDTH = 1.5
"""Seconds of a stretch."""

_EACH = 1.0  # second of a stretch that is one of many to bear out a line
_MOST = 400  # stretches looked at, spread over the whole sound
_REACH = 0.3  # seconds to either side in which a stretch is looked for
_CLEAR = 1.25  # height over the next best peak, and
_HIGH = 7.0  # over the noise, from which a stretch knows its place
_LOST = 5.0  # seconds that follow no level, from which they are searched for afresh
_SEARCHES = 6  # of such stretches at most
_BORNE_OUT = 6.0  # minus log10 of the chance by which a line explains them as it is

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


def spacing(sound: Sound) -> float:
    """Seconds from one of a sound's stretches to the next."""
    return max(WIDTH, sound.seconds / _MOST)


def joined(one: Part, other: Part) -> Part:
    """Two parts as one, at the first one's drift."""
    points = np.concatenate([one.points, other.points])
    rest = points[:, 1] - one.drift * points[:, 0]
    return Part(points, float(np.median(rest)), one.drift)


def level_line(lag: float, drift: float) -> Line:
    """A line that no stretch bears out as yet."""
    return Line(lag, drift, np.empty((0, 4)), np.empty(0, bool), 0.0)


def stretches(reference: Sound, other: Sound, line: Line) -> Points:
    """Clear stretches all along the other sound; what leaves the line is searched for afresh."""
    length = round(WIDTH * COARSE_RATE)
    starts = np.arange(0, len(other.coarse) - length + 1, length)
    if len(starts) > _MOST:
        starts = starts[np.linspace(0, len(starts) - 1, _MOST).astype(int)]
    every = listen(reference, other, line, starts)
    sure = every[clear(every)]
    points = laid(reference, other, sure, every)
    runs = list(_afresh(reference, other, line, every, points))
    if not runs:
        return points
    more = np.concatenate([peaks for peaks, _ in runs])
    near = np.concatenate([lags for _, lags in runs])
    told = more[clear(more)]
    pattern = shared(reference, other, points, length)[1] if needed(sure, len(every)) else None
    if pattern is not None:
        found = by_pattern(reference, other, pattern, more[:, 0], near, length)
        found = found[clear(found)]
        told = np.concatenate([found, told[~_among(told, found)]])
    return _in_order(np.concatenate([points, told]))


def _afresh(
    reference: Sound, other: Sound, line: Line, every: Points, told: Points
) -> Iterator[tuple[Points, Reals]]:
    """Stretches of each long run that follows no level, and their lags on a line of its own.

    A run may lie in several places: what the first leaves is searched for again, and both halves
    where two are as good.
    """
    half, searches = WIDTH / 2, 0
    runs: deque[tuple[tuple[float, float], tuple[Line, ...]]] = deque(
        (run, (line,)) for run in _lost(every, _among(every, told))
    )
    while runs and searches < _SEARCHES:
        (first, last), known = runs.popleft()
        part = other.part(exact(first - half), exact(last + half))
        if any(explained(along(reference, part, line)) for line in known):
            continue
        searches += 1
        found = find(reference, part, COARSE_RATE)
        if found.match.verdict is Verdict.AMBIGUOUS and last - first >= 2 * _LOST:
            middle = (first + last) / 2
            runs += [((first, middle), known), ((middle, last), known)]
        if found.line is None:
            continue
        inside = every[(every[:, 0] >= first) & (every[:, 0] <= last)]
        begins = ((inside[:, 0] - half - float(other.start)) * COARSE_RATE).round().astype(int)
        peaks = listen(reference, other, found.line, begins)
        yield peaks, found.line.lag + found.line.drift * peaks[:, 0]
        left = _lost(inside, _among(inside, peaks[clear(peaks)]))
        runs += [(run, (*known, found.line)) for run in left]


def along(reference: Sound, part: Sound, line: Line) -> Line:
    """A line as far as a part of the other sound bears it out, on the part's own clock."""
    begin, middle = float(part.start), part.seconds / 2
    lag = line.at(begin + middle) + begin - float(reference.start)
    return trace(reference.coarse, Pieces(part.coarse), lag, middle, _EACH)


def explained(line: Line) -> bool:
    """Whether stretches that were taken `along` a line lie on it, though each may tell no place."""
    return line.decades >= _BORNE_OUT


def laid(reference: Sound, other: Sound, sure: Points, every: Points) -> Points:
    """Stretches that know their place, by the pattern that they share where their peaks scatter."""
    sure = _in_order(sure)
    if not needed(sure, len(every)):
        return sure
    length = round(WIDTH * COARSE_RATE)
    found, pattern = shared(reference, other, sure, length)
    if pattern is None:
        return sure
    times = every[~_among(every, sure), 0]
    between = np.interp(times, found[:, 0], found[:, 1])
    more = by_pattern(reference, other, pattern, times, between, length)
    found = found[clear(found)]
    kept = sure[~_among(sure, found)]
    return _in_order(np.concatenate([found, kept, more[clear(more)]]))


def _in_order(points: Points) -> Points:
    """Points by time; of one time the first."""
    _, first = np.unique((points[:, 0] * COARSE_RATE).round(), return_index=True)
    return points[first]


def _among(points: Points, others: Points) -> NDArray[np.bool_]:
    """Which points are those of a time that others have."""
    times, known = ((some[:, 0] * COARSE_RATE).round() for some in (points, others))
    return np.isin(times, known)


def exact(seconds: float) -> Fraction:
    """Seconds on the grid of coarse samples."""
    return Fraction(round(seconds * COARSE_RATE), COARSE_RATE)


def clear(points: Points) -> NDArray[np.bool_]:
    """Which stretches know their place: far over the noise and over any other place."""
    return np.asarray((points[:, 2] > _HIGH) & (points[:, 2] > _CLEAR * points[:, 3]))


def _lost(points: Points, told: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Runs of stretches without a place, first and last centre, the longest run first.

    A stretch that knows its place alone does not end a run: one in a hundred does by chance.
    """
    beside = np.concatenate([[False], told[:-1]]) | np.concatenate([told[1:], [False]])
    marks = np.flatnonzero(np.concatenate([[True], told & beside, [True]]))
    runs = [(float(points[a, 0]), float(points[b - 2, 0])) for a, b in pairwise(marks) if b - a > 2]
    return sorted(
        ((first, last) for first, last in runs if last - first >= _LOST),
        key=lambda run: run[0] - run[1],
    )


def listen(
    reference: Sound,
    other: Sound,
    line: Line,
    starts: NDArray[np.intp],
    within: float = _REACH,
) -> Points:
    """Stretches of the other sound, each looked for `within` seconds of a line, on file clocks.

    Columns are those of `evidence.Points`. Silent stretches and those outside are left out.
    """
    early, shift = float(other.start), float(other.start - reference.start)
    near = level_line(line.at(early) + shift, line.drift)
    length = round(WIDTH * COARSE_RATE)
    points = evidence.listen(reference.coarse, Pieces(other.coarse), near, starts, length, within)
    return np.asarray(points + np.array([early, -shift, 0.0, 0.0]))


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
