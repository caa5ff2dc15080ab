"""From the file that a clip plays to its tape: names, timecode, channels and place on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from adapters.aaf import urls
from adapters.aaf.layout import is_empty, layout
from adapters.aaf.leaves import Leaf
from adapters.aaf.rates import is_picture, timecode_rate
from adapters.aaf.structure import (
    Contents,
    Descriptor,
    Essence,
    Group,
    Mob,
    Operation,
    Pulldown,
    Role,
    Segment,
    Selector,
    Sequence,
    Slot,
    SourceClip,
    Timecode,
)
from conform.timecode import Rate
from conform.timeline import Metadata, Source

_LONGEST = 20  # mobs from a file to its tape
_SECOND = Fraction(1)

_COMMENTS: dict[str, tuple[str, ...]] = {
    "name": ("source file",),
    "scene": ("scene",),
    "take": ("take",),
    "tape": ("soundroll", "sound roll", "soundtape", "tape", "tapeid", "tape id", "tape name"),
}
"""The bin columns behind a field of `Source`, most telling first, without case."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a source's first frame is on a timecode clock, and the tape it comes from."""

    start: Fraction | None = None
    rate: Rate | None = None
    reel: str = ""
    urls: tuple[str, ...] = ()
    comments: Metadata = ()


@dataclass(frozen=True, slots=True)
class Material:
    """A source with the channels that a leaf plays of it."""

    source: Source
    channels: tuple[int, ...]


class Sources:
    """The sources of one file, each looked up once."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self._known: dict[tuple[str, int, str], Material] = {}

    def of(self, leaf: Leaf) -> Material:
        """The source and channels behind a leaf."""
        if leaf.mob is None or leaf.slot is None:
            return Material(_offline(leaf), ())
        bin_clip = leaf.trail[-1].id if len(leaf.trail) > 1 else ""
        key = (leaf.mob.id, leaf.slot.id, "/".join(mob.id for mob in leaf.trail[1:]) or bin_clip)
        if key not in self._known:
            self._known[key] = self._material(leaf, leaf.mob, leaf.slot)
        return self._known[key]

    def _material(self, leaf: Leaf, mob: Mob, slot: Slot) -> Material:
        origin = self.origin(mob, slot)
        said = mob.descriptor or Descriptor("")
        comments = _merged(*(crossed.comments for crossed in leaf.trail[1:]), origin.comments)
        fields, comments = _columns(comments)
        places = tuple(urls.path_of(url) for url in (*said.urls, *origin.urls))
        source = Source(
            name=fields["name"] or _name(leaf) or mob.name or urls.name_of(next(iter(places), "")),
            url=next(iter(places), ""),
            reel=origin.reel,
            scene=fields["scene"],
            take=fields["take"],
            tape=fields["tape"],
            umid=mob.id,
            start=origin.start,
            duration=_duration(said, slot),
            rate=origin.rate,
            channels=said.channels,
            sample_rate=_sample_rate(said, slot),
            metadata=(*comments, *_embedded(mob, self.contents), *_others(places)),
        )
        return Material(source, _channels(mob, slot, leaf))

    def origin(self, mob: Mob, slot: Slot) -> Origin:
        """The deepest timecode on the way from a file to its tape, and the tape's name."""
        found = Origin()
        for at, here in self._chain(mob, slot):
            clock = _clock(here, at, slot.rate)
            if clock is not None:
                found = replace(found, start=clock[0], rate=clock[1])
            if here.descriptor and here.descriptor.name == "TapeDescriptor":
                found = replace(found, reel=here.name)
            if here is not mob:
                said = here.descriptor.urls if here.descriptor else ()
                found = replace(
                    found,
                    urls=(*found.urls, *said),
                    comments=_merged(found.comments, here.comments),
                )
        return found

    def _chain(self, mob: Mob, slot: Slot) -> Iterator[tuple[Fraction, Mob]]:
        """The mobs from a file on, each with the seconds that the file's zero is into it."""
        at = Fraction(0)
        for _ in range(_LONGEST):
            yield at, mob
            step = _clip_at(slot.segment, at * slot.rate)
            if step is None:
                return
            clip, into = step
            at = (clip.start + into) / slot.rate
            next_mob = self.contents.mobs.get(clip.mob)
            next_slot = next_mob.slot(clip.slot) if next_mob else None
            if next_mob is None or next_slot is None:
                return
            at += next_slot.origin / next_slot.rate
            mob, slot = next_mob, next_slot


def _offline(leaf: Leaf) -> Source:
    return Source(name=_name(leaf), umid=leaf.missing)


def _name(leaf: Leaf) -> str:
    masters = [mob.name for mob in leaf.trail[1:] if mob.role is Role.MASTER and mob.name]
    return masters[-1] if masters else ""


