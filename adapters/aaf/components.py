"""Follows a composition down to the material that is heard and seen.

Sequences, effects, selectors, groups, subclips and nested compositions are walked with the time
maps composed, until a source mob is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from adapters.aaf import auids
from adapters.aaf.effects import Gain, curve_of, gain, inner_rate, length_of, retime
from adapters.aaf.structure import (
    Contents,
    Essence,
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
    Transition,
    Unknown,
)
from adapters.aaf.windows import Window
from conform.errors import TimelineError
from conform.findings import Finding, info, warning
from conform.timeline import Fade, Keyframe

_ENDLESS = 2**62  # a clip may ask for more than its media holds: it keeps its length all the same
_DEEPEST = 50  # compositions in compositions
_MOST = 2_000_000  # steps; a feature of 100 tracks takes a tenth of it


NO_GAIN = Gain()


@dataclass(frozen=True, slots=True)
class Leaf:
    """Material at the end of a chain, with what the chain did to it.

    `mob` and `slot` are None where the file lacks the mob `missing`. `trail` lists the compositions
    and master mobs that were crossed, outermost first. `leg` counts from 1 among the inputs of a
    channel combiner.
    """

    window: Window
    mob: Mob | None
    slot: Slot | None
    trail: tuple[Mob, ...] = ()
    missing: str = ""
    enabled: bool = True
    gain: Gain = NO_GAIN
    fade_in: Fade | None = None
    fade_out: Fade | None = None
    leg: int = 1


@dataclass(frozen=True, slots=True)
class Crossing:
    """A transition between two segments that both carry material, in seconds of the record."""

    record_in: Fraction
    cut: Fraction
    record_out: Fraction
    transition: Transition


Found = Leaf | Crossing


@dataclass(frozen=True, slots=True)
class Placed:
    """A component of a sequence in edit units: its own zero, and where it is heard."""

    segment: Segment
    zero: int
    first: int
    last: int
    fade_in: Transition | None = None
    fade_out: Transition | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk stands: the edit rate and kind of the slot, and the mobs crossed so far."""

    rate: Fraction
    essence: Essence
    trail: tuple[Mob, ...]


EMPTY = (Filler, ScopeReference, Unknown)


def source_clips(segment: Segment | None) -> Iterator[SourceClip]:
    """Every source clip of a segment that names a mob, in no promised order."""
    stack = [segment]
    while stack:
        item = stack.pop()
        if isinstance(item, SourceClip) and item.mob:
            yield item
        stack += _inside(item)


def _inside(segment: Segment | None) -> tuple[Segment | None, ...]:
    match segment:
        case Sequence(components=parts) | Operation(inputs=parts):
            return parts
        case Group(choices=parts) | Scope(layers=parts):
            return parts
        case Selector():
            return (segment.selected, *segment.alternates)
        case Pulldown(segment=inner):
            return (inner,)
        case _:
            return ()


def is_empty(segment: Segment) -> bool:
    """Whether a segment shows nothing of its own."""
    return isinstance(segment, EMPTY) or (isinstance(segment, SourceClip) and not segment.mob)


def layout(sequence: Sequence) -> tuple[list[Placed], list[tuple[int, Transition]]]:
    """Where components are heard, and the transitions between two of them by their first unit.

    A transition overlaps its neighbours (AAF Object Specification 5.3): between two segments they
    meet at its cut; beside filler it is a fade of the whole overlap, wherever its cut is.
    """
    parts, overlaps = _positions(sequence)
    placed: list[Placed] = []
    crossings: list[tuple[int, Transition]] = []
    for index, (zero, segment) in enumerate(parts):
        if is_empty(segment):
            continue
        before, after = overlaps.get(index), overlaps.get(index + 1)
        item = Placed(segment, zero, zero, zero + segment.length)
        if before is not None:
            if index and not is_empty(parts[index - 1][1]):
                item = replace(item, first=zero + before.cut)
                crossings.append((zero, before))
            else:
                item = replace(item, fade_in=before)
        if after is not None:
            if index + 1 < len(parts) and not is_empty(parts[index + 1][1]):
                item = replace(item, last=item.last - after.length + after.cut)
            else:
                item = replace(item, fade_out=after)
        placed.append(item)
    return placed, crossings


def _positions(
    sequence: Sequence,
) -> tuple[list[tuple[int, Segment]], dict[int, Transition]]:
    """The segments with their first unit, and the transition before each by its index."""
    parts: list[tuple[int, Segment]] = []
    overlaps: dict[int, Transition] = {}
    position = 0
    for item in sequence.components:
        if isinstance(item, Transition):
            position -= item.length
            overlaps[len(parts)] = item
        else:
            parts.append((position, item))
            position += length_of(item)
    return parts, overlaps


