"""Leaves as clips: channels joined, source times on the source's clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from adapters.aaf.auids import AUDIO_DISSOLVE
from adapters.aaf.effects import curve_of
from adapters.aaf.leaves import BIN_CLIPS, Crossing, Leaf
from adapters.aaf.mobs import Material, Sources
from adapters.aaf.structure import Mob, Role
from adapters.aaf.windows import Window
from conform.timeline import ZERO, Clip, Metadata, Source, TimePoint, Transition


@dataclass(frozen=True, slots=True)
class Leg:
    """A clip, and which file of a channel combiner it is, counted from 1."""

    number: int
    clip: Clip


def legs(leaves: Iterable[Leaf], sources: Sources) -> list[Leg]:
    """Clips in record order; the channels of one file under one combiner are one clip.

    A combiner over several mono files (Pro Tools) gives one clip per file, each on its own leg.
    """
    made: list[Leg] = []
    ordered = sorted(leaves, key=lambda leaf: (leaf.window.record, leaf.window.record_out))
    for _, group in groupby(ordered, key=lambda leaf: _place(leaf.window)):
        joined: list[tuple[Leaf, Material]] = []
        for leaf in sorted(group, key=lambda leaf: leaf.leg):
            material = sources.of(leaf)
            if joined and _same_file(joined[-1][1].source, material.source):
                first, known = joined[-1]
                channels = tuple(dict.fromkeys((*known.channels, *material.channels)))
                joined[-1] = (first, Material(known.source, channels))
            else:
                joined.append((leaf, material))
        made += (
            Leg(number, _clip(leaf, material))
            for number, (leaf, material) in enumerate(joined, start=1)
        )
    return made


def transition(crossing: Crossing) -> Transition:
    """A crossing as a transition of a track, named as its effect is."""
    operation = crossing.transition.operation
    plug_in = dict(operation.attributes).get("_EFFECT_PLUGIN_NAME") if operation else None
    name = plug_in or (operation.name if operation else "") or "dissolve"
    if operation and operation.auid == AUDIO_DISSOLVE:
        name = "crossfade"
    return Transition(
        crossing.record_in, crossing.cut, crossing.record_out, name, curve_of(crossing.transition)
    )


def _clip(leaf: Leaf, material: Material) -> Clip:
    source, window = material.source, leaf.window
    start = source.start or Fraction(0)
    points = _held(window.curve, source.duration)
    low, high = _bounds(window, points, leaf)
    return Clip(
        name=_name(leaf, source),
        record_in=window.record,
        record_out=window.record_out,
        source_in=start + low,
        source_out=start + high,
        source=source,
        speed=_mean(points) if points else window.speed,
        time_map=tuple(replace(point, source=start + point.source) for point in points),
        channels=material.channels,
        gain_db=leaf.gain.db,
        gain_curve=leaf.gain.curve,
        fade_in=leaf.fade_in,
        fade_out=leaf.fade_out,
        enabled=leaf.enabled,
        metadata=_nested_in(leaf) + ((("comment", leaf.note),) if leaf.note else ()),
    )


def _held(points: tuple[TimePoint, ...], duration: Fraction | None) -> tuple[TimePoint, ...]:
    """A keyframed retime holds the source's first and last frame where it would leave it."""
    ceiling = max((point.source for point in points), default=ZERO)
    top = max(ZERO, ceiling if duration is None else duration)
    return tuple(replace(p, source=min(max(p.source, ZERO), top)) for p in points)


def _mean(points: tuple[TimePoint, ...]) -> Fraction:
    """The speed that a curve amounts to from its first point to its last."""
    first, last = points[0], points[-1]
    span = last.record - first.record
    return (last.source - first.source) / span if span else ZERO


def _bounds(window: Window, points: tuple[TimePoint, ...], leaf: Leaf) -> tuple[Fraction, Fraction]:
    """The first and last time of the source that is used; a freeze uses one frame."""
    if points:
        used = [point.source for point in points]
        return min(used), max(used)
    if not window.speed:
        return window.start, window.start + (1 / leaf.slot.rate if leaf.slot else ZERO)
    return window.bounds


def _name(leaf: Leaf, source: Source) -> str:
    """A subclip's own name, or the master clip's, or the source's."""
    bin_clips = [mob for mob in leaf.trail[1:] if mob.usage in BIN_CLIPS or _is_master(mob)]
    return next((mob.name for mob in bin_clips if mob.name), source.name)


def _is_master(mob: Mob) -> bool:
    return mob.role is Role.MASTER


def _nested_in(leaf: Leaf) -> Metadata:
    """The nested compositions that a clip was found in, outermost first."""
    return tuple(
        ("nested in", mob.name)
        for mob in leaf.trail[1:]
        if mob.role is Role.COMPOSITION and mob.usage not in BIN_CLIPS
    )


def _place(window: Window) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    return window.record, window.duration, window.start, window.speed


def _same_file(one: Source, other: Source) -> bool:
    """Whether two sources are one file; Resolve gives every channel a file mob of its own."""
    if one.umid == other.umid:
        return True
    return bool(one.url) and one.url == other.url and one.channels == other.channels
