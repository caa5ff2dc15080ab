"""FCP7 XML: the document's own numbers, read with ElementTree."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

from defusedxml.ElementTree import parse

from conform.timecode import Rate
from tests.bench.keys import Told
from tests.bench.readings import Reading

_TICKS = 254_016_000_000
"""Premiere's ticks a second; they are finer than `in`, and believed where both are written."""


def told(path: Path, _: Rate) -> list[Told]:
    """Edges, in-points, speeds, channels and switches as ElementTree reads them.

    Nested sequences and the second tracks of Premiere's exploded stereo are left out: a reader may
    show those in other ways.
    """
    root = parse(path).getroot()
    nests = {id(inner) for item in root.iter("clipitem") for inner in item.iter("sequence")}
    told = Told()
    for sequence in root.iter("sequence"):
        if id(sequence) not in nests:
            frame = 1 / _fps(sequence.find("rate"))
            for kind in ("video", "audio"):
                for track in sequence.findall(f"media/{kind}/track"):
                    if track.get("currentExplodedTrackIndex", "0") == "0":
                        _xml_track(told, kind, track, frame)
    return [told]


def _fps(rate: ET.Element | None) -> Fraction:
    base = int(rate.findtext("timebase", "0") if rate is not None else 0)
    ntsc = rate is not None and rate.findtext("ntsc", "FALSE").upper() == "TRUE"
    return Fraction(base * 1000, 1001) if ntsc else Fraction(base)


def _xml_track(told: Told, kind: str, track: ET.Element, frame: Fraction) -> None:
    muted = track.findtext("enabled", "TRUE") == "FALSE"
    for item in track:
        start, end = (int(item.findtext(edge, "-1")) for edge in ("start", "end"))
        if item.tag == "transitionitem" and 0 <= start < end:
            told.add("transitions", (kind,), start * frame, end * frame)
        plain = item.tag in ("clipitem", "generatoritem") and item.find("sequence") is None
        if plain and 0 <= start < end:
            _xml_item(told, kind, item, (start * frame, end * frame), muted=muted)


def _xml_item(
    told: Told, kind: str, item: ET.Element, ends: tuple[Fraction, Fraction], *, muted: bool
) -> None:
    name = (item.findtext("name") or item.findtext("file/name") or "").strip()
    told.add("positions", (kind, name), *ends)
    if muted or item.findtext("enabled", "TRUE") == "FALSE":
        told.add("disabled", (kind, name), *ends)
    channel = item.findtext("sourcetrack/trackindex")
    if kind == "audio" and channel:
        told.add("channels", (kind, name, int(channel)), *ends)
    speed = _xml_speed(item)
    if speed is not None and speed != 1:
        told.add("speeds", (kind, name), *ends, speed, near=0.0005)
    elif item.tag == "clipitem" and item.find("rate") is not None:
        frame = 1 / _fps(item.find("rate"))
        ticks = item.findtext("pproTicksIn")
        frames = Fraction(item.findtext("in") or 0)
        begin = Fraction(int(ticks), _TICKS) if ticks else frames * frame
        told.add("in-points", (kind, name), ends[0], begin, near=float(frame) / 2)


def _xml_speed(item: ET.Element) -> Fraction | None:
    for effect in item.iterfind("filter/effect"):
        if effect.findtext("effectid") == "timeremap":
            held = {one.findtext("parameterid"): one for one in effect.iterfind("parameter")}
            percent = held["speed"].findtext("value") if "speed" in held else None
            back = "reverse" in held and held["reverse"].findtext("value") == "TRUE"
            speed = Fraction(percent or 100) / 100
            if 0 < abs(speed) < Fraction(1, 50):  # Hiero writes a ratio, not percent
                speed *= 100
            return -abs(speed) if back else speed
    return None


def found(reading: Reading) -> Told:
    """A reading in the shape of that reference."""
    told = Told()
    for sheet in reading.sheets:
        for one in sheet.events:
            words, ends = (one.kind, one.name.strip()), (one.start, one.end)
            told.add("positions", words, *ends)
            told.add("in-points", words, one.start, one.inside)
            told.add("speeds", words, *ends, one.speed)
            if not one.enabled:
                told.add("disabled", words, *ends)
            for channel in one.channels:
                told.add("channels", (*words, channel), *ends)
        for cross in sheet.crossings:
            told.add("transitions", (cross.kind,), cross.start, cross.end)
    return told
