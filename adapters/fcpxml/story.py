"""The walk through a storyline: every item, what it holds and what is anchored to it.

Offsets are positions on the clock of the storyline that holds an item. What is anchored to an item
(any lane but 0) lies in the same storyline, at a time on the item's adjusted clock. What an item
contains (lane 0) lies on the item's material clock and is cut off where the item ends, whatever
duration it states: Final Cut Pro writes whole files inside trimmed clips.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from lxml import etree

from adapters.fcpxml import holder, leaf
from adapters.fcpxml.effects import account
from adapters.fcpxml.frame import Frame, Item, Joint, Piece
from adapters.fcpxml.joint import Waiting, joint
from adapters.fcpxml.notes import markers, pin
from adapters.fcpxml.resources import Resources
from adapters.fcpxml.retime import conform, curve
from conform.timecode import Rate
from conform.timeline import ZERO, Marker

MAX_ITEMS = 100_000
"""Items of one timeline, every use of a compound counted; feature films stay below 50,000."""

MAX_DEPTH = 60
"""Items inside items, through compounds too; Final Cut Pro itself stays below ten."""

LONGEST = Fraction(10 * 86_400)
"""The longest time in seconds that is believed, of a position or a duration."""

CLIPS = ("asset-clip", "clip", "sync-clip", "ref-clip", "mc-clip")
SILENT = ("caption", "live-drawing")
"""Items that hold neither picture nor sound of any source."""
ITEMS = frozenset((*CLIPS, *SILENT, "video", "audio", "title", "gap", "audition"))
STORY = ITEMS | {"spine"}

_LEAVES = {
    "asset-clip": leaf.asset_clip,
    "video": leaf.primitive,
    "audio": leaf.primitive,
    "title": leaf.primitive,
}
_HOLDERS = {"ref-clip": holder.compound, "mc-clip": holder.multicam}


@dataclass(slots=True)
class Story:
    """Collects the clips, transitions and loose markers of one timeline."""

    resources: Resources
    pieces: list[Piece] = field(default_factory=list)
    joints: list[Joint] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    _numbers: int = 0

    def spine(self, spine: etree._Element, first: Fraction, frame: Frame) -> None:
        """The items of a spine or angle one after another, and the transitions between them."""
        notes = self.resources.notes
        shift = self._shift(spine, first)
        cursor, before = first, None
        waiting: list[Waiting] = []
        for child in spine:
            offset = notes.time(child, "offset")
            at = None if offset is None else offset + shift
            if child.tag == "transition":
                waiting.append(Waiting(child, at, before))
            elif child.tag not in ITEMS:
                said = f"<{child.tag}> in a storyline is not understood and left out"
                notes.warn("fcpxml.unknown", said, child)
            elif item := self.item(child, cursor if at is None else at, frame):
                self._join(waiting, item, frame)
                cursor, before, waiting = item.end, item, []
        self._join(waiting, None, frame)

    def item(self, element: etree._Element, at: Fraction, frame: Frame) -> Item | None:
        """One item with all it holds and all that is anchored to it; None where it is unfit."""
        notes = self.resources.notes
        if element.tag == "audition":
            return self._audition(element, at, frame)
        if element.tag in SILENT:
            said = f"<{element.tag}> is left out"
            notes.count(f"fcpxml.{element.tag}", said, element)
            return None
        if frame.depth > MAX_DEPTH or max(self._numbers, len(self.pieces)) > MAX_ITEMS:
            said = f"more than {MAX_DEPTH} levels or {MAX_ITEMS} items; export a smaller part"
            raise notes.refusal(said, element)
        item = self._placed(element, at, frame)
        if item is None:
            return None
        deeper = replace(frame, depth=frame.depth + 1)
        begin = len(self.pieces)
        self._own(item, deeper)
        found = list(markers(item, frame, notes))
        self.markers += pin(found, self.pieces, begin)
        account(element, STORY, notes)
        self._anchored(item, deeper)
        return item

    def _own(self, item: Item, frame: Frame) -> None:
        tag = item.element.tag
        if tag in _LEAVES:
            self.pieces += _LEAVES[tag](item, frame, self.resources)
        elif tag in _HOLDERS:
            self._contents(_HOLDERS[tag](item, frame, self.resources))
        elif tag != "gap":
            self._contents(holder.container(item, frame, self.resources, STORY))

    def _contents(self, contents: Iterator[holder.Content]) -> None:
        for content in contents:
            if content.spine is not None:
                self.spine(content.spine, content.first, content.frame)
            for child in content.items:
                offset = self.resources.notes.time(child, "offset") or ZERO
                self._layer(child, offset, content.frame, content.frame.lanes[:-1])

    def _anchored(self, item: Item, frame: Frame) -> None:
        """What is connected to an item, and secondary storylines."""
        held = holder.contained(item.element, STORY)
        gates = frame.gates if frame.anchored_gates is None else frame.anchored_gates
        for child in item.element:
            if child.tag in STORY and child not in held:
                offset = self.resources.notes.time(child, "offset") or ZERO
                outer = replace(frame, gates=gates)
                self._layer(child, item.anchor(offset), outer, frame.lanes)

    def _layer(
        self, element: etree._Element, at: Fraction, frame: Frame, lanes: tuple[int, ...]
    ) -> None:
        """An item or secondary storyline in a lane over or under others."""
        notes = self.resources.notes
        lane = notes.lane(element)
        bus = frame.bus if frame.bus_closed else (*frame.bus, lane)
        layer = replace(frame, lanes=(*lanes, lane), bus=bus)
        if element.tag != "spine":
            self.item(element, at, layer)
            return
        story = replace(
            layer,
            warp=frame.warp.shifted(at, ZERO, Fraction(1)),
            rate=self.resources.rate(element) or frame.rate,
            storyline=element.get("name", ""),
            depth=frame.depth + 1,
        )
        self.spine(element, ZERO, story)

    def _audition(self, element: etree._Element, at: Fraction, frame: Frame) -> Item | None:
        """The first choice is the active one."""
        choices = [child for child in element if child.tag in ITEMS]
        if len(choices) > 1:
            said = f"an audition: its active clip is read, {len(choices) - 1} others are not"
            self.resources.notes.tell("fcpxml.audition", said, element)
        if not choices or choices[0].tag == "audition":
            return None
        return self.item(choices[0], at, frame)

    def _join(self, waiting: list[Waiting], after: Item | None, frame: Frame) -> None:
        for transition in waiting:
            found = joint(transition, after, frame, self.resources.notes)
            if found is not None:
                self.joints.append(found)

    def _shift(self, spine: etree._Element, first: Fraction) -> Fraction:
        """Some tools count offsets from zero although the timecode starts later; so may we."""
        notes = self.resources.notes
        told = next((child for child in spine if child.get("offset") is not None), None)
        offset = None if told is None else notes.time(told, "offset")
        if told is None or offset is None or not first or offset != 0:
            return ZERO
        said = "offsets count from zero, not from the start timecode; they are read that way"
        notes.warn("fcpxml.zero", said, told)
        return first

    def _placed(self, element: etree._Element, at: Fraction, frame: Frame) -> Item | None:
        notes = self.resources.notes
        start, duration, rate = self._extent(element)
        if duration is None or duration <= 0:
            said = f"<{element.tag}> without a duration above zero is left out"
            notes.warn("fcpxml.duration", said, element)
            return None
        if max(abs(at), duration) > LONGEST:
            said = f"<{element.tag}> that lies or lasts beyond {LONGEST // 86_400} days is left out"
            notes.warn("fcpxml.duration", said, element)
            return None
        self._numbers += 1
        speed = conform(element, rate, frame.rate, notes)
        bent = curve(element, start, notes)
        return Item(element, self._numbers, at, start, duration, speed, bent)

    def _extent(self, element: etree._Element) -> tuple[Fraction, Fraction | None, Rate | None]:
        """Start, duration and rate; what an item does not say, its asset or media does."""
        notes = self.resources.notes
        start, duration = notes.time(element, "start"), notes.time(element, "duration")
        rate = self.resources.rate(element)
        asset = self.resources.asset(element)
        if asset is not None:
            start = asset.start if start is None else start
            whole = asset.source.duration
            if duration is None and whole is not None:
                duration = whole - (start - asset.start)
            rate = rate or asset.source.rate
        elif element.tag in _HOLDERS:
            media = self.resources.media(element)
            if media is not None:
                start = notes.time(media, "tcStart") if start is None else start
                duration = notes.time(media, "duration") if duration is None else duration
                rate = rate or self.resources.rate(media)
        return start or ZERO, duration, rate
