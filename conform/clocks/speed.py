"""Sound that runs at another machine's speed: the trade's ratios by name, then any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from conform.clocks.resample import interpolate, margin
from conform.clocks.respeed import Guess
from conform.hearing import fourier
from conform.hearing.band import COARSE_RATE, Signal
from conform.hearing.correlate import Spectra
from conform.hearing.evidence import STEEPEST, TOLERANCE, Line, Points
from conform.hearing.halves import narrowed, widened
from conform.hearing.lines import SURE
from conform.hearing.measure import PLACED, STAGES, Measurement, find, measure, promised
from conform.hearing.sound import Sound
from conform.hearing.stretches import exact
from conform.match import Match

SPEEDS: dict[str, Fraction] = {
    "1001/1000 (24 played at 23.976)": Fraction(1001, 1000),
    "1000/1001 (23.976 played at 24)": Fraction(1000, 1001),
    "25/24 (25 played at 24)": Fraction(25, 24),
    "24/25 (24 played at 25)": Fraction(24, 25),
    "25025/24000 (25 played at 23.976)": Fraction(25025, 24000),
    "24000/25025 (23.976 played at 25)": Fraction(24000, 25025),
    "48000/44100 (44.1 kHz stamped 48)": Fraction(48000, 44100),
    "44100/48000 (48 kHz stamped 44.1)": Fraction(44100, 48000),
}
"""Reference seconds to each second of the other sound, by the mistake that makes them."""

_LONGEST = 600  # seconds that are compared: enough to tell a speed to a part in a million
_SHORTEST = 4  # seconds below which no speed is tried
_NEARBY = (0.0, 2e-4, -2e-4, 4e-4, -4e-4)  # a search window bears 100 ppm to either side
_GUESSED = 3 * len(_NEARBY)  # speeds beside guesses that may be tried: each is another chance
_FINEST = 5000  # the largest denominator of a speed that is tried: keeps its transforms short
_CLOCKS = 2e-4  # real clocks are off by less
_UNTRIED = 1e-4  # half the steps between the speeds that are tried: what no stretch tells better
_FEWEST = 5  # stretches that tell a speed
_TRIES = 4000  # pairs of them that are tried
_AT_ONCE = 4  # known speeds searched for in one pass
_BESIDE = 2  # seconds beside the place of a guess
_PIECE = 1 << 20  # coarse samples at once
_ROOM = 2048  # coarse samples beside them: what a cut rings on is 70 dB down by then


def at_other_speeds(
    reference: Sound,
    other: Sound,
    rate: int,
    spectra: Spectra,
    guesses: Callable[[], Sequence[Guess]],
) -> Iterator[tuple[Fraction, Measurement]]:
    """The speeds at which another sound has a place, and that place; or several, at an edit.

    The trade's speeds are tried first, some at once, then those of the `guesses`. The measurement
    is that of the sound `played_at` the speed; `on_own_clock` brings its match back. `spectra` are
    the reference's.
    """
    if other.seconds < _SHORTEST:
        return
    part = _around(other, other.seconds / 2)
    known = list(SPEEDS.values())
    for begin in range(0, len(known), _AT_ONCE):
        speeds = known[begin : begin + _AT_ONCE]
        sounds = [played_at(part, speed) for speed in speeds]
        some = promised(reference, sounds, rate, spectra)
        for speed, sound, worth in zip(speeds, sounds, some, strict=True):
            found = measure(reference, sound, rate, spectra) if worth else None
            if found is not None and _sure(found.match, len(known)):
                yield speed, _of_so_many(found, len(known))
    for guess in guesses():
        yield from _beside_a_guess(reference, other, rate, guess)


def _beside_a_guess(
    reference: Sound, other: Sound, rate: int, guess: Guess
) -> Iterator[tuple[Fraction, Measurement]]:
    """The speeds beside a guess at which the other sound has a place where the guess puts it."""
    part = _around(other, guess.time)
    early = guess.time - float(part.start - other.start)
    for step in _NEARBY:
        speed = nearby(guess.speed * (1 + step))
        sound = played_at(part, speed)
        begin = exact(guess.place - early * guess.speed) + reference.start
        ground = reference.part(begin - _BESIDE, begin + exact(sound.seconds) + _BESIDE)
        places = (reference.seconds + 1) / (ground.seconds + 1)
        if _sure(find(ground, sound, rate, stages=STAGES[:1]).match, places * _GUESSED):
            found = measure(reference, sound, rate)
            if _sure(found.match, _GUESSED):
                yield speed, _of_so_many(found, _GUESSED)


def _sure(match: Match, tries: float) -> bool:
    """Whether a place is as sure as one that was found at the first try has to be."""
    placed = match.verdict in PLACED and match.false_match is not None
    return placed and (match.false_match or 0.0) * tries <= SURE


def _of_so_many(found: Measurement, tries: int) -> Measurement:
    """A measurement that one of some tries gave: each had the chance of a false match."""
    chance = min(1.0, tries * (found.match.false_match or 0.0))
    return replace(found, match=replace(found.match, false_match=chance))


def on_own_clock(found: Measurement, speed: Fraction, rate: int) -> Match:
    """The match of a sound that was played at a speed, as its file is: the drift is the speed's.

    Whatever is known of the drift that was left counts, however little: it is part of the speed.
    """
    match, fine = found.match, found.fine
    if fine is None:
        return match
    drift, half = fine.drift or 0.0, fine.drift_half_width
    unsure = _UNTRIED if half is None else half
    zero = fine.lag - drift * fine.time
    return replace(
        match,
        lag_samples=zero * rate,
        uncertainty_samples=float(np.hypot(fine.half_width, unsure * fine.time)) * rate,
        drift_ppm=(float(speed) * (1 + drift) - 1) * 1e6,
        drift_uncertainty_ppm=float(speed) * unsure * 1e6,
    )


def name_of(match: Match) -> str | None:
    """The known ratio that a match's speed is, but for clocks."""
    speed = 1 + (match.drift_ppm or 0.0) / 1e6
    near = (name for name, known in SPEEDS.items() if abs(speed / known - 1) < _CLOCKS)
    return next(near, None)


