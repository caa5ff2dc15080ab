"""Whether two sounds are the same: many short stretches, each measured alone, must fall on a line.

Every stretch of the other sound is looked for within `REACH` of where a candidate puts it. Sounds
that belong together agree to a fraction of a millisecond; of unrelated ones each stretch has its
own idea, and the chance that so many agree can be counted. Times and lags are in seconds:

    reference time = other time + lag(other time),   lag(t) = lag + drift * t
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from conform.hearing.band import COARSE_RATE, Signal
from conform.hearing.correlate import against, subsample
from conform.hearing.pieces import Pieces, audible, cut

REACH = 0.04
"""Seconds to either side of a candidate in which each stretch looks for its own place."""

TOLERANCE = 0.001
"""Seconds within which stretches agree: wider than a microphone's reflections move a peak."""

STEEPEST = 500e-6
"""The largest drift that is believed: real clocks stay under 200 ppm."""

_CHANCE = 1.5 * TOLERANCE / REACH  # 2 * TOLERANCE of 2 * REACH, and a half for uneven noise
_RINGS = (20.0, 80.0, 320.0, 1280.0, 5120.0, 1e9)  # seconds around the anchor, learnt outwards
_STRETCHES = 24  # at most, in each ring
_TOGETHER = 24  # stretches transformed at once: their spectra stay in the processor's cache
_SPAN_FOR_DRIFT = 8.0  # seconds of agreeing stretches before a slope is fitted at all


_BORNE_OUT = 2.0  # decades of a line's nearest stretches: a wrong place has hardly any
_LAST = 0.01  # seconds at either end of the reach in which a peak tells no place: hum stands up to
# twice as high there as a period away, and pairs of it were claimed by peaks 4.5 ms off the end
_USUAL = 4.0  # next best peaks of usual sound; what is above it is hum's, and counted off twice
_PLAINLY = 1.1  # times the next best: tones are as high a period away, and tell no place
_LOWEST = 3.5  # a tone is round, and never as high; noise is, by chance, in a stretch of four
_COMMON = 4.5  # heights that one unrelated stretch in twenty or so reaches
_RARER = 1.6  # nats of rarity for each unit of height above it: measured 2 on unrelated speech
_RAREST = 6.0  # nats that the height of a stretch of _CLICK counts for at most: one click is one
_CLICK = 0.25  # such stretch; each doubling of its length adds _LONGER nats
_LONGER = 3.0
_POWERS = np.linspace(0.02, 0.96, 48)

Points = NDArray[np.float64]
"""Measured stretches, shaped (stretches, 4): centre in the other sound, lag, height of the peak
over noise, and height of the next best peak."""


@dataclass(frozen=True, slots=True)
class Line:
    """A candidate as far as its stretches bear it out; `decades` is minus log10 of the chance."""

    lag: float
    drift: float
    points: Points
    agree: NDArray[np.bool_]
    decades: float

    @property
    def agreeing(self) -> int:
        """How many stretches agree."""
        return int(np.count_nonzero(self.agree))

    @property
    def span(self) -> float:
        """Seconds between the first and the last agreeing stretch."""
        times = self.points[self.agree, 0]
        return float(np.ptp(times)) if len(times) else 0.0

    @property
    def sure(self) -> NDArray[np.bool_]:
        """Which stretches agree and stand out, so that they count as evidence."""
        return self.agree & (
            _worth(self.points) > np.maximum(_PLAINLY * self.points[:, 3], _LOWEST)
        )

    def at(self, time: float) -> float:
        """The lag at a time of the other sound."""
        return self.lag + self.drift * time


def level_line(lag: float, drift: float) -> Line:
    """A line that no stretch bears out as yet."""
    return Line(lag, drift, np.empty((0, 4)), np.empty(0, bool), 0.0)