class Walk:
    """One walk through a file's mobs; collects what was odd in `findings`."""

    def __init__(self, contents: Contents, where: str) -> None:
        self.contents = contents
        self.where = where
        self.findings: dict[Finding, None] = {}
        self._steps = 0
        self._verbs: dict[type, Callable[[Any, Window, Place], Iterable[Found]]] = {
            Sequence: self._sequence,
            SourceClip: self._source_clip,
            Operation: self._operation,
            Selector: self._selector,
            Group: self._group,
            Scope: self._scope,
            Pulldown: self._pulldown,
        }

    def slot(self, mob: Mob, slot: Slot, segment: Segment) -> list[Found]:
        """Everything under one segment of a composition's slot, from its first unit."""
        window = Window(Fraction(0), length_of(segment) / slot.rate, Fraction(0))
        return list(self.found(segment, window, Place(slot.rate, slot.essence, (mob,))))

    def found(self, segment: Segment, window: Window, place: Place) -> Iterable[Found]:
        """The material that a window on a segment shows; raises `TimelineError` if endless."""
        self._steps += 1
        if self._steps > _MOST:
            raise TimelineError("compositions hold one another without end", path=self.where)
        verb = self._verbs.get(type(segment))
        return verb(segment, window, place) if verb else ()

    def note(self, finding: Finding) -> None:
        """Keep an oddity, once."""
        self.findings.setdefault(finding)

    def _sequence(self, sequence: Sequence, window: Window, place: Place) -> Iterable[Found]:
        placed, crossings = layout(sequence)
        if placed and place.trail[-1].role is Role.MASTER:
            placed[0] = replace(placed[0], first=-_ENDLESS)
            placed[-1] = replace(placed[-1], last=_ENDLESS)
        result: list[Found] = []
        for item in placed:
            part = window.within(item.first / place.rate, item.last / place.rate)
            if part is not None:
                inner = part.shifted(-item.zero / place.rate)
                result += _faded(self.found(item.segment, inner, place), item, part, place.rate)
        if window.curve and len(placed) > 1:
            self.note(
                warning(
                    "aaf.retime-sequence",
                    "a keyframed retime over several clips shows each of them for its whole length",
                    self.where,
                )
            )
        result += (c for c in (_crossing(*x, window, place.rate) for x in crossings) if c)
        return result

    def _source_clip(self, clip: SourceClip, window: Window, place: Place) -> Iterable[Found]:
        if not clip.mob:
            return ()
        inner = window.shifted(clip.start / place.rate)
        mob = self.contents.mobs.get(clip.mob)
        if mob is None:
            return (Leaf(inner, None, None, place.trail, missing=clip.mob),)
        slot = self._slot_of(mob, clip.slot, place.essence)
        if slot is None:
            self.note(
                warning(
                    "aaf.slot-missing",
                    f"'{mob.name}' has no slot {clip.slot}; the clip is shown as missing",
                    self.where,
                )
            )
            return (Leaf(inner, None, None, (*place.trail, mob), missing=clip.mob),)
        inner = inner.shifted(slot.origin / slot.rate)
        if mob.role is Role.SOURCE:
            return (Leaf(inner, mob, slot, place.trail),)
        if len(place.trail) > _DEEPEST or any(mob.id == crossed.id for crossed in place.trail):
            self.note(warning("aaf.loop", f"'{mob.name}' holds itself", self.where))
            return ()
        deeper = Place(slot.rate, slot.essence, (*place.trail, mob))
        found = self.found(slot.segment, inner, deeper)
        return [_without_bin_gain(item, mob) for item in found]

    def _slot_of(self, mob: Mob, number: int, essence: Essence) -> Slot | None:
        """The slot of a mob; Premiere has been seen to name slot 0 of a mob with one only."""
        slot = mob.slot(number)
        if slot is not None:
            return slot
        same = [slot for slot in mob.slots if slot.essence is essence]
        return same[0] if len(same) == 1 else None

    def _operation(self, operation: Operation, window: Window, place: Place) -> Iterable[Found]:
        if operation.auid == auids.CHANNEL_COMBINER:
            return self._legs(operation, window, place)
        inner, inner_place = window, place
        if operation.warp or operation.auid == auids.SPEED_CONTROL:
            picture = place.essence is Essence.PICTURE
            inner_place = replace(place, rate=self._inner_rate(operation, place))
            change = retime(operation, place.rate, inner_place.rate, picture=picture)
            if change is None:
                self.note(
                    warning(
                        "aaf.retime",
                        f"'{operation.name}' changes time in a way that is "
                        "not stated; read at 100 %",
                        self.where,
                    )
                )
            else:
                inner = change.seen(window)
        found = self._first_input(operation, inner, inner_place)
        level = gain(operation, place.rate)
        return found if level is None else [_louder(item, level, window) for item in found]

    def _inner_rate(self, operation: Operation, place: Place) -> Fraction:
        clip = next(source_clips(operation), None)
        mob = self.contents.mobs.get(clip.mob) if clip else None
        slot = self._slot_of(mob, clip.slot, place.essence) if mob and clip else None
        if "avid" not in self.contents.maker.lower():
            slot = None
        return inner_rate(operation, place.rate, slot.rate if slot else None)

    def _first_input(self, operation: Operation, window: Window, place: Place) -> list[Found]:
        """The first input that shows anything: a title or key lies over a look through."""
        for index, segment in enumerate(operation.inputs):
            found = list(self.found(segment, window, place))
            if found:
                if any(not is_empty(other) for other in operation.inputs[index + 1 :]):
                    self.note(
                        info(
                            "aaf.layers",
                            f"'{operation.name}' has several inputs; the first "
                            "that shows anything is taken",
                            self.where,
                        )
                    )
                return found
        return []

    def _legs(self, operation: Operation, window: Window, place: Place) -> Iterable[Found]:
        for leg, segment in enumerate(operation.inputs, start=1):
            for item in self.found(segment, window, place):
                yield replace(item, leg=leg) if isinstance(item, Leaf) else item

    def _selector(self, selector: Selector, window: Window, place: Place) -> Iterable[Found]:
        """What is selected; Media Composer mutes a clip by selecting filler instead of it."""
        selected = selector.selected
        muted = dict(selector.attributes).get("_DISABLE_CLIP_FLAG") == "1"
        if selected is not None and not is_empty(selected) and not muted:
            return self.found(selected, window, place)
        for segment in selector.alternates:
            found = list(self.found(segment, window, place))
            if found:
                return [_disabled(item) for item in found]
        return ()

    def _group(self, group: Group, window: Window, place: Place) -> Iterable[Found]:
        """The first choice that leads anywhere; the others are the same clip in other formats."""
        best: list[Found] = []
        for segment in group.choices:
            found = list(self.found(segment, window, place))
            if any(isinstance(item, Leaf) and item.mob for item in found):
                return found
            best = best or found
        return best

    def _scope(self, scope: Scope, window: Window, place: Place) -> Iterable[Found]:
        for layer in reversed(scope.layers):
            found = list(self.found(layer, window, place))
            if found:
                return found
        return ()

    def _pulldown(self, pulldown: Pulldown, window: Window, place: Place) -> Iterable[Found]:
        return self.found(pulldown.segment, window, place) if pulldown.segment else ()


