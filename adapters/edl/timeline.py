"""Entries laid on tracks: the list as a timeline, every event where its record labels say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from adapters.edl import channels
from adapters.edl.clips import Span, clip_of, transition_of
from adapters.edl.entries import Entry
from adapters.edl.labels import frames
from adapters.edl.sources import source_rates
from adapters.edl.statements import Edit, Remark, SourceNote, Statement
from conform.errors import TimecodeError, TimelineError
from conform.findings import Finding, error, info, warning
from conform.timecode import Rate
from conform.timeline import Clip, Kind, Marker, Metadata, Timeline, Track, Transition


@dataclass(frozen=True, slots=True)
class _Placed:
    """An entry with the record frames that it fills, counted from midnight."""

    entry: Entry
    first: int
    last: int


def build(
    title: str, statements: Sequence[Statement], events: Sequence[Entry], rate: Rate, path: Path
) -> tuple[Timeline, tuple[Finding, ...]]:
    """The timeline of a list; raises `TimelineError` where no event has a place."""
    where = path.name
    placed, findings = _placed(events, rate, where)
    if not placed:
        raise TimelineError("no event of the list has a usable record timecode", path=path)
    start = min(one.first for one in placed)
    rates, odd = source_rates([one.entry for one in placed], rate, where)
    tracks, problems = _tracks(placed, rate, start, rates, where)
    end = max(one.last for one in placed)
    markers, lost = _markers(statements, rate, start, end, where)
    timeline = Timeline(
        title,
        rate,
        rate.seconds(start),
        tracks,
        markers,
        _metadata(statements),
        length=rate.seconds(end - start) if _ends_bare(placed) else None,
    )
    return timeline, (*findings, *odd, *problems, *lost)


def _ends_bare(placed: Sequence[_Placed]) -> bool:
    """Whether the list ends on an event without a track, so that only it tells the length."""
    end = max(one.last for one in placed)
    return not any(one.last == end and _columns(one.entry) for one in placed)


def _placed(events: Sequence[Entry], rate: Rate, where: str) -> tuple[list[_Placed], list[Finding]]:
    found: list[_Placed] = []
    findings: list[Finding] = []
    for entry in events:
        place = f"{where}:{entry.edit.line}"
        try:
            first, last = (frames(t, rate) for t in (entry.edit.record_in, entry.edit.record_out))
        except TimecodeError as fault:
            findings.append(error("edl.record-label", f"the event is left out: {fault}", place))
            continue
        if last < first:
            last += rate.day
        if last - first > rate.day // 2:
            text = "record out lies before record in: the event is left out"
            findings.append(error("edl.record-label", text, place))
            continue
        found.append(_Placed(entry, first, last))
    return _past_midnight(found, rate), findings


def _past_midnight(placed: list[_Placed], rate: Rate) -> list[_Placed]:
    """Where an event runs across midnight, what follows it belongs to the next day."""
    crossing = [one.first for one in placed if one.last > rate.day]
    if not crossing:
        return placed
    evening = min(crossing) - rate.day // 2
    return [
        _Placed(one.entry, one.first + rate.day, one.last + rate.day)
        if one.first < evening
        else one
        for one in placed
    ]


def _columns(entry: Entry) -> tuple[channels.Track, ...]:
    extra = tuple((Kind.AUDIO, number) for number in entry.audio)
    return tuple(dict.fromkeys((*channels.tracks(entry.edit.channels), *extra)))


@dataclass(slots=True)
class _Lane:
    """A track while it is being filled."""

    clips: list[Clip]
    transitions: list[Transition]
    lines: list[int]


def _tracks(
    placed: Sequence[_Placed], rate: Rate, start: int, rates: Mapping[int, Rate], where: str
) -> tuple[tuple[Track, ...], list[Finding]]:
    lanes: defaultdict[channels.Track, _Lane] = defaultdict(lambda: _Lane([], [], []))
    findings: list[Finding] = []
    for one in placed:
        columns = _columns(one.entry)
        place = f"{where}:{one.entry.edit.line}"
        if not columns:
            text = f"channel '{one.entry.edit.channels}' names no track: the event is left out"
            findings.append(warning("edl.channel", text, place))
        source_rate = rates[one.entry.edit.line]
        for column in columns:
            lane = _key_lane(one.entry, column)
            record = _delayed(one, column[0], rate, start)
            try:
                clip, noted = clip_of(one.entry, record, source_rate, place)
            except TimecodeError as fault:
                findings.append(error("edl.source-label", f"the event is left out: {fault}", place))
                break
            findings += [finding for finding in noted if finding not in findings[-8:]]
            if clip is not None:
                lanes[lane].clips.append(clip)
                lanes[lane].lines.append(one.entry.edit.line)
            transition = transition_of(one.entry, record[0], rate)
            if transition is not None:
                lanes[lane].transitions.append(transition)
    tracks = tuple(_track(key, lanes[key]) for key in sorted(lanes, key=_order))
    return tracks, findings + [f for key in lanes for f in _order_findings(key, lanes[key], where)]


def _order(key: channels.Track) -> tuple[bool, int]:
    return key[0] is Kind.AUDIO, key[1]


def _key_lane(entry: Entry, column: channels.Track) -> channels.Track:
    """A key lies over its background: the foreground goes one picture track up."""
    over = entry.edit.kind in ("K", "KO") and column[0] is Kind.VIDEO
    return (Kind.VIDEO, column[1] + 1) if over else column


def _delayed(one: _Placed, kind: Kind, rate: Rate, start: int) -> Span:
    """Record in, out and the delay of one side of a split edit, in seconds from the start.

    A split with a line of its own for each side has its delay in their labels already.
    """
    split = one.entry.split
    both = len({column[0] for column in _columns(one.entry)}) > 1
    delay = 0
    if split is not None and both and split.video == (kind is Kind.VIDEO):
        try:
            delay = min(frames(split.delay, rate.with_drop(False)), one.last - one.first)
        except TimecodeError:
            delay = 0
    first = one.first - start + delay
    return rate.seconds(first), rate.seconds(one.last - start), rate.seconds(delay)


def _track(key: channels.Track, lane: _Lane) -> Track:
    kind, index = key
    clips = tuple(sorted(lane.clips, key=lambda clip: clip.record_in))
    transitions = tuple(sorted(lane.transitions, key=lambda one: one.cut))
    return Track(kind, index, f"{kind.value[0].upper()}{index}", clips, transitions)


def _order_findings(key: channels.Track, lane: _Lane, where: str) -> list[Finding]:
    name = f"{key[0].value[0].upper()}{key[1]}"
    ins = [clip.record_in for clip in lane.clips]
    findings = []
    back = [i for i in range(1, len(ins)) if ins[i] < ins[i - 1]]
    if back:
        text = f"{name} is not listed in record order; every event stays where its labels say"
        findings.append(info("edl.unsorted", text, f"{where}:{lane.lines[back[0]]}"))
    order = sorted(range(len(ins)), key=ins.__getitem__)
    pairs = list(pairwise(order))
    over = [b for a, b in pairs if lane.clips[a].record_out > lane.clips[b].record_in]
    if over:
        text = f"{len(over)} events of {name} begin before the one below them has ended"
        findings.append(warning("edl.overlap", text, f"{where}:{lane.lines[over[0]]}"))
    return findings + _inclusive(name, lane, pairs, where)


def _inclusive(
    name: str, lane: _Lane, pairs: Sequence[tuple[int, int]], where: str
) -> list[Finding]:
    """Some tools list the last frame as OUT: then every cut shows a gap of one frame."""
    frame = min((c.source.rate.frame for c in lane.clips if c.source.rate), default=Fraction(0))
    gaps = [lane.clips[b].record_in - lane.clips[a].record_out for a, b in pairs]
    if len(gaps) < 3 or any(gap != frame for gap in gaps):
        return []
    text = f"every cut of {name} leaves one frame open: the list may count its OUTs inclusively"
    return [warning("edl.inclusive-out", text, f"{where}:{lane.lines[0]}")]


def _markers(
    statements: Sequence[Statement], rate: Rate, start: int, end: int, where: str
) -> tuple[tuple[Marker, ...], list[Finding]]:
    """`LOC` notes: a record label, a colour, a text."""
    markers: list[Marker] = []
    findings: list[Finding] = []
    for item in statements:
        if not isinstance(item, Remark) or item.key != "LOC":
            continue
        label, _, rest = item.value.partition(" ")
        color, _, text = rest.strip().partition(" ")
        try:
            at = frames(label, rate) - start
        except TimecodeError:
            at = -1
        if 0 <= at <= end - start:
            markers.append(Marker(rate.seconds(at), text.strip(), color=color))
        else:
            note = f"a locator outside the list's record time: '{item.value[:80]}'"
            findings.append(info("edl.locator", note, f"{where}:{item.line}"))
    return tuple(sorted(markers, key=lambda marker: marker.at)), findings


def _metadata(statements: Sequence[Statement]) -> Metadata:
    """What the list says about itself, before its first edit and in its source table."""
    kept: list[tuple[str, str]] = []
    first = next((item.line for item in statements if isinstance(item, Edit)), 0)
    for item in statements:
        if isinstance(item, Remark) and item.line < first:
            kept.append((item.key or "NOTE", item.value))
        elif isinstance(item, SourceNote):
            kept.append(("SOURCE", item.text))
    return tuple(kept)
