"""FCPXML: a recursive walk with rational arithmetic, which knows nothing of the reader."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

from defusedxml.ElementTree import parse

from conform.timecode import Rate
from tests.adapters import test_fcpxml_oracle as oracle
from tests.bench.keys import Told
from tests.bench.readings import Reading


def told(path: Path, _: Rate) -> list[Told]:
    """The leaves that the second reader of our tests finds; the rest from the elements.

    Times count from the sequence's start, or, as the second alternative, from midnight.
    """
    root = parse(path).getroot()
    first = next(root.iter("sequence"), None)
    midnight = oracle.sec(first.get("tcStart")) if first is not None else None
    return [_story(root, Fraction(0)), _story(root, midnight or Fraction(0))]


def _story(root: ET.Element, origin: Fraction) -> Told:
    told = Told()
    for truth in oracle.truths(root) or oracle.loose(root):
        for (kind, begin, end, source_in, source_out, _url), times in truth.items():
            first, last = begin + origin, end + origin
            for _time in range(times):
                told.add("positions", (kind,), first, last)
                told.add("in-points", (kind,), first, source_in)
                speed = (source_out - source_in) / (last - first)
                if speed != 1:
                    told.add("speeds", (kind,), first, last, speed)
    for project in root.iter("project"):
        for sequence in project.findall("sequence"):
            start = oracle.sec(sequence.get("tcStart")) or Fraction(0)
            for one in sequence.findall("spine/transition"):
                at = (oracle.sec(one.get("offset")) or start) - start + origin
                told.add("transitions", ("video",), at, at + (oracle.sec(one.get("duration")) or 0))
        for item in project.iter():
            _switches(told, item)
    return told


def _switches(told: Told, item: ET.Element) -> None:
    """What is switched off and which channels are chosen, of clips that hold media themselves."""
    if item.tag != "asset-clip":
        return
    if item.get("enabled") == "0":
        told.add("disabled", (item.get("name"),))
    for one in item.findall("audio-channel-source"):
        if one.get("active") != "0" and one.get("srcCh"):
            for channel in one.get("srcCh", "").split(","):
                told.add("channels", (item.get("name"), int(channel)))


def found(reading: Reading) -> Told:
    """A reading in the shape of that reference."""
    told = Told()
    for sheet in reading.sheets:
        off: set[tuple[str, Fraction]] = set()
        for one in sheet.events:
            told.add("positions", (one.kind,), one.start, one.end)
            told.add("in-points", (one.kind,), one.start, one.source_in)
            told.add("speeds", (one.kind,), one.start, one.end, abs(one.speed))
            if not one.enabled and (one.name, one.start) not in off:
                off.add((one.name, one.start))
                told.add("disabled", (one.name,))
            for channel in one.channels:
                told.add("channels", (one.name, channel))
        for cross in sheet.crossings:
            told.add("transitions", (cross.kind,), cross.start, cross.end)
    return told
