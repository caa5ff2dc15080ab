"""The exact lag: cross-spectra of many frames at full rate, lined up and added.

Every frame is lined up along the candidate line first, so drift does not smear the sum. Groups of
frames show by their scatter how sure the lag is, and by their slope what drift is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from conform.hearing import fourier
from conform.hearing.arrival import TAPS, WITHIN, Curve, direct, tops
from conform.hearing.evidence import STEEPEST, Line
from conform.hearing.frames import Frames, Group, frame_size, grouped, hann
from conform.hearing.scatter import half_width, slope
from conform.hearing.segments import read
from conform.hearing.sound import Sound
from conform.hearing.weights import Reals, explained, weightings, weights

_FLOOR = 0.01  # samples: interpolation and float32 leave 0.004 of exact copies, codecs some more
_UNTOLD = 20.0  # seconds of a line below which the speech band does not tell its drift
_BESIDE = 48  # samples beside the level line's peak
_BETTER = 1.03  # height of a slant over the level line before it is believed
_LEAST_SHARE = 1e-3  # of an even share in the peak: no group counts for nothing
_PARTS = 8  # stretches whose own lags show the drift


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


def refine(reference: Sound, other: Sound, line: Line, rate: int) -> Fine | None:
    """The lag along a line at a sample rate, or None where the sounds cannot be read there."""
    segments = read(reference, other, line, rate)
    if not segments:
        return None
    size = frame_size(segments, rate)
    frames = Frames(hann(size))
    lag, drift = line.lag, line.drift
    groups = grouped(segments, lag, drift, frames, rate)
    if not groups:
        return None
    if groups[-1].time - groups[0].time < _UNTOLD:
        tilt, middle = _tilt(groups, size, rate), _middle(groups)
        lag, drift = lag - tilt * middle, drift + tilt
        groups = grouped(segments, lag, drift, frames, rate) or groups
    fine = _solve(groups, lag, drift, size, rate)
    drift = drift if fine.drift is None else fine.drift
    lag = fine.lag - drift * fine.time
    groups = grouped(segments, lag, drift, frames, rate) or groups
    return _solve(groups, lag, drift, size, rate)


def _middle(groups: Sequence[Group]) -> float:
    return float(np.mean([group.time for group in groups]))


def _tilt(groups: Sequence[Group], size: int, rate: int) -> float:
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


def _solve(groups: Sequence[Group], lag: float, drift: float, size: int, rate: int) -> Fine:
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
    peak, doubt = arrival.place, float(arrival.doubt + bool(arrival.doubt))  # between its samples
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


def _correlations(groups: Sequence[Group], size: int, rate: int) -> Reals:
    """Each group's correlation, weighted by what all of them know: (groups, size)."""
    total = np.sum([group.cross for group in groups], axis=0)
    powers = np.sum([group.ours for group in groups], axis=0)
    powers = powers * np.sum([group.theirs for group in groups], axis=0)
    weight = weights(total, powers, sum(group.frames for group in groups), rate)
    return _weighted(groups, weight, size)


def _weighted(groups: Sequence[Group], weight: Reals, size: int) -> Reals:
    return np.stack([fourier.irfft(group.cross * weight, size) for group in groups])
