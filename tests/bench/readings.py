"""What a reader made of a file, in one shape for ours and for the released OTIO adapters."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import opentimelineio as otio

from adapters import formats
from conform.errors import ConformError
from conform.timecode import Rate
from conform.timeline import Clip, Timeline, Track

OURS = "ours"


@dataclass(frozen=True)
class Event:
    """A clip: record and source times in seconds; the source's own start where it is known."""

    kind: str
    track: int
    name: str
    start: Fraction
    end: Fraction
    source_in: Fraction
    media_start: Fraction
    speed: Fraction
    enabled: bool
    channels: tuple[int, ...]
    gain_db: float | None

    @property
    def inside(self) -> Fraction:
        """The in-point counted from the first frame of the source."""
        return self.source_in - self.media_start


@dataclass(frozen=True)
class Crossing:
    """A transition or a fade; only what lies between two clips has a cut."""

    kind: str
    track: int
    start: Fraction
    cut: Fraction | None
    end: Fraction


@dataclass(frozen=True)
class Sheet:
    """One timeline; `start` is the record clock at its first frame."""

    start: Fraction
    rate: Rate | None
    events: tuple[Event, ...]
    crossings: tuple[Crossing, ...]


@dataclass(frozen=True)
class Reading:
    """What came of a file, in seconds of processor time: timelines, or why there are none."""

    seconds: float
    sheets: tuple[Sheet, ...] = ()
    refused: str = ""
    """The reason that the reader itself gives; for a peer, its exception."""


def read_ours(path: Path, rate: Rate | None) -> tuple[Sheet, ...]:
    """A file through our one door."""
    return tuple(_sheet(timeline) for timeline in formats.read(path, rate=rate).timelines)


def _sheet(timeline: Timeline) -> Sheet:
    events = tuple(_event(track, clip) for track, clip in timeline.clips())
    crossings = tuple(one for track in timeline.tracks for one in _crossings(track))
    return Sheet(timeline.start, timeline.rate, events, crossings)


def _event(track: Track, clip: Clip) -> Event:
    return Event(
        str(track.kind), track.index, clip.name, clip.record_in, clip.record_out,
        clip.source_in, clip.source.start or Fraction(0), clip.speed,
        clip.enabled and track.enabled, clip.channels, clip.gain_db,
    )  # fmt: skip


def _crossings(track: Track) -> Iterator[Crossing]:
    kind, index = str(track.kind), track.index
    for one in track.transitions:
        yield Crossing(kind, index, one.record_in, one.cut, one.record_out)
    for clip in track.clips:
        if clip.fade_in:
            end = clip.record_in + clip.fade_in.duration
            yield Crossing(kind, index, clip.record_in, None, end)
        if clip.fade_out:
            start = clip.record_out - clip.fade_out.duration
            yield Crossing(kind, index, start, None, clip.record_out)


def read_peer(adapter: str, path: Path, rate: Rate | None) -> tuple[Sheet, ...]:
    """A file through a released adapter; an EDL is told the rate, and read leniently if need be."""
    if adapter != "cmx_3600":
        found = otio.adapters.read_from_file(str(path), adapter_name=adapter)
    else:
        found = _peer_list(path, rate)
    timelines = [found] if isinstance(found, otio.schema.Timeline) else _timelines(found)
    return tuple(_peer_sheet(timeline) for timeline in timelines)


def _peer_list(path: Path, rate: Rate | None) -> Any:
    fps = float(rate.fps) if rate else 24.0
    try:
        return otio.adapters.read_from_file(str(path), adapter_name="cmx_3600", rate=fps)
    except Exception:  # noqa: BLE001  # whatever strict reading raises, lenient reading may stand
        return otio.adapters.read_from_file(
            str(path), adapter_name="cmx_3600", rate=fps, ignore_timecode_mismatch=True
        )


def _timelines(found: Any) -> list[Any]:
    """The timelines of a collection, however deep; a loose clip or stack is none."""
    if isinstance(found, otio.schema.SerializableCollection):
        return [one for child in found for one in _timelines(child)]
    return [found] if isinstance(found, otio.schema.Timeline) else []


def _peer_sheet(timeline: Any) -> Sheet:
    events: list[Event] = []
    crossings: list[Crossing] = []
    numbers = {"Video": 0, "Audio": 0}
    for track in timeline.tracks:
        if isinstance(track, otio.schema.Track) and track.kind in numbers:
            numbers[track.kind] += 1
            place = track.kind.lower(), _number(track.name, numbers[track.kind])
            found, joins = _peer_track(track, place)
            events += found
            crossings += joins
    begin = timeline.global_start_time
    return Sheet(_exact(begin) if begin else Fraction(0), None, tuple(events), tuple(crossings))


