"""What people wrote on an item: markers, keywords, ratings, notes, and the role it plays.

Final Cut Pro shows a plain marker blue, a to-do red, a done one green and a chapter orange; the
colour is how the kind is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from adapters.fcpxml import keys
from adapters.fcpxml.frame import Frame, Item, Piece
from adapters.fcpxml.reading import Notebook, metadata
from conform.timeline import ZERO, Kind, Marker, Metadata

CHAPTER, PLAIN, TODO, DONE = "orange", "blue", "red", "green"
_COMPLETED = {None: PLAIN, "0": TODO, "1": DONE}


def remarks(element: etree._Element) -> Metadata:
    """The note, keywords, ratings, panner and own keys of an element, as metadata of its clips."""
    return tuple(_remarks(element))


def _remarks(element: etree._Element) -> Iterator[tuple[str, str]]:
    note = element.find("note")
    if note is not None and note.text:
        yield "note", note.text
    for keyword in element.iterfind("keyword"):
        yield "keyword", keyword.get("value", "")
    for rating in element.iterfind("rating"):
        yield "rating", rating.get("value", "")
    panner = element.find("adjust-panner")
    if panner is not None:
        mode, amount = panner.get("mode") or "", panner.get("amount") or "0"
        yield "pan", f"{mode} {amount}".strip()
    yield from (entry for entry in metadata(element) if entry[0] not in keys.FIELDS)


def markers(item: Item, frame: Frame, notes: Notebook) -> Iterator[Marker]:
    """The markers of an item, at record times; those that its trimming hides are counted."""
    for told in item.element.iterchildren("marker", "chapter-marker"):
        start = notes.time(told, "start")
        if start is None:
            continue
        at = item.anchor(start)
        record = frame.warp.record_of(at)
        if record is None or not item.at <= at <= item.end:
            notes.count("fcpxml.hidden_marker", "a marker outside its clip is left out", told)
            continue
        duration = (notes.time(told, "duration") or ZERO) / item.conform
        chapter = told.tag == "chapter-marker"
        color = CHAPTER if chapter else _COMPLETED.get(told.get("completed"), TODO)
        yield Marker(record, told.get("value", ""), told.get("note", ""), color, duration)


def pin(found: list[Marker], pieces: list[Piece], begin: int) -> list[Marker]:
    """Put markers on the first clip of an item, picture first; what lies on none is returned."""
    own = sorted(range(begin, len(pieces)), key=lambda i: pieces[i].kind is not Kind.VIDEO)
    loose = []
    for marker in found:
        covers = (i for i in own if _covers(pieces[i], marker))
        index = next(covers, None)
        if index is None:
            loose.append(marker)
            continue
        clip = pieces[index].clip
        local = replace(marker, at=marker.at - clip.record_in)
        pieces[index] = replace(pieces[index], clip=replace(clip, markers=(*clip.markers, local)))
    return loose


def _covers(piece: Piece, marker: Marker) -> bool:
    return piece.clip.record_in <= marker.at <= piece.clip.record_out
