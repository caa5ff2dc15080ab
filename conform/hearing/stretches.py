"""Stretches all along a sound, each looked for near a line, and afresh where it leaves the line."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from conform.hearing import evidence
from conform.hearing.band import COARSE_RATE
from conform.hearing.evidence import Line, Points, level_line, trace
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

Reals = NDArray[np.float64]


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


def along(reference: Sound, part: Sound, line: Line) -> Line:
    """A line as far as a part of the other sound bears it out, on the part's own clock."""
    begin, middle = float(part.start), part.seconds / 2
    lag = line.at(begin + middle) + begin - float(reference.start)
    return trace(reference.coarse, Pieces(part.coarse), lag, middle, _EACH)


def explained(line: Line) -> bool:
    """Whether stretches that were taken `along` a line lie on it, though each may tell no place."""
    return line.decades >= _BORNE_OUT


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


def clear(points: Points) -> NDArray[np.bool_]:
    """Which stretches know their place: far over the noise and over any other place."""
    return np.asarray((points[:, 2] > _HIGH) & (points[:, 2] > _CLEAR * points[:, 3]))


def spacing(sound: Sound) -> float:
    """Seconds from one of a sound's stretches to the next."""
    return max(WIDTH, sound.seconds / _MOST)


def exact(seconds: float) -> Fraction:
    """Seconds on the grid of coarse samples."""
    return Fraction(round(seconds * COARSE_RATE), COARSE_RATE)


def _in_order(points: Points) -> Points:
    """Points by time; of one time the first."""
    _, first = np.unique((points[:, 0] * COARSE_RATE).round(), return_index=True)
    return points[first]


def _among(points: Points, others: Points) -> NDArray[np.bool_]:
    """Which points are those of a time that others have."""
    times, known = ((some[:, 0] * COARSE_RATE).round() for some in (points, others))
    return np.isin(times, known)


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
