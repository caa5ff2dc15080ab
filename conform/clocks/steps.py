"""Places where a whole sound jumps against its reference: dropped buffers, edits inside a take.

Drift moves the lag slowly and by a common slope; a step moves it at once, and it stays moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from conform.clocks.change import LEAST, moment
from conform.clocks.repeating import repeats
from conform.clocks.slight import slight
from conform.hearing.evidence import TOLERANCE, Line, Points, level_line
from conform.hearing.levels import Part, levels
from conform.hearing.measure import Measurement, placed
from conform.hearing.refine import Fine, refine
from conform.hearing.slope import two_sided
from conform.hearing.sound import Sound
from conform.hearing.stretches import WIDTH, exact
from conform.match import Verdict

SHORTEST = 20.0
"""Seconds of a sound from which steps are looked for."""

_ASTRAY = 4.0  # deviations from its level from which a stretch does not tell a step's size
_TRIMMED = 1.3  # what leaving those out, and what neighbours share, hide of the scatter
_COARSE = 1e-6  # seconds: what 8 kHz leaves of a step between exact copies


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

    An ambiguous answer is a match where its places follow one another, before and after an edit,
    and no part is heard in both.
    `points` are the other sound's stretches along its `likeliest` line. Without a step the
    measurement comes back, with the drift that the stretches show where it had none.
    """
    line = likeliest(found)
    if line is None or other.seconds < SHORTEST:
        return Stepped(found)
    parts, places = _stepping(reference, other, points, line.drift)
    if not places:
        return Stepped(_inclined(reference, other, found, parts, rate))
    if found.match.verdict is Verdict.AMBIGUOUS and repeats(reference, other, parts):
        return Stepped(found)
    fines = [_refined(reference, other, part, line, rate) for part in parts]
    drift = _shared(fines)
    ends = list(zip(parts, fines, strict=True))
    jumps = tuple(
        _jump(place, ends[index], ends[index + 1], drift, rate) for index, place in places.items()
    )
    best = max(range(len(parts)), key=lambda index: parts[index].last - parts[index].first)
    before, fine = sum(index < best for index in places), fines[best]
    if fine is None:
        return Stepped(found, jumps, before)
    match = replace(found.match, verdict=Verdict.MATCH, reason="", alternatives=())
    return Stepped(Measurement(placed(match, fine, rate), line, fine), jumps, before)


def _stepping(
    reference: Sound, other: Sound, points: Points, drift: float
) -> tuple[list[Part], dict[int, float]]:
    """Levels, and when steps come, by the number of the level before each.

    Levels far apart come first, then those near one another, as finely as stretches tell them.
    """
    parts: list[Part] = []
    places: dict[int, float] = {}
    for near in _near(levels(points, drift)):
        pieces, within = slight(reference, other, near)
        if parts:
            place = moment(reference, other, points, parts[-1], pieces[0], LEAST)
            places |= {} if place is None else {len(parts) - 1: place}
        places |= {len(parts) + index: place for index, place in enumerate(within)}
        parts += pieces
    return parts, places


def _near(parts: Sequence[Part]) -> list[list[Part]]:
    """Levels in rows of those that lie nearer than `LEAST` to the one before."""
    rows: list[list[Part]] = []
    for part in parts:
        if rows and abs(part.lag - rows[-1][-1].lag) < LEAST:
            rows[-1].append(part)
        else:
            rows.append([part])
    return rows


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
    """A step by both lines at full rate; by its stretches where those tell it surer, as in rooms.

    A line's place may be that of any early reflection; the step from one to the next is not.
    """
    ends = [_lag_at(time, part, fine, drift) for part, fine in (before, after)]
    lags, halves = zip(*ends, strict=True)
    fine = lags[1] - lags[0], float(np.hypot(*halves))
    size, half = min(fine, _leap(before[0], after[0]), key=lambda told: told[1])
    return Jump(time, size * rate, half * rate)


def _leap(before: Part, after: Part) -> tuple[float, float]:
    """A step and its 95 % half-width in seconds, by least squares with one drift on both sides."""
    points = np.concatenate([before.points, after.points])
    times = points[:, 0] - points[:, 0].mean()
    moved = np.repeat([0.0, 1.0], [len(before.points), len(after.points)])
    shape = np.column_stack([np.ones(len(times)), times, moved])
    values = points[:, 1]
    for _ in range(2):
        told = np.linalg.lstsq(shape, values, rcond=None)[0]
        misses = np.abs(values - shape @ told)
        keep = misses <= _ASTRAY * 1.4826 * np.median(misses) + 1e-9
        shape, values = shape[keep], values[keep]
    free = len(values) - 3
    if free < 1 or np.linalg.matrix_rank(shape) < 3:
        return after.lag - before.lag, TOLERANCE
    told = np.linalg.lstsq(shape, values, rcond=None)[0]
    power = float(np.square(values - shape @ told).sum()) / free
    error = np.sqrt(power * np.linalg.inv(shape.T @ shape)[2, 2])
    return float(told[2]), float(np.hypot(_TRIMMED * two_sided(free) * error, _COARSE))


def _lag_at(
    time: float, part: Part, fine: Fine | None, drift: tuple[float, float] | None
) -> tuple[float, float]:
    """A part's lag at a time and its half-width, by the common drift from the part's middle."""
    if fine is None:
        return part.at(time), TOLERANCE
    slope, half = drift or (part.drift, 0.0)
    away = time - fine.time
    return fine.lag + slope * away, float(np.hypot(fine.half_width, half * away))