def drift_at(match: Match, times: Fraction) -> float | None:
    """A match's drift in ppm where its sound is played `times` as long."""
    if match.lag_samples is None:
        return None
    return (float(times) * (1 + (match.drift_ppm or 0.0) / 1e6) - 1) * 1e6


def slant(points: Points, line: Line | None) -> float | None:
    """The speed that a line lacks, where most stretches agree on one beyond any clock's drift."""
    if line is None or len(points) < _FEWEST:
        return None
    times, rest = points[:, 0], points[:, 1] - line.drift * points[:, 0]
    first, second = np.triu_indices(len(times), 1)
    far = times[second] - times[first] >= np.ptp(times) / 4
    first, second = first[far], second[far]
    slopes = (rest[second] - rest[first]) / (times[second] - times[first])
    steep = np.abs(slopes) > STEEPEST
    slopes, first = slopes[steep][:_TRIES], first[steep][:_TRIES]
    level = (np.abs(rest - line.lag) < TOLERANCE).sum()
    misses = rest - rest[first, None] - slopes[:, None] * (times - times[first, None])
    votes = (np.abs(misses) < TOLERANCE).sum(axis=1)
    if not len(votes) or votes.max() < max(len(times) / 2, 2 * level, _FEWEST):
        return None
    agree = np.abs(misses[votes.argmax()]) < TOLERANCE
    return float(np.polyfit(times[agree], rest[agree], 1)[0])


def beside(speed: float) -> Fraction:
    """A speed: the known one that it is but for clocks, or itself."""
    known = (ratio for ratio in SPEEDS.values() if abs(speed / ratio - 1) < _CLOCKS)
    return next(known, None) or nearby(speed)


def played_at(sound: Sound, speed: Fraction) -> Sound:
    """A sound as it would be, run so that it lasts `speed` times as long, pitch and all."""

    def excerpt(first: int, count: int, rate: int) -> Signal:
        step = float(1 / speed)
        places = (first + np.arange(count)) * step
        room = margin(step)
        begin = floor(places[0]) - room
        taken = sound.excerpt(begin, floor(places[-1]) + room + 2 - begin, rate)
        return interpolate(taken[:, None], places - begin, step)[:, 0].astype(np.float32)

    return Sound(sound.name, _coarse_at(sound.coarse, speed), excerpt, sound.start * speed)


def _coarse_at(coarse: NDArray[np.float16], speed: Fraction) -> NDArray[np.float16]:
    """Coarse sound at a speed, in pieces: no copy of a film is made at full width.

    By its spectrum, cut or filled up to another length: scipy's resampling is half a second's
    import. A piece goes on in silence, far from what is taken of it.
    """
    up, down = speed.numerator, speed.denominator
    room, piece = (down * ceil(count / down) for count in (_ROOM, _PIECE))
    out = np.empty(ceil(len(coarse) * up / down), np.float16)
    for first in range(0, len(coarse), piece):
        low, begin = max(first - room, 0), first * up // down
        some = widened(coarse[low : first + piece + room])
        times = fourier.fast_size(ceil((len(some) + room) / down))
        spectrum = fourier.rfft(some, times * down)
        made = fourier.irfft(spectrum, times * up)[(first - low) * up // down :]
        end = min(begin + piece * up // down, len(out))
        out[begin:end] = narrowed(made[: end - begin] * np.float32(speed))
    return out


def nearby(speed: float) -> Fraction:
    """A speed as a fraction whose transforms are short."""
    return Fraction(speed).limit_denominator(_FINEST)


def _around(sound: Sound, time: float) -> Sound:
    """What is compared of a long sound: `time`, in seconds of it, lies in the middle if it can."""
    most = _LONGEST * COARSE_RATE
    first = min(max(0, round(time * COARSE_RATE) - most // 2), max(0, len(sound.coarse) - most))
    begin = sound.start + Fraction(first, COARSE_RATE)
    return sound.part(begin, begin + _LONGEST)
