"""The exact lag: cross-spectra of many frames at full rate, lined up and added.

Every frame is lined up along the candidate line first, so drift does not smear the sum. Groups of
frames show by their scatter how sure the lag is, and by their slope what drift is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from conform.hearing import fourier
from conform.hearing.arrival import REACH, TAPS, WITHIN, Curve, direct, tops
from conform.hearing.band import COARSE_RATE, Signal, Spectrum
from conform.hearing.evidence import STEEPEST, Line
from conform.hearing.scatter import half_width, slope
from conform.hearing.sound import Sound
from conform.hearing.weights import Bins, Reals, explained, weightings, weights

_SEGMENT = 2.0  # seconds read at one place
_SEGMENTS = 24
_READ_ON = 2.0  # seconds between segments that are read as well: to open a file takes as long
_RUN = 30.0  # seconds that are read at once
_SHORTEST = 0.2  # seconds of a segment at an edge that are still used
_FLOOR = 0.004  # samples: what interpolation and float32 leave, measured on exact copies
_UNTOLD = 20.0  # seconds of a line below which the speech band does not tell its drift
_BESIDE = 48  # samples beside the level line's peak
_BETTER = 1.03  # height of a slant over the level line before it is believed
_GROUPS = 24  # at least, where there are frames for them
_LEAST_SHARE = 1e-3  # of an even share in the peak: no group counts for nothing
_PARTS = 8  # stretches whose own lags show the drift
_STRIDE = 64  # bins turned alike


@dataclass(frozen=True, slots=True)
class Fine:
    """The refined line; half-widths are 95 %. Lag in seconds at `time` of the other sound."""

    time: float
    lag: float
    half_width: float
    drift: float | None
    drift_half_width: float | None
    polarity: int
    explains: float
    """The share of the other sound that the reference, merely delayed, explains: 0 to 1."""

    @property
    def zero(self) -> float:
        """The lag of the other sound's first sample."""
        return self.lag - (self.drift or 0.0) * self.time

    @property
    def zero_half_width(self) -> float:
        """The 95 % half-width of `zero`: that of the lag and of the drift carried to it."""
        return float(np.hypot(self.half_width, (self.drift_half_width or 0.0) * self.time))


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of both sounds at full rate; `first` and `place` are their first samples."""

    first: int
    other: Signal
    place: int
    reference: Signal


@dataclass(frozen=True, slots=True)
class _Group:
    """Summed spectra of some frames: cross and both powers, and the frames' middle in seconds."""

    time: float
    cross: Bins
    ours: Reals
    theirs: Reals
    frames: int


def refine(reference: Sound, other: Sound, line: Line, rate: int) -> Fine | None:
    """The lag along a line at a sample rate, or None where the sounds cannot be read there."""
    segments = _read(reference, other, line, rate)
    if not segments:
        return None
    size = _frame_size(segments, rate)
    frames = _Frames(_hann(size))
    lag, drift = line.lag, line.drift
    groups = _groups(segments, lag, drift, frames, rate)
    if not groups:
        return None
    if groups[-1].time - groups[0].time < _UNTOLD:
        tilt, middle = _tilt(groups, size, rate), _middle(groups)
        lag, drift = lag - tilt * middle, drift + tilt
        groups = _groups(segments, lag, drift, frames, rate) or groups
    fine = _solve(groups, lag, drift, size, rate)
    drift = drift if fine.drift is None else fine.drift
    lag = fine.lag - drift * fine.time
    groups = _groups(segments, lag, drift, frames, rate) or groups
    return _solve(groups, lag, drift, size, rate)


def _hann(size: int) -> Signal:
    """A raised cosine that adds up to one where frames overlap by half."""
    return np.asarray(0.5 - 0.5 * np.cos(np.arange(size) * (2 * np.pi / size)), np.float32)


def _middle(groups: Sequence[_Group]) -> float:
    return float(np.mean([group.time for group in groups]))