def _columns(comments: Metadata) -> tuple[dict[str, str], Metadata]:
    """The bin columns that are fields of a source, and the comments that are left."""
    fields = dict.fromkeys(_COMMENTS, "")
    left = list(comments)
    for field, names in _COMMENTS.items():
        found = [pair for name in names for pair in comments if pair[0].lower() == name]
        if found:
            fields[field] = found[0][1]
            left.remove(found[0])
    return fields, tuple(left)


def _merged(*lists: Metadata) -> Metadata:
    return tuple(dict.fromkeys(pair for pairs in lists for pair in pairs if pair[1]))


def _embedded(mob: Mob, contents: Contents) -> Metadata:
    return (("embedded", "yes"),) if mob.id in contents.embedded else ()


def _others(places: tuple[str, ...]) -> Metadata:
    return tuple(("also at", place) for place in dict.fromkeys(places[1:]) if place != places[0])


def _clock(mob: Mob, at: Fraction, frames: Fraction) -> tuple[Fraction, Rate] | None:
    """The timecode of a mob some seconds in, from its most telling track."""
    tracks = [(slot, run) for slot in mob.slots for run in runs(slot.segment)]
    picture = Rate(frames) if is_picture(frames) else None
    best: tuple[tuple[bool, int], Fraction, Rate] | None = None
    for slot, (first, run) in tracks:
        rate = timecode_rate(run, slot.rate, picture)
        here = at * slot.rate - first
        if rate is None or not 0 <= here < max(run.length, 1):
            continue
        rank = (rate.fps != slot.rate, slot.number or 0)
        if best is None or rank < best[0]:
            best = (rank, rate.seconds(run.start) + here / slot.rate, rate)
    return None if best is None else best[1:]


def runs(segment: Segment) -> Iterator[tuple[int, Timecode]]:
    """The runs of timecode in a segment with their first unit."""
    if isinstance(segment, Timecode):
        yield 0, segment
    elif isinstance(segment, Pulldown) and segment.segment is not None:
        yield from runs(segment.segment)
    elif isinstance(segment, Sequence):
        position = 0
        for item in segment.components:
            yield from ((position + first, run) for first, run in runs(item))
            position += item.length


def _clip_at(
    segment: Segment, unit: Fraction, depth: int = 0
) -> tuple[SourceClip, Fraction] | None:
    """The source clip that a segment shows at a unit, and how far into it that is."""
    if depth > _LONGEST:
        return None
    if isinstance(segment, SourceClip):
        return (segment, unit) if segment.mob else None
    if isinstance(segment, Sequence):
        for item in layout(segment)[0]:
            if item.first <= unit < item.last:
                return _clip_at(item.segment, unit - item.zero, depth + 1)
        return None
    inner = _inner(segment)
    return None if inner is None else _clip_at(inner, unit, depth + 1)


def _inner(segment: Segment) -> Segment | None:
    """What a wrapper of a source's slot wraps."""
    if isinstance(segment, Pulldown):
        return segment.segment
    if isinstance(segment, Selector):
        return segment.selected
    many = segment.choices if isinstance(segment, Group) else ()
    many = segment.inputs if isinstance(segment, Operation) else many
    return next((item for item in many if not is_empty(item)), None)


def _duration(said: Descriptor, slot: Slot) -> Fraction | None:
    """How long a source is: to the sample where its descriptor counts samples.

    Premiere writes a descriptor's length in edit units of the slot, whatever its sample rate.
    """
    units = slot.segment.length
    coarse = units / slot.rate if units else None
    if said.length is None or said.sample_rate is None or said.sample_rate <= 0:
        return coarse
    fine = said.length / said.sample_rate
    if coarse is None or abs(fine - coarse) <= 1 / slot.rate:
        return fine
    return coarse


def _sample_rate(said: Descriptor, slot: Slot) -> int | None:
    if said.sampling:
        return said.sampling
    if slot.essence is not Essence.SOUND or said.sample_rate is None:
        return None
    return int(said.sample_rate) if not is_picture(said.sample_rate) else None


def _channels(mob: Mob, slot: Slot, leaf: Leaf) -> tuple[int, ...]:
    """The channels of a file that a slot carries, counted from 1.

    The file mob's own track number tells: Media Composer and Premiere give a file one slot per
    channel, Resolve a file mob per channel with one slot, numbered. Where the file has several
    channels and neither it nor the master mob numbers them, the slot carries all of them.
    """
    if slot.essence is not Essence.SOUND:
        return ()
    count = (mob.descriptor and mob.descriptor.channels) or None
    if count == 1:
        return (1,)
    sounds = [other for other in mob.slots if other.essence is Essence.SOUND]
    master = leaf.trail[-1] if len(leaf.trail) > 1 else None
    siblings = [s for s in master.slots if s.essence is Essence.SOUND] if master else []
    if count and len(sounds) == 1 and len(siblings) <= 1 and slot.number in (None, 0, 1):
        return tuple(range(1, count + 1))
    if slot.number and (count is None or slot.number <= count):
        return (slot.number,)
    rank = [other.id for other in sounds].index(slot.id) + 1
    return (rank,)
