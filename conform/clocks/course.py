"""How one whole sound runs against another: along a line, in steps, at another speed, or wandering.

The simplest explanation stands: a line where the stretches lie on one, steps where they jump, a map
of time where the speed wanders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from math import hypot

import numpy as np

from conform.clocks.doubt import astray, leaning
from conform.clocks.respeed import Guess, promising
from conform.clocks.speed import (
    at_other_speeds,
    beside,
    drift_at,
    name_of,
    nearby,
    on_own_clock,
    played_at,
    slant,
)
from conform.clocks.steps import Jump, follow, likeliest
from conform.clocks.timemap import Knot, TimeMap, retimed
from conform.clocks.track import Seed
from conform.clocks.unproved import LagAt, Span, unproved
from conform.clocks.wow import Wander, echoed, quick, slow, suspected
from conform.hearing.band import COARSE_RATE
from conform.hearing.correlate import Spectra
from conform.hearing.evidence import TOLERANCE, Points, level_line
from conform.hearing.measure import Measurement, measure, spectra_of
from conform.hearing.sound import Sound
from conform.hearing.stretches import WIDTH, clear, exact, listen, stretches
from conform.match import Match

_SHORTEST = 10.0  # seconds of a sound whose speed can be followed
_CLEAR = 0.5  # share of a sound whose stretches know their place, where its speed is right
_PULLS = (Fraction(1001, 1000), Fraction(1000, 1001))  # a match may bear them, badly
_BESIDE = 0.03  # seconds off a map at which its sound is still the same: reflections come later
_AROUND = 45  # seconds to either side of a guess that tell whether it is worth following


@dataclass(frozen=True, slots=True)
class Course:
    """A match of two whole sounds on the other's own clock, and what it is more than a line.

    With `steps`, the match is that of the longest part, the one after `longest` of them. With a
    `wander`, the lag is that of the other sound's first sample by its map, and the drift the map's
    mean. `speed` is what the other sound had to be played at to be compared, where not its own.
    `scatter` is what its stretches are off the course, in seconds, where most of them or a whole
    run of them are: the match is then not to be trusted further than that. `unproved` are spans of
    the other sound, first and last second, that nothing says lie on the course.
    """

    match: Match
    steps: tuple[Jump, ...] = ()
    longest: int = 0
    wander: Wander | None = None
    speed: Fraction | None = None
    scatter: float | None = None
    unproved: tuple[Span, ...] = ()

    @property
    def speed_name(self) -> str | None:
        """The trade's name of another speed, where it has one."""
        return name_of(self.match) if self.speed is not None else None


def course(reference: Sound, other: Sound, found: Measurement, rate: int) -> Course:
    """The course of a sound that was measured; of one without a place, its verdict alone."""
    return _run(reference, other, Fraction(1), found, rate)


def at_any_speed(
    reference: Sound, other: Sound, rate: int, spectra: Spectra | None = None
) -> Course | None:
    """The course of a sound that does not match as it is: at another speed, or wandering.

    `spectra` are the reference's, where the caller has them.
    """
    spectra = spectra or spectra_of(reference, other)
    guesses = cache(partial(promising, reference.coarse, other.coarse))
    for speed, found in at_other_speeds(reference, other, rate, spectra, guesses):
        run = _run(reference, other, speed, found, rate)
        if run.match.matched:
            return run
    return _guessed(reference, other, rate, guesses()) if other.seconds >= _SHORTEST else None


def _run(reference: Sound, other: Sound, speed: Fraction, found: Measurement, rate: int) -> Course:
    """The course of a sound that was measured as it is played at a speed.

    Where its stretches lie aslant it runs at a better one: a thousandth off, as 24 is to 23.976,
    some of them still agree. At the better one more of them know their place.
    """
    played = other if speed == 1 else played_at(other, speed)
    points = _points(reference, played, found)
    for better in _better(reference, played, speed, found, points):
        faster = played_at(other, better)
        again = measure(reference, faster, rate)
        if again.match.score <= found.match.score:
            continue
        clearer = _points(reference, faster, again)
        if len(clearer) > len(points):
            speed, found, played, points = better, again, faster, clearer
            break
    run = _at_its_speed(reference, played, found, points, rate)
    if speed == 1:
        return run
    if run.steps or run.wander is not None or not found.match.matched:
        return _as_filed(run, speed)
    there = replace(_as_filed(run, speed), match=on_own_clock(found, speed, rate))
    return _doubted(there, run.scatter)


def _better(
    reference: Sound, played: Sound, speed: Fraction, found: Measurement, points: Points
) -> Iterator[Fraction]:
    """Speeds that may suit a match better: where stretches lie aslant, or hardly any is clear."""
    tilt = slant(points, found.line)
    if tilt is not None:
        yield beside(float(speed) * (1 + tilt))
    elif found.match.matched and 0 < len(points) * WIDTH < _CLEAR * played.seconds:
        known = _clear_around(reference, played, points, Fraction(1))
        for pull in _PULLS:
            if _clear_around(reference, played, points, pull) > known:
                yield beside(float(speed * pull))


