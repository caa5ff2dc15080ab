"""A sound followed along another from stretch to stretch, as its speed wanders.

Each stretch is looked for where those before it lead, at the speeds that it may have by then. A
stretch is cut into short blocks; a speed moves their correlations against one another before they
are added, so one transform of each block serves every speed. Times and lags are those of
`conform.hearing.evidence`; speeds are what the lag grows by in a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conform.hearing.band import COARSE_RATE, SILENCE_DBFS, Signal
from conform.hearing.correlate import local, subsample
from conform.hearing.evidence import TOLERANCE
from conform.hearing.fourier import fast_size, irfft, rfft
from conform.hearing.halves import widened

WIDTH = 0.5
"""Seconds of a stretch: half a per cent off the speed it is tried at, its ends lie 2.5 ms apart."""

_BLOCK = 0.125  # seconds of a block: at 1 per cent its ends lie 1.25 ms apart
_REACH = 0.04  # seconds to either side in which a stretch is looked for
_FARTHEST = 0.15  # after a pause
_RESTLESS = 2e-5  # variance of the speed's change in a second: 0.5 per cent at a period of 4 s
_BLUR = 1e-4  # seconds: a stretch's own error
_STEP = 0.001  # of speed, between those that are tried
_FASTEST = 0.015  # the largest departure from the speed at the start
_GATE = 3.0  # deviations from what was predicted within which a stretch belongs
_HIGH = 6.0  # height over the noise, and
_HIGHER = 10.0  # where it may lie anywhere, as after a pause, and
_LIKELY = 0.3  # chance of any peak to belong from which that is so
_CLEAR = 1.25  # over the next best peak, from which a stretch knows its place
_POWERS = np.linspace(0.02, 0.98, 49)
_LONGEST = 30.0  # seconds without a stretch that belongs after which the track is lost

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seed:
    """Where a track begins: at `time` the lag is `lag`, growing by `speed` in a second."""

    time: float
    lag: float
    speed: float = 0.0


@dataclass(frozen=True, slots=True)
class Track:
    """The stretches that belong, in order: `times`, `lags` and `heights` of their peaks.

    `decades` is minus log10 of the chance that unrelated sound is followed as steadily.
    """

    times: Reals
    lags: Reals
    heights: Reals
    decades: float


@dataclass(slots=True)
class _State:
    """Lag and its growth where the track has come to, with their variances."""

    time: float
    lag: float
    speed: float
    spread: Reals

    def move(self, time: float) -> None:
        step = abs(time - self.time)
        move = np.array([[1.0, time - self.time], [0.0, 1.0]])
        side = np.sign(time - self.time)
        cross = side * step**2 / 2
        shake = _RESTLESS * np.array([[step**3 / 3, cross], [cross, step]])
        self.lag += self.speed * (time - self.time)
        self.spread = move @ self.spread @ move.T + shake
        self.time = time

    def learn(self, lag: float) -> None:
        gain = self.spread[:, 0] / (self.spread[0, 0] + _BLUR**2)
        miss = lag - self.lag
        self.lag += float(gain[0] * miss)
        self.speed = float(np.clip(self.speed + gain[1] * miss, -_FASTEST, _FASTEST))
        self.spread = self.spread - np.outer(gain, self.spread[0])

    @property
    def unsure(self) -> float:
        """The deviation of the lag, a stretch's own error included."""
        return float(np.sqrt(self.spread[0, 0] + _BLUR**2))


def track(
    reference: NDArray[np.floating],
    other: NDArray[np.floating],
    seed: Seed,
    first: float,
    last: float,
) -> Track:
    """Follow a seed both ways, between two times of the other sound; 8 kHz samples."""
    start = _State(seed.time, seed.lag, seed.speed, np.diag([0.01**2, 0.003**2]))
    later = _way(reference, other, start, np.arange(seed.time, last, WIDTH))
    begin = later[0] if later else None
    if begin is not None and begin.state is not None:
        start = begin.state
    earlier = _way(reference, other, start, np.arange(seed.time - WIDTH, first, -WIDTH))
    heard = [*reversed(earlier), *later]
    belongs = [one for one in heard if one.state is not None]
    return Track(
        np.array([one.time for one in belongs]),
        np.array([one.lag for one in belongs]),
        np.array([one.height for one in belongs]),
        _decades(heard),
    )


@dataclass(frozen=True, slots=True)
class _Heard:
    """A stretch that knows its place; `chance` is any peak's to belong, `state` what it left."""

    time: float
    lag: float
    height: float
    chance: float
    state: _State | None


def _way(
    reference: NDArray[np.floating], other: NDArray[np.floating], start: _State, times: Reals
) -> list[_Heard]:
    return list(_followed(reference, other, start, times))


