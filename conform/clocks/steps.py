"""Places where a whole sound jumps against its reference: dropped buffers, edits inside a take.

Drift moves the lag slowly and by a common slope; a step moves it at once, and it stays moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from conform.hearing.band import COARSE_RATE, Signal
from conform.hearing.evidence import TOLERANCE, Line, Points
from conform.hearing.levels import WIDTH, Part, clear, exact, level_line, levels, listen
from conform.hearing.measure import Measurement, placed
from conform.hearing.refine import Fine, refine
from conform.hearing.sound import Sound
from conform.match import Verdict

SHORTEST = 20.0
"""Seconds of a sound from which steps are looked for."""

LEAST = 0.003
"""Seconds of the smallest step that is told: reflections move a peak by up to 1 ms either way."""

_AIR = 0.02  # seconds: levels this near that come back are talkers at other distances, 7 m at most
_BACK = 2  # stretches that show a lag before its time, or after
_AROUND = 4.0  # seconds to either side of a step that are looked at closely
_SUDDEN = 0.7  # share of a step that must happen at its place: what goes slowly is no step
_NEAR = 3  # stretches to either side of a place that tell what happens there

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Jump:
    """A step: at `seconds` of the other sound its lag grows by `samples`; half-width is 95 %.

    Positive samples move what follows later in the reference: the other sound lost as many.
    """

    seconds: float
    samples: float
    uncertainty_samples: float


@dataclass(frozen=True, slots=True)
class Stepped:
    """A match of whole sounds with its steps; the match is that of the longest part.

    `longest` is the number of steps before that part.
    """

    measured: Measurement
    steps: tuple[Jump, ...] = ()
    longest: int = 0


def follow(
    reference: Sound, other: Sound, found: Measurement, points: Points, rate: int
) -> Stepped:
    """A match of whole sounds with its steps.

    An ambiguous answer is a match where its places follow one another: before and after an edit.
    `points` are the other sound's stretches along its `likeliest` line. Without a step the
    measurement comes back, with the drift that the stretches show where it had none.
    """
    line = likeliest(found)
    if line is None or other.seconds < SHORTEST:
        return Stepped(found)
    parts = levels(points, line.drift)
    places = {
        index: _place(reference, other, before, after)
        for index, (before, after) in enumerate(pairwise(parts))
        if abs(after.lag - before.lag) >= LEAST and not _comes_back(points, before, after)
    }
    steps = {
        index: place
        for index, place in places.items()
        if _sudden(reference, other, parts[index], parts[index + 1], place)
    }
    if not steps:
        return Stepped(_inclined(reference, other, found, parts, rate))
    fines = [_refined(reference, other, part, line, rate) for part in parts]
    drift = _shared(fines)
    ends = list(zip(parts, fines, strict=True))
    jumps = tuple(
        _jump(place, ends[index], ends[index + 1], drift, rate) for index, place in steps.items()
    )
    best = max(range(len(parts)), key=lambda index: parts[index].last - parts[index].first)
    before, fine = sum(index < best for index in steps), fines[best]
    if fine is None:
        return Stepped(found, jumps, before)
    match = replace(found.match, verdict=Verdict.MATCH, reason="", alternatives=())
    return Stepped(Measurement(placed(match, fine, rate), line, fine), jumps, before)


def _inclined(
    reference: Sound, other: Sound, found: Measurement, parts: Sequence[Part], rate: int
) -> Measurement:
    """A match that few stretches bear out, its drift untold, along the many that show one."""
    if found.line is None or found.match.drift_ppm is not None or not parts:
        return found
    longest = max(parts, key=lambda part: len(part.points))
    if len(longest.points) <= found.line.agreeing:
        return found
    fine = _refined(reference, other, longest, found.line, rate)
    if fine is None or fine.drift is None:
        return found
    return Measurement(placed(found.match, fine, rate), found.line, fine)


def likeliest(found: Measurement) -> Line | None:
    """The line of a match; of several places the best, as a level line."""
    match = found.match
    if found.line is not None:
        return found.line
    if match.verdict is not Verdict.AMBIGUOUS or not match.alternatives:
        return None
    return level_line(match.alternatives[0].lag_samples / match.sample_rate, 0.0)


def _comes_back(points: Points, before: Part, after: Part) -> bool:
    """Whether the new lag was there already, or the old one is there again, a small step apart.

    Talkers who take turns at other distances from both microphones change the lag to and fro; what
    a recorder loses does not come back.
    """
    if abs(after.lag - before.lag) >= _AIR:
        return False
    rest = points[:, 1] - before.drift * points[:, 0]
    early = (points[:, 0] < before.last) & (np.abs(rest - after.lag) < TOLERANCE)
    late = (points[:, 0] > after.first) & (np.abs(rest - before.lag) < TOLERANCE)
    return bool(max(early.sum(), late.sum()) >= _BACK)


def _sudden(reference: Sound, other: Sound, before: Part, after: Part, place: float) -> bool:
    """Whether stretches close to a place stand on either level: what goes slowly is no step."""
    sides = []
    for part, first, last in (
        (before, place - _AROUND, place - WIDTH),
        (after, place, place + _AROUND - WIDTH),
    ):
        begins = (np.arange(first, last + 1e-6, WIDTH / 3) - float(other.start)) * COARSE_RATE
        line = level_line(part.lag, part.drift)
        heard = listen(reference, other, line, begins.round().astype(int))
        heard = np.concatenate([heard[clear(heard)], part.points])
        near = np.abs(heard[:, 0] - place).argsort(kind="stable")[:_NEAR]
        sides.append(float(np.median(heard[near, 1] - part.drift * heard[near, 0])))
    return abs(sides[1] - sides[0]) > _SUDDEN * max(abs(after.lag - before.lag), LEAST)


def _place(reference: Sound, other: Sound, before: Part, after: Part) -> float:
    """When the lag changes, in seconds of the other sound.

    Until then the sound resembles the reference at the first lag, from then on at the second: the
    sum of the differences of both products is greatest at the change.
    """
    first, last = before.last - WIDTH / 2, after.first + WIDTH / 2
    begin = max(round((first - float(other.start)) * COARSE_RATE), 0)
    count = min(round((last - first) * COARSE_RATE), len(other.coarse) - begin)
    heard = _sharp(_stretch(other.coarse, begin, count))
    shift = float(other.start - reference.start)
    total = np.zeros(count)
    for sign, part in ((1, before), (-1, after)):
        moved = round((part.at((first + last) / 2) + shift) * COARSE_RATE)
        product = heard * _sharp(_stretch(reference.coarse, begin + moved, count))
        edge = slice(0, COARSE_RATE // 2) if sign > 0 else slice(-(COARSE_RATE // 2), None)
        alike = 1 if product[edge].sum() >= 0 else -1
        total += sign * alike * product
    at = int(np.cumsum(total).argmax()) + 1
    return float(other.start) + (begin + at) / COARSE_RATE


def _stretch(sound: NDArray[np.floating], first: int, count: int) -> Signal:
    """Some samples, silence where there are none."""
    out = np.zeros(count, np.float32)
    low, high = max(first, 0), min(first + count, len(sound))
    if low < high:
        out[low - first : high - first] = sound[low:high]
    return out


def _sharp(sound: Signal) -> Signal:
    """Rumble turned down, as `band.powers` does."""
    out = sound.copy()
    out[1:] -= np.float32(0.9) * sound[:-1]
    return out


def _refined(reference: Sound, other: Sound, part: Part, line: Line, rate: int) -> Fine | None:
    """One part's line at full rate."""
    agree = np.ones(len(part.points), bool)
    own = replace(line, lag=part.lag, drift=part.drift, points=part.points, agree=agree)
    first, last = exact(part.first - WIDTH / 2), exact(part.last + WIDTH / 2)
    return refine(reference, other.part(first, last), own, rate)


