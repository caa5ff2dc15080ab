"""Production sound under picture: from measured events to regions.

Every channel of an event's take is laid whole under the event, on the stem of the mixer's name for
it. Handles run on beyond the event, so outer fades spare the event itself; where two events meet,
one crosses into the other over their cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from conform.findings import Finding
from conform.laying.laid import Laid, lay
from conform.region import Plan, Region, WarpPoint
from conform.roll import Roll
from conform.synced import EventSync, Sync
from conform.timecode import sample_at


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How production sound is laid under picture; times in seconds.

    `checkerboard` gives every event its whole handles, on alternating stems; without it handles
    fill the free room beside an event and meet its neighbour's in the middle. `correct_drift`
    resamples takes whose clock was measured to drift; without it samples are copied.
    """

    handles: Fraction = Fraction(1)
    fade: Fraction = Fraction(1, 200)
    checkerboard: bool = False
    correct_drift: bool = False


@dataclass(slots=True)
class _Place:
    """What an event gets of its room beside its neighbours, on a lane, in stem samples."""

    item: Laid
    lane: int
    head: int
    tail: int
    continues_in: bool = False
    continues_out: bool = False


def plan(sync: Sync, options: PlanOptions = PlanOptions()) -> Plan:
    """Lay every channel of every placed take under its event."""
    return Planner(options).plan(sync)


class Planner:
    """Plans a cut over and over while some of its events change: only those are laid anew."""

    def __init__(self, options: PlanOptions = PlanOptions()) -> None:
        self._options = options
        self._frame: tuple[object, ...] = ()
        self._laid: dict[str, tuple[EventSync, Laid | None, Sequence[Finding]]] = {}
        self._regions: dict[str, tuple[_Place, tuple[Region, ...]]] = {}

    def plan(self, sync: Sync) -> Plan:
        """The plan of a cut as it is now."""
        frame = (sync.sample_rate, sync.length, sync.picture_in)
        if frame != self._frame:
            self._frame, self._laid, self._regions = frame, {}, {}
        laid: list[Laid] = []
        findings: list[Finding] = []
        for event in sync.events:
            item, odd = self._lay(event, sync)
            laid += [item] if item else []
            findings += odd
        laid.sort(key=lambda item: (item.first, item.end))
        fade = sample_at(self._options.fade, sync.sample_rate)
        lanes = _lanes(laid, whole_handles=self._options.checkerboard)
        regions = _one_spelling(
            region
            for number, lane in enumerate(lanes, 1)
            for place in _meet(lane, number, fade)
            for region in self._under(place, fade, sync)
        )
        stems = tuple(dict.fromkeys(region.stem for region in regions))
        return Plan(tuple(regions), stems, tuple(findings))

    def _lay(self, event: EventSync, sync: Sync) -> tuple[Laid | None, Sequence[Finding]]:
        held = self._laid.get(event.id)
        if held is None or (held[0] is not event and held[0] != event):
            room = max(self._options.handles, self._options.fade)
            held = (event, *lay(event, sync, room))
            self._laid[event.id] = held
        return held[1:]

    def _under(self, place: _Place, fade: int, sync: Sync) -> tuple[Region, ...]:
        """The regions under one event, made anew where it got another place."""
        name = place.item.event.id
        held = self._regions.get(name)
        if held is None or held[0] != place:
            held = (place, tuple(_regions(place, fade, sync, self._options)))
            self._regions[name] = held
        return held[1]


def channel_names(roll: Roll) -> tuple[str, ...]:
    """The mixer's name of each channel; its number is added where names repeat or are missing."""
    times = Counter(channel.name.casefold() for channel in roll.channels)
    names: list[str] = []
    for number, channel in enumerate(roll.channels, 1):
        unique = channel.name and times[channel.name.casefold()] == 1
        name = channel.name if unique else f"{channel.name or 'Ch'} {number}"
        while name.casefold() in (taken.casefold() for taken in names):
            name += "+"
        names.append(name)
    return tuple(names)


