"""An audio decision list as a timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

from adapters.aes31.fades import fade_of
from adapters.aes31.records import Record, parse
from adapters.aes31.tcf import Clock, marked_rate
from adapters.cut import Cut
from adapters.daw import crossfades, number
from conform.errors import TimecodeError, TimelineError
from conform.findings import Finding, warning
from conform.timecode import Rate
from conform.timeline import ZERO, Clip, Kind, Marker, Source, Timeline, Track

_MODIFIERS = ("INFADE", "OUTFADE", "GAIN", "REM")
_MOST_CHANNELS = 1024


def read(path: Path, *, rate: Rate | None = None) -> Cut:
    """The list of a file as one timeline; `rate` outranks the rate that it states.

    Raises `TimelineError` where the file is no list or states no rate.
    """
    records, text = parse(path)
    head = {one.keyword: one for one in records if one.section in ("PROJECT", "SEQUENCE")}
    reader = _Reader(path, _clock(head, rate, path), list(text.findings))
    start = ZERO
    if "SEQ_DEST_START" in head:
        start = reader.time(head["SEQ_DEST_START"], 0)
    reader.sources = dict(reader.index(records))
    names = {one[0].lstrip("0"): one[1] for one in records if one.keyword == "TRACK"}
    lanes: dict[int, list[Clip]] = {}
    for entry in _entries(records):
        for channel, clip in reader.clips(entry, start):
            lanes.setdefault(channel, []).append(clip)
    tracks = []
    for index, channel in enumerate(sorted(lanes.keys() | _numbers(names)), 1):
        clips, joints = crossfades(lanes.get(channel, ()))
        name = names.get(str(channel), "")
        tracks.append(Track(Kind.AUDIO, index, name, clips, joints))
    title = head["PROJ_TITLE"][0] if "PROJ_TITLE" in head else path.stem
    markers = tuple(reader.markers(records, start))
    timeline = Timeline(title, reader.clock.rate, start, tuple(tracks), markers)
    return Cut((timeline,), tuple(reader.findings))


def _numbers(names: dict[str, str]) -> set[int]:
    return {int(name) for name in names if name.isdecimal()}


def _clock(head: dict[str, Record], rate: Rate | None, path: Path) -> Clock:
    """The clock that the header states, in its words first and its marks second."""
    stated, start = head.get("SEQ_FRAME_RATE"), head.get("SEQ_DEST_START")
    marked = marked_rate(start[0]) if start else None
    fps = number(stated[0]) if stated else None
    known = Rate.near(fps) if fps is not None and fps > 0 else None
    if known and marked and marked.nominal == known.nominal:
        known = marked  # only the marks tell 23.976 from 24
    found = rate or known or marked
    if found is None:
        raise TimelineError("states no frame rate (SEQ_FRAME_RATE); give --rate", path=path)
    sampled = head.get("SEQ_SAMPLE_RATE")
    samples = number(sampled[0].lstrip("Ss")) if sampled else None
    return Clock(found, int(samples) if samples and samples >= 1 else 48000)


def _entries(records: Sequence[Record]) -> Iterator[list[Record]]:
    """The records of each event: its entry, its cut, and what changes it."""
    entry: list[Record] = []
    for record in records:
        if record.keyword == "ENTRY":
            if entry:
                yield entry
            entry = [record]
        elif entry and record.section == entry[0].section:
            entry.append(record)
    if entry:
        yield entry


@dataclass(slots=True)
class _Reader:
    """Records on their way into values."""

    path: Path
    clock: Clock
    findings: list[Finding] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)

    def note(self, code: str, message: str, record: Record) -> None:
        """Keep something odd, with its line."""
        self.findings.append(warning(code, message, f"{self.path.name}:{record.line}"))

    def time(self, record: Record, place: int) -> Fraction:
        """A time in a record; raises `TimelineError` with its line."""
        try:
            return self.clock.seconds(record[place])
        except TimecodeError as fault:
            raise TimelineError(fault.message, path=self.path, line=record.line) from fault

    def index(self, records: Sequence[Record]) -> Iterator[tuple[str, Source]]:
        """The files of the source index, by number."""
        current = ""
        for record in records:
            if record.keyword == "INDEX":
                current = record[0].lstrip("0")
            elif record.keyword == "F" and current:
                url = record[0].removeprefix("URL:")
                start = None if record[2] == "_" else self.time(record, 2)
                duration = None if record[3] == "_" else self.time(record, 3)
                name = unquote(url).replace("\\", "/").rpartition("/")[2]
                yield (
                    current,
                    Source(
                        name,
                        url,
                        umid="" if record[1] == "_" else record[1],
                        start=start,
                        duration=duration,
                        rate=None if start is None else self.clock.rate,
                        sample_rate=self.clock.sample_rate,
                    ),
                )

    def clips(self, entry: list[Record], start: Fraction) -> Iterator[tuple[int, Clip]]:
        """An event as a clip on each track that it reaches."""
        cut = next((record for record in entry if record.keyword == "CUT"), None)
        if cut is None:
            kind = entry[1].keyword.title() if len(entry) > 1 else "empty"
            self.note("aes31.entry", f"an entry that is no cut ({kind}) left out", entry[0])
            return
        sources, targets = _channels(cut[2]), _channels(cut[3])
        clip = self._clip(entry, cut, start)
        if clip.duration <= 0 or not targets or len(sources) != len(targets):
            self.note("aes31.entry", "an entry without length or channels left out", cut)
            return
        for channel, target in zip(sources, targets, strict=True):
            yield target, replace(clip, channels=(channel,))

    def _clip(self, entry: list[Record], cut: Record, start: Fraction) -> Clip:
        source = self.sources.get(cut[1].lstrip("0"), Source(cut[1]))
        source_in, first, last = (self.time(cut, place) for place in (4, 5, 6))
        said = {record.keyword: record for record in entry if record.keyword in _MODIFIERS}
        names = [r[1] for r in entry if r.keyword == "REM" and r[0].upper() == "NAME"]
        gain = number(said["GAIN"][1]) if "GAIN" in said else None
        fades = [
            fade_of(said[name], self.time(said[name], 0)) if name in said else None
            for name in ("INFADE", "OUTFADE")
        ]
        return Clip(
            names[0] if names else source.name,
            first - start,
            last - start,
            source_in,
            source_in + last - first,
            source,
            gain_db=float(gain or 0),
            fade_in=fades[0],
            fade_out=fades[1],
            event=entry[0][0],
        )

    def markers(self, records: Sequence[Record], start: Fraction) -> Iterator[Marker]:
        """The simple markers of the list."""
        for record in records:
            if record.keyword == "MK":
                at = self.time(record, 1) - start
                end = at if record[2] == "_" else self.time(record, 2) - start
                yield Marker(at, record[3], duration=max(end - at, ZERO))


def _channels(text: str) -> list[int]:
    """The channels of `3` or `1~2`; some writers say `1-2`."""
    ends = text.replace("-", "~").split("~")
    if not all(end.isdecimal() for end in ends) or len(ends) > 2:
        return []
    first, last = int(ends[0]), int(ends[-1])
    return list(range(first, last + 1)) if 0 < first <= last <= _MOST_CHANNELS else []