def _shared(fines: Sequence[Fine | None]) -> tuple[float, float] | None:
    """The drift of all parts and its 95 % half-width, weighted by what each knows of it."""
    known = [
        (fine.drift, 1 / max(fine.drift_half_width, 1e-9) ** 2)
        for fine in fines
        if fine is not None and fine.drift is not None and fine.drift_half_width is not None
    ]
    if not known:
        return None
    weight = sum(share for _, share in known)
    return sum(drift * share for drift, share in known) / weight, weight**-0.5


def _jump(
    time: float,
    before: tuple[Part, Fine | None],
    after: tuple[Part, Fine | None],
    drift: tuple[float, float] | None,
    rate: int,
) -> Jump:
    ends = [_lag_at(time, part, fine, drift) for part, fine in (before, after)]
    lags, halves = zip(*ends, strict=True)
    return Jump(time, (lags[1] - lags[0]) * rate, float(np.hypot(*halves)) * rate)


def _lag_at(
    time: float, part: Part, fine: Fine | None, drift: tuple[float, float] | None
) -> tuple[float, float]:
    """A part's lag at a time and its half-width, by the common drift from the part's middle."""
    if fine is None:
        return part.at(time), TOLERANCE
    slope, half = drift or (part.drift, 0.0)
    away = time - fine.time
    return fine.lag + slope * away, float(np.hypot(fine.half_width, half * away))
