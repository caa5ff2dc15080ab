"""Wow: the speed of an old transfer wanders, and is followed as a smooth map of time.

Followed is what is slower than about a second: a capstan out of round, a sagging battery, a clock
that warms up. What else may explain the stretches is ruled out first; see `plausible`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conform.clocks.cubic import through
from conform.clocks.plausible import FEWEST, STRONG, is_curve, off_line, simpler
from conform.clocks.smoother import Curve, curve
from conform.clocks.timemap import Knot, TimeMap, retimed
from conform.clocks.track import Seed, Track, track
from conform.hearing.band import COARSE_RATE
from conform.hearing.correlate import local, subsample
from conform.hearing.evidence import TOLERANCE, Points
from conform.hearing.halves import widened
from conform.hearing.pattern import shared
from conform.hearing.sound import Sound
from conform.hearing.stretches import clear

_SETTLED = 5e-5  # seconds of scatter about a line under which nothing quick can hide
_PROBE = 60.0  # seconds that tell whether a long sound is worth following closely
_SURE = 8.0  # minus log10 of the chance of a track
_SHORT = 0.5  # seconds of a stretch in a room before its speed is nearly known
_STRETCH = 0.25  # seconds of a stretch once the speed is nearly known
_NEAR = 0.01  # seconds to either side in which it is then looked for
_HIGH, _CLEAR = 6.0, 1.25  # height over the noise and over the next best peak
_AT_ONCE = 512  # stretches that are correlated together
_ENOUGH = 0.25  # share of the stretches, pauses included, that must know their place
_FEW = 0.25  # numbers to a stretch that a slow curve may take
_GRID = 0.25  # seconds between the finest knots
_MOST = 20_000  # knots
_STRAIGHT = 1e-6  # seconds by which left-out knots may be missed
_FLOOR = 1e-5  # seconds of half-width: what 8 kHz leaves, measured on exact copies
_LOOSE = 0.0005  # seconds of half-width above which the speed is not followed
_UNTOLD = 2.0  # seconds of a gap that need no word

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wander:
    """The map of a speed that wanders, and how well it is known.

    `before` and `after` are what stretches are off the best line and off the map, root mean square
    in seconds. `swing` is the map's distance from that line, peak to peak; `slowest` and `fastest`
    are its speeds over the mean. `missed` are spans of the other sound, first and last second, in
    which it could not be followed.
    """

    map: TimeMap
    before: float
    after: float
    swing: float
    slowest: float
    fastest: float
    missed: tuple[tuple[float, float], ...]


def suspected(points: Points) -> bool:
    """Whether stretches of a matching sound scatter about a line as those of a wow may.

    Few stretches tell nothing: the wow itself may have smeared the others.
    """
    if len(points) < FEWEST:
        return len(points) > 0
    found = _curve(points[:, 0], points[:, 1], points[:, 2])
    misses = off_line(found)
    return 1.4826 * float(np.median(np.abs(misses))) > _SETTLED or found.gain > STRONG


def slow(reference: Sound, other: Sound, points: Points) -> Wander | None:
    """The map of a wow so slow that stretches as they are show it."""
    if len(points) < FEWEST:
        return None
    found = _curve(points[:, 0], points[:, 1], points[:, 2])
    few = found.bends < _FEW * found.kept.sum()  # through few points a curve can always be laid
    return _told(reference, other, found) if few else None


def quick(reference: Sound, other: Sound, seed: Seed) -> Wander | None:
    """The map of a wow that has to be followed from stretch to stretch, from a seed on."""
    first, last = float(other.start), float(other.start) + other.seconds
    if last - first > 1.5 * _PROBE:
        part = _tracked(reference, other, seed, seed.time - _PROBE / 2, seed.time + _PROBE / 2)
        if part.decades < _SURE or not is_curve(_curve(part.times, part.lags, part.heights)):
            return None
    whole = _tracked(reference, other, seed, first, last)
    if whole.decades < _SURE or len(whole.times) < FEWEST:
        return None
    found = _curve(whole.times, whole.lags, whole.heights)
    for _ in range(2):
        wander = _wander(reference, other, found)
        again = _heard_along(reference, retimed(other, wander.map), wander.map)
        if again is None:
            return None
        found = again
    return _told(reference, other, found)


def echoed(reference: Sound, other: Sound, points: Points) -> Wander | None:
    """The map of a wow in a room that is louder than the voice: short stretches by its pattern.

    `points` are longer ones that show about where those lie.
    """
    if len(points) < FEWEST:
        return None
    ends = float(other.start), float(other.start) + other.seconds
    times = np.arange(ends[0] + _SHORT / 2, ends[1], _SHORT)
    lags = np.interp(times, points[:, 0], points[:, 1])
    near = _by_pattern(reference, other, times, lags, _SHORT)
    for _ in range(2):
        if near is None:
            return None
        found = _curve(near[:, 0], near[:, 1], near[:, 2])
        along = _wander(reference, other, found).map
        first, last = along.reference_at(np.array(ends))
        middles = np.arange(first + _STRETCH / 2, last, _STRETCH)
        level = np.zeros(len(middles))
        near = _by_pattern(reference, retimed(other, along), middles, level, _STRETCH)
        if near is not None:
            times = along.other_at(near[:, 0])
            near = np.column_stack([times, near[:, 0] + near[:, 1] - times, near[:, 2]])
    return None if near is None else _told(reference, other, _curve(*near.T))


def _by_pattern(
    reference: Sound, other: Sound, times: Reals, lags: Reals, seconds: float
) -> Points | None:
    """Short stretches near some lags that know their place by what all share; None where few do."""
    near = np.column_stack([times, lags, np.ones(len(times)), np.zeros(len(times))])
    found, _ = shared(reference, other, near, round(seconds * COARSE_RATE))
    found = found[clear(found)]
    return found if len(found) >= max(FEWEST, _ENOUGH * len(times)) else None


def _told(reference: Sound, other: Sound, found: Curve) -> Wander | None:
    """The map of a curve that nothing simpler explains, and that bends all along its way."""
    if not is_curve(found) or simpler(found):
        return None
    return _wander(reference, other, found)


def _tracked(reference: Sound, other: Sound, seed: Seed, first: float, last: float) -> Track:
    """A track on the clocks of the files."""
    ahead, shift = float(other.start), float(other.start - reference.start)
    begin = Seed(seed.time - ahead, seed.lag + shift, seed.speed)
    first, last = max(first - ahead, 0.0), min(last - ahead, other.seconds)
    found = track(reference.coarse, other.coarse, begin, first, last)
    return Track(found.times + ahead, found.lags - shift, found.heights, found.decades)


def _curve(times: Reals, lags: Reals, heights: Reals) -> Curve:
    """The likeliest curve; a stretch's error goes down as its height goes up."""
    return curve(times, lags, np.square(heights / np.median(heights)))


