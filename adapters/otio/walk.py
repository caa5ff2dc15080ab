"""Compositions resolved to their leaves: every clip's place on the record, through any nesting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from opentimelineio import schema

from adapters.otio.border import seconds
from adapters.otio.items import Range, label, media_range, own_range, speed_of
from conform.errors import TimelineError
from conform.findings import Finding, info, warning

_KNOWN = (schema.Clip, schema.Gap, schema.Transition, schema.Track, schema.Stack)
_INSTANT = Fraction(1, 100_000)
"""Seconds; shorter than a sample's clip, so that one moment shows one clip."""
_MOST = 200_000
"""Clips in one file; nested references multiply, and a feature has under 20 000."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a composition's own time and where it lies on the record.

    Local time `start` to `end` (None = open) begins at `record` and runs at `speed` local seconds
    per record second; with a negative speed it is `end` that lies at `record`.
    """

    record: Fraction = Fraction(0)
    start: Fraction = Fraction(0)
    end: Fraction | None = None
    speed: Fraction = Fraction(1)

    def at(self, local: Fraction) -> Fraction:
        """The record time of a local time."""
        if self.speed < 0 and self.end is not None:
            return self.record + (self.end - local) / -self.speed
        return self.record + (local - self.start) / abs(self.speed)

    def cut(self, start: Fraction, end: Fraction) -> tuple[Fraction, Fraction] | None:
        """What of a local stretch can be seen through the window."""
        first = max(start, self.start)
        last = end if self.end is None else min(end, self.end)
        return (first, last) if first < last else None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A clip on the record, with the part of it that is used, counted from its own start."""

    clip: Any
    record_in: Fraction
    record_out: Fraction
    head: Fraction
    tail: Fraction
    speed: Fraction


@dataclass(frozen=True, slots=True)
class Joint:
    """An OTIO transition on the record: its cut and its offsets to both sides."""

    transition: Any
    cut: Fraction
    before: Fraction
    after: Fraction


class Walk:
    """One walk over a composition, collecting leaves, joints and findings."""

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        self.joints: list[Joint] = []
        self.findings: list[Finding] = []

    def through(self, item: Any, window: Window, kind: str) -> None:
        """Collect what a composition shows through a window; nested tracks of `kind` only."""
        for child, start in _children(item):
            if isinstance(child, schema.Transition):
                self._joint(child, start, window)
            elif not isinstance(child, schema.Gap):
                self._child(child, start, window, kind)

    def _child(self, child: Any, start: Fraction, window: Window, kind: str) -> None:
        length = duration(child)
        seen = window.cut(start, start + length)
        if seen is None:
            if not length and isinstance(child, schema.Clip):
                text = f"{label(child)} has no length: left out"
                self.findings.append(info("otio.empty-clip", text))
            return
        if isinstance(child, schema.Track) and child.kind != kind:
            text = f"{child.kind.lower()} track '{child.name}' is nested under {kind.lower()}"
            self.findings.append(warning("otio.nested", f"{text}: left out"))
            return
        record = sorted((window.at(seen[0]), window.at(seen[1])))
        if isinstance(child, schema.Clip):
            if len(self.leaves) >= _MOST:
                raise TimelineError(f"more than {_MOST} clips; is this a cut?")
            head, tail = seen[0] - start, seen[1] - start
            self.leaves.append(Leaf(child, record[0], record[1], head, tail, window.speed))
        else:
            scalar, findings = speed_of(child)
            self.findings += findings
            used = (seen[0] - start, seen[1] - start)
            if scalar:
                self.through(child, _inner(child, used, record[0], scalar, window.speed), kind)
            else:
                self._frozen(child, (record[0], record[1]), kind)

    def _frozen(self, child: Any, record: tuple[Fraction, Fraction], kind: str) -> None:
        """A nested composition that stands still on its first frame: so do the clips it shows."""
        own = own_range(child) or Range(Fraction(0), duration(child))
        still = Walk()
        still.through(child, Window(start=own.start, end=own.start + _INSTANT), kind)
        self.findings += still.findings
        self.leaves += [
            Leaf(leaf.clip, *record, leaf.head, leaf.tail, Fraction(0)) for leaf in still.leaves
        ]

    def _joint(self, child: Any, cut: Fraction, window: Window) -> None:
        before = seconds(child.in_offset, label(child))
        after = seconds(child.out_offset, label(child))
        if before < 0 or after < 0:
            raise TimelineError(f"{label(child)} has a negative offset; export it again")
        end = cut if window.end is None else window.end
        if window.start <= cut <= end:
            scale = abs(window.speed)
            self.joints.append(Joint(child, window.at(cut), before / scale, after / scale))


def _inner(
    child: Any,
    used: tuple[Fraction, Fraction],
    record: Fraction,
    scalar: Fraction,
    speed: Fraction,
) -> Window:
    """The window into a nested composition: its own range and retime within the outer one."""
    own = own_range(child) or Range(Fraction(0), duration(child))
    head, tail = (part * abs(scalar) for part in used)
    whole = own.duration * abs(scalar)
    if scalar < 0:
        head, tail = whole - tail, whole - head
    return Window(record, own.start + head, own.start + tail, scalar * speed)


def duration(item: Any) -> Fraction:
    """How long an item lasts on its parent; raises `TimelineError` where that cannot be told."""
    own = own_range(item)
    if own is not None:
        return own.duration
    if isinstance(item, schema.Clip):
        available, _ = media_range(item)
        if available is None:
            raise TimelineError(f"{label(item)} has no range, and neither has its media")
        return available.duration
    return Fraction(0) if isinstance(item, schema.Gap) else content(item)


def content(item: Any) -> Fraction:
    """How long the children of a composition last together."""
    ends = [
        start + duration(child)
        for child, start in _children(item)
        if not isinstance(child, schema.Transition)
    ]
    return max(ends, default=Fraction(0))


def _children(item: Any) -> Iterator[tuple[Any, Fraction]]:
    """The children with their local starts: one after another on a track, at zero in a stack."""
    at = Fraction(0)
    for child in item:
        if not isinstance(child, _KNOWN):
            raise TimelineError(f"{label(item)} holds {label(child)}, which cannot be placed")
        yield child, at
        if isinstance(item, schema.Track) and not isinstance(child, schema.Transition):
            at += duration(child)
