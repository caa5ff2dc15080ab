"""Markers: comments on event slots, with or without the tracks that they describe."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from adapters.aaf.structure import Event, Mob, Segment, Sequence, Slot
from conform.timeline import Marker


def markers(composition: Mob) -> tuple[Marker, ...]:
    """The markers of a composition in order of time.

    Media Composer names its tracks in DescribedSlots, Resolve leaves them out. What Media Composer
    shows as a marker's name is stored as its user.
    """
    found = [_marker(event, slot) for slot in composition.slots for event in _events(slot.segment)]
    return tuple(sorted(found, key=lambda marker: (marker.at, marker.name, marker.comment)))


def _events(segment: Segment) -> Iterator[Event]:
    if isinstance(segment, Event):
        yield segment
    elif isinstance(segment, Sequence):
        for item in segment.components:
            yield from _events(item)


def _marker(event: Event, slot: Slot) -> Marker:
    said = dict(event.attributes)
    length = said.get("_ATN_CRM_LENGTH", "")
    frames = max(event.length, int(length) if length.isdecimal() else 0)
    return Marker(
        at=event.position / slot.rate,
        name=said.get("_ATN_CRM_USER", "") or event.user,
        comment=event.comment or said.get("_ATN_CRM_COM", ""),
        color=said.get("_ATN_CRM_COLOR", "") or event.color,
        duration=frames / slot.rate if frames > 1 else Fraction(0),  # 1 marks an instant
    )
