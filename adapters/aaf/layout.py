"""How a sequence lies in time, and what lies in a segment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from adapters.aaf.effects import length_of
from adapters.aaf.structure import (
    Filler,
    Group,
    Operation,
    Pulldown,
    Scope,
    ScopeReference,
    Segment,
    Selector,
    Sequence,
    SourceClip,
    Transition,
    Unknown,
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A component of a sequence in edit units: its own zero, and where it is heard."""

    segment: Segment
    zero: int
    first: int
    last: int
    fade_in: Transition | None = None
    fade_out: Transition | None = None


EMPTY = (Filler, ScopeReference, Unknown)


def source_clips(segment: Segment | None) -> Iterator[SourceClip]:
    """Every source clip of a segment that names a mob, in no promised order."""
    stack = [segment]
    while stack:
        item = stack.pop()
        if isinstance(item, SourceClip) and item.mob:
            yield item
        stack += _inside(item)


def _inside(segment: Segment | None) -> tuple[Segment | None, ...]:
    match segment:
        case Sequence(components=parts) | Operation(inputs=parts):
            return parts
        case Group(choices=parts) | Scope(layers=parts):
            return parts
        case Selector():
            return (segment.selected, *segment.alternates)
        case Pulldown(segment=inner):
            return (inner,)
        case _:
            return ()


def is_empty(segment: Segment) -> bool:
    """Whether a segment shows nothing of its own."""
    return isinstance(segment, EMPTY) or (isinstance(segment, SourceClip) and not segment.mob)


def layout(sequence: Sequence) -> tuple[list[Placed], list[tuple[int, Transition]]]:
    """Where components are heard, and the transitions between two of them by their first unit.

    A transition overlaps its neighbours (AAF Object Specification 5.3): between two segments they
    meet at its cut; beside filler it is a fade of the whole overlap, wherever its cut is.
    """
    parts, overlaps = _positions(sequence)
    placed: list[Placed] = []
    crossings: list[tuple[int, Transition]] = []
    for index, (zero, segment) in enumerate(parts):
        if is_empty(segment):
            continue
        before, after = overlaps.get(index), overlaps.get(index + 1)
        item = Placed(segment, zero, zero, zero + segment.length)
        if before is not None:
            if index and not is_empty(parts[index - 1][1]):
                item = replace(item, first=zero + before.cut)
                crossings.append((zero, before))
            else:
                item = replace(item, fade_in=before)
        if after is not None:
            if index + 1 < len(parts) and not is_empty(parts[index + 1][1]):
                item = replace(item, last=item.last - after.length + after.cut)
            else:
                item = replace(item, fade_out=after)
        placed.append(item)
    return placed, crossings


def _positions(
    sequence: Sequence,
) -> tuple[list[tuple[int, Segment]], dict[int, Transition]]:
    """The segments with their first unit, and the transition before each by its index."""
    parts: list[tuple[int, Segment]] = []
    overlaps: dict[int, Transition] = {}
    position = 0
    for item in sequence.components:
        if isinstance(item, Transition):
            position -= item.length
            overlaps[len(parts)] = item
        else:
            parts.append((position, item))
            position += length_of(item)
    return parts, overlaps
