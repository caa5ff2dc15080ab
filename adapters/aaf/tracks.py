"""The slots of a composition as tracks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from adapters.aaf import auids
from adapters.aaf.clips import legs, transition
from adapters.aaf.components import Walk
from adapters.aaf.effects import Gain, gain
from adapters.aaf.leaves import Crossing, Leaf
from adapters.aaf.mobs import Sources
from adapters.aaf.structure import (
    Essence,
    Mob,
    Operation,
    Parameter,
    Scope,
    Segment,
    Sequence,
    Slot,
    SourceClip,
)
from conform.findings import info, warning
from conform.timeline import Kind, Metadata, Track, Transition

_KINDS = {Essence.PICTURE: Kind.VIDEO, Essence.SOUND: Kind.AUDIO}
_MUTE, _SOLO = "AudioMixerCompMute", "AudioMixerCompSolo"


def tracks(composition: Mob, walk: Walk, sources: Sources) -> tuple[Track, ...]:
    """The picture and sound tracks of a composition in slot order, numbered by kind."""
    made: list[Track] = []
    for slot in composition.slots:
        kind = _KINDS.get(slot.essence)
        if kind is None:
            _note_data(slot, walk)
            continue
        metadata, segment = _strip(slot)
        layers = segment.layers if isinstance(segment, Scope) else (segment,)
        for layer in layers:
            made += _layer(composition, slot, kind, layer, metadata, walk, sources)
    return _numbered(made)


def _layer(
    composition: Mob,
    slot: Slot,
    kind: Kind,
    segment: Segment,
    metadata: Metadata,
    walk: Walk,
    sources: Sources,
) -> Iterator[Track]:
    """A track, or one per file of its channel combiners."""
    found = walk.slot(composition, slot, segment)
    leaves = [item for item in found if isinstance(item, Leaf)]
    clips = legs(leaves, sources)
    crossings = sorted({transition(item) for item in found if isinstance(item, Crossing)}, key=_cut)
    _note_missing(leaves, walk)
    said = dict(slot.attributes)
    whole = Track(
        kind=kind,
        index=slot.number or 0,
        name=slot.name,
        transitions=tuple(crossings),
        enabled=said.get(_MUTE, "0") == "0",
        soloed=said.get(_SOLO, "0") != "0",
        metadata=metadata,
    )
    count = max((leg.number for leg in clips), default=1)
    for number in range(1, count + 1):
        mine = tuple(leg.clip for leg in clips if leg.number == number)
        name = f"{slot.name}.{number}" if count > 1 else slot.name
        yield replace(whole, name=name, clips=mine)


def _cut(crossing: Transition) -> Fraction:
    return crossing.cut


def _numbered(made: list[Track]) -> tuple[Track, ...]:
    """Track numbers as the file gives them, or counted where it gives none or one twice."""
    result: list[Track] = []
    for kind in Kind:
        mine = [track for track in made if track.kind is kind]
        numbers = [track.index for track in mine]
        if min(numbers, default=1) < 1 or len(set(numbers)) < len(numbers):
            mine = [replace(track, index=index) for index, track in enumerate(mine, start=1)]
        result += mine
    return tuple(result)


def _strip(slot: Slot) -> tuple[Metadata, Segment]:
    """A track's own volume and pan, which lie around its whole sequence, and what they hold."""
    segment = slot.segment
    said: Metadata = ()
    while (
        isinstance(segment, Operation)
        and segment.auid in {auids.AUDIO_GAIN, auids.AUDIO_PAN}
        and segment.inputs
        and isinstance(segment.inputs[0], Sequence)
    ):
        said += _level(segment, slot.rate)
        segment = segment.inputs[0]
    return said, segment


def _level(operation: Operation, rate: Fraction) -> Metadata:
    pan = operation.parameter(auids.PAN)
    if pan is not None:
        return (("pan", _pan(pan)),)
    level = gain(operation, rate)
    return () if level is None else (("volume", _volume(level)),)


def _pan(pan: Parameter) -> str:
    """From 0, left, to 1, right; automation as share of the track's length = value."""
    if pan.value is not None:
        return f"{float(pan.value):.3f}"
    return " ".join(f"{float(p.at):.6f}={float(p.value):.3f}" for p in pan.points)


def _volume(level: Gain) -> str:
    """In dB; automation as seconds = dB."""
    if not level.curve:
        return f"{level.db:.2f}"
    return " ".join(f"{float(p.at):.6f}={p.value + level.db:.2f}" for p in level.curve)


def _note_data(slot: Slot, walk: Walk) -> None:
    parts = slot.segment.components if isinstance(slot.segment, Sequence) else (slot.segment,)
    if slot.essence is Essence.DATA and any(isinstance(part, SourceClip) for part in parts):
        text = f"slot {slot.id} '{slot.name}' carries data, neither picture nor sound; left out"
        walk.note(info("aaf.data-track", text, walk.where))


def _note_missing(leaves: list[Leaf], walk: Walk) -> None:
    for leaf in leaves:
        if leaf.missing:
            text = f"the material {leaf.missing} is not in the file; only its id is known"
            walk.note(warning("aaf.mob-missing", text, walk.where))