def _one_spelling(regions: Iterator[Region]) -> list[Region]:
    """Stems whose names differ in capitals alone, as two recorders write them, are one stem."""
    first: dict[str, str] = {}
    names: dict[str, str] = {}
    spelled = []
    for region in regions:
        name = names.get(region.stem)
        if name is None:
            name = first.setdefault(region.stem.casefold(), region.stem)
            names[region.stem] = name
        spelled.append(region if region.stem == name else replace(region, stem=name))
    return spelled


def _lanes(laid: Sequence[Laid], *, whole_handles: bool) -> list[list[Laid]]:
    """Events on as few lanes as keep them from overlapping on a lane."""
    lanes: list[list[Laid]] = []
    for item in laid:
        for lane in lanes:
            free = lane[-1].tail <= item.head if whole_handles else lane[-1].end <= item.first
            if free:
                lane.append(item)
                break
        else:
            lanes.append([item])
    return lanes


def _meet(lane: Sequence[Laid], number: int, fade: int) -> list[_Place]:
    """Handles of neighbours shortened to cross over in the middle between them, or at their cut."""
    places = [_Place(item, number, item.head, item.tail) for item in lane]
    for before, after in pairwise(places):
        old, new = before.item, after.item
        if _goes_on(old, new):
            before.tail, before.continues_out = old.end, True
            after.head, after.continues_in = new.first, True
            continue
        if before.tail <= after.head:
            continue
        middle = (old.end + new.first) // 2
        before.tail = min(before.tail, middle + fade // 2)
        after.head = max(after.head, middle - fade // 2)
    return places


def _goes_on(old: Laid, new: Laid) -> bool:
    """Whether one take runs on over a cut, or into the next file of its recording."""
    if old.end != new.first:
        return False
    if old.roll == new.roll:
        return old.zero == new.zero
    return new.first == new.zero and None is not old.event.whole == new.event.whole


def _regions(place: _Place, fade: int, sync: Sync, options: PlanOptions) -> Iterator[Region]:
    item, length = place.item, place.tail - place.head
    whole_fade = 2 * (fade // 2)
    longest = min(whole_fade, length // 2)
    at_head, at_tail = place.head == 0, place.tail == sample_at(sync.length, sync.sample_rate)
    fade_in = 0 if place.continues_in or at_head else longest
    fade_out = 0 if place.continues_out or at_tail else longest
    warp = _warp(place, sync, options)
    for channel, name in zip(item.roll.channels, channel_names(item.roll), strict=True):
        yield Region(
            stem=name if place.lane == 1 else f"{name} ({place.lane})",
            path=channel.path,
            channel=channel.index,
            source_first=place.head - item.zero,
            record_first=place.head,
            record_end=place.tail,
            fade_in=fade_in,
            fade_out=fade_out,
            warp=warp,
            event=item.event.id,
        )


def _warp(place: _Place, sync: Sync, options: PlanOptions) -> tuple[WarpPoint, ...]:
    """The resampling that a take needs: another sample rate, or a drift that is to be corrected.

    `EventSync.zero` holds at the event's middle, so the drift turns about that point.
    """
    event, source_rate = place.item.event, place.item.roll.sample_rate
    match = event.match
    drift = Fraction(match.drift_ppm or 0) / 10**6 if match and options.correct_drift else 0
    if not drift and source_rate == sync.sample_rate:
        return ()
    clip, zero = event.clip, event.zero or Fraction(0)
    middle = (clip.record_in + clip.record_out) / 2

    def point(sample: int) -> WarpPoint:
        record = Fraction(sample, sync.sample_rate) + sync.picture_in
        source = (middle - zero) + (record - middle) / (1 + drift)
        return WarpPoint(sample, source * source_rate)

    return point(place.head), point(place.tail)
