"""Takes the segments of an AAF slot out as plain values, however deep they are nested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.aaf.fields import Fields
from adapters.aaf.parameters import parameters
from adapters.aaf.structure import (
    Event,
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
    Timecode,
    Transition,
    Unknown,
)

_DEEPEST = 40  # effects nested in effects; Media Composer allows 24 tracks of them


def segment_of(source: Any) -> Segment:
    """A slot's segment with all that is nested in it; `ValueError` for nesting without end."""
    return _segment(source, 0)


def _segment(source: Any, depth: int) -> Segment:
    if depth > _DEEPEST:
        raise ValueError("effects are nested without end")
    fields = Fields(source)
    build = _SEGMENTS.get(type(source).__name__)
    length = max(0, fields.number("Length"))
    return build(fields, length, depth + 1) if build else Unknown(length, type(source).__name__)


def _segments(fields: Fields, name: str, depth: int) -> tuple[Segment, ...]:
    return tuple(_segment(item, depth) for item in fields.objects(name))


def _optional(fields: Fields, name: str, depth: int) -> Segment | None:
    item = fields.get(name)
    return None if item is None else _segment(item, depth)


def _filler(fields: Fields, length: int, depth: int) -> Segment:
    return Filler(length)


def _source_clip(fields: Fields, length: int, depth: int) -> Segment:
    mob = fields.get("SourceID")
    none = mob is None or mob.int == 0
    start, slot = fields.number("StartTime"), fields.number("SourceMobSlotID")
    attributes = fields.tags("ComponentAttributeList")
    return SourceClip(length, start, "" if none else str(mob), slot, attributes)


def _sequence(fields: Fields, length: int, depth: int) -> Segment:
    attributes = fields.tags("ComponentAttributeList")
    return Sequence(length, _segments(fields, "Components", depth), attributes)


def _operation(fields: Fields, length: int, depth: int) -> Operation:
    definition = Fields(fields.get("Operation"))
    return Operation(
        length=length,
        auid=str(definition.get("Identification")),
        name=definition.text("Name"),
        warp=bool(definition.get("IsTimeWarp")),
        inputs=_segments(fields, "InputSegments", depth),
        parameters=parameters(fields, length),
        attributes=fields.tags("ComponentAttributeList", "Attributes"),
    )


def _transition(fields: Fields, length: int, depth: int) -> Segment:
    effect = _optional(fields, "OperationGroup", depth)
    operation = effect if isinstance(effect, Operation) else None
    return Transition(length, fields.number("CutPoint"), operation)


def _selector(fields: Fields, length: int, depth: int) -> Segment:
    return Selector(
        length,
        _optional(fields, "Selected", depth),
        _segments(fields, "Alternates", depth),
        fields.tags("ComponentAttributeList"),
    )


def _group(fields: Fields, length: int, depth: int) -> Segment:
    return Group(length, _segments(fields, "Choices", depth))


def _scope(fields: Fields, length: int, depth: int) -> Segment:
    return Scope(length, _segments(fields, "Slots", depth))


def _scope_reference(fields: Fields, length: int, depth: int) -> Segment:
    return ScopeReference(length, fields.number("RelativeScope"), fields.number("RelativeSlot"))


def _timecode(fields: Fields, length: int, depth: int) -> Segment:
    drop = bool(fields.get("Drop"))
    return Timecode(length, fields.number("Start"), fields.number("FPS"), drop)


def _pulldown(fields: Fields, length: int, depth: int) -> Segment:
    return Pulldown(length, _optional(fields, "InputSegment", depth))


def _event(fields: Fields, length: int, depth: int) -> Segment:
    color = fields.get("CommentMarkerColor")
    return Event(
        length=length,
        position=fields.number("Position"),
        comment=fields.text("Comment"),
        color="" if not color else "#{red:04x}{green:04x}{blue:04x}".format(**color),
        slots=tuple(sorted(fields.get("DescribedSlots") or ())),
        attributes=fields.tags("CommentMarkerAttributeList", "UserComments"),
        user=fields.text("CommentMarkerUSer"),
    )


_SEGMENTS: dict[str, Callable[[Fields, int, int], Segment]] = {
    "Filler": _filler,
    "SourceClip": _source_clip,
    "Sequence": _sequence,
    "OperationGroup": _operation,
    "Transition": _transition,
    "Selector": _selector,
    "EssenceGroup": _group,
    "NestedScope": _scope,
    "ScopeReference": _scope_reference,
    "Timecode": _timecode,
    "Pulldown": _pulldown,
    "CommentMarker": _event,
    "DescriptiveMarker": _event,
}