def _clear_around(reference: Sound, played: Sound, points: Points, pull: Fraction) -> int:
    """How many stretches around the surest one know their place, a sound being pulled so much."""
    time, lag = (float(value) for value in points[points[:, 2].argmax(), :2])
    part = played_at(played.part(exact(time - _AROUND), exact(time + _AROUND)), pull)
    width = round(WIDTH * COARSE_RATE)
    line = level_line(time + lag - time * float(pull), 0.0)
    heard = listen(reference, part, line, np.arange(0, len(part.coarse) - width + 1, width))
    return int(clear(heard).sum())


def _points(reference: Sound, other: Sound, found: Measurement) -> Points:
    """Stretches all along a sound that know their place; those of its line where it is short."""
    line = likeliest(found)
    if line is None:
        return np.empty((0, 4))
    if other.seconds >= _SHORTEST:
        return stretches(reference, other, line)
    return line.points[clear(line.points)]


def _at_its_speed(
    reference: Sound, other: Sound, found: Measurement, points: Points, rate: int
) -> Course:
    """Steps, or a speed that wanders, or neither."""
    stepped = follow(reference, other, found, points, rate)
    plain = Course(stepped.measured.match, stepped.steps, stepped.longest)
    if other.seconds < _SHORTEST:
        return plain
    if not stepped.steps and suspected(points):
        best = points[points[:, 2].argmax()]
        seed = Seed(float(best[0]), float(best[1]), found.line.drift if found.line else 0.0)
        wander = quick(reference, other, seed) or slow(reference, other, points)
        wander = wander or echoed(reference, other, points)
        along = _wandering(reference, other, wander, rate) if wander else None
        if along is not None and _astray(along, points) is None:
            return along
    doubted = _doubted(plain, _astray(plain, points))
    if plain.match.lag_samples is None:
        return doubted
    return replace(doubted, unproved=unproved(reference, other, points, _lag_at(plain, points)))


def _lag_at(plain: Course, points: Points) -> LagAt:
    """The lag in seconds along a course without a map."""
    match = plain.match
    moves = np.cumsum([0.0, *(step.samples for step in plain.steps)]) / match.sample_rate
    slope = leaning(points) if match.drift_ppm is None else 1e-6 * match.drift_ppm
    level = float(match.lag_samples or 0.0) / match.sample_rate - moves[plain.longest]
    # A lag without a drift is that of the middle of what was heard.
    begin = float(np.median(points[:, 0])) if match.drift_ppm is None and len(points) else 0.0
    steps = [step.seconds for step in plain.steps]
    return lambda times: level + moves[np.searchsorted(steps, times)] + slope * (times - begin)


def _astray(run: Course, points: Points) -> float | None:
    """What stretches lie off a course, in seconds; see `conform.clocks.doubt`."""
    match, times = run.match, points[:, 0]
    if match.lag_samples is None or not len(points):
        return None
    if run.wander is not None:
        smeared = WIDTH * max(run.wander.fastest, -run.wander.slowest)
        lags = run.wander.map.reference_at(times) - times
        return astray(points, lags, TOLERANCE + smeared)
    return astray(points, _lag_at(run, points)(times))


def _doubted(plain: Course, scatter: float | None) -> Course:
    """A course whose interval holds twice the scatter of its stretches, where there is one."""
    match = plain.match
    if scatter is None or match.uncertainty_samples is None:
        return plain
    return replace(plain, match=match.doubted(2 * scatter * match.sample_rate), scatter=scatter)


def _guessed(reference: Sound, other: Sound, rate: int, guesses: Sequence[Guess]) -> Course | None:
    """The course of a sound whose speed wanders too much for any search: by how loudness moves."""
    for guess in guesses:
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


def _wandering(reference: Sound, other: Sound, wander: Wander, rate: int) -> Course | None:
    """The course along a map, measured once more along it; None where it does not match there.

    What matches far from the map is a part that it does not follow, on the other side of a jump.
    """
    laid = measure(reference, retimed(other, wander.map), rate)
    if not laid.match.matched or laid.fine is None:
        return None
    off, half = laid.fine.lag, laid.fine.half_width
    if abs(off) > _BESIDE:
        return None
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
    match = replace(run.match, drift_ppm=drift_at(run.match, speed))
    steps = tuple(replace(step, seconds=step.seconds / once) for step in run.steps)
    wander = run.wander and _slowed(run.wander, once)
    return replace(
        run,
        match=match,
        steps=steps,
        wander=wander,
        speed=speed,
        unproved=_divided(run.unproved, once),
    )


def _slowed(wander: Wander, once: float) -> Wander:
    knots = tuple(replace(knot, seconds=knot.seconds / once) for knot in wander.map.knots)
    return replace(wander, map=TimeMap(knots), missed=_divided(wander.missed, once))


def _divided(spans: Sequence[Span], once: float) -> tuple[Span, ...]:
    return tuple((first / once, last / once) for first, last in spans)
