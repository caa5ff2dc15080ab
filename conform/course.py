"""How one whole sound runs against another: along a line, in steps, at another speed, or wandering.

The simplest explanation stands: a line where the stretches lie on one, steps where they jump, a map
of time where the speed wanders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import hypot

import numpy as np

from conform import poly
from conform.levels import stretches
from conform.match import Match
from conform.measure import Measurement, measure
from conform.poly import PolyChannel
from conform.respeed import promising
from conform.sound import Sound
from conform.speed import at_other_speeds, name_of, nearby, on_own_clock, played_at
from conform.steps import Jump, follow, likeliest
from conform.timemap import Knot, TimeMap, retimed
from conform.track import Seed
from conform.wow import Wander, quick, slow, suspected

_SHORTEST = 10.0  # seconds of a sound whose speed can be followed
_AROUND = 45  # seconds to either side of a guess that tell whether it is worth following


@dataclass(frozen=True, slots=True)
class Course:
    """A match of two whole sounds on the other's own clock, and what it is more than a line.

    With `steps`, the match is that of the longest part, the one after `longest` of them. With a
    `wander`, the lag is that of the other sound's first sample by its map, and the drift the map's
    mean. `speed` is what the other sound had to be played at to be compared, where not its own.
    """

    match: Match
    steps: tuple[Jump, ...] = ()
    longest: int = 0
    wander: Wander | None = None
    speed: Fraction | None = None

    @property
    def speed_name(self) -> str | None:
        """The trade's name of another speed, where it has one."""
        return name_of(self.match) if self.speed is not None else None


def course(reference: Sound, other: Sound, found: Measurement, rate: int) -> Course:
    """The course of a sound that was measured; of one without a place, its verdict alone."""
    line = likeliest(found)
    if line is None or other.seconds < _SHORTEST:
        return Course(found.match)
    points = stretches(reference, other, line)
    stepped = follow(reference, other, found, points, rate)
    plain = Course(stepped.measured.match, stepped.steps, stepped.longest)
    if stepped.steps or not suspected(points):
        return plain
    best = points[points[:, 2].argmax()]
    seed = Seed(float(best[0]), float(best[1]), line.drift)
    wander = quick(reference, other, seed) or slow(reference, other, points)
    return (_wandering(reference, other, wander, rate) if wander else None) or plain


def at_any_speed(reference: Sound, other: Sound, rate: int) -> Course | None:
    """The course of a sound that does not match as it is: at another speed, or wandering."""
    for speed, measured in at_other_speeds(reference, other, rate):
        run = course(reference, played_at(other, speed), measured, rate)
        if run.steps or run.wander is not None:
            return _as_filed(run, speed)
        if measured.match.matched:
            return Course(on_own_clock(measured, speed, rate), speed=speed)
    return _guessed(reference, other, rate) if other.seconds >= _SHORTEST else None


def _guessed(reference: Sound, other: Sound, rate: int) -> Course | None:
    """The course of a sound whose speed wanders too much for any search: by how loudness moves."""
    for guess in promising(reference.coarse, other.coarse):
        speed = nearby(guess.speed)
        middle = Fraction(round(guess.time)) + other.start
        part = played_at(other.part(middle - _AROUND, middle + _AROUND), speed)
        place = guess.place + float(reference.start)
        time = (guess.time + float(other.start)) * float(speed)
        seed = Seed(time, place - time)
        if quick(reference, part, seed) is None:
            continue
        whole = played_at(other, speed)
        wander = quick(reference, whole, seed)
        run = _wandering(reference, whole, wander, rate) if wander else None
        if run is not None:
            return _as_filed(run, speed)
    return None


def each_channel(
    reference: Sound, channels: Sequence[Sound], run: Course, rate: int
) -> tuple[PolyChannel, ...]:
    """Every channel of a file by itself, heard along the course of the whole."""
    if run.wander is not None:
        along = run.wander.map
        laid = [retimed(channel, along) for channel in channels]
        here = replace(run.match, lag_samples=0.0, drift_ppm=None)
        return tuple(
            replace(one, match=_moved(one.match, run.match))
            for one in poly.each(reference, laid, here, rate)
        )
    if run.speed is not None:
        once = run.speed
        played = [played_at(channel, once) for channel in channels]
        here = replace(run.match, drift_ppm=_drift(run.match, 1 / once))
        return tuple(
            replace(one, match=replace(one.match, drift_ppm=_drift(one.match, once)))
            for one in poly.each(reference, played, here, rate)
        )
    return poly.each(reference, channels, run.match, rate)


def _moved(channel: Match, whole: Match) -> Match:
    """A channel's match along a map on its file's clock: so much later than the whole."""
    if channel.lag_samples is None or whole.lag_samples is None:
        return channel
    lag = whole.lag_samples + channel.lag_samples
    return replace(channel, lag_samples=lag, drift_ppm=whole.drift_ppm)


def _drift(match: Match, times: Fraction) -> float | None:
    """A match's drift in ppm where its sound is played `times` as long."""
    if match.lag_samples is None:
        return None
    return (float(times) * (1 + (match.drift_ppm or 0.0) / 1e6) - 1) * 1e6


def _wandering(reference: Sound, other: Sound, wander: Wander, rate: int) -> Course | None:
    """The course along a map, measured once more along it; None where it does not match there."""
    laid = measure(reference, retimed(other, wander.map), rate)
    if not laid.match.matched or laid.fine is None:
        return None
    off, half = laid.fine.lag, laid.fine.half_width
    knots = tuple(
        Knot(knot.seconds, knot.reference_seconds + off, hypot(knot.half_width, half))
        for knot in wander.map.knots
    )
    moved = replace(wander, map=TimeMap(knots))
    return Course(_along(laid.match, moved, rate), wander=moved)


def _along(match: Match, wander: Wander, rate: int) -> Match:
    """A match with the lag of the first sample by a map, and the map's mean drift."""
    first, last = wander.map.knots[0], wander.map.knots[-1]
    seconds = last.seconds - first.seconds
    speed = (last.reference_seconds - first.reference_seconds) / seconds
    untold = max(wander.fastest, -wander.slowest) * abs(first.seconds)
    return replace(
        match,
        lag_samples=float(wander.map.reference_at(np.zeros(1))[0]) * rate,
        uncertainty_samples=hypot(first.half_width, untold) * rate,
        drift_ppm=(speed - 1) * 1e6,
        drift_uncertainty_ppm=hypot(first.half_width, last.half_width) / seconds * 1e6,
    )


def _as_filed(run: Course, speed: Fraction) -> Course:
    """The course of a sound that was played at a speed, on its file's own clock."""
    once = float(speed)
    match = replace(run.match, drift_ppm=_drift(run.match, speed))
    steps = tuple(replace(step, seconds=step.seconds / once) for step in run.steps)
    return Course(match, steps, run.longest, run.wander and _slowed(run.wander, once), speed)


def _slowed(wander: Wander, once: float) -> Wander:
    knots = tuple(replace(knot, seconds=knot.seconds / once) for knot in wander.map.knots)
    missed = tuple((first / once, last / once) for first, last in wander.missed)
    return replace(wander, map=TimeMap(knots), missed=missed)
