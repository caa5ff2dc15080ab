"""Reads the cuts of an AAF file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from adapters.aaf.components import Walk
from adapters.aaf.compositions import clock, top_level
from adapters.aaf.effects import length_of
from adapters.aaf.load import load
from adapters.aaf.markers import markers
from adapters.aaf.mobs import Sources
from adapters.aaf.protools import fold
from adapters.aaf.structure import Contents, Essence, Mob
from adapters.aaf.tracks import tracks
from adapters.cut import Cut
from conform.errors import TimelineError
from conform.findings import Finding
from conform.timecode import Rate
from conform.timeline import Timeline, Track


def read(path: Path, *, rate: Rate | None = None) -> Cut:
    """The cuts of an AAF file, each top-level composition a timeline.

    `rate` counts labels where the file states no frame rate. Raises `TimelineError` where the file
    cannot be read or holds no composition.
    """
    contents, findings = load(path)
    sources = Sources(contents)
    timelines: list[Timeline] = []
    notes: dict[Finding, None] = dict.fromkeys(findings)
    for composition in top_level(contents, path):
        timeline, more = _timeline(composition, contents, sources, rate, path)
        timelines.append(timeline)
        notes |= dict.fromkeys(more)
    return Cut(tuple(timelines), tuple(notes))


def _timeline(
    composition: Mob, contents: Contents, sources: Sources, rate: Rate | None, path: Path
) -> tuple[Timeline, tuple[Finding, ...]]:
    where = f"{path.name}: {composition.name}" if composition.name else path.name
    counted = clock(composition, rate, where)
    walk = Walk(contents, where)
    try:
        found = tracks(composition, walk, sources)
    except (RecursionError, OverflowError) as fault:
        raise TimelineError("effects are nested without end", path=path) from fault
    folded, notes = fold(found, contents.maker, counted.rate, where)
    timeline = Timeline(
        name=composition.name or path.stem,
        rate=counted.rate,
        start=counted.start,
        tracks=folded,
        markers=markers(composition),
        metadata=tuple(pair for pair in composition.comments if pair[1]),
        length=_length(composition, folded),
    )
    return timeline, (*counted.findings, *walk.findings, *notes)


def _length(composition: Mob, found: tuple[Track, ...]) -> Fraction | None:
    """The length of the longest slot, where it goes on after the last clip."""
    stated = [
        length_of(slot.segment) / slot.rate
        for slot in composition.slots
        if slot.essence in (Essence.PICTURE, Essence.SOUND)
    ]
    longest = max(stated, default=Fraction(0))
    last = max((clip.record_out for track in found for clip in track.clips), default=Fraction(0))
    return longest if longest > last else None