BIN_CLIPS = frozenset({"Usage_SubClip", "Usage_AdjustedClip"})


def _without_bin_gain(item: Found, mob: Mob) -> Found:
    """Media Composer copies a bin clip's gain to the timeline when it is cut in; once is enough."""
    if isinstance(item, Leaf) and mob.usage in BIN_CLIPS:
        return replace(item, gain=NO_GAIN)
    return item


def _disabled(item: Found) -> Found:
    return replace(item, enabled=False) if isinstance(item, Leaf) else item


def _louder(item: Found, level: Gain, window: Window) -> Found:
    """A leaf with the level of an effect, whose automation counts on from the leaf's record in."""
    if not isinstance(item, Leaf):
        return item
    points = []
    for point in level.curve:
        at = window.record_at(point.at)
        if at is not None:
            points.append(Keyframe(at - item.window.record, point.value))
    curve = tuple(points) or item.gain.curve
    return replace(item, gain=Gain(item.gain.db + level.db, curve))


def _faded(found: Iterable[Found], item: Placed, part: Window, rate: Fraction) -> Iterable[Found]:
    """Leaves with the fades of a sequence's component, where its edges are in view."""
    if item.fade_in is None and item.fade_out is None:
        return found
    first, last = part.record_at(item.first / rate), part.record_at(item.last / rate)
    return [
        _with_fades(
            leaf,
            _fade(item.fade_in, rate) if first == leaf.window.record else None,
            _fade(item.fade_out, rate) if last == leaf.window.record_out else None,
        )
        if isinstance(leaf, Leaf)
        else leaf
        for leaf in found
    ]


def _with_fades(leaf: Leaf, fade_in: Fade | None, fade_out: Fade | None) -> Leaf:
    return replace(leaf, fade_in=fade_in or leaf.fade_in, fade_out=fade_out or leaf.fade_out)


def _fade(transition: Transition | None, rate: Fraction) -> Fade | None:
    if transition is None or not transition.length:
        return None
    return Fade(transition.length / rate, curve_of(transition))


def _crossing(
    first: int, transition: Transition, window: Window, rate: Fraction
) -> Crossing | None:
    """A transition on the record; None where its cut lies outside the window."""
    units = (first, first + transition.cut, first + transition.length)
    record_in, cut, record_out = (window.record_at(unit / rate) for unit in units)
    if record_in is None or cut is None or record_out is None:
        return None
    if not window.record < cut < window.record_out:
        return None
    low, high = sorted((record_in, record_out))
    return Crossing(max(low, window.record), cut, min(high, window.record_out), transition)
