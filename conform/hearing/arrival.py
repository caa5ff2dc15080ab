"""Where correlations say that sound arrives: the direct path, and its place between samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from conform.hearing.weights import Reals

REACH = 0.02
"""Seconds around the line in which the direct path is looked for."""

TAPS = 24
"""Samples to either side that interpolate the correlation."""

WITHIN = 4
"""Samples around the peak in which one group's own peak is looked for."""

_FINE = 16  # steps to a sample

_TAIL = 0.06  # seconds beyond the arrivals that tell on which side the room is
_CLEAR = 0.001  # seconds beside an arrival that are its own
_LOUD = 0.5  # of the highest peak: what is as high may be an arrival, wherever it is
_NOISE = 6.0  # times the median, from which a crest is an arrival at all
_AS_PLAIN = 0.5  # of the first correlation's peak over its noise, from which another may be asked
_ONE_SIDED = 1.5  # times the power beyond the other end, from which that is the room's side
_SURELY = 3.0  # times that power, from which the side is beyond doubt
_BARE = 500.0  # times the noise, from which a response to one sound is plain without any room,
_ROOMY = 10.0  # times the power on the other side, from which there is one: a near voice has 98
_CONFIRMED = 0.35  # and this share of an echo's height in it must show in the first correlation
_FIRST = 0.3  # an arrival counts from this share of the highest: the direct sound of 36 simulated
# rooms, a third of them with the speaker turned away, has 0.45 of it or more
_BOTH = 5.0  # times the power of silence, up to which the drier sound may hear a room as well:
_LOUDER = 0.55  # its own reflections, up to half as loud as its direct sound, then come before
_PLAINLY = 7.0  # times the silence before it, from which an arrival counts
_FAINT, _FAINTLY = 0.15, 4.0  # the same, for what may be an arrival yet
_HIDDEN = 0.33  # what is faint in much noise: a direct path may be as faint, and hidden
_HARDLY = 1.2  # times those thresholds, up to which an arrival may be none
_GHOST = 1.5  # times what a pure delay would leave there, from which a crest is no ripple of it
_RIPPLE = 0.3  # of a pure delay's height, from which it is the delay's own
_WIDEST = 0.002  # seconds that such may be wide at most
_TINY = 1e-30


@dataclass(frozen=True, slots=True)
class Curve:
    """A correlation, and what a pure delay by nought would have left of it; both are circular.

    `room` is the side on which it shows a room's own response: -1 before the direct path, 1 after
    it, or 0 where it may show one on either side.
    """

    values: Reals
    pure: Reals
    room: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """The direct path's sample, how many samples off it may lie yet, and the curve that tells."""

    place: int
    doubt: int
    curve: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """A curve as arrivals show in it: crests in samples from the peak, by their share of it.

    `room` is the side of the room; `one_sided` is how much more power lies there than on the other
    side, beyond all crests that are loud.
    """

    strength: Reals
    peak: int
    plain: float
    room: int
    one_sided: float
    own: int
    ghost: Reals
    crests: NDArray[np.intp]
    heights: Reals

    @property
    def size(self) -> int:
        """The samples of the whole curve."""
        return len(self.strength)

    @property
    def loud(self) -> NDArray[np.intp]:
        """The crests that may be arrivals wherever they are, counted into the room."""
        return self.room * self.crests[self.heights >= _LOUD]


def direct(curves: Sequence[Curve], rate: int) -> Arrival:
    """The direct path, by that of several curves of one thing which tells a room from silence best.

    A room smears a curve to one side: after the direct path where the reference hears the room,
    before it where the other does. Early reflections may be louder than the direct sound, so it is
    the outermost arrival before silence. Where no curve has a quieter side, it is the first one's
    highest peak, or any of the others as loud. Echoes without a room are asked of the drier sound.
    """
    seen = [_seen(curve, rate) for curve in curves]
    bare = _bare(seen)
    if bare is not None:
        return _arrival(bare[1], rate, bare[0], bare=True)
    least = _AS_PLAIN * seen[0].plain
    asked = [number for number, one in enumerate(seen) if number == 0 or one.plain >= least]
    best = max(asked, key=lambda number: seen[number].one_sided)
    if seen[best].one_sided >= _ONE_SIDED:
        return _arrival(seen[best], rate, best)
    first = seen[0]
    return Arrival(first.peak % first.size, int(np.abs(first.loud).max()), 0)


def _bare(seen: Sequence[_Seen]) -> tuple[int, _Seen] | None:
    """The curve that shows bare echoes, in no room, and they alone; None where there are none.

    The response to the sound that has none of them is the plainer one: the other rings. An echo
    shows in the first correlation as well, on both sides; what a filter leaves does not.
    """
    number = max(range(len(seen)), key=lambda n: seen[n].plain if n else 0.0)
    drier, first = seen[number], seen[0]
    alike = 1 / _SURELY <= drier.one_sided <= _ROOMY
    if number == 0 or drier.plain < _BARE or not alike:
        return None
    places = drier.peak + drier.crests[:, None] + np.arange(-1, 2)
    shown = (
        first.strength[places % first.size].max(axis=1) / first.strength[first.peak % first.size]
    )
    own = (drier.crests == 0) | (shown >= _CONFIRMED * drier.heights)
    if not np.any(own & (drier.crests != 0) & (drier.heights >= _FIRST)):
        return None
    return number, replace(drier, crests=drier.crests[own], heights=drier.heights[own])