def _tilt(groups: Sequence[_Group], size: int, rate: int) -> float:
    """The drift that a short line lacks: the slant along which its groups add up highest.

    Every believable drift is tried, in steps that move the outermost groups by a sample; a level
    line is kept where a slant is hardly better.
    """
    each = _correlations(groups, size, rate)
    away = (np.array([group.time for group in groups]) - _middle(groups)) * rate
    furthest = float(np.abs(away).max())
    if furthest == 0:
        return 0.0
    steps = int(STEEPEST * furthest)
    slants = np.arange(-steps, steps + 1) / furthest
    level = np.abs(each.sum(axis=0))
    middle = int(np.concatenate([level[size // 2 :], level[: size // 2]]).argmax()) - size // 2
    room = steps // 2 + _BESIDE  # a steep line's level sum peaks off its middle
    window = np.arange(middle - room - steps, middle + room + steps + 1)
    cells = np.arange(steps, steps + 2 * room + 1)
    stacked = np.zeros((len(slants), len(cells)))
    for row, distance in zip(each[:, window % size], away, strict=True):
        stacked += row[cells + np.round(slants * distance).astype(int)[:, None]]
    heights = np.abs(stacked).max(axis=1)
    best = int(heights.argmax())
    return float(slants[best]) if heights[best] > _BETTER * heights[steps] else 0.0


def _read(reference: Sound, other: Sound, line: Line, rate: int) -> list[_Segment]:
    """The stretches around the agreeing points, spread over the whole line."""
    low = ceil(other.start * rate)
    high = floor((other.start + Fraction(len(other.coarse), COARSE_RATE)) * rate)
    slack = round(REACH * rate)
    wanted: list[tuple[int, int, int]] = []
    for time in _spread(line.points[line.agree]):
        end = min(round((time + _SEGMENT / 2) * rate), high)
        first = max(round((time - _SEGMENT / 2) * rate), low)
        count = end - first
        if count < _SHORTEST * rate:
            continue
        wanted.append((first, count, first + round(line.at(time) * rate) - slack))
        low = end
    others = _excerpts(other, [(first, count) for first, count, _ in wanted], rate)
    ours = _excerpts(reference, [(place, count + 2 * slack) for _, count, place in wanted], rate)
    return [
        _Segment(first, heard, place, ground)
        for (first, _, place), heard, ground in zip(wanted, others, ours, strict=True)
    ]


def _excerpts(sound: Sound, stretches: Sequence[tuple[int, int]], rate: int) -> list[Signal]:
    """Stretches by first sample and count; those that follow closely are read at once."""
    runs: list[list[tuple[int, int]]] = []
    for first, count in stretches:
        near = bool(runs) and first - sum(runs[-1][-1]) <= _READ_ON * rate
        if near and first + count - runs[-1][0][0] <= _RUN * rate:
            runs[-1].append((first, count))
        else:
            runs.append([(first, count)])
    cut: list[Signal] = []
    for run in runs:
        begin = run[0][0]
        whole = sound.excerpt(begin, sum(run[-1]) - begin, rate)
        cut += [whole[first - begin : first - begin + count] for first, count in run]
    return cut


def _spread(points: NDArray[np.float64]) -> list[float]:
    """Times of up to `_SEGMENTS` clear points, at least a segment apart, over the whole span."""
    if not len(points):
        return []
    edges = np.linspace(points[:, 0].min(), points[:, 0].max() + 1e-6, _SEGMENTS + 1)
    chosen: list[float] = []
    for low, high in pairwise(edges):
        inside = points[(points[:, 0] >= low) & (points[:, 0] < high)]
        if len(inside):
            time = float(inside[inside[:, 2].argmax(), 0])
            if not chosen or time - chosen[-1] >= 0.75 * _SEGMENT:
                chosen.append(time)
    return chosen


def _frame_size(segments: Sequence[_Segment], rate: int) -> int:
    """A third of a second; half that for short material, so that there are frames to compare."""
    seconds = 0.34 if sum(len(segment.other) for segment in segments) > 3 * rate else 0.17
    return 2 * fourier.fast_size(round(seconds * rate / 2))


_Key = tuple[int, int, bool]
"""A frame by its segment's first sample, its own, and whether it is the other sound's."""

_Frame = tuple[Spectrum, Signal]
"""A frame's spectrum and its power."""


@dataclass(slots=True)
class _Frames:
    """Windowed frames, the latest of each: most stay as they are from pass to pass.

    Those of a group are transformed at once, which takes half as long.
    """

    window: Signal
    _kept: dict[_Key, tuple[int, _Frame | None]] = field(default_factory=dict)

    def of(self, sound: Signal, places: Sequence[int], keys: Sequence[_Key]) -> list[_Frame | None]:
        """Frames of a sound from places on; None where one is silent or not wholly there."""
        new = [
            (key, place)
            for key, place in zip(keys, places, strict=True)
            if key not in self._kept or self._kept[key][0] != place
        ]
        self._kept.update((key, (place, None)) for key, place in new)
        cut = [(key, place, sound[max(place, 0) : place + len(self.window)]) for key, place in new]
        cut = [one for one in cut if len(one[2]) == len(self.window) and one[2].any()]
        if cut:
            spectra = fourier.rfft(np.stack([frame for _, _, frame in cut]) * self.window)
            powers = np.square(spectra.real) + np.square(spectra.imag)
            for (key, place, _), spectrum, power in zip(cut, spectra, powers, strict=True):
                self._kept[key] = (place, (spectrum, power))
        return [self._kept[key][1] for key in keys]


def _groups(
    segments: Sequence[_Segment], lag: float, drift: float, frames: _Frames, rate: int
) -> list[_Group]:
    """Frames lined up and summed in groups: several to a segment where segments are few."""
    size = len(frames.window)
    groups: list[_Group] = []
    for segment in segments:
        firsts = list(range(0, len(segment.other) - size + 1, size // 2))
        parts = np.array_split(firsts, min(len(firsts), -(-_GROUPS // len(segments))))
        for part in parts:
            summed = _summed(segment, [int(x) for x in part], (lag, drift), frames, rate)
            if summed is not None:
                groups.append(summed)
    return groups


def _summed(
    segment: _Segment, firsts: Sequence[int], line: tuple[float, float], frames: _Frames, rate: int
) -> _Group | None:
    size = len(frames.window)
    cross: Bins = np.zeros(size // 2 + 1, np.complex128)
    ours: Reals = np.zeros(size // 2 + 1)
    theirs: Reals = np.zeros(size // 2 + 1)
    times = [(segment.first + first + size / 2) / rate for first in firsts]
    lags = [(line[0] + line[1] * time) * rate for time in times]
    shift = segment.first - segment.place
    places = [first + round(lag) + shift for first, lag in zip(firsts, lags, strict=True)]
    keys = [(segment.first, first) for first in firsts]
    others = frames.of(segment.other, firsts, [(*key, True) for key in keys])
    grounds = frames.of(segment.reference, places, [(*key, False) for key in keys])
    heard = []
    for time, lag, other, ground in zip(times, lags, others, grounds, strict=True):
        if other is None or ground is None:
            continue
        cross += ground[0] * other[0].conj() * _turned(lag - round(lag), size)
        ours += ground[1]
        theirs += other[1]
        heard.append(time)
    return _Group(float(np.mean(heard)), cross, ours, theirs, len(heard)) if heard else None


def _turned(samples: float, size: int) -> Spectrum:
    """What a delay by a part of a sample does to each bin, as a product of few exponentials."""
    turn, count = 2j * np.pi * samples / size, size // 2 + 1
    coarse = np.exp(turn * _STRIDE * np.arange(-(-count // _STRIDE))).astype(np.complex64)
    fine = np.exp(turn * np.arange(_STRIDE)).astype(np.complex64)
    return np.asarray(np.outer(coarse, fine).ravel()[:count], np.complex64)


def _solve(groups: Sequence[_Group], lag: float, drift: float, size: int, rate: int) -> Fine:
    """One refinement: the peak of the weighted sum, its scatter, and what slope is left."""
    total = np.sum([group.cross for group in groups], axis=0)
    ours = np.sum([group.ours for group in groups], axis=0)
    theirs = np.sum([group.theirs for group in groups], axis=0)
    choices = weightings(total, ours, theirs, sum(group.frames for group in groups), rate)
    curves = [
        Curve(fourier.irfft(total * choice.weight, size), fourier.irfft(choice.pure, size), room)
        for choice, room in zip(choices, (0, -1, 1), strict=True)
    ]
    arrival = direct(curves, rate)
    peak, doubt = arrival.place, float(arrival.doubt)
    every = _weighted(groups, choices[arrival.curve].weight, size)
    correlation = curves[arrival.curve].values
    polarity = 1 if correlation[peak] >= 0 else -1
    around = (peak + np.arange(-TAPS, TAPS + 1)) % size
    each = polarity * every[:, around]
    whole = each.sum(axis=0)
    near = peak if peak < size // 2 else peak - size
    top = float(tops(whole[None])[0])
    place = near + top
    if abs(top) >= WITHIN:  # no top of its own: it leans on a higher one beside it
        doubt += WITHIN
    half = half_width(each)
    # A lag is that of when most was heard: what adds much to the peak pulls it its own way.
    moments = np.array([group.time for group in groups])
    loud = np.maximum(each[:, TAPS], 0) + _LEAST_SHARE * float(whole[TAPS]) / len(groups)
    middle = float(np.average(moments, weights=loud))
    parts = np.array_split(np.arange(len(groups)), max(1, min(len(groups) // 3, _PARTS)))
    times = np.array([np.average(moments[part], weights=loud[part]) for part in parts])
    own = tops(np.stack([each[part].sum(axis=0) for part in parts]))
    tilted = slope(times, own / rate)
    claimed = None if tilted is None else drift + tilted[0]
    return Fine(
        time=middle,
        lag=lag + drift * middle + place / rate,
        half_width=float(np.hypot(half, _FLOOR) + doubt) / rate,
        drift=claimed,
        drift_half_width=None if tilted is None else tilted[1],
        polarity=polarity,
        explains=explained(total, ours, theirs, place, rate),
    )


def _correlations(groups: Sequence[_Group], size: int, rate: int) -> Reals:
    """Each group's correlation, weighted by what all of them know: (groups, size)."""
    total = np.sum([group.cross for group in groups], axis=0)
    powers = np.sum([group.ours for group in groups], axis=0)
    powers = powers * np.sum([group.theirs for group in groups], axis=0)
    weight = weights(total, powers, sum(group.frames for group in groups), rate)
    return _weighted(groups, weight, size)


def _weighted(groups: Sequence[_Group], weight: Reals, size: int) -> Reals:
    return np.stack([fourier.irfft(group.cross * weight, size) for group in groups])
