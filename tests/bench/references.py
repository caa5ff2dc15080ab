"""What a file says by itself, read here with other means than any of the readers compared.

A reference tells, per aspect, a list of keys; a reading is right as far as it holds the same keys.
Every function returns the alternatives that count as right, the strictest first.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pycmx
from defusedxml.ElementTree import parse

from adapters.text import read_text
from conform.timecode import Rate
from tests.adapters import test_aaf_libaaf as libaaf
from tests.adapters import test_fcpxml_oracle as oracle
from tests.bench.readings import Event, Reading, whole

ASPECTS = ("positions", "in-points", "speeds", "channels", "disabled", "transitions", "gain")
SAMPLE = 1.05 / 44100
"""How far a time may be off, in seconds: LibAAF's dumps round to the sample."""


@dataclass(frozen=True)
class Key:
    """Words that have to be equal and numbers that have to be near."""

    words: tuple[object, ...]
    numbers: tuple[float, ...]
    near: float = SAMPLE

    def matches(self, other: Key) -> bool:
        """Whether a reader's key is this one."""
        pairs = zip(self.numbers, other.numbers, strict=True)
        return all(abs(mine - theirs) <= self.near for mine, theirs in pairs)


@dataclass
class Told:
    """The keys of every aspect that a reference knows of."""

    keys: dict[str, list[Key]] = field(default_factory=dict)
    near: float = SAMPLE

    def add(
        self, aspect: str, words: Iterable[object], *numbers: float | Fraction, near: float = 0
    ) -> None:
        """Tell a key; `near` where it is rougher than the others."""
        exact = tuple(map(float, numbers))
        self.keys.setdefault(aspect, []).append(Key(tuple(words), exact, near or self.near))

    def missed(self, found: Told) -> dict[str, list[Key]]:
        """Per aspect, the keys that a reading does not hold; each of its keys counts once."""
        return {
            aspect: _missed(keys, found.keys.get(aspect, [])) for aspect, keys in self.keys.items()
        }


def _missed(expected: list[Key], found: list[Key]) -> list[Key]:
    free: defaultdict[tuple[object, ...], list[Key]] = defaultdict(list)
    for key in found:
        free[key.words].append(key)
    missed = []
    for key in expected:
        hit = next((n for n, other in enumerate(free[key.words]) if key.matches(other)), None)
        if hit is None:
            missed.append(key)
        else:
            free[key.words].pop(hit)
    return missed


# --- EDL: pycmx's events, labels counted one by one ------------------------------------------

_M2 = re.compile(r"^M2\s+(\S.*?)\s+(-?\d+(?:\.\d+)?)\s+(\d\d[:;]\d\d[:;]\d\d[:;]\d\d)\s*$")
_LABEL = re.compile(r"\d\d[:;]\d\d[:;]\d\d[:;]\d\d")


def edl(path: Path, rate: Rate) -> list[Told]:
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


def edl_found(reading: Reading) -> Told:
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


# --- FCP7 XML: the document's own numbers ------------------------------------------------------


_TICKS = 254_016_000_000
"""Premiere's ticks a second; they are finer than `in`, and believed where both are written."""


def xmeml(path: Path, _: Rate) -> list[Told]:
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


def xmeml_found(reading: Reading) -> Told:
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


# --- FCPXML: a recursive walk with rational arithmetic -----------------------------------------


def fcpxml(path: Path, _: Rate) -> list[Told]:
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


def fcpxml_found(reading: Reading) -> Told:
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


# --- AAF: LibAAF's dumps -------------------------------------------------------------------------


def aaf(path: Path, _: Rate) -> list[Told]:
    """LibAAF's dump with Pro Tools' rendered fades folded back, or as they are in the file."""
    dump = path.with_name(f"{path.name}.expected")
    if not dump.exists():
        return []
    said = libaaf._dump(dump)
    sample = 1.05 * float(said.unit)
    return [
        _dumped([(libaaf._folded(track), libaaf._legs(track)) for track in said.tracks], sample),
        _dumped([(track, 1) for track in said.tracks], sample),
    ]


def _dumped(tracks: list[tuple[libaaf.DumpTrack, int]], sample: float) -> Told:
    told = Told(near=sample)
    for track, legs in tracks:
        for clip in track.clips * legs:
            _dumped_clip(told, clip, muted=track.mute)
        for cross in track.crossfades * legs:
            told.add("transitions", (), cross.start, cross.end)
    return told


def _dumped_clip(told: Told, clip: libaaf.DumpClip, *, muted: bool) -> None:
    told.add("positions", (), clip.start, clip.length)
    if not clip.subclip:
        told.add("in-points", (), clip.start, clip.offset)
    mono = set(clip.channels) == {"1"}
    for channel in clip.channels[:1] if mono else clip.channels:
        number = 1 if channel == "ALL" else int(channel)
        told.add("channels", (number,), clip.start, clip.length)
    if muted or clip.muted:
        told.add("disabled", (), clip.start, clip.length)
    if clip.gain is not None and not clip.curve:
        told.add("gain", (), clip.start, clip.gain, near=0.1)
    if clip.fade_in:
        told.add("transitions", (), clip.start, clip.start + clip.fade_in, near=2 * told.near)
    if clip.fade_out:
        told.add("transitions", (), clip.end - clip.fade_out, clip.end, near=2 * told.near)


def aaf_found(reading: Reading) -> Told:
    """A reading in the shape of that reference; who names no channel is taken to mean the first."""
    told = Told()
    for sheet in map(whole, reading.sheets):
        for one in _sounds(sheet.events):
            place = one.start, one.end - one.start
            told.add("positions", (), *place)
            told.add("in-points", (), one.start, one.inside)
            for channel in one.channels or (1,):
                told.add("channels", (channel,), *place)
            if not one.enabled:
                told.add("disabled", (), *place)
            if one.gain_db is not None:
                told.add("gain", (), one.start, one.gain_db)
        for cross in sheet.crossings:
            if cross.kind == "audio":
                told.add("transitions", (), cross.start, cross.end)
    return told


def _sounds(events: Iterable[Event]) -> Iterator[Event]:
    return (one for one in events if one.kind == "audio")
