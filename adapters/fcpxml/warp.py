"""How one clock runs against another: straight pieces between points, exact to the fraction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from conform.timeline import TimePoint


@dataclass(frozen=True, slots=True)
class Warp:
    """Record time against an inner time; two points or more, the record strictly rising.

    The inner time may fall (reverse) or stand (freeze). Beyond its ends a warp says nothing.
    """

    points: tuple[TimePoint, ...]

    @classmethod
    def straight(cls, record: Fraction, inner: Fraction, length: Fraction) -> Warp:
        """Both clocks at the same speed for a length, from a pair of times."""
        return cls((TimePoint(record, inner), TimePoint(record + length, inner + length)))

    @property
    def start(self) -> Fraction:
        """The record time of the first point."""
        return self.points[0].record

    @property
    def end(self) -> Fraction:
        """The record time of the last point."""
        return self.points[-1].record

    def shifted(self, origin: Fraction, to: Fraction, speed: Fraction) -> Warp:
        """The inner time replaced by `to + (inner - origin) * speed`."""
        shift = to - origin * speed
        if speed == 1:  # nearly always, and a multiplication of fractions is slow
            return Warp(tuple(TimePoint(p.record, p.source + shift) for p in self.points))
        return Warp(tuple(TimePoint(p.record, p.source * speed + shift) for p in self.points))

    def through(self, curve: tuple[TimePoint, ...]) -> Warp:
        """The inner time read off a curve, whose end pieces run on beyond its ends."""
        points = [TimePoint(self.start, read_off(curve, self.points[0].source))]
        for before, after in pairwise(self.points):
            for turn in _turns(curve, before.source, after.source):
                share = (turn - before.source) / (after.source - before.source)
                record = before.record + share * (after.record - before.record)
                points.append(TimePoint(record, read_off(curve, turn)))
            points.append(TimePoint(after.record, read_off(curve, after.source)))
        return Warp(tuple(points))

    def within(self, low: Fraction, high: Fraction) -> Iterator[Warp]:
        """The stretches of record during which the inner time lies between two times."""
        run: list[TimePoint] = []
        for before, after in pairwise(self.points):
            piece = _clipped(before, after, low, high)
            if piece and run and run[-1] == piece[0]:
                run.append(piece[1])
                continue
            if len(run) > 1:
                yield Warp(tuple(run))
            run = list(piece)
        if len(run) > 1:
            yield Warp(tuple(run))

    def record_of(self, inner: Fraction) -> Fraction | None:
        """The first record time at which the inner time is reached; None if it never is."""
        for before, after in pairwise(self.points):
            if before.source == inner:
                return before.record
            if min(before.source, after.source) <= inner <= max(before.source, after.source):
                share = (inner - before.source) / (after.source - before.source)
                return before.record + share * (after.record - before.record)
        return None

    def extended(self) -> Warp:
        """The same clock with its end pieces running on for ten days either way."""
        days = 10 * Fraction(86400)
        head, tail = self.points[:2], self.points[-2:]
        before = TimePoint(head[0].record - days, head[0].source - days * _slope(*head))
        after = TimePoint(tail[1].record + days, tail[1].source + days * _slope(*tail))
        return Warp((before, *self.points, after))

    def simplified(self) -> Warp:
        """The same clock without the points that lie on a straight line."""
        kept = list(self.points[:1])
        for point, following in pairwise(self.points[1:]):
            if _slope(kept[-1], point) != _slope(point, following):
                kept.append(point)
        return Warp((*kept, self.points[-1]))


def read_off(curve: tuple[TimePoint, ...], at: Fraction) -> Fraction:
    """The value of a curve at a time; the first and last piece run on beyond the ends."""
    pieces = list(pairwise(curve))
    piece = next((p for p in pieces if at < p[1].record), pieces[-1])
    return piece[0].source + (at - piece[0].record) * _slope(*piece)


def _slope(before: TimePoint, after: TimePoint) -> Fraction:
    return (after.source - before.source) / (after.record - before.record)


def _turns(curve: tuple[TimePoint, ...], begin: Fraction, end: Fraction) -> list[Fraction]:
    """The corners of a curve strictly between two times, in the order they are passed."""
    low, high = sorted((begin, end))
    corners = [point.record for point in curve[1:-1] if low < point.record < high]
    return corners if begin < end else corners[::-1]


def _clipped(
    before: TimePoint, after: TimePoint, low: Fraction, high: Fraction
) -> tuple[TimePoint, ...]:
    """The part of one straight piece whose inner time lies between two times, if it lasts."""
    if before.source == after.source:
        return (before, after) if low <= before.source < high else ()
    edges = []
    for edge in (low, high):
        share = (edge - before.source) / (after.source - before.source)
        edges.append(min(max(share, Fraction(0)), Fraction(1)))
    if edges[0] == edges[1]:
        return ()
    return tuple(
        TimePoint(
            before.record + share * (after.record - before.record),
            before.source + share * (after.source - before.source),
        )
        for share in sorted(edges)
    )
