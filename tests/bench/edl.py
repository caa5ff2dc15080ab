"""Edit decision lists: pycmx's events, with the labels counted here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pycmx

from adapters.text import read_text
from conform.timecode import Rate
from tests.bench.keys import Told
from tests.bench.readings import Reading

_M2 = re.compile(r"^M2\s+(\S.*?)\s+(-?\d+(?:\.\d+)?)\s+(\d\d[:;]\d\d[:;]\d\d[:;]\d\d)\s*$")
_LABEL = re.compile(r"\d\d[:;]\d\d[:;]\d\d[:;]\d\d")


def told(path: Path, rate: Rate) -> list[Told]:
    """pycmx's edits at the rate that is given, and the M2 lines under them.

    pycmx reads strings, so the labels are counted here. The first FCM line counts the record; later
    ones count sources (Avid). Where one reel's source lengths fit the record only without drop
    frame, its labels are taken so. An M2 that the lengths contradict tells nothing.
    """
    lines = read_text(path).lines
    dropping = _dropping(lines, rate)
    warps = _warps(lines)
    events = pycmx.parse_cmx3600(StringIO("\n".join(lines)), tolerant=True).events
    edits = [edit for event in events for edit in event.edits]
    usable = [
        edit
        for edit in edits
        if _LABEL.fullmatch(edit.record_in) and _LABEL.fullmatch(edit.source_in)
    ]
    record = Rate(rate.fps, drop=dropping[0])
    plain = {edit.source for edit in usable if _fits_only_plain(edit, record)}
    told = Told()
    for edit in usable:
        line = edit.line_number + 1
        drop = dropping[line] and edit.source not in plain
        _edit(told, edit, (record, Rate(rate.fps, drop=drop)), warps.get(line))
    return [told]


def _dropping(lines: Sequence[str], rate: Rate) -> list[bool]:
    """Whether labels drop frames, line by line; at 0, of the record."""
    states: list[bool] = []
    state = any(re.search(r"\d\d:\d\d:\d\d;\d\d|\d\d;\d\d;\d\d;\d\d", line) for line in lines)
    for line in ("", *lines):
        if match := re.match(r"\s*FCM:\s*(NON)?", line):
            state = match[1] is None
        states.append(state and rate.nominal % 30 == 0)
    first = next((n for n, line in enumerate(lines, 1) if line.strip().startswith("FCM")), 0)
    return [states[first], *states[1:]]


def _fits_only_plain(edit: Any, record: Rate) -> bool:
    marks = (edit.source_in, edit.source_out, edit.record_in, edit.record_out)
    source_in, source_out, first, last = (_count(label, record) for label in marks)
    plain = record.with_drop(False)
    bare = _count(edit.source_out, plain) - _count(edit.source_in, plain)
    return source_out - source_in != last - first == bare


def _warps(lines: Sequence[str]) -> dict[int, float]:
    """The M2 speed, in frames a second, of each edit by its line."""
    warps: dict[int, float] = {}
    edits: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(lines, 1):
        labels = _LABEL.findall(line)
        if match := _M2.match(line):
            near = [one for one in edits[-3:] if one[1].startswith(match[1].strip())]
            exact = [one for one in near if one[2][0] == match[3]]
            if near:
                warps[(exact or near)[-1][0]] = float(match[2])
        elif len(labels) == 4:
            edits.append((number, " ".join(line.split()[1:]), labels))
    return warps


def _edit(told: Told, edit: Any, clocks: tuple[Rate, Rate], warp: float | None) -> None:
    record, source = clocks
    first, last = _count(edit.record_in, record), _count(edit.record_out, record)
    source_in, source_out = _count(edit.source_in, source), _count(edit.source_out, source)
    if first == last:
        return
    begin, end = record.seconds(first), record.seconds(last)
    places = [("video", 1)] * bool(edit.channels.video)
    places += [("audio", number) for number in sorted(edit.channels._audio_channel_set)]
    for kind, track in places:
        told.add("positions", (kind,), begin, end)
        told.add("channels", (kind, track), begin, end)
        if warp is None and source_out - source_in == last - first:
            told.add("in-points", (kind,), begin, source.seconds(source_in))
        if warp is not None and _moves(warp, source_out - source_in, last - first, record):
            told.add("speeds", (kind,), begin, end, warp / record.nominal, near=0.01)
        if (edit.transition.kind or "C")[0] in "DW" and int(edit.transition.operand or 0):
            length = record.seconds(int(edit.transition.operand))
            told.add("transitions", (kind, track), begin, begin + length)


def _moves(warp: float, source: int, record: int, rate: Rate) -> bool:
    """Whether M2 tells a speed other than 1, and the lengths tell the same or nothing."""
    speed = abs(warp) / rate.nominal
    agrees = source in (record, 0, 1) or abs(speed * record - source) <= 2
    return agrees and abs(warp / rate.nominal - 1) > 0.01


def _count(label: str, rate: Rate) -> int:
    hours, minutes, seconds, frames = map(int, re.split("[:;]", label))
    total = hours * 60 + minutes
    skipped = (rate.nominal // 15) * (total - total // 10) if rate.drop else 0
    return (total * 60 + seconds) * rate.nominal + frames - skipped


def found(reading: Reading) -> Told:
    """A reading in the shape of that reference."""
    told = Told()
    for sheet in reading.sheets:
        for one in sheet.events:
            begin, end = sheet.start + one.start, sheet.start + one.end
            told.add("positions", (one.kind,), begin, end)
            told.add("channels", (one.kind, one.track), begin, end)
            told.add("in-points", (one.kind,), begin, one.source_in)
            told.add("speeds", (one.kind,), begin, end, one.speed)
        for cross in sheet.crossings:
            ends = sheet.start + cross.start, sheet.start + cross.end
            told.add("transitions", (cross.kind, cross.track), *ends)
    return told
