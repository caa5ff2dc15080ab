"""A stretch of material under a stretch of the record, and how one is seen through another.

All times are exact seconds. A straight window plays its material at one speed; a curved one gives
points of record against material, with straight lines between them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from conform.timeline import TimePoint

_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Window:
    """Material from `start` at `speed`, under the record from `record` for `duration`.

    The curve counts the record from the window's own beginning. With a curve, `start` is its first
    point and `speed` its mean.
    """

    record: Fraction
    duration: Fraction
    start: Fraction
    speed: Fraction = Fraction(1)
    curve: tuple[TimePoint, ...] = ()

    @property
    def record_out(self) -> Fraction:
        """Where the window ends on the record."""
        return self.record + self.duration

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The lowest and the highest time of the material."""
        if self.curve:
            used = [point.source for point in self.curve]
            return min(used), max(used)
        ends = (self.start, self.start + self.speed * self.duration)
        return min(ends), max(ends)

    def shifted(self, by: Fraction) -> Window:
        """The same window over material whose zero lies `by` earlier."""
        curve = tuple(replace(point, source=point.source + by) for point in self.curve)
        return replace(self, start=self.start + by, curve=curve)

    def record_at(self, time: Fraction) -> Fraction | None:
        """Where on the record a time of the material is; None for a freeze or a curve."""
        if self.curve or not self.speed:
            return None
        return self.record + (time - self.start) / self.speed

    def within(self, first: Fraction, last: Fraction) -> Window | None:
        """The part that shows material from `first` to `last`; None where there is none.

        A curve is not cut: it is kept whole where it touches that material at all.
        """
        low, high = self.bounds
        if self.curve or not self.speed:
            return self if low < last and (high > first or low == high >= first) else None
        edges = sorted((time - self.start) / self.speed for time in (first, last))
        begin, end = max(_NONE, edges[0]), min(self.duration, edges[1])
        if end <= begin:
            return None
        return replace(
            self,
            record=self.record + begin,
            duration=end - begin,
            start=self.start + self.speed * begin,
        )


@dataclass(frozen=True, slots=True)
class Retime:
    """What an effect does to time: its own seconds -> seconds of its input."""

    start: Fraction
    speed: Fraction
    curve: tuple[TimePoint, ...] = ()

    def at(self, time: Fraction) -> Fraction:
        """The input's time at a time of the effect; a curve holds its ends."""
        if not self.curve:
            return self.start + self.speed * time
        before = self.curve[0]
        for point in self.curve:
            if point.record >= time:
                return _between(before, point, time)
            before = point
        return before.source

    def seen(self, window: Window) -> Window:
        """The window on the input that a window on the effect amounts to."""
        if window.curve:
            points = tuple(replace(point, source=self.at(point.source)) for point in window.curve)
        elif self.curve and window.speed:
            points = self._points(window)
        else:
            start = self.at(window.start)
            return replace(window, start=start, speed=self._speed * window.speed)
        return curved(window, points)

    @property
    def _speed(self) -> Fraction:
        return _NONE if self.curve else self.speed

    def _points(self, window: Window) -> tuple[TimePoint, ...]:
        inside = {(point.record - window.start) / window.speed for point in self.curve}
        inside = {time for time in inside if 0 < time < window.duration}
        times = sorted(inside | {_NONE, window.duration})
        return tuple(TimePoint(time, self.at(window.start + window.speed * time)) for time in times)


def curved(window: Window, points: tuple[TimePoint, ...]) -> Window:
    """A window with a curve, its start and mean speed taken from it."""
    first, last = points[0], points[-1]
    span = last.record - first.record
    speed = (last.source - first.source) / span if span else _NONE
    return replace(window, start=first.source, speed=speed, curve=points)


def _between(before: TimePoint, after: TimePoint, time: Fraction) -> Fraction:
    span = after.record - before.record
    if span <= 0 or time <= before.record:
        return before.source if time <= before.record else after.source
    share = (time - before.record) / span
    return before.source + share * (after.source - before.source)
