"""Transitions: where they lie, where they cut, and between which items.

A transition straddles the cut between the items beside it, which keep their own offsets and meet
at the cut. At an end of a storyline or beside a gap it is a fade. A `filter-audio` makes it a
crossfade of the sound as well; without a `filter-video` it is nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from lxml import etree

from adapters.fcpxml.frame import BOTH, Frame, Item, Joint
from adapters.fcpxml.reading import Notebook
from conform.timeline import ZERO, Kind


@dataclass(frozen=True, slots=True)
class Waiting:
    """A transition whose right side is not known yet, at its storyline time."""

    element: etree._Element
    at: Fraction | None
    before: Item | None


def joint(waiting: Waiting, after: Item | None, frame: Frame, notes: Notebook) -> Joint | None:
    """The transition in record time; None where it has no place or lies outside the holder."""
    element, before = waiting.element, waiting.before
    duration = notes.time(element, "duration") or ZERO
    cut = _cut(before, after, element, notes)
    if cut is None or duration <= 0:
        notes.warn("fcpxml.transition", "a transition beside nothing is left out", element)
        return None
    begin = cut - duration / 2 if waiting.at is None else waiting.at
    end = begin + duration
    if not begin <= cut <= end:
        said = "a transition lies beside its cut; it is left out"
        notes.warn("fcpxml.transition", said, element)
        return None
    places = [frame.warp.record_of(time) for time in (begin, cut, end)]
    record_in, at, record_out = places
    if record_in is None or at is None or record_out is None:
        said = "a transition that its holder trims away is left out"
        notes.count("fcpxml.trimmed_transition", said, element)
        return None
    low, high = sorted((record_in, record_out))
    if record_in > record_out:  # the holder plays backwards
        before, after = after, before
    left, right = (None if side is None else side.number for side in (before, after))
    name = element.get("name") or "dissolve"
    return Joint(low, at, high, name, _kinds(element), left, right, element)


def _cut(
    before: Item | None, after: Item | None, element: etree._Element, notes: Notebook
) -> Fraction | None:
    if after is None:
        return None if before is None else before.end
    if before is not None and before.end != after.at:
        said = "the items beside a transition do not meet; the second one's start is the cut"
        notes.warn("fcpxml.transition", said, element)
    return after.at


def _kinds(element: etree._Element) -> frozenset[Kind]:
    filters = {Kind.VIDEO: element.find("filter-video"), Kind.AUDIO: element.find("filter-audio")}
    told = frozenset(kind for kind, found in filters.items() if found is not None)
    return told & BOTH or frozenset({Kind.VIDEO})
