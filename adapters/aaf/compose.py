"""A timeline as the mobs of an AAF file: one composition, and all that it reaches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from adapters.aaf.arrange import Grid, Notes, sequences
from adapters.aaf.masters import Family, family, mob_id, uses
from adapters.aaf.segments import Segments
from adapters.aaf.structure import Essence, Event, Mob, Role, Sequence, Slot, Timecode
from conform.findings import Finding
from conform.timeline import Clip, Kind, Marker, Metadata, Source, Timeline, Track

_FORMATS = {1: "1", 2: "2", 6: "3", 8: "4"}
"""Media Composer's `_TRACK_FORMAT` by the channels of a track."""


@dataclass(frozen=True, slots=True)
class Composed:
    """The mobs to write, the composition first, the files to embed, and what was lost."""

    mobs: tuple[Mob, ...]
    files: tuple[tuple[str, Path], ...]
    findings: tuple[Finding, ...]


def compose(timeline: Timeline, sampling: int, where: str) -> Composed:
    """The mobs of a timeline whose sound is counted in `sampling` samples a second."""
    notes = Notes(where)
    clips = [(track.kind, clip) for track, clip in timeline.clips() if not clip.source.generated]
    taken: set[str] = set()
    families: dict[tuple[Source, Kind], Family] = {}
    for used in uses(clips):
        key = used.source, used.kind
        families[key] = family(used, timeline.rate, sampling, taken, notes)
    composition = _composition(timeline, sampling, Segments(families, notes))
    mobs = [mob for made in families.values() for mob in made.mobs]
    files = [
        (made.file.id, made.path)
        for (_, kind), made in families.items()
        if made.path and kind is Kind.AUDIO
    ]
    return Composed((composition, *mobs), tuple(files), tuple(notes.findings))


def _composition(timeline: Timeline, sampling: int, segments: Segments) -> Mob:
    slots: list[Slot] = [_timecode(timeline, segments.notes)]
    for track in timeline.tracks:
        slots += _track_slots(track, timeline, sampling, segments, len(slots) + 1)
    slots += _events(timeline, segments.notes, len(slots) + 1)
    return Mob(
        id=mob_id("composition", timeline),
        name=timeline.name,
        role=Role.COMPOSITION,
        usage="Usage_TopLevel",
        slots=tuple(slots),
        comments=timeline.metadata,
    )


def _timecode(timeline: Timeline, notes: Notes) -> Slot:
    rate = timeline.rate
    start = rate.nearest(timeline.start)
    if rate.seconds(start) != timeline.start:
        notes.lost("aaf.start", "the start timecode lies between two frames; it was moved to one")
    run = Timecode(Grid(rate.fps, notes).at(_end(timeline)), start, rate.nominal, rate.drop)
    return Slot(1, "TC1", rate.fps, 0, 1, Essence.TIMECODE, run)


def _end(timeline: Timeline) -> Fraction:
    """The end of the timeline, up to a whole frame."""
    frames = -(-timeline.duration * timeline.rate.fps // 1)
    return Fraction(frames) / timeline.rate.fps


def _track_slots(
    track: Track, timeline: Timeline, sampling: int, segments: Segments, first: int
) -> Iterable[Slot]:
    sound = track.kind is Kind.AUDIO
    rate = Fraction(sampling) if sound else timeline.rate.fps
    grid = Grid(rate, segments.notes)
    total = int(_end(timeline) * rate)
    made = sequences(track, grid, total, segments.build)
    attributes = _attributes(track) if sound else ()
    _note_track(track, segments.notes)
    for lane, sequence in enumerate(made):
        yield Slot(
            id=first + lane,
            name=track.name,
            rate=rate,
            origin=0,
            number=track.index,
            essence=Essence.SOUND if sound else Essence.PICTURE,
            segment=sequence,
            attributes=attributes,
        )


def _attributes(track: Track) -> Metadata:
    """Mute, solo and width of a sound track, as Media Composer keeps them."""
    widest = max((len(clip.channels) for clip in track.clips), default=1)
    said = (
        ("_TRACK_FORMAT", _FORMATS.get(widest, "")),
        ("AudioMixerCompMute", "0" if track.enabled else "1"),
        ("AudioMixerCompSolo", "1" if track.soloed else "0"),
    )
    return tuple(pair for pair in said if pair[1])


def _note_track(track: Track, notes: Notes) -> None:
    if track.kind is Kind.VIDEO and not track.enabled:
        notes.lost("aaf.picture-mute", f"video track {track.index} is off; AAF shows it")
    if track.metadata:
        names = ", ".join(dict.fromkeys(name for name, _ in track.metadata))
        notes.lost("aaf.track-data", f"{names} of {track.kind} track {track.index} were left out")


def _events(timeline: Timeline, notes: Notes, slot: int) -> Iterable[Slot]:
    """One event slot with every marker; those of clips lie at their place on the timeline."""
    found = list(timeline.markers)
    for _, clip in timeline.clips():
        if clip.markers:
            notes.lost("aaf.clip-markers", "markers of clips became markers of the timeline")
        found += [_on_timeline(marker, clip) for marker in clip.markers]
    if not found:
        return
    grid = Grid(timeline.rate.fps, notes)
    events = tuple(_event(marker, grid) for marker in sorted(found, key=lambda m: m.at))
    yield Slot(slot, "Markers", grid.rate, 0, 1, Essence.DATA, Sequence(0, events))


def _on_timeline(marker: Marker, clip: Clip) -> Marker:
    return Marker(
        clip.record_in + marker.at, marker.name, marker.comment, marker.color, marker.duration
    )


def _event(marker: Marker, grid: Grid) -> Event:
    length = grid.at(marker.duration)
    attributes = (
        ("_ATN_CRM_COM", marker.comment),
        ("_ATN_CRM_USER", marker.name),
        ("_ATN_CRM_COLOR", marker.color),
        ("_ATN_CRM_LENGTH", str(length) if length > 1 else ""),
    )
    said = tuple(pair for pair in attributes if pair[1])
    return Event(1, grid.at(marker.at), marker.comment, "", (1,), said)
