"""The sequence element: its tracks, Premiere's exploded channels, transitions, links, markers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import count, pairwise
from math import ceil

from lxml import etree

from adapters.fcp7xml.book import Element
from adapters.fcp7xml.write.clip import clip_element, marker_element, place_of
from adapters.fcp7xml.write.effects import fade_element, transition_element
from adapters.fcp7xml.write.lanes import Lane, lanes_of
from adapters.fcp7xml.write.sheet import Sheet, child, rate_element
from adapters.xmltext import clean
from conform.timeline import Clip, Kind, Track, Transition

_TRACK_TYPES = {1: "Mono", 2: "Stereo", 6: "5.1"}


def sequence_element(sheet: Sheet) -> Element:
    """The sequence of a timeline, with everything in it."""
    timeline, rate = sheet.timeline, sheet.rate
    sequence = etree.Element("sequence", id="sequence-1")
    child(sequence, "name", timeline.name)
    child(sequence, "duration", ceil(timeline.duration * rate.fps))
    rate_element(sequence, rate)
    _timecode(sequence, sheet)
    media = child(sequence, "media")
    written = _Written(sheet)
    for kind in Kind:
        parent = child(media, kind.value)
        _format(parent, kind, sheet)
        for track in timeline.video if kind is Kind.VIDEO else timeline.audio:
            written.track(parent, track)
    written.link()
    for marker in timeline.markers:
        marker_element(sequence, marker, 0, sheet)
    return sequence


def _timecode(sequence: Element, sheet: Sheet) -> None:
    rate, start = sheet.rate, sheet.timeline.start
    frame = sheet.frame(start, "the start timecode", sheet.timeline.name)
    timecode = child(sequence, "timecode")
    rate_element(timecode, rate)
    child(timecode, "string", rate.label(frame))
    child(timecode, "frame", frame)
    child(timecode, "displayformat", "DF" if rate.drop else "NDF")


def _format(parent: Element, kind: Kind, sheet: Sheet) -> None:
    kept = dict(sheet.timeline.metadata)
    characteristics = child(child(parent, "format"), "samplecharacteristics")
    if kind is Kind.VIDEO:
        rate_element(characteristics, sheet.rate)
    names = ("width", "height") if kind is Kind.VIDEO else ("sample rate",)
    for name in names:
        if kept.get(name):
            child(characteristics, name.replace(" ", ""), kept[name])


class _Written:
    """The clip items written so far, for the links between them."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._items: dict[str, _Item] = {}
        self._channels: dict[str, list[str]] = {}
        self._tracks = dict.fromkeys(Kind, 0)
        self._fresh = count(1)
        events = Counter(clip.event for _, clip in sheet.timeline.clips() if clip.event)
        self._taken = set(events)
        self._unique = {event for event, times in events.items() if times == 1}

    def track(self, parent: Element, track: Track) -> None:
        """Write a track: one element, or as many as its clips play channels."""
        if track.soloed:
            self._sheet.tell("track.solo", "FCP7 XML has no solo; it was left out", track.name)
        names = {id(clip): self._name(clip) for clip in track.clips}
        _tell_overlaps(track, self._sheet)
        lanes = lanes_of(track)
        _tell_fades(lanes, self._sheet)
        lost = set(track.transitions) - _kept(lanes)
        for crossing in sorted(lost, key=lambda each: each.record_in):
            said = "a transition between clips that do not lie side by side was left out"
            self._sheet.tell("transition.lost", said, crossing.name)
        for number, lane in enumerate(lanes):
            element = child(parent, "track")
            if track.name:
                element.set("MZ.TrackName", clean(track.name))
            if len(lanes) > 1:
                element.set("currentExplodedTrackIndex", str(number))
                element.set("totalExplodedTrackCount", str(len(lanes)))
                element.set("premiereTrackType", _TRACK_TYPES.get(len(lanes), "Adaptive"))
            self._lane(element, lane, track.kind, number, names)
            child(element, "enabled", track.enabled)
            child(element, "locked", value=False)

    def _name(self, clip: Clip) -> str:
        if clip.event in self._unique:
            return clean(clip.event)
        return next(name for n in self._fresh if (name := f"clipitem-{n}") not in self._taken)

    def _lane(
        self, element: Element, lane: Lane, kind: Kind, number: int, names: dict[int, str]
    ) -> None:
        sheet = self._sheet
        self._tracks[kind] += 1
        for crossing in lane.loose:
            transition_element(element, crossing, kind, 0, sheet)
        for index, seat in enumerate(lane.seats):
            beside = lane.seats[index - 1].after if index else None
            place = place_of(seat, sheet)
            if seat.before and seat.before is not beside:
                transition_element(element, seat.before, kind, 1, sheet)
            elif seat.fade_in:
                fade_element(element, seat.fade_in, place.start, 1, kind, sheet)
            first = names[id(seat.clip)]
            name = f"{first} ch{number + 1}" if number else first
            item = clip_element(element, seat, place, kind, name, sheet)
            self._items[name] = _Item(item, seat.clip, kind, self._tracks[kind], index + 1)
            self._channels.setdefault(first, []).append(name)
            if seat.after:
                two = index + 1 < len(lane.seats) and lane.seats[index + 1].before is seat.after
                transition_element(element, seat.after, kind, 1 + two, sheet)
            elif seat.fade_out:
                fade_element(element, seat.fade_out, place.end, -1, kind, sheet)

    def link(self) -> None:
        """Write the links that were read, and those between the channels of one clip."""
        for channels in self._channels.values():
            for name in channels:
                item = self._items[name]
                wanted = [clean(value) for key, value in item.clip.metadata if key == "link"]
                grouped = channels if len(channels) > 1 else []
                for other in dict.fromkeys([*wanted, *grouped]):
                    if other in self._items:
                        self._items[other].refer(item.element, grouped=other in grouped)


@dataclass(frozen=True, slots=True)
class _Item:
    """A clip item that was written, and where."""

    element: Element
    clip: Clip
    kind: Kind
    track: int
    index: int

    def refer(self, element: Element, *, grouped: bool) -> None:
        """Add a link to this item to another one."""
        link = child(element, "link")
        child(link, "linkclipref", self.element.get("id"))
        child(link, "mediatype", self.kind.value)
        child(link, "trackindex", self.track)
        child(link, "clipindex", self.index)
        if grouped:
            child(link, "groupindex", 1)


def _kept(lanes: tuple[Lane, ...]) -> set[Transition]:
    """The transitions that some lane holds."""
    beside = [each for lane in lanes for seat in lane.seats for each in (seat.before, seat.after)]
    return {each for each in (*beside, *(x for lane in lanes for x in lane.loose)) if each}


def _tell_fades(lanes: tuple[Lane, ...], sheet: Sheet) -> None:
    for seat in lanes[0].seats:
        if (seat.clip.fade_in and not seat.fade_in) or (seat.clip.fade_out and not seat.fade_out):
            said = "a fade at an edge that has a transition, or without length, was left out"
            sheet.tell("fade.lost", said, seat.clip.name)


def _tell_overlaps(track: Track, sheet: Sheet) -> None:
    for left, right in pairwise(track.clips):
        if right.record_in < left.record_out:
            said = "clips overlap on one track, which readers of FCP7 XML may refuse"
            sheet.tell("clip.overlap", said, right.name)