def _followed(
    reference: NDArray[np.floating], other: NDArray[np.floating], start: _State, times: Reals
) -> Iterator[_Heard]:
    state = _State(start.time, start.lag, start.speed, start.spread.copy())
    sure = start.time
    for time in times:
        if abs(time - sure) > _LONGEST:
            return
        state.move(float(time))
        reach = float(np.clip(5 * state.unsure, _REACH, _FARTHEST))
        found = _heard(reference, other, state, reach)
        if found is None:
            continue
        lag, height, rival = found
        gate = _GATE * state.unsure
        chance = min(1.0, 1.5 * gate / reach)
        if height < (_HIGH if chance < _LIKELY else _HIGHER) or height < _CLEAR * rival:
            continue
        if abs(lag - state.lag) > gate:
            yield _Heard(state.time, lag, height, chance, None)
            continue
        state.learn(lag)
        sure = state.time
        left = _State(state.time, state.lag, state.speed, state.spread.copy())
        yield _Heard(state.time, lag, height, chance, left)


def _heard(
    reference: NDArray[np.floating], other: NDArray[np.floating], state: _State, reach: float
) -> tuple[float, float, float] | None:
    """Lag, height and next best height of the stretch at a state; None outside and in silence."""
    size, room = round(_BLOCK * COARSE_RATE), round(reach * COARSE_RATE)
    count = round(WIDTH / _BLOCK)
    first = round((state.time - WIDTH / 2) * COARSE_RATE) + size * np.arange(count)
    away = (first + size / 2) / COARSE_RATE - state.time
    moved = round(state.lag * COARSE_RATE)
    begin = first[0] + moved - room
    if first[0] < 0 or begin < 0 or first[-1] + size > len(other):
        return None
    if begin + count * size + 2 * room > len(reference):
        return None
    theirs = _cut(other, first, size)
    ours = _cut(reference, first + moved - room, size + 2 * room)
    if not (_audible(theirs) and _audible(ours)):
        return None
    sums = _at_speeds(local(ours, theirs, room), away, _speeds(state))
    best = np.abs(sums).max(axis=1).argmax()
    row = np.abs(sums[best : best + 1])
    top = row.argmax(axis=1)
    beside = np.abs(np.arange(row.shape[1]) - top[0]) > 3 * TOLERANCE * COARSE_RATE
    noise = float(np.sqrt(np.square(row[0, beside]).mean())) + 1e-20
    lag = (moved + float(subsample(row, top)[0]) - room) / COARSE_RATE
    return lag, float(row[0, top[0]]) / noise, float(row[0, beside].max()) / noise


def _speeds(state: _State) -> Reals:
    """Speeds that the stretch may have."""
    unsure = float(np.sqrt(state.spread[1, 1]))
    steps = int(np.clip(np.ceil(3 * unsure / _STEP), 1, 10))
    return np.asarray(state.speed + _STEP * np.arange(-steps, steps + 1), np.float64)


def _at_speeds(correlations: Signal, away: Reals, speeds: Reals) -> Signal:
    """Correlations of blocks added up along each speed, shaped (speeds, lags)."""
    length = correlations.shape[1]
    size = fast_size(length + COARSE_RATE // 50)
    spectra = rfft(correlations, size)
    turns = 2j * np.pi * np.fft.rfftfreq(size)
    moves = speeds[:, None] * away * COARSE_RATE
    turned = np.exp(turns.astype(np.complex64) * moves[:, :, None].astype(np.float32))
    return np.asarray(irfft(np.einsum("bf,sbf->sf", spectra, turned), size)[:, :length])


def _cut(sound: NDArray[np.floating], first: NDArray[np.intp], size: int) -> Signal:
    return widened(np.stack([sound[at : at + size] for at in first]))


def _audible(stretches: Signal) -> bool:
    steps = stretches[:, 1:] - 0.9 * stretches[:, :-1]  # turns rumble down; see band.powers
    return float(np.square(steps).mean()) > 10 ** (SILENCE_DBFS / 10)


def _decades(heard: Sequence[_Heard]) -> float:
    """How rare it is that so many stretches that know their place belong, as rare as each is.

    Chernoff's bound, as in `evidence.decades`: a stretch that belongs counts minus the logarithm of
    its chance, one that does not counts nothing.
    """
    chances = np.array([one.chance for one in heard])
    belongs = np.array([one.state is not None for one in heard])
    if not belongs.any():
        return 0.0
    total = -np.log(chances[belongs]).sum()
    each = np.log(1 - chances + chances ** (1 - _POWERS[:, None])).sum(axis=1)
    return float(np.max(_POWERS * total - each).clip(0) / np.log(10))
