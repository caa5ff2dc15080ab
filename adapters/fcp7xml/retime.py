"""Speed: the `timeremap` filter as an exact map from retimed to source frames.

A clip item's `in` and `out` count frames of the clip as it plays after its speed change, so the
source frame at a retimed frame w is w x speed (Premiere's `pproTicksIn` and the graph's keyframes,
retimed frame -> source frame, confirm it: in 20 at 500 % is source frame 100).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

from adapters.fcp7xml.book import Book, Element, exact, flag, number, text
from conform.findings import info, warning

Point = tuple[Fraction, Fraction]
_FORWARD = Fraction(1)
_HANDLES = ("inbez", "outbez", "inscale", "outscale")


@dataclass(frozen=True, slots=True)
class Retime:
    """How retimed frames map to source frames: a constant speed, or a graph of points.

    `offset` is the source frame at retimed frame 0: a reversed clip plays from the end of its media
    downwards. Where the speed is 0, `still` is the frame that is held.
    """

    speed: Fraction = _FORWARD
    offset: Fraction = Fraction(0)
    still: Fraction | None = None
    graph: tuple[Point, ...] = ()

    def at(self, frame: Fraction) -> Fraction:
        """The source frame at a retimed frame."""
        if self.still is not None:
            return self.still
        if self.graph:
            return along(self.graph, frame)
        return frame * self.speed + self.offset


def along(points: tuple[Point, ...], at: Fraction) -> Fraction:
    """The value at a place on straight lines between points, carried on beyond both ends."""
    if len(points) == 1:
        return points[0][1]
    right = min(max(bisect_right([x for x, _ in points], at), 1), len(points) - 1)
    (x0, y0), (x1, y1) = points[right - 1], points[right]
    return y0 + (y1 - y0) * (at - x0) / (x1 - x0)


def retime_of(item: Element, frames: Fraction, book: Book) -> Retime:
    """The retime of a clip item at retimed frame `frames`, its `in`; identity where it has none."""
    effect = next(iter(effects(item, "timeremap")), None)
    if effect is None:
        return Retime()
    values = {text(p, "parameterid").lower(): p for p in effect.iterfind("parameter")}
    graph = _graph(values.get("graphdict"))
    if number(values.get("variablespeed"), "value") == 1 and len(graph) > 1:
        _tell_curves(values["graphdict"], book)
        return Retime(graph=graph)
    speed = number(values.get("speed"), "value")
    if speed is None:
        book.note(
            warning, "speed.missing", "a time remap without a speed was read as 100 %", effect
        )
        return Retime()
    return _constant(item, speed / _unit(values), graph, frames, reverse=_reversed(values))


def _unit(values: dict[str, Element]) -> int:
    """What 100 % is written as: Hiero writes the ratio, with no other parameter; all others 100."""
    return 1 if set(values) == {"speed"} else 100


def _reversed(values: dict[str, Element]) -> bool:
    return flag(values.get("reverse"), "value", False)


def _constant(
    item: Element, speed: Fraction, graph: tuple[Point, ...], frames: Fraction, *, reverse: bool
) -> Retime:
    if speed == 0:
        return Retime(speed, still=along(graph, frames) if graph else frames)
    if not (reverse or speed < 0):
        return _settled(Retime(speed), graph, frames)
    length = (number(item, "duration") or Fraction(0)) * abs(speed)
    return _settled(Retime(-abs(speed), length), graph, frames)


def _settled(retime: Retime, graph: tuple[Point, ...], frames: Fraction) -> Retime:
    """The constant retime, moved onto its graph, which is what Premiere and Resolve play.

    FCP writes the graph to fractions and from the source frame that the clip was anchored at;
    Premiere rounds it to frames, so there speed x in is finer. The first and last keyframes of a
    reversed clip are not on its line (FCP writes one frame more, Premiere never less than 1).
    """
    inner = graph[1:-1] if retime.speed < 0 and len(graph) > 2 else graph
    if len(graph) < 2:
        return retime
    when, value = min(inner, key=lambda point: abs(point[0] - frames))
    told = value + (frames - when) * retime.speed
    rounded = value.denominator == 1 and abs(told - retime.at(frames)) <= 1
    if retime.speed > 0 and rounded:
        return retime
    return Retime(retime.speed, told - frames * retime.speed)


def _graph(parameter: Element | None) -> tuple[Point, ...]:
    """The keyframes of a graph in order of time, the first of each time."""
    found: dict[Fraction, Fraction] = {}
    for keyframe in () if parameter is None else parameter.iterfind("keyframe"):
        when, value = number(keyframe, "when"), number(keyframe, "value")
        if when is not None and value is not None:
            found.setdefault(when, value)
    return tuple(sorted(found.items()))


def _tell_curves(graph: Element, book: Book) -> None:
    if any(graph.find(f"keyframe/{handle}") is not None for handle in _HANDLES):
        said = "a curved retime was read as straight lines between its keyframes"
        book.note(info, "speed.curve", said, graph)


def effects(item: Element, *names: str) -> list[Element]:
    """The effects of a clip item with one of these effect ids, those switched off left out."""
    return [
        effect
        for filters in item.iterfind("filter")
        if flag(filters, "enabled", True)
        for effect in filters.iterfind("effect")
        if text(effect, "effectid").lower() in names
    ]


def keyframes_of(parameter: Element) -> tuple[Point, ...]:
    """The keyframes of any parameter: retimed frame -> value."""
    points = (
        (number(keyframe, "when"), exact(text(keyframe, "value")))
        for keyframe in parameter.iterfind("keyframe")
    )
    known = {when: value for when, value in points if when is not None and value is not None}
    return tuple(sorted(known.items()))
