"""What a walk through a composition finds: material, and the transitions between it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from adapters.aaf.effects import Gain, curve_of
from adapters.aaf.layout import Placed
from adapters.aaf.structure import Mob, Slot, SourceClip, Transition
from adapters.aaf.windows import Window
from conform.timeline import Fade, Keyframe

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
    note: str = ""
    leg: int = 1


@dataclass(frozen=True, slots=True)
class Crossing:
    """A transition between two segments that both carry material, in seconds of the record."""

    record_in: Fraction
    cut: Fraction
    record_out: Fraction
    transition: Transition


Found = Leaf | Crossing


BIN_CLIPS = frozenset({"Usage_SubClip", "Usage_AdjustedClip"})


def without_bin_gain(item: Found, mob: Mob) -> Found:
    """Media Composer copies a bin clip's gain to the timeline when it is cut in; once is enough."""
    if isinstance(item, Leaf) and mob.usage in BIN_CLIPS:
        return replace(item, gain=NO_GAIN)
    return item


def disabled(item: Found) -> Found:
    """A leaf that is muted."""
    return replace(item, enabled=False) if isinstance(item, Leaf) else item


def noted(item: Found, clip: SourceClip) -> Found:
    """A leaf with the note that Media Composer lets an editor put on a clip of the timeline."""
    note = dict(clip.attributes).get("_COMMENT", "")
    return replace(item, note=note) if note and isinstance(item, Leaf) else item


def louder(item: Found, level: Gain, window: Window) -> Found:
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


def faded(found: Iterable[Found], item: Placed, part: Window, rate: Fraction) -> Iterable[Found]:
    """Leaves with the fades of a sequence's component, where its edges are in view."""
    if item.fade_in is None and item.fade_out is None:
        return found
    first, last = part.record_at(item.first / rate), part.record_at(item.last / rate)
    pace = rate * abs(part.speed)  # edit units a second of the record
    return [
        _with_fades(
            leaf,
            _fade(item.fade_in, pace) if first == leaf.window.record else None,
            _fade(item.fade_out, pace) if last == leaf.window.record_out else None,
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


def crossing_of(
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
