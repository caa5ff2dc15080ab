"""The exact values packed beside OTIO's doubles, believed while the file agrees with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from adapters.exact import MismatchError, Value, unpack
from adapters.otio.items import label, ours
from conform.findings import Finding, info
from conform.timeline import Clip, Marker, Timeline, Transition

_CLOSE = Fraction(1, 10**6)
"""Seconds by which a double may differ from the exact value that it was made of."""


def unpacked(kind: type[Value], item: Any, key: str) -> Value | None:
    """What we packed under a key of an item's metadata; None where that is nothing of ours."""
    raw = ours(item, key)
    if raw is None:
        return None
    try:
        return unpack(kind, raw)
    except MismatchError:
        return None


def near(exact: Iterable[Fraction], rounded: Iterable[Fraction]) -> bool:
    """Whether rounded times are those of exact ones."""
    pairs = zip(exact, rounded, strict=True)
    return all(abs(a - b) <= _CLOSE for a, b in pairs)


def exact_timeline(root: Any, timeline: Timeline) -> Timeline:
    """The timeline with the exact values that we packed, where the file still says the same."""
    packed = unpacked(Timeline, root, "timeline")
    if packed is None or packed.rate.fps != timeline.rate.fps:
        return timeline
    start = packed.start if near([packed.start], [timeline.start]) else timeline.start
    moved = _moved(packed.markers, timeline.markers)
    markers = timeline.markers if moved else packed.markers
    spare = {(one.kind, one.index): one.transitions for one in packed.tracks}
    tracks = tuple(
        replace(
            one,
            transitions=tuple(
                sorted((*one.transitions, *spare.get((one.kind, one.index), ())), key=_cut)
            ),
        )
        for one in timeline.tracks
    )
    return replace(
        timeline,
        start=start,
        tracks=tracks,
        markers=markers,
        metadata=packed.metadata,
        length=packed.length,
    )


def _cut(transition: Transition) -> Fraction:
    return transition.cut


def exact_clip(item: Any, clip: Clip, findings: list[Finding]) -> Clip | None:
    """The clip that we packed, where the item still has its place and its name; else None.

    A new media reference, and markers that were added or moved, are taken over.
    """
    packed = unpacked(Clip, item, "clip")
    if packed is None:
        return None
    times = ("record_in", "record_out", "source_in", "speed")
    same = near((getattr(packed, t) for t in times), (getattr(clip, t) for t in times))
    if not same or (packed.name, packed.enabled) != (clip.name, clip.enabled):
        text = f"{label(item)} was changed after it was saved: taken as it stands now"
        findings.append(info("otio.edited", text))
        return None
    if packed.source.url != clip.source.url:
        packed = replace(packed, source=replace(packed.source, url=clip.source.url))
    if _moved(packed.markers, clip.markers):
        packed = replace(packed, markers=clip.markers)
    return packed


def _moved(packed: tuple[Marker, ...], found: tuple[Marker, ...]) -> bool:
    names = [(one.name, one.comment) for one in packed] == [
        (one.name, one.comment) for one in found
    ]
    return not names or not near((one.at for one in packed), (one.at for one in found))
