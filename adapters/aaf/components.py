"""Follows a composition down to the material that is heard and seen.

Sequences, effects, selectors, groups, subclips and nested compositions are walked with the time
maps composed, until a source mob is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from adapters.aaf import auids
from adapters.aaf.effects import gain, inner_rate, length_of, retime
from adapters.aaf.layout import is_empty, layout, source_clips
from adapters.aaf.leaves import (
    Found,
    Leaf,
    crossing_of,
    disabled,
    faded,
    louder,
    noted,
    without_bin_gain,
)
from adapters.aaf.structure import (
    Contents,
    Essence,
    Group,
    Mob,
    Operation,
    Pulldown,
    Role,
    Scope,
    Segment,
    Selector,
    Sequence,
    Slot,
    SourceClip,
)
from adapters.aaf.windows import Window
from conform.errors import TimelineError
from conform.findings import Finding, warning

_ENDLESS = 2**62  # a clip may ask for more than its media holds: it keeps its length all the same
_DEEPEST = 50  # compositions in compositions
_MOST = 2_000_000  # steps; a feature of 100 tracks takes a tenth of it


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk stands: the edit rate and kind of the slot, and the mobs crossed so far."""

    rate: Fraction
    essence: Essence
    trail: tuple[Mob, ...]


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
                result += faded(self.found(item.segment, inner, place), item, part, place.rate)
        if window.curve and len(placed) > 1:
            self.note(
                warning(
                    "aaf.retime-sequence",
                    "a keyframed retime over several clips shows each of them for its whole length",
                    self.where,
                )
            )
        result += (c for c in (crossing_of(*x, window, place.rate) for x in crossings) if c)
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
            return (noted(Leaf(inner, mob, slot, place.trail), clip),)
        if len(place.trail) > _DEEPEST or any(mob.id == crossed.id for crossed in place.trail):
            self.note(warning("aaf.loop", f"'{mob.name}' holds itself", self.where))
            return ()
        deeper = Place(slot.rate, slot.essence, (*place.trail, mob))
        found = self.found(slot.segment, inner, deeper)
        return [noted(without_bin_gain(item, mob), clip) for item in found]

    def _slot_of(self, mob: Mob, number: int, essence: Essence) -> Slot | None:
        """The slot of a mob; a number that is not there stands for the only one of its kind."""
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
        return found if level is None else [louder(item, level, window) for item in found]

    def _inner_rate(self, operation: Operation, place: Place) -> Fraction:
        clip = next(source_clips(operation), None)
        mob = self.contents.mobs.get(clip.mob) if clip else None
        slot = self._slot_of(mob, clip.slot, place.essence) if mob and clip else None
        if "avid" not in self.contents.maker.lower():
            slot = None
        return inner_rate(operation, place.rate, slot.rate if slot else None)

    def _first_input(self, operation: Operation, window: Window, place: Place) -> list[Found]:
        """The first input that shows anything: a title or key lies over a look through.

        A submaster holds whole tracks one over the other: all are kept, as layers that overlap.
        """
        if operation.auid == auids.SUBMASTER and len(operation.inputs) > 1:
            self.note(
                warning(
                    "aaf.submaster",
                    f"the {len(operation.inputs)} tracks of a submaster overlap on one",
                    self.where,
                )
            )
            return [item for layer in operation.inputs for item in self.found(layer, window, place)]
        for index, segment in enumerate(operation.inputs):
            found = list(self.found(segment, window, place))
            if found:
                if any(not is_empty(other) for other in operation.inputs[index + 1 :]):
                    self.note(
                        warning(
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
        for segment in (*selector.alternates, *((selected,) if selected else ())):
            found = list(self.found(segment, window, place))
            if found:
                return [disabled(item) for item in found]
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
