"""The `file` element of a source, written once and referred to by its id afterwards."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from adapters.fcp7xml.book import Element
from adapters.fcp7xml.source import url_of
from adapters.fcp7xml.write.sheet import Sheet, child, rate_element
from conform.timecode import Rate
from conform.timeline import ZERO, Clip, Kind, Source

_HALF = Fraction(1, 2)


def start_of(source: Source, rate: Rate) -> Fraction:
    """The source's start as the file's timecode will say it: on a frame of the source's rate."""
    fps = (source.rate or rate).fps
    return floor((source.start or ZERO) * fps + _HALF) / fps


def file_element(item: Element, clip: Clip, sheet: Sheet) -> None:
    """The file of a clip, in full where it appears first."""
    source = replace(clip.source, scene="", take="")  # these belong to the clip's logging
    known = sheet.files.get(source)
    name = sheet.files.setdefault(source, f"file-{len(sheet.files) + 1}")
    file = child(item, "file")
    file.set("id", name)
    if known is not None:
        return
    rate = source.rate or sheet.rate
    child(file, "name", source.name)
    if source.url:
        child(file, "pathurl", url_of(source.url))
    rate_element(file, rate)
    if not source.generated or source.duration is not None:  # generators have no length
        child(file, "duration", _duration(clip, rate, sheet))
    _timecode(file, source, rate, sheet)
    if source.generated:
        child(file, "mediaSource", dict(source.metadata).get("mediaSource", "Slug"))
    _media(child(file, "media"), source, sheet)
    for lost in ("umid", "tape"):
        if getattr(source, lost):
            sheet.tell("source.field", f"FCP7 XML has no place for a {lost}", source.name)


def _duration(clip: Clip, rate: Rate, sheet: Sheet) -> int:
    """The file's frames; where the cut does not say, those up to the end of this clip."""
    if clip.source.duration is None:
        return max(ceil((clip.source_out - start_of(clip.source, sheet.rate)) * rate.fps), 1)
    frames = clip.source.duration * rate.fps
    if frames.denominator != 1:
        sheet.tell("source.duration", "a file's length was rounded to frames", clip.source.name)
    return floor(frames + _HALF)


def _timecode(file: Element, source: Source, rate: Rate, sheet: Sheet) -> None:
    if source.start is None and not source.reel:
        return
    timecode = child(file, "timecode")
    rate_element(timecode, rate)
    if source.start is not None:
        frame = floor(source.start * rate.fps + _HALF)
        if frame != source.start * rate.fps:
            said = "a start timecode between two frames was rounded; in points stay exact"
            sheet.tell("source.start", said, source.name, lost=False)
        child(timecode, "string", rate.label(frame))
        child(timecode, "frame", frame)
        child(timecode, "displayformat", "DF" if rate.drop else "NDF")
    if source.reel:
        child(child(timecode, "reel"), "name", source.reel)


def _media(media: Element, source: Source, sheet: Sheet) -> None:
    used = {kind for kind in Kind if (source.name, source.url, kind) in sheet.kinds}
    if Kind.VIDEO in used:
        child(media, "video")
    if Kind.AUDIO in used or source.channels or source.sample_rate:
        audio = child(media, "audio")
        characteristics = child(audio, "samplecharacteristics")
        if source.sample_rate is not None:
            child(characteristics, "samplerate", source.sample_rate)
        if source.channels is not None:
            child(audio, "channelcount", source.channels)
