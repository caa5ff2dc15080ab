"""Writes a timeline as FCPXML 1.10, which Final Cut Pro 10.6 and DaVinci Resolve 18 import.

The first picture track is the primary storyline, a gap where there is none. Every other track is a
storyline of its own, anchored to the first item: picture tracks in lanes 1, 2 ..., sound tracks in
lanes -1, -2 ... Positions are exact fractions, so sound keeps its place between frames.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from lxml import etree

from adapters.fcpxml.bank import Bank
from adapters.fcpxml.elements import child, element, metadata
from adapters.fcpxml.strip import Strip, items, layers
from adapters.xmltext import clean
from conform.findings import Finding, Level
from conform.timeline import ZERO, Clip, Kind, Timeline, Track
from conform.writing import whole_file

VERSION = "1.10"


def write(
    timeline: Timeline, path: Path, *, force: bool = False, sources: Iterable[Path] = ()
) -> tuple[Finding, ...]:
    """Write a timeline; the findings say what the format cannot hold.

    A path that ends in `.fcpxmld` becomes a bundle with `Info.fcpxml` inside. Raises `RenderError`
    where the file exists (without `force`) or cannot be written.
    """
    bank = Bank()
    _losses(timeline, bank)
    document = _document(timeline, bank)
    data = etree.tostring(
        document, xml_declaration=True, encoding="UTF-8", doctype="<!DOCTYPE fcpxml>",
        pretty_print=True,
    )  # fmt: skip
    target = path / "Info.fcpxml" if path.suffix == ".fcpxmld" else path
    with whole_file(target, force=force, sources=sources) as temporary:
        temporary.write_bytes(data)
    return bank.findings()


def _document(timeline: Timeline, bank: Bank) -> etree._Element:
    root = element("fcpxml", version=VERSION)
    resources = child(root, "resources")
    event = child(child(root, "library"), "event", name=timeline.name)
    project = child(event, "project", name=timeline.name)
    project.append(_sequence(timeline, bank))
    resources.extend(bank.made)
    return root


def _sequence(timeline: Timeline, bank: Bank) -> etree._Element:
    for track, clip in timeline.clips():
        bank.use(clip.source, track.kind)
    sequence = element(
        "sequence",
        format=bank.format(timeline.rate),
        duration=timeline.duration,
        tcStart=timeline.start,
        tcFormat="DF" if timeline.rate.drop else "NDF",
        audioLayout="stereo",
        audioRate="48k",
    )
    note = dict(timeline.metadata).get("note")
    if note:
        child(sequence, "note").text = clean(note)
    video = [layer for track in timeline.video for layer in layers(track, bank)]
    audio = [layer for track in timeline.audio for layer in layers(track, bank)]
    base = video[0] if video else Track(Kind.VIDEO, 1)
    beyond = [marker.at for marker in timeline.markers if marker.at >= _end(base)]
    length = timeline.duration if beyond or not video else ZERO
    primary = Strip(base, timeline.start, timeline.rate, timeline.markers, length)
    above = [_storyline(track, lane, primary, bank) for lane, track in enumerate(video[1:], 1)]
    below = [_storyline(track, -lane, primary, bank) for lane, track in enumerate(audio, 1)]
    spine = child(sequence, "spine", name=base.name)
    spine.extend(items(primary, bank, (*above, *below)))
    metadata(sequence, tuple(entry for entry in timeline.metadata if entry[0] != "note"))
    return sequence


def _end(track: Track) -> Fraction:
    return track.clips[-1].record_out if track.clips else ZERO


def _storyline(track: Track, lane: int, primary: Strip, bank: Bank) -> etree._Element:
    spine = element("spine", lane=lane, offset=primary.begin, name=track.name)
    spine.extend(items(Strip(track, ZERO, primary.rate), bank, ()))
    return spine


def _losses(timeline: Timeline, bank: Bank) -> None:
    """What the format has no place for."""
    if timeline.markers:
        said = "the markers of the timeline are written on the items under them"
        bank.lose(Level.INFO, "fcpxml.markers", said, timeline.name)
    for marker in timeline.markers:
        if not 0 <= marker.at < timeline.duration:
            said = "a marker outside the timeline is left out"
            bank.lose(Level.WARNING, "fcpxml.marker", said, marker.name)
    for track in timeline.tracks:
        place = f"{track.kind} {track.index}"
        if not track.clips:
            bank.lose(Level.INFO, "fcpxml.empty_track", "an empty track is not written", place)
        if not track.enabled:
            said = "a muted track is written as muted clips"
            bank.lose(Level.WARNING, "fcpxml.mute", said, place)
        if track.soloed or track.metadata:
            said = "solo and metadata of a track are not written"
            bank.lose(Level.INFO, "fcpxml.track", said, place)
        for clip in track.clips:
            _lost(clip, track, timeline, bank)


def _lost(clip: Clip, track: Track, timeline: Timeline, bank: Bank) -> None:
    picture = track.kind is Kind.VIDEO
    if picture and (clip.fade_in or clip.fade_out or clip.gain_db or clip.gain_curve):
        said = "a fade or level of the picture is not written"
        bank.lose(Level.WARNING, "fcpxml.fade", said, clip.name)
    edges = (clip.record_in * timeline.rate.fps, clip.record_out * timeline.rate.fps)
    if picture and any(edge.denominator != 1 for edge in edges):
        said = "a picture edge lies between frames; Final Cut Pro will round it"
        bank.lose(Level.WARNING, "fcpxml.frame", said, clip.name)
    if clip.source.generated and not picture:
        said = "generated sound has no file; it is written as offline"
        bank.lose(Level.WARNING, "fcpxml.generator", said, clip.name)
