"""A timeline as a DAWproject that refers to its sound where it lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

from lxml import etree

import conform
from adapters.daw import about_track, decimal, factor, losses, offset, overlapped
from adapters.dawproject.archive import METADATA, PROJECT, save_archive
from adapters.xmltext import clean
from conform.findings import Finding
from conform.timeline import Clip, Kind, Marker, Timeline, Track

Element = etree._Element  # noqa: SLF001  # lxml gives the type no other name

_MEDIA = {Kind.AUDIO: "Audio", Kind.VIDEO: "Video"}
_SAMPLE_RATE = 48000  # stated where the cut states none; the schema asks for one


def write(
    timeline: Timeline, path: Path, *, force: bool = False, sources: Iterable[Path] = ()
) -> tuple[Finding, ...]:
    """Write a timeline whole to a path; the findings say what the format cannot hold.

    Raises `RenderError` where the path is taken or cannot be written.
    """
    metadata = etree.Element("MetaData")
    etree.SubElement(metadata, "Title").text = clean(timeline.name)
    members = {PROJECT: _project(timeline), METADATA: metadata}
    packed = {name: _bytes(root) for name, root in members.items()}
    save_archive(path, packed, force=force, sources=sources)
    return losses(_losses(timeline), "dawproject", path.name)


def _bytes(root: Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _project(timeline: Timeline) -> Element:
    root = etree.Element("Project", version="1.0")
    etree.SubElement(root, "Application", name="Picturelock", version=conform.__version__)
    structure = etree.SubElement(root, "Structure")
    arrangement = etree.SubElement(root, "Arrangement")
    lanes = etree.SubElement(arrangement, "Lanes", timeUnit="seconds")
    for number, track in enumerate(timeline.tracks):
        name = f"track{number}"
        _structure(structure, track, name)
        clips = etree.SubElement(etree.SubElement(lanes, "Lanes", track=name), "Clips")
        for clip in overlapped(track):
            if clip.speed > 0:
                _clip(clips, clip, track.kind)
    if timeline.markers:
        ruler = etree.SubElement(arrangement, "Markers", timeUnit="seconds")
        for marker in timeline.markers:
            etree.SubElement(ruler, "Marker", _marker(marker))
    return root


def _structure(structure: Element, track: Track, name: str) -> None:
    element = etree.SubElement(
        structure, "Track", id=name, name=clean(track.name), contentType=str(track.kind)
    )
    channel = etree.SubElement(
        element, "Channel", id=f"{name}channel", role="regular", solo=_flag(track.soloed)
    )
    etree.SubElement(channel, "Mute", id=f"{name}mute", value=_flag(not track.enabled))


def _marker(marker: Marker) -> dict[str, str]:
    """The attributes of a marker; what is empty is left out."""
    texts = {"name": marker.name, "comment": marker.comment, "color": marker.color}
    said = {name: clean(text) for name, text in texts.items() if text}
    return {"time": decimal(marker.at), **said}


def _clip(clips: Element, clip: Clip, kind: Kind) -> None:
    plain = clip.speed == 1 and not clip.time_map
    fades = {"fadeInTime": clip.fade_in, "fadeOutTime": clip.fade_out}
    element = etree.SubElement(
        clips,
        "Clip",
        {
            "name": clean(clip.name),
            "time": decimal(clip.record_in),
            "duration": decimal(clip.duration),
            "contentTimeUnit": "seconds",
            "playStart": decimal(offset(clip) if plain else Fraction(0)),
            "fadeTimeUnit": "seconds",
            **{name: decimal(fade.duration) for name, fade in fades.items() if fade},
            "enable": _flag(clip.enabled),
        },
    )
    if clip.gain_db or clip.gain_curve:
        element = etree.SubElement(element, "Lanes", timeUnit="seconds")
    if plain:
        _media(element, clip, kind)
    else:
        _warps(element, clip, kind)
    if clip.gain_db or clip.gain_curve:
        _gain(element, clip)


def _warps(parent: Element, clip: Clip, kind: Kind) -> None:
    """A clip at another speed: points of record time and the file's time at them."""
    warps = etree.SubElement(parent, "Warps", timeUnit="seconds", contentTimeUnit="seconds")
    _media(warps, clip, kind)
    first = clip.source.start or Fraction(0)
    ends = ((Fraction(0), clip.source_in), (clip.duration, clip.source_out))
    for record, source in [(p.record, p.source) for p in clip.time_map] or ends:
        etree.SubElement(warps, "Warp", time=decimal(record), contentTime=decimal(source - first))


def _media(parent: Element, clip: Clip, kind: Kind) -> None:
    """The file; what the schema asks for and the cut does not say is the least that fits."""
    source = clip.source
    end = clip.source_out - (source.start or 0)
    media = etree.SubElement(
        parent,
        _MEDIA[kind],
        timeUnit="seconds",
        duration=decimal(source.duration or end),
        channels=str(source.channels or max(clip.channels, default=1)),
        sampleRate=str(source.sample_rate or _SAMPLE_RATE),
    )
    etree.SubElement(media, "File", path=clean(source.url or source.name), external="true")


def _gain(lanes: Element, clip: Clip) -> None:
    """The clip's gain as an expression; linear factors, as Bitwig writes them."""
    points = etree.SubElement(lanes, "Points", timeUnit="seconds", unit="linear")
    etree.SubElement(points, "Target", expression="gain")
    keys = [(key.at, key.value) for key in clip.gain_curve] or [(Fraction(0), clip.gain_db)]
    for at, gain_db in keys:
        value = decimal(factor(gain_db))
        etree.SubElement(points, "RealPoint", time=decimal(at), value=value, interpolation="linear")


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _losses(timeline: Timeline) -> Iterator[str]:
    """What a DAWproject cannot hold of this timeline."""
    yield f"the frame rate ({timeline.rate.name})"
    if timeline.start:
        yield f"the timecode of its start ({timeline.timecode(Fraction(0))})"
    for track in timeline.tracks:
        yield from about_track(track)
        for clip in track.clips:
            if clip.speed < 0:
                yield "a clip that runs backwards (left out)"
            if clip.channels:
                yield "a choice of source channels"
            if clip.fade_in or clip.fade_out:
                yield "the curve of a fade"
            if clip.markers:
                yield "markers on clips"
    if any(marker.duration for marker in timeline.markers):
        yield "the length of a marker"
