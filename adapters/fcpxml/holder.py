"""Items that hold others: clips and synchronized clips, compounds, multicams.

What they hold plays on their material clock and ends where they end. Split edits (`audioStart`,
`audioDuration`) open a holder twice, once for picture and once for sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from lxml import etree

from adapters.fcpxml.clock import gates, heard, level_of, material, parts, sound_span
from adapters.fcpxml.frame import Frame, Item, passes
from adapters.fcpxml.reading import on
from adapters.fcpxml.resources import Resources
from conform.timeline import ZERO, Kind, Metadata


@dataclass(frozen=True, slots=True)
class Content:
    """A storyline inside a holder: a spine or angle with its first time, or single items."""

    frame: Frame
    spine: etree._Element | None = None
    first: Fraction = ZERO
    items: tuple[etree._Element, ...] = ()


def contained(element: etree._Element, tags: frozenset[str]) -> tuple[etree._Element, ...]:
    """The children that a clip or sync clip holds; its other children are connected to it.

    Everything in lane 0 is held. Other tools than Final Cut Pro also hang the sound of a clip's
    own picture beside it (`audio lane="-1"` of the same asset): that is content as well.
    """
    if element.tag not in ("clip", "sync-clip"):
        return ()
    story = [child for child in element if child.tag in tags]
    inside = [child for child in story if (child.get("lane") or "0").strip() == "0"]
    assets = {child.get("ref") for child in inside if child.get("ref")}
    return tuple(
        child
        for child in story
        if child in inside
        or (child.tag in ("audio", "video") and (not inside or child.get("ref") in assets))
    )


def container(
    item: Item, frame: Frame, resources: Resources, tags: frozenset[str]
) -> Iterator[Content]:
    """A `clip` or `sync-clip`; `sync-source` says which roles of which side are heard."""
    element = item.element
    inside, connected = frame.gates, frame.gates
    for told in element.iterfind("sync-source"):
        said = gates(told, item, frame, resources.notes)
        if told.get("sourceID") == "connected":
            connected = (*connected, *said)
        else:
            inside = (*inside, *said)
    for inner in _opened(item, frame, resources):
        content = replace(
            inner,
            rate=resources.rate(element) or frame.rate,
            gates=inside,
            anchored_gates=connected,
            parts=parts(item, frame, _sounding(element, resources), resources.notes),
            bus_closed=True,
            title=element.get("name") or frame.title,
        )
        yield Content(content, items=contained(element, tags))


def _sounding(element: etree._Element, resources: Resources) -> tuple[int, ...]:
    """The source channels of all bare sound that a clip holds, in ascending order."""
    found: set[int] = set()
    for audio in element.iterdescendants("audio"):
        asset = resources.asset(audio)
        if asset is not None:
            found.update(heard(audio, asset, resources.notes))
    return tuple(sorted(found))


def compound(item: Item, frame: Frame, resources: Resources) -> Iterator[Content]:
    """A `ref-clip`: the spine of its sequence, with the roles that it switches."""
    media = resources.media(item.element)
    spine = None if media is None else media.find("spine")
    if media is None or spine is None:
        said = "a compound clip without a storyline is left out"
        resources.notes.warn("fcpxml.media", said, item.element)
        return
    switched = (*frame.gates, *gates(item.element, item, frame, resources.notes))
    named = (("compound", _name(media)),)
    yield from _played(item, media, spine, replace(frame, gates=switched), named, resources)


def multicam(item: Item, frame: Frame, resources: Resources) -> Iterator[Content]:
    """An `mc-clip`: the angles that `mc-source` selects for picture, sound or both."""
    media = resources.media(item.element)
    angles = [] if media is None else media.findall("mc-angle")
    if media is None or not angles:
        said = "a multicam clip without angles is left out"
        resources.notes.warn("fcpxml.media", said, item.element)
        return
    for angle, inner in _chosen(item, frame, angles, resources):
        named = (("multicam", _name(media)), ("angle", angle.get("name", "")))
        yield from _played(item, media, angle, inner, named, resources)


def _chosen(
    item: Item, frame: Frame, angles: list[etree._Element], resources: Resources
) -> Iterator[tuple[etree._Element, Frame]]:
    by_id = {angle.get("angleID"): angle for angle in angles}
    sources = item.element.findall("mc-source")
    if not sources:
        said = "a multicam clip selects no angle; its first one is read"
        resources.notes.warn("fcpxml.angle", said, item.element)
        yield angles[0], frame
    for source in sources:
        angle = by_id.get(source.get("angleID"))
        if angle is None:
            said = f"angle '{source.get('angleID')}' is not in the multicam"
            resources.notes.warn("fcpxml.angle", said, source)
            continue
        switched = (*frame.gates, *gates(source, item, frame, resources.notes))
        yield angle, replace(frame, kinds=frame.kinds & passes(source), gates=switched)


def _played(
    item: Item,
    media: etree._Element,
    spine: etree._Element,
    frame: Frame,
    named: Metadata,
    resources: Resources,
) -> Iterator[Content]:
    """A storyline out of the resources; one that would play inside itself is refused."""
    key = item.element.get("ref", "")
    if key in frame.media:
        said = "a compound clip that holds itself is left out"
        resources.notes.warn("fcpxml.circle", said, item.element)
        return
    first = resources.notes.time(media, "tcStart") or ZERO
    for inner in _opened(item, frame, resources):
        content = replace(
            inner,
            rate=resources.rate(media) or frame.rate,
            media=frame.media | {key},
            inside=(*frame.inside, *((name, value) for name, value in named if value)),
            bus=(*frame.bus, 0),
            parts=(),
            bus_closed=False,
            anchored_gates=None,
            title="",
        )
        yield Content(content, spine, first)


def _opened(item: Item, frame: Frame, resources: Resources) -> Iterator[Frame]:
    """The clock of what an item holds, once for picture and once for sound that is split."""
    element, notes = item.element, resources.notes
    kinds = frame.kinds & passes(element)
    whole, sound = (item.at, item.duration), sound_span(item, notes)
    spans = [(kinds, whole)]
    if sound != whole:
        spans = [(kinds - {Kind.AUDIO}, whole), (kinds & {Kind.AUDIO}, sound)]
    for kept, span in spans:
        if not kept:
            continue
        loud = frame.level.plus(level_of(element, item, frame, span, notes))
        for clock in material(item, frame, span):
            yield replace(
                frame,
                warp=clock,
                lanes=(*frame.lanes, 0),
                kinds=kept,
                enabled=frame.enabled and on(element, "enabled"),
                level=loud,
                holders=(*frame.holders, item.number),
            )


def _name(media: etree._Element) -> str:
    holder = media.getparent()
    return "" if holder is None else holder.get("name", "")
