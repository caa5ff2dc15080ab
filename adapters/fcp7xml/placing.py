"""Where items lie on a track: `start` and `end`, and what -1 means beside a transition.

A clip that a transition touches writes -1 for that edge, and its `in` or `out` then reaches to the
transition's far end (in 6 with a transition from 1152 to 1177 is the source frame at 1152). The two
clips meet at the cut, which the transition's alignment or Premiere's `cutPointTicks` gives.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from adapters.fcp7xml.book import Book, Element, number, text
from adapters.fcp7xml.clipitem import TICKS, Placed
from adapters.fcp7xml.levels import curve_of
from conform.findings import warning
from conform.timecode import Rate
from conform.timeline import ZERO, Curve, Fade, Kind, Transition

ITEMS = ("clipitem", "generatoritem")
_CROSSING = "transitionitem"


@dataclass(frozen=True, slots=True)
class _Crossing:
    """A transition in sequence frames and whether a clip stands on either side of its cut."""

    element: Element
    start: Fraction
    end: Fraction
    cut: Fraction
    left: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The items of one track element, placed, and the transitions between them."""

    items: tuple[Placed, ...]
    transitions: tuple[Transition, ...]


def row_of(track: Element, kind: Kind, rate: Rate, book: Book) -> Row:
    """The placed items and transitions of a track in the order of the file."""
    children = [child for child in track if child.tag in (*ITEMS, _CROSSING)]
    near: list[Element | None] = [None, *children, None]
    crossings = {
        i: crossing
        for i, child in enumerate(children)
        if child.tag == _CROSSING
        and (crossing := _crossing(child, near[i], near[i + 2], rate, book))
    }
    placed: list[Placed] = []
    for i, child in enumerate(children):
        if child.tag != _CROSSING:
            before, after = crossings.get(i - 1), crossings.get(i + 1)
            before = before if before and before.right else None
            after = after if after and after.left else None
            cursor = placed[-1].outer_out if placed else ZERO
            item = _placed(child, before, after, cursor, book)
            if item is not None:
                placed.append(_faded(item, before, after, kind, rate))
    return Row(tuple(placed), _transitions(list(crossings.values()), kind, rate))


def _crossing(
    element: Element, before: Element | None, after: Element | None, rate: Rate, book: Book
) -> _Crossing | None:
    start, end = number(element, "start"), number(element, "end")
    if start is None or end is None or end < start or start < 0:
        book.note(warning, "transition.place", "a transition without a place was left out", element)
        return None
    sides = _sides(element, before, after)
    touches = [edge is not None and (edge < 0 or start <= edge <= end) for edge in sides]
    stated = [edge for edge, near in zip(sides, touches, strict=True) if near and edge != -1]
    cut = stated[0] if stated and stated[0] is not None else _cut(element, start, end, rate)
    return _Crossing(element, start, end, cut, *touches)


def _sides(
    element: Element, before: Element | None, after: Element | None
) -> tuple[Fraction | None, Fraction | None]:
    """The end of the clip before and the start of the clip after; None where there is none.

    An alignment to black stands for one side, even where another clip lies right beside it.
    """
    alignment = text(element, "alignment").lower()
    left = before is not None and before.tag in ITEMS and alignment != "start-black"
    right = after is not None and after.tag in ITEMS and alignment != "end-black"
    return (
        _stated(before, "end") if left and before is not None else None,
        _stated(after, "start") if right and after is not None else None,
    )


def _stated(item: Element, edge: str) -> Fraction:
    value = number(item, edge)
    return Fraction(-1) if value is None else value


def _cut(element: Element, start: Fraction, end: Fraction, rate: Rate) -> Fraction:
    """The cut of a transition in sequence frames; an odd centre leans to the left."""
    ticks = number(element, "cutPointTicks")
    if ticks is not None and 0 <= ticks * rate.fps / TICKS <= end - start:
        return start + ticks * rate.fps / TICKS
    alignment = text(element, "alignment").lower()
    if alignment.startswith("start"):
        return start
    return end if alignment.startswith("end") else start + (end - start) // 2


def _placed(
    item: Element, before: _Crossing | None, after: _Crossing | None, cursor: Fraction, book: Book
) -> Placed | None:
    """The item's edges, -1 resolved at the transition beside it; None where it has no length."""
    start, end = _stated(item, "start"), _stated(item, "end")
    first, last = number(item, "in"), number(item, "out")
    length = last - first if first is not None and last is not None else None
    outer_in = start if start >= 0 else before.start if before else None
    outer_out = end if end >= 0 else after.end if after else None
    if outer_in is None or outer_out is None:
        if text(item, "start") or text(item, "end"):
            said = "an edge of -1 has no transition beside it; it was placed by in and out"
            book.note(warning, "clip.place", said, item)
        elif first is not None:  # a master clip's tracks have no places: they run along the media
            cursor = max(first, ZERO)
        length = length if length is not None else number(item, "duration") or ZERO
        if outer_in is None:
            outer_in = cursor if outer_out is None else outer_out - length
        outer_out = outer_in + length if outer_out is None else outer_out
    if outer_out < outer_in:
        book.note(warning, "clip.backwards", "a clip that ends before it starts was left out", item)
        return None
    cut_in = before.cut if start < 0 and before else outer_in
    cut_out = after.cut if end < 0 and after else outer_out
    return Placed(item, outer_in, outer_out, cut_in, max(cut_in, cut_out))


def _faded(
    item: Placed, before: _Crossing | None, after: _Crossing | None, kind: Kind, rate: Rate
) -> Placed:
    """The item with the fades that one-sided audio transitions are: they sound inside the clip."""
    if kind is not Kind.AUDIO:
        return item
    if before and not before.left:
        length = (before.end - max(item.outer_in, before.start)) / rate.fps
        item = replace(item, cut_in=item.outer_in, fade_in=_fade(before, length))
    if after and not after.right:
        length = (min(item.outer_out, after.end) - after.start) / rate.fps
        item = replace(item, cut_out=item.outer_out, fade_out=_fade(after, length))
    return item


def _fade(crossing: _Crossing, length: Fraction) -> Fade | None:
    return Fade(length, curve_of(crossing.element.find("effect"))) if length > 0 else None


def _transitions(crossings: list[_Crossing], kind: Kind, rate: Rate) -> tuple[Transition, ...]:
    """Transitions in seconds; one-sided audio ones are their clip's fades and left out here."""
    return tuple(
        Transition(
            each.start / rate.fps,
            each.cut / rate.fps,
            each.end / rate.fps,
            text(each.element, "effect/name") or "dissolve",
            curve_of(each.element.find("effect")) if kind is Kind.AUDIO else Curve.UNKNOWN,
        )
        for each in crossings
        if kind is Kind.VIDEO or each.left == each.right
    )
