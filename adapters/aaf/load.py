"""Opens an AAF file and takes its mobs out as plain values; the only reader of pyaaf2's objects."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

from aaf2.exceptions import AAFError
from aaf2.file import AAFFile

from adapters.aaf.descriptors import descriptor
from adapters.aaf.parameters import parameters
from adapters.aaf.rates import edit_rate
from adapters.aaf.structure import (
    Contents,
    Essence,
    Event,
    Filler,
    Group,
    Mob,
    Operation,
    Pulldown,
    Role,
    Scope,
    ScopeReference,
    Segment,
    Selector,
    Sequence,
    Slot,
    SourceClip,
    Timecode,
    Transition,
    Unknown,
)
from conform.errors import TimelineError
from conform.findings import Finding, error
from conform.timeline import Metadata

FAULTS = (
    AAFError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
    struct.error,
)
"""What pyaaf2 1.7 was seen to raise on files that were cut short or had bytes changed."""

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the compound file format of [MS-CFB] 2.2
_DEEPEST = 40  # effects nested in effects; Media Composer allows 24 tracks of them


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The pyaaf2 file behind a path; raises `TimelineError` for what is no whole AAF file."""
    _refuse_others(path)
    file = AAFFile.__new__(AAFFile)
    try:
        file.__init__(str(path), "r")
        yield file
    except FAULTS as fault:
        raise TimelineError(
            f"the AAF structure is damaged ({type(fault).__name__}); export or copy it again",
            path=path,
        ) from fault
    finally:
        if hasattr(file, "f"):  # pyaaf2 leaves the file open where opening fails
            file.f.close()


def load(path: Path) -> tuple[Contents, tuple[Finding, ...]]:
    """Every mob of a file as plain values, and what was damaged.

    Raises `TimelineError` where the file cannot be read at all.
    """
    with opened(path) as file:
        findings: list[Finding] = []
        mobs: dict[str, Mob] = {}
        for source in file.content.mobs:
            try:
                mob = _mob(source)
            except FAULTS as fault:
                findings.append(_damaged(source, fault, path))
            else:
                mobs[mob.id] = mob
        return Contents(_maker(file), mobs, _embedded(file)), tuple(findings)


def _refuse_others(path: Path) -> None:
    try:
        if path.is_dir():
            raise TimelineError("this is a folder; name a file", path=path)
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except FileNotFoundError as fault:
        raise TimelineError("there is no such file", path=path) from fault
    except (OSError, ValueError) as fault:
        raise TimelineError(f"cannot be read: {fault}", path=path) from fault
    if not head:
        raise TimelineError("the file is empty; export the cut again", path=path)
    if head != _MAGIC:
        raise TimelineError("this is no AAF file", path=path)


def _damaged(source: Any, fault: BaseException, path: Path) -> Finding:
    try:
        name = source.name
    except FAULTS:
        name = "a mob"
    return error("aaf.damaged", f"'{name}' cannot be read ({type(fault).__name__})", path.name)


def _maker(file: Any) -> str:
    try:
        return str(list(file.header["IdentificationList"].value)[-1]["ProductName"].value or "")
    except FAULTS:
        return ""


def _embedded(file: Any) -> frozenset[str]:
    if "EssenceData" not in file.content:
        return frozenset()
    return frozenset(str(data.mob_id) for data in file.content.essencedata)


_ROLES = {"CompositionMob": Role.COMPOSITION, "MasterMob": Role.MASTER, "SourceMob": Role.SOURCE}


def _mob(source: Any) -> Mob:
    slots = [_slot(slot) for slot in source.slots]
    return Mob(
        id=str(source.mob_id),
        name=source.name or "",
        role=_ROLES[type(source).__name__],
        usage=source.usage or "",
        slots=tuple(slot for slot in slots if slot is not None),
        descriptor=descriptor(source.getvalue("EssenceDescription")),
        comments=_tags(source, "UserComments"),
        attributes=_tags(source, "MobAttributeList"),
    )


def _slot(source: Any) -> Slot | None:
    stored = source.getvalue("EditRate")
    rate = edit_rate(stored) if stored is not None else None
    segment = source.getvalue("Segment")
    if rate is None or segment is None:  # a static slot carries a still thing, not time
        return None
    return Slot(
        id=source.slot_id or 0,
        name=source.getvalue("SlotName") or "",
        rate=rate,
        origin=source.getvalue("Origin") or 0,
        number=source.getvalue("PhysicalTrackNumber"),
        essence=_essence(segment),
        segment=_segment(segment, 0),
        # Premiere registers the same list under another name
        attributes=_tags(source, "TimelineMobAttributeList")
        + _tags(source, "TimelineMobSlotAttributes"),
    )