def trace(
    reference: NDArray[np.floating],
    other: Pieces,
    lag: float,
    anchor: float,
    width: float,
    *,
    glance: bool = False,
) -> Line:
    """Follow a candidate outwards from the stretch of the other sound that proposed it.

    `lag` is the candidate's at time `anchor`; stretches are `width` seconds long. Drift is learnt
    on the way, so that a line may leave `REACH` of where it began. At a `glance` it is left where
    the stretches nearest to the anchor, which proposed it, do not bear it out.
    """
    length = round(width * COARSE_RATE)
    starts = np.arange(0, max(len(other.sound) - length, 0) + 1, length)
    away = np.abs((starts + length / 2) / COARSE_RATE - anchor)
    points = np.empty((0, 4))
    line = Line(lag, 0.0, points, np.empty(0, bool), 0.0)
    inner = -1.0
    for outer in _RINGS:
        ring = starts[(away > inner) & (away <= outer)]
        if len(ring) > _STRETCHES:
            ring = ring[np.linspace(0, len(ring) - 1, _STRETCHES).astype(int)]
        if len(ring):
            points = np.concatenate([points, listen(reference, other, line, ring, length)])
            line = fit(points, line, width)
        if glance and line.decades < _BORNE_OUT:
            break
        inner = outer
    return line


