"""Our timelines as OTIO objects, and as files that any OTIO tool opens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio
from opentimelineio import schema

from adapters.exact import pack
from adapters.otio.border import rational, span
from adapters.otio.items import OURS
from conform.errors import TimelineError
from conform.findings import Finding, info
from conform.timecode import Rate
from conform.timeline import Clip, Kind, Marker, Timeline, Track, Transition
from conform.writing import whole_file

_VERSION = 1


def write(
    timeline: Timeline, path: Path, *, force: bool = False, sources: Iterable[Path] = ()
) -> tuple[Finding, ...]:
    """Write a timeline as an `.otio` file; returns what other tools will not see in it.

    Raises `RenderError` where the file cannot be written.
    """
    root, findings = timeline_to(timeline)
    save(root, path, force=force, sources=sources)
    return findings


def save(root: Any, path: Path, *, force: bool = False, sources: Iterable[Path] = ()) -> None:
    """Write an OTIO object whole, after proving that OpenTimelineIO reads the text again.

    OpenTimelineIO's own writer reports success on a full disk and leaves half a file.
    """
    text = opentimelineio.core.serialize_json_to_string(root, indent=2) + "\n"
    try:
        opentimelineio.core.deserialize_json_from_string(text)
    except (opentimelineio.exceptions.OTIOError, ValueError) as fault:
        raise TimelineError(f"OpenTimelineIO refuses what it wrote: {fault}", path=path) from fault
    with whole_file(path, force=force, sources=sources) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def timeline_to(timeline: Timeline) -> tuple[Any, tuple[Finding, ...]]:
    """A timeline as an OTIO object, exact values beside it in our metadata."""
    rate = timeline.rate
    root = schema.Timeline(timeline.name, global_start_time=rational(timeline.start, rate))
    findings: list[Finding] = []
    spare: list[Track] = []
    for track in timeline.tracks:
        lanes = _lanes(track)
        if len(lanes) > 1:
            text = f"clips of track '{track.name}' overlap: laid on {len(lanes)} tracks"
            findings.append(info("otio.overlap", text, track.name))
        left = list(track.transitions)
        for number, lane in enumerate(lanes):
            root.tracks.append(_track(track, lane, number, left, rate))
        if left:
            text = f"{len(left)} transitions do not lie on a cut: kept in metadata only"
            findings.append(info("otio.transition", text, track.name))
        spare.append(Track(track.kind, track.index, transitions=tuple(left)))
    root.tracks.markers.extend(_marker(one, one.at, rate) for one in timeline.markers)
    packed = replace(timeline, tracks=tuple(one for one in spare if one.transitions))
    root.metadata[OURS] = {"version": _VERSION, "timeline": pack(packed)}
    return root, (*findings, *_unseen(timeline))


def _unseen(timeline: Timeline) -> list[Finding]:
    """What OTIO has no place for: it is kept in our metadata alone."""
    clips = [clip for _, clip in timeline.clips()]
    fields = {
        "gains": sum(bool(clip.gain_db or clip.gain_curve) for clip in clips),
        "fades": sum(bool(clip.fade_in or clip.fade_out) for clip in clips),
        "retime curves": sum(bool(clip.time_map) for clip in clips),
    }
    return [
        info("otio.metadata-only", f"OTIO has no {what}: those of {count} clips are in metadata")
        for what, count in fields.items()
        if count
    ]


def _lanes(track: Track) -> list[list[Clip]]:
    """The clips in as few rows without overlaps as their order allows."""
    lanes: list[list[Clip]] = [[]]
    for clip in sorted(track.clips, key=lambda one: one.record_in):
        for lane in lanes:
            if not lane or lane[-1].record_out <= clip.record_in:
                lane.append(clip)
                break
        else:
            lanes.append([clip])
    return lanes


def _track(
    track: Track, clips: Sequence[Clip], lane: int, left: list[Transition], rate: Rate
) -> Any:
    """One OTIO track: clips, gaps between them, and the transitions whose cut lies between two."""
    kind = schema.TrackKind.Video if track.kind is Kind.VIDEO else schema.TrackKind.Audio
    found = schema.Track(track.name, kind=kind)
    found.enabled = track.enabled
    found.metadata[OURS] = {"track": pack(replace(track, clips=(), transitions=())), "lane": lane}
    at = Fraction(0)
    for clip in clips:
        _join(found, at, left, rate)
        if clip.record_in > at:
            found.append(schema.Gap(source_range=span(Fraction(0), clip.record_in - at, rate)))
            _join(found, clip.record_in, left, rate)
        found.append(_clip(clip, rate))
        at = clip.record_out
    _join(found, at, left, rate)
    return found


def _join(track: Any, cut: Fraction, left: list[Transition], rate: Rate) -> None:
    """Lay the first transition of this cut, unless there is one already."""
    if len(track) and isinstance(track[-1], schema.Transition):
        return
    transition = next((one for one in left if one.cut == cut), None)
    if transition is None:
        return
    left.remove(transition)
    item = schema.Transition(
        transition.name,
        schema.TransitionTypes.SMPTE_Dissolve,
        in_offset=rational(transition.cut - transition.record_in, rate),
        out_offset=rational(transition.record_out - transition.cut, rate),
    )
    item.metadata[OURS] = {"transition": pack(transition)}
    track.append(item)


def _clip(clip: Clip, rate: Rate) -> Any:
    source_rate = clip.source.rate or rate
    item = schema.Clip(
        clip.name,
        media_reference=_media(clip, source_rate),
        source_range=span(clip.source_in, clip.duration, source_rate),
    )
    item.enabled = clip.enabled
    if clip.speed == 0:
        item.effects.append(schema.FreezeFrame())
    elif clip.speed != 1:
        item.effects.append(schema.LinearTimeWarp(time_scalar=float(clip.speed)))
    speed = abs(clip.speed) or Fraction(1)
    for one in clip.markers:
        item.markers.append(_marker(one, clip.source_in + one.at * speed, source_rate))
    item.metadata[OURS] = {"clip": pack(clip)}
    return item


def _media(clip: Clip, rate: Rate) -> Any:
    source = clip.source
    available = None
    if source.duration or source.start is not None:
        start = min(source.start or Fraction(0), clip.source_in)
        length = source.duration or clip.source_out - start
        available = span(source.start or Fraction(0), length, rate)
    if source.url:
        media = schema.ExternalReference(source.url, available_range=available)
        media.name = source.name
        return media
    if source.generated:
        return schema.GeneratorReference(source.name, available_range=available)
    return schema.MissingReference(source.name, available_range=available)


def _marker(one: Marker, at: Fraction, rate: Rate) -> Any:
    marker = schema.Marker(one.name, span(at, one.duration, rate), color=one.color)
    marker.comment = one.comment
    return marker
