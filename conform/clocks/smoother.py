"""A smooth curve through scattered measurements, and how sure it is everywhere along its way.

The curve is a line whose bend wanders: its third derivative is white noise, which makes the
likeliest curve a smoothing spline with intervals to match (Wahba, "Bayesian confidence intervals
for the cross-validated smoothing spline", JRSS B 45, 1983). How much it wanders is what makes the
points likeliest. Solved by the Kalman filter and the smoother of Bryson and Frazier.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

_ORDER = 3  # level, slope and bend
_TRIED = 40  # strengths of wander between the slowest and the quickest
_FREE = 1e8  # variance, in the points' own, of what is not known beforehand
_ASTRAY = 4.0  # deviations from the curve from which a point is left out
_ROUNDS = 3
_QUICKEST = 1.0  # hertz: above it wander is flutter, which no stretch of sound is short enough for
_PLIANT = 0.15  # of the points' own rate: a curve up to there passes by single points astray
_TWO_SIDED = 1.96


@dataclass(frozen=True, slots=True)
class Curve:
    """The likeliest curve through points.

    `wander` is the strength of the noise in its third derivative, in units of `scatter` squared;
    `scatter` is the deviation of a point of weight 1. `gain` is twice the logarithm of how much
    likelier the points are than along a straight line; `kept` marks those not left out as astray.
    """

    times: Reals
    values: Reals
    weights: Reals
    kept: NDArray[np.bool_]
    wander: float
    scatter: float
    gain: float

    def at(self, times: Reals) -> tuple[Reals, Reals, Reals]:
        """Value, slope and 95 % half-width of the value at some times, which must ascend."""
        known = self.times[self.kept]
        every = np.concatenate([known, times])
        order = np.argsort(every, kind="stable")
        values = np.concatenate([self.values[self.kept], np.zeros(len(times))])[order]
        weights = np.concatenate([self.weights[self.kept], np.zeros(len(times))])[order]
        states, variances = _smoothed(every[order], values, weights, self.wander)
        asked = np.flatnonzero(order >= len(known))
        half = _TWO_SIDED * self.scatter * np.sqrt(np.maximum(variances[asked], 0))
        return states[asked, 0], states[asked, 1], half

    def own(self) -> Reals:
        """Its values at its points, those left out as well."""
        weights = np.where(self.kept, self.weights, 0.0)
        return _smoothed(self.times, self.values, weights, self.wander)[0][:, 0]

    @property
    def bends(self) -> float:
        """How many numbers tell the curve: the trace of what makes it from its points."""
        times, weights = self.times[self.kept], self.weights[self.kept]
        _, variances = _smoothed(times, self.values[self.kept], weights, self.wander)
        return float((weights * variances).sum())


def curve(times: Reals, values: Reals, weights: Reals) -> Curve:
    """The likeliest curve through points in order of time; weights are their relative precisions.

    Points far off are left out: first those off a pliant curve, which only neighbours can pull,
    then those off the likeliest. At least five points are needed.
    """
    pliant = _strength(_PLIANT * len(times) / (np.ptp(times) + 1e-9), times, weights)
    found = Curve(times, values, weights, np.ones(len(times), bool), pliant, 1.0, 0.0)
    found = _without_strays(_without_strays(found))
    for _ in range(_ROUNDS):
        kept = found.kept
        wander, scatter, gain = _likeliest(times[kept], values[kept], weights[kept])
        found = _without_strays(replace(found, wander=wander, scatter=scatter, gain=gain))
        if (found.kept == kept).all():
            break
    return found


def _without_strays(found: Curve) -> Curve:
    """A curve whose points far off are left out."""
    misses = np.abs(found.values - found.own()) * np.sqrt(found.weights)
    usual = 1.4826 * float(np.median(misses[found.kept])) + 1e-9
    kept = misses < _ASTRAY * usual
    return replace(found, kept=kept) if kept.sum() > _ORDER + 1 else found


def _strength(corner: float, times: Reals, weights: Reals) -> float:
    """The wander of a curve that follows what is slower than `corner` hertz.

    There the noise of the points and the wander's own spectrum, wander / (2 pi f)^6, are equal.
    """
    dense = float(weights.sum()) / (float(np.ptp(times)) + 1e-9)
    return float((2 * np.pi * corner) ** (2 * _ORDER) / dense)


def _likeliest(times: Reals, values: Reals, weights: Reals) -> tuple[float, float, float]:
    """Wander, scatter and gain of the best of all strengths of wander."""
    span = float(np.ptp(times)) + 1e-9
    corners = np.geomspace(0.5 / span, max(_QUICKEST, 1 / span), _TRIED)
    tried = np.array([0.0, *(_strength(corner, times, weights) for corner in corners)])
    free = np.tile(np.eye(_ORDER) * _FREE, (len(tried) + 1, 1, 1))
    free[-1, -1, -1] = 0.0  # a straight line: what never bends
    likelihoods, variances = _filtered(times, values, weights, np.append(tried, 0.0), free)
    best = int(likelihoods[:-1].argmax())
    gain = 2 * float(likelihoods[best] - likelihoods[-1])
    return float(tried[best]), float(np.sqrt(variances[best])), gain


def _filtered(
    times: Reals, values: Reals, weights: Reals, wander: Reals, spreads: Reals
) -> tuple[Reals, Reals]:
    """Log likelihood and variance of a point of weight 1, for each strength of wander at once.

    `spreads` are what is not known beforehand, shaped (strengths, order, order).
    """
    states = np.zeros((len(wander), _ORDER))
    states[:, 0] = values[0]
    surprise, spread = np.zeros_like(wander), np.zeros_like(wander)
    before = times[0]
    for number, (time, value, weight) in enumerate(zip(times, values, weights, strict=True)):
        move, shake = _motion(time - before)
        before = time
        states = states @ move.T
        spreads = move @ spreads @ move.T + wander[:, None, None] * shake
        total = spreads[:, 0, 0] + 1 / weight
        miss = value - states[:, 0]
        if number >= _ORDER:  # as many points make a curve, and tell nothing of it
            surprise += miss * miss / total
            spread += np.log(total)
        gain = spreads[:, :, 0] / total[:, None]
        states = states + gain * miss[:, None]
        spreads = spreads - gain[:, :, None] * spreads[:, None, 0, :]
    count = max(len(times) - _ORDER, 1)
    variances = surprise / count + 1e-30
    return -0.5 * (spread + count * np.log(variances)), variances


def _smoothed(times: Reals, values: Reals, weights: Reals, wander: float) -> tuple[Reals, Reals]:
    """The state at each time, shaped (times, order), and the level's variance; weight 0 asks.

    Backwards after Bryson and Frazier, which inverts nothing: a line's covariance is singular. What
    later points tell is summed as information beside it: taken off a first point's `_FREE`, what is
    left of both would be rounding.
    """
    count = len(times)
    states, spreads = np.zeros((count, _ORDER)), np.zeros((count, _ORDER, _ORDER))
    first = int(np.flatnonzero(weights)[0])
    state, spread = np.eye(_ORDER)[0] * values[first], np.eye(_ORDER) * _FREE
    for i in range(count):
        move, shake = _motion(times[i] - times[max(i - 1, 0)])
        state, spread = move @ state, move @ spread @ move.T + wander * shake
        states[i], spreads[i] = state, spread
        if weights[i] > 0:
            gain = spread[:, 0] / (spread[0, 0] + 1 / weights[i])
            state = state + gain * (values[i] - state[0])
            spread = spread - np.outer(gain, spread[0])
    pull, known = np.zeros(_ORDER), np.zeros((_ORDER, _ORDER))
    variances = np.zeros(count)
    for i in range(count - 1, -1, -1):
        state, spread = states[i], spreads[i]
        if weights[i] > 0:
            total = spread[0, 0] + 1 / weights[i]
            miss = values[i] - state[0]
            pull = pull - np.eye(_ORDER)[0] * (spread[:, 0] @ pull + miss) / total
            known[0, 0] += weights[i]
        states[i] = state - spread @ pull
        variances[i] = np.linalg.solve(np.eye(_ORDER) + spread @ known, spread)[0, 0]
        move, shake = _motion(times[i] - times[max(i - 1, 0)])
        blurred = np.linalg.solve(np.eye(_ORDER) + wander * known @ shake, known)
        pull, known = move.T @ pull, move.T @ blurred @ move
    return states, variances


@lru_cache(maxsize=64)
def _motion(step: float) -> tuple[Reals, Reals]:
    """How level, slope and bend move on in a step, and how they are shaken."""
    move = np.array([[1.0, step, step**2 / 2], [0.0, 1.0, step], [0.0, 0.0, 1.0]])
    cube, square = step**3, step**2
    shake = [
        [step**5 / 20, step**4 / 8, cube / 6],
        [step**4 / 8, cube / 3, square / 2],
        [cube / 6, square / 2, step],
    ]
    return move, np.array(shake)