def _heard_along(reference: Sound, laid: Sound, along: TimeMap) -> Curve | None:
    """The curve by short stretches of a sound that is laid along a map already.

    None where few of them know their place: in a room that is louder than the voice, each finds a
    reflection of its own, and a curve can be laid through any few points.
    """
    size, room = round(_STRETCH * COARSE_RATE), round(_NEAR * COARSE_RATE)
    shift = round(float(laid.start - reference.start) * COARSE_RATE)
    firsts = np.arange(0, len(laid.coarse) - size + 1, size)
    places = firsts + shift - room
    firsts = firsts[(places >= 0) & (places + size + 2 * room <= len(reference.coarse))]
    rows = []
    for begin in range(0, len(firsts), _AT_ONCE):
        some = firsts[begin : begin + _AT_ONCE]
        rows.append(_peaks(reference, laid, some, shift, size, room))
    if not rows:
        return None
    middles, lags, heights = np.concatenate(rows, axis=1)
    if len(middles) < max(FEWEST, _ENOUGH * len(firsts)):
        return None
    times = along.other_at(middles)
    return _curve(times, middles + lags - times, heights)


def _peaks(
    reference: Sound, laid: Sound, firsts: NDArray[np.intp], shift: int, size: int, room: int
) -> Reals:
    """Middle, lag and height of the stretches that know their place, shaped (3, stretches)."""
    theirs = widened(np.stack([laid.coarse[at : at + size] for at in firsts]))
    wide = [reference.coarse[at + shift - room :][: size + 2 * room] for at in firsts]
    tall = np.abs(local(widened(np.stack(wide)), theirs, room))
    best = tall.argmax(axis=1)
    away = np.abs(np.arange(tall.shape[1]) - best[:, None]) > TOLERANCE * COARSE_RATE
    noise = np.sqrt((np.square(tall) * away).sum(axis=1) / away.sum(axis=1)) + 1e-20
    heights = tall[np.arange(len(best)), best] / noise
    known = (heights > _HIGH) & (heights > _CLEAR * (tall * away).max(axis=1) / noise)
    middles = float(laid.start) + (firsts + size / 2) / COARSE_RATE
    lags = (subsample(tall, best) - room) / COARSE_RATE
    return np.stack([middles, lags, heights])[:, known]


def _wander(reference: Sound, other: Sound, found: Curve) -> Wander:
    """What a curve says of the other sound, where both sounds are."""
    times, values = found.times[found.kept], found.values[found.kept]
    line = np.polyfit(times, values, 1)
    ends = float(other.start), float(other.start) + other.seconds
    grid = np.arange(*ends, max(_GRID, other.seconds / _MOST))
    lags, growth, halves = found.at(grid)
    halves = np.hypot(halves, _FLOOR)
    places = grid + lags - float(reference.start)
    within = (places >= 0) & (places <= reference.seconds)
    known = within & (halves < _LOOSE)
    if known.sum() < 2:
        known = within if within.sum() >= 2 else np.ones(len(grid), bool)
    away = lags[known] - np.polyval(line, grid[known])
    left = values - found.at(times)[0]
    return Wander(
        map=_thinned(grid[known], lags[known], halves[known]),
        before=float(np.sqrt(np.mean(np.square(off_line(found))))),
        after=float(np.sqrt(np.mean(np.square(left)))),
        swing=float(np.ptp(away)),
        slowest=float(growth[known].min() - line[0]),
        fastest=float(growth[known].max() - line[0]),
        missed=_gaps(grid, within & ~known),
    )


def _thinned(times: Reals, lags: Reals, halves: Reals) -> TimeMap:
    """As few knots, evenly taken, as tell all of them."""
    step = 1
    while 2 * step < len(times):
        kept = _every(len(times), 2 * step)
        misses = np.abs(through(times[kept], lags[kept], times) - lags)
        if float(misses.max()) > _STRAIGHT:
            break
        step *= 2
    return TimeMap(
        tuple(
            Knot(float(times[i]), float(times[i] + lags[i]), float(halves[i]))
            for i in _every(len(times), step)
        )
    )


def _every(count: int, step: int) -> NDArray[np.intp]:
    return np.unique(np.append(np.arange(0, count, step), count - 1))


def _gaps(grid: Reals, missing: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    """Runs of a grid, first and last second, that are long enough to be told."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(int)))
    runs = edges.reshape(-1, 2)
    spans = [(float(grid[a]), float(grid[b - 1])) for a, b in runs]
    return tuple(span for span in spans if span[1] - span[0] >= _UNTOLD)