def _arrival(seen: _Seen, rate: int, number: int, *, bare: bool = False) -> Arrival:
    place, doubt = _outermost(seen, rate, bare=bare)
    return Arrival(place % seen.size, doubt, number)


def _seen(curve: Curve, rate: int) -> _Seen:
    strength, size = np.abs(curve.values), len(curve.values)
    reach = round(REACH * rate)
    near = np.concatenate([strength[-reach:], strength[: reach + 1]])
    peak, noise = int(near.argmax()) - reach, float(np.median(strength)) + _TINY
    top = float(strength[peak % size]) + _TINY
    ghost = np.abs(curve.pure) / (abs(float(curve.pure[0])) + _TINY)
    own = int(np.flatnonzero(ghost[: round(_WIDEST * rate)] > _RIPPLE).max(initial=1))
    away = np.arange(-reach, reach + 1)
    shares = strength[(peak + away) % size] / top
    crest = (shares[1:-1] > shares[:-2]) & (shares[1:-1] >= shares[2:])
    crest &= (shares[1:-1] > _GHOST * ghost[away[1:-1]]) & (np.abs(away[1:-1]) > own)
    crest &= shares[1:-1] * top >= _NOISE * noise
    crests = np.append(away[1:-1][crest], 0)
    heights = np.append(shares[1:-1][crest], 1.0)
    loud = crests[heights >= _LOUD]
    steps = np.arange(round(_CLEAR * rate), round(_TAIL * rate))
    before, after = (
        float(np.square(strength[(peak + end + side * steps) % size]).sum()) + _TINY
        for end, side in ((loud.min(), -1), (loud.max(), 1))
    )
    room = curve.room or (-1 if before > after else 1)
    more = before / after if room < 0 else after / before
    return _Seen(strength, peak, top / noise, room, more, own, ghost, crests, heights)


def _outermost(seen: _Seen, rate: int, *, bare: bool) -> tuple[int, int]:
    """The last arrival before silence, and by how many samples it may be another one.

    Crests are counted into the room here: silence lies below the arrival.
    """
    into = seen.room * seen.crests
    silence = _silence(seen, rate)
    least = _FIRST if bare or seen.one_sided > _BOTH else _LOUDER
    sure = min(max(least, _PLAINLY * silence), 1.0)
    faint = min(max(_FAINT, _FAINTLY * silence), 1.0)
    first = int(into[seen.heights >= sure].min())
    together = (into >= first) & (into <= first + seen.own) & (seen.heights >= sure)
    at = int(into[together][seen.heights[together].argmax()])
    height = float(seen.heights[into == at].max())
    if faint > _HIDDEN:
        faint = faint / 2
    own = seen.ghost[np.minimum(np.abs(into - at), len(seen.ghost) - 1)]
    other = (seen.heights >= faint) & (seen.heights > _GHOST * height * own)
    doubt = max(0, at - int(into[other].min(initial=at)))
    if seen.one_sided < _SURELY and not bare:
        doubt = max(doubt, int(seen.loud.max()) - at)
    later = into[(into > at) & (seen.heights >= min(_HARDLY**2 * sure, 1.0))]
    if height < _HARDLY * sure and len(later):
        doubt = max(doubt, int(later.min()) - at)
    return seen.peak + seen.room * at, doubt


def _silence(seen: _Seen, rate: int) -> float:
    """The root mean square beyond the loud arrivals, as a share of the highest."""
    steps = np.arange(round(_CLEAR * rate), round(REACH * rate))
    away = seen.peak + seen.room * (int(seen.loud.min()) - steps)
    beyond = seen.strength[away % len(seen.strength)]
    top = float(seen.strength[seen.peak % len(seen.strength)]) + _TINY
    return float(np.sqrt(np.square(beyond).mean())) / top


def tops(rows: Reals) -> Reals:
    """Where each row is highest, in samples from its middle, within `WITHIN`.

    Rows are read between their samples by a windowed sinc, then by a parabola.
    """
    grid, between = _between()
    curves = rows @ between
    best = np.clip(curves.argmax(axis=1), 1, curves.shape[1] - 2)
    index = np.arange(len(rows))
    left, top, right = (curves[index, best + step] for step in (-1, 0, 1))
    bend = left - 2 * top + right
    shift = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, -1), 0)
    return np.asarray(grid[best] + np.clip(shift, -1, 1) / _FINE)


@cache
def _between() -> tuple[Reals, Reals]:
    """Places between the samples, and what each of them takes from the samples around."""
    grid = np.arange(-WITHIN * _FINE, WITHIN * _FINE + 1) / _FINE
    away = grid - np.arange(-TAPS, TAPS + 1)[:, None]
    inside = np.sqrt(np.clip(1 - (away / TAPS) ** 2, 0, None))
    return grid, np.asarray(np.sinc(away) * np.i0(8.0 * inside) / np.i0(8.0))