_ESSENCES = {
    "picture": Essence.PICTURE,
    "legacypicture": Essence.PICTURE,
    "picturewithmatte": Essence.PICTURE,
    "sound": Essence.SOUND,
    "legacysound": Essence.SOUND,
    "timecode": Essence.TIMECODE,
    "legacytimecode": Essence.TIMECODE,
}


def _essence(segment: Any) -> Essence:
    """Media Composer's SoundMasterTrack and Premiere's own kinds carry no cut: they are data."""
    kind = (segment.media_kind or "").lower()
    return _ESSENCES.get(kind, Essence.DATA)


def _segment(source: Any, depth: int) -> Segment:
    if depth > _DEEPEST:
        raise ValueError("effects are nested without end")
    build = _SEGMENTS.get(type(source).__name__)
    length = _length(source)
    return build(source, length, depth + 1) if build else Unknown(length, type(source).__name__)


def _length(source: Any) -> int:
    return max(0, int(source.getvalue("Length") or 0))


def _segments(source: Any, name: str, depth: int) -> tuple[Segment, ...]:
    return tuple(_segment(item, depth) for item in source[name] or ()) if name in source else ()


def _optional(source: Any, name: str, depth: int) -> Segment | None:
    item = source.getvalue(name)
    return None if item is None else _segment(item, depth)


def _filler(source: Any, length: int, depth: int) -> Segment:
    return Filler(length)


def _source_clip(source: Any, length: int, depth: int) -> Segment:
    mob = source.mob_id
    none = mob is None or mob.int == 0
    return SourceClip(length, source.start or 0, "" if none else str(mob), source.slot_id or 0)


def _sequence(source: Any, length: int, depth: int) -> Segment:
    attributes = _tags(source, "ComponentAttributeList")
    return Sequence(length, _segments(source, "Components", depth), attributes)


def _operation(source: Any, length: int, depth: int) -> Operation:
    definition = source.operation
    return Operation(
        length=length,
        auid=str(definition.auid),
        name=definition.name or "",
        warp=bool(definition.getvalue("IsTimeWarp")),
        inputs=_segments(source, "InputSegments", depth),
        parameters=parameters(source, length),
        attributes=_tags(source, "ComponentAttributeList") + _tags(source, "Attributes"),
    )


def _transition(source: Any, length: int, depth: int) -> Segment:
    effect = source.getvalue("OperationGroup")
    operation = None if effect is None else _operation(effect, _length(effect), depth)
    return Transition(length, source.cutpoint or 0, operation)


def _selector(source: Any, length: int, depth: int) -> Segment:
    return Selector(
        length,
        _optional(source, "Selected", depth),
        _segments(source, "Alternates", depth),
        _tags(source, "ComponentAttributeList"),
    )


def _group(source: Any, length: int, depth: int) -> Segment:
    return Group(length, _segments(source, "Choices", depth))


def _scope(source: Any, length: int, depth: int) -> Segment:
    return Scope(length, _segments(source, "Slots", depth))


def _scope_reference(source: Any, length: int, depth: int) -> Segment:
    return ScopeReference(
        length, source.getvalue("RelativeScope") or 0, source.getvalue("RelativeSlot") or 0
    )


def _timecode(source: Any, length: int, depth: int) -> Segment:
    return Timecode(length, source.start or 0, source.fps or 0, bool(source.drop))


def _pulldown(source: Any, length: int, depth: int) -> Segment:
    return Pulldown(length, _optional(source, "InputSegment", depth))


def _event(source: Any, length: int, depth: int) -> Segment:
    color = source.getvalue("CommentMarkerColor")
    return Event(
        length=length,
        position=source.getvalue("Position") or 0,
        comment=source.getvalue("Comment") or "",
        color="" if not color else "#{red:04x}{green:04x}{blue:04x}".format(**color),
        slots=tuple(sorted(source.getvalue("DescribedSlots") or ())),
        attributes=_tags(source, "CommentMarkerAttributeList") + _tags(source, "UserComments"),
        user=source.getvalue("CommentMarkerUSer") or "",
    )


_SEGMENTS: dict[str, Callable[[Any, int, int], Segment]] = {
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


def _tags(source: Any, name: str) -> Metadata:
    """The named values of a list that are text or numbers; nested lists stay behind."""
    if name not in source:
        return ()
    pairs = ((tag.getvalue("Name"), tag.getvalue("Value")) for tag in source[name] or ())
    return tuple(
        (str(key), str(value))
        for key, value in pairs
        if isinstance(value, str | int | Fraction) and not str(value).startswith("__")
    )