def listen(
    reference: NDArray[np.floating],
    other: Pieces,
    line: Line,
    starts: NDArray[np.intp],
    length: int,
    within: float = REACH,
) -> Points:
    """Measure stretches `within` a line; those outside the reference or silent are left.

    `starts` and `length` are samples of the other sound. Heights count the noise's deviations.
    """
    parts = np.array_split(starts, max(-(-len(starts) // _TOGETHER), 1))
    heard = [_heard(reference, other, line, part, length, within) for part in parts]
    return np.concatenate(heard)


def _heard(
    reference: NDArray[np.floating],
    other: Pieces,
    line: Line,
    starts: NDArray[np.intp],
    length: int,
    within: float,
) -> Points:
    reach = round(within * COARSE_RATE)
    size = length + 2 * reach
    centres = (starts + length / 2) / COARSE_RATE
    shifts = np.round((line.lag + line.drift * centres) * COARSE_RATE).astype(int)
    places = starts + shifts - reach
    inside = (places >= 0) & (places + size <= len(reference))
    inside &= (starts >= 0) & (starts + length <= len(other.sound))
    heard, theirs = other.ready(starts[inside], length, size)
    places, shifts, centres = (x[inside][heard] for x in (places, shifts, centres))
    if not len(places):
        return np.empty((0, 4))
    ours = cut(reference, places, size)
    heard = audible(ours)
    if not heard.any():
        return np.empty((0, 4))
    if not heard.all():  # else there is nothing to copy
        ours, theirs = ours[heard], theirs[heard]
        shifts, centres = shifts[heard], centres[heard]
    correlation = against(ours, theirs, reach)
    tall = np.abs(correlation)
    best = tall.argmax(axis=1)
    noise = _noise(tall, best)
    lags = (shifts + subsample(tall, best) - reach) / COARSE_RATE
    heights = tall[np.arange(len(best)), best] / noise
    return np.column_stack([centres, lags, heights, _rivals(tall, best) / noise])


def _rivals(size: Signal, best: NDArray[np.intp]) -> NDArray[np.float64]:
    """The highest value of each correlation away from its peak.

    A peak at the end of what is looked at has an equal: there the cuts through both sounds meet.
    """
    away = np.abs(np.arange(size.shape[1]) - best[:, None]) > 3 * TOLERANCE * COARSE_RATE
    rivals = np.where(away, size, 0).max(axis=1)
    last = np.minimum(best, size.shape[1] - 1 - best) < _LAST * COARSE_RATE
    return np.asarray(np.where(last, size.max(axis=1), rivals), np.float64)


def _noise(size: Signal, best: NDArray[np.intp]) -> NDArray[np.float64]:
    """The correlations' root mean square away from their peaks."""
    away = np.abs(np.arange(size.shape[1]) - best[:, None]) > 3 * TOLERANCE * COARSE_RATE
    power = np.where(away, np.square(size), 0).sum(axis=1, dtype=np.float64)
    return np.asarray(np.sqrt(power / away.sum(axis=1)) + 1e-20)


def fit(points: Points, before: Line, width: float) -> Line:
    """The line that most stretches agree with, by consensus of pairs, then least squares."""
    if not len(points):
        return before
    times, lags = points[:, 0], points[:, 1]
    lag, drift = _consensus(times, lags)
    agree = np.abs(lags - lag - drift * times) < TOLERANCE
    for _ in range(3):
        lag, drift = _least_squares(times[agree], lags[agree])
        now = np.abs(lags - lag - drift * times) < TOLERANCE
        if not now.any() or (now == agree).all():
            break
        agree = now
    found = Line(lag, drift, points, agree, 0.0)
    return replace(found, decades=decades(_worth(points)[found.sure], len(points), width))


def _worth(points: Points) -> NDArray[np.float64]:
    """The heights of stretches, less what they share with a hum or a tone."""
    return np.asarray(points[:, 2] - 2 * np.maximum(points[:, 3] - _USUAL, 0))


def _consensus(times: NDArray[np.float64], lags: NDArray[np.float64]) -> tuple[float, float]:
    """The line through two stretches, or level through one, near which most others lie."""
    first, second = np.triu_indices(len(times), 1)
    far = np.abs(times[second] - times[first]) >= _SPAN_FOR_DRIFT
    first, second = first[far], second[far]
    slopes = (lags[second] - lags[first]) / (times[second] - times[first])
    believed = np.abs(slopes) <= STEEPEST
    slopes, first = slopes[believed], first[believed]
    bases = np.concatenate([lags, lags[first] - slopes * times[first]])
    slopes = np.concatenate([np.zeros(len(times)), slopes])
    misses = np.abs(lags - bases[:, None] - slopes[:, None] * times)
    # Count the agreeing ones; among equals the closest wins.
    votes = (np.clip(1 - misses / TOLERANCE, 0, 1) ** 0.5).sum(axis=1)
    best = int(votes.argmax())
    return float(bases[best]), float(slopes[best])


def _least_squares(times: NDArray[np.float64], lags: NDArray[np.float64]) -> tuple[float, float]:
    """The level or, over a long enough span, sloping line of least squares."""
    middle = float(times.mean())
    level = float(np.median(lags)) if len(lags) < 3 else float(lags.mean())
    if len(times) < 4 or np.ptp(times) < _SPAN_FOR_DRIFT:
        return level, 0.0
    spread = times - middle
    drift = float((spread @ (lags - lags.mean())) / (spread @ spread))
    if abs(drift) > STEEPEST:
        return level, 0.0
    return float(lags.mean()) - drift * middle, drift


def decades(
    heights: NDArray[np.float64], stretches: int, width: float, *, given: bool = False
) -> float:
    """Minus log10 of the chance that stretches of unrelated sounds agree as many and as clearly.

    `heights` are those that agree and are clear: hum and tones, which rooms share, agree with
    themselves every few milliseconds and tell no places apart. Stretches are `width` seconds long.
    The clearest one chooses the line and counts for nothing, unless the line is `given` beforehand.
    Each of the others is worth the rarity of its agreement and of its height; the chance of the sum
    is bounded by Chernoff's inequality, E[exp(s * sum)] * exp(-s * sum) at the best s, with the
    rarity of heights exponential.
    """
    counted = np.sort(heights) if given else np.sort(heights)[:-1]
    free = stretches if given else stretches - 1
    if not len(counted):
        return 0.0
    most = max(_RAREST + _LONGER * np.log2(width / _CLICK), 1.0)
    rare = np.clip((counted - _COMMON) * _RARER, 0, most)
    total = float((rare - np.log(_CHANCE)).sum())
    each = 1 - _CHANCE + _CHANCE ** (1 - _POWERS) / (1 - _POWERS)
    return float(np.max(_POWERS * total - free * np.log(each)).clip(0) / np.log(10))