def _number(name: str, count: int) -> int:
    """An EDL's track by its name (`A3`); any other by its order."""
    known = len(name) > 1 and name[0] in "VA" and name[1:].isdigit()
    return int(name[1:]) if known else count


def _peer_track(track: Any, place: tuple[str, int]) -> tuple[list[Event], list[Crossing]]:
    events: list[Event] = []
    crossings: list[Crossing] = []
    # the EDL adapter hides the record timecode of the first event in a negative start
    at = -min(_exact(track.source_range.start_time), Fraction(0)) if track.source_range else 0
    at = Fraction(at)
    children = list(track)
    for index, child in enumerate(children):
        if isinstance(child, otio.schema.Transition):
            gap = any(
                isinstance(c, otio.schema.Gap) for c in children[max(index - 1, 0) : index + 2]
            )
            start, end = at - _exact(child.in_offset), at + _exact(child.out_offset)
            crossings.append(Crossing(*place, start, None if gap else at, end))
            continue
        length = _exact(child.duration())
        if not isinstance(child, otio.schema.Gap):
            events.append(_peer_event(child, place, at, at + length, enabled=track.enabled))
        at += length
    return events, crossings


def _peer_event(
    item: Any, place: tuple[str, int], start: Fraction, end: Fraction, *, enabled: bool
) -> Event:
    leaf = item if isinstance(item, otio.schema.Clip) else next(iter(item.find_clips()), item)
    source = _exact(leaf.trimmed_range().start_time)
    speeds = [
        Fraction(one.time_scalar).limit_denominator(100_000)
        for one in (*item.effects, *leaf.effects)
        if isinstance(one, otio.schema.LinearTimeWarp)
    ]
    return Event(
        *place, item.name, start, end, source, _media_start(leaf),
        speeds[0] if speeds else Fraction(1), item.enabled and leaf.enabled and enabled,
        _peer_channels(leaf), None,
    )  # fmt: skip


def _media_start(leaf: Any) -> Fraction:
    media = leaf.media_reference if isinstance(leaf, otio.schema.Clip) else None
    held = media.available_range if media else None
    return _exact(held.start_time) if held else Fraction(0)


def _peer_channels(leaf: Any) -> tuple[int, ...]:
    told = leaf.metadata.get("fcp_xml", {}).get("sourcetrack", {}).get("trackindex")
    return (int(told),) if told else ()


def _exact(time_: Any) -> Fraction:
    rate = Rate.near(Fraction(time_.rate).limit_denominator(1001))
    fps = rate.fps if rate else Fraction(time_.rate).limit_denominator(100_000)
    return Fraction(time_.value).limit_denominator(100_000) / fps


def _serve(reader: str, wire: Connection) -> None:
    """Read what comes in over the wire until it closes; runs in a process of its own."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):  # adapters talk
        logging.disable()
        _answer(reader, wire)


def _answer(reader: str, wire: Connection) -> None:
    if reader == OURS:
        for one in formats.FORMATS:
            import_module(one.module)
    else:
        otio.adapters.from_name(reader).module()
    while True:
        path, rate = wire.recv()
        began = time.process_time()
        try:
            sheets = read_ours(path, rate) if reader == OURS else read_peer(reader, path, rate)
            wire.send(Reading(time.process_time() - began, sheets))
        except ConformError as fault:
            wire.send(Reading(time.process_time() - began, refused=fault.message))
        except Exception as fault:  # noqa: BLE001  # a peer's crash is a result here
            said = f"{type(fault).__name__}: {fault}".splitlines()[0]
            wire.send(Reading(time.process_time() - began, refused=said))


class Reader:
    """A reader in a process of its own, so that its crash or hang costs one file only."""

    def __init__(self, name: str, limit: float) -> None:
        self.name = name
        self._limit = limit
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self._wire, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(self.name, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def read(self, path: Path, rate: Rate | None = None) -> Reading:
        """The reading of a file; after a crash or the time limit, that reason."""
        self._wire.send((path, rate))
        try:
            if self._wire.poll(self._limit):
                found: Reading = self._wire.recv()
                return found
            reason = f"no answer within {self._limit:g} s"
        except EOFError:
            reason = "the process died"
        self.close()
        self._start()
        return Reading(self._limit, refused=reason)

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join()


def whole(sheet: Sheet) -> Sheet:
    """The sheet with the handles under its crossings counted as parts of the clips, as in AAF."""
    return replace(sheet, events=tuple(_with_handles(event, sheet) for event in sheet.events))


def _with_handles(event: Event, sheet: Sheet) -> Event:
    for one in sheet.crossings:
        if one.cut is None or (one.kind, one.track) != (event.kind, event.track):
            continue
        if one.cut == event.start:
            head = one.cut - one.start
            event = replace(event, start=event.start - head, source_in=event.source_in - head)
        elif one.cut == event.end:
            event = replace(event, end=one.end)
    return event
