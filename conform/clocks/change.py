"""Whether a lag changes at once from one level to the next, and when."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conform.hearing.band import COARSE_RATE, Signal
from conform.hearing.evidence import TOLERANCE, Points, level_line
from conform.hearing.levels import Part
from conform.hearing.pattern import alike
from conform.hearing.sound import Sound
from conform.hearing.stretches import WIDTH, clear, laid, listen

LEAST = 0.003
"""Seconds of the smallest step that is told by peaks alone: reflections move one by up to 1 ms."""

_AIR = 0.02  # seconds: levels this near may be talkers at other distances, 7 m at most
_BACK = 2  # stretches that show a lag before its time, or after
_AROUND = 4.0  # seconds to either side of a step that are looked at closely
_SLOWLY = 0.15  # share of a step that may happen beside its place, on either side
_NEAR = 3  # stretches to either side of a place that tell what happens there
_BESIDE = 16  # stretches to either side that tell the pattern of a room's reflections
_ALIKE = 0.85  # likeness of both sides': who is elsewhere in the room has others


def moment(
    reference: Sound, other: Sound, points: Points, before: Part, after: Part, least: float
) -> float | None:
    """When the lag steps from a level to the next, in seconds of the other sound.

    None where it moves by less than `least` seconds, or slowly, or as talkers elsewhere in a room
    move it: to and fro, or along with its reflections. `points` are all that may show either level.
    """
    size = abs(after.lag - before.lag)
    if size < least or (size < _AIR and _comes_back(points, before, after)):
        return None
    place = _place(reference, other, before, after)
    if not _sudden(reference, other, before, after, place):
        return None
    return place if size >= _AIR or _one_place(reference, other, before, after) else None


def _one_place(reference: Sound, other: Sound, before: Part, after: Part) -> bool:
    """Whether both sides of a step have the same reflections, those near it first."""
    sides = before.points[-_BESIDE:], after.points[:_BESIDE]
    return alike(reference, other, *sides, round(WIDTH * COARSE_RATE)) > _ALIKE


def _comes_back(points: Points, before: Part, after: Part) -> bool:
    """Whether the new lag was there already, or the old one is there again, a small step apart.

    Talkers who take turns at other distances from both microphones change the lag to and fro; what
    a recorder loses does not come back.
    """
    near = min(TOLERANCE, abs(after.lag - before.lag) / 3)
    rest = points[:, 1] - before.drift * points[:, 0]
    early = (points[:, 0] < before.last) & (np.abs(rest - after.lag) < near)
    late = (points[:, 0] > after.first) & (np.abs(rest - before.lag) < near)
    return bool(max(early.sum(), late.sum()) >= _BACK)


def _sudden(reference: Sound, other: Sound, before: Part, after: Part, place: float) -> bool:
    """Whether stretches close to a place stand on either level: what goes slowly is no step."""
    beside = np.concatenate([before.points[-_BESIDE:], after.points[:_BESIDE]])
    most = _SLOWLY * abs(after.lag - before.lag)
    for part, first, last in (
        (before, place - _AROUND, place - WIDTH),
        (after, place, place + _AROUND - WIDTH),
    ):
        begins = (np.arange(first, last + 1e-6, WIDTH / 3) - float(other.start)) * COARSE_RATE
        line = level_line(part.lag, part.drift)
        heard = listen(reference, other, line, begins.round().astype(int))
        every = np.concatenate([beside, heard])
        heard = laid(reference, other, np.concatenate([beside, heard[clear(heard)]]), every)
        heard = heard[(heard[:, 0] < place) == (part is before)]
        near = np.abs(heard[:, 0] - place).argsort(kind="stable")[:_NEAR]
        if abs(float(np.median(heard[near, 1] - part.drift * heard[near, 0])) - part.lag) > most:
            return False
    return True


def _place(reference: Sound, other: Sound, before: Part, after: Part) -> float:
    """When the lag changes, in seconds of the other sound.

    Until then the sound resembles the reference at the first lag, from then on at the second: the
    sum of the differences of both products is greatest at the change.
    """
    first, last = before.last - WIDTH / 2, after.first + WIDTH / 2
    begin = max(round((first - float(other.start)) * COARSE_RATE), 0)
    count = min(round((last - first) * COARSE_RATE), len(other.coarse) - begin)
    heard = _sharp(_stretch(other.coarse, begin, count))
    steps = np.arange(count)
    times = float(other.start) + (begin + steps) / COARSE_RATE
    shift = float(other.start - reference.start)
    total = np.zeros(count)
    for sign, part in ((1, before), (-1, after)):
        moved = np.round((part.lag + part.drift * times + shift) * COARSE_RATE).astype(np.intp)
        least, most = int(moved.min()), int(moved.max())
        facing = _sharp(_stretch(reference.coarse, begin + least, count + most - least))
        product = heard * facing[steps + moved - least]
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
