"""Avid Log Exchange: a bin as a table.

A log has no timeline. What is returned is one whose single track lists the clips of the bin end to
end, in its order, so that scene, take, roll and timecode of each can be asked like any other's.
Read by ourselves and not through OpenTimelineIO's adapter, which gives up a whole bin for one odd
row, takes 24 frames a second where none are stated, and keeps its times in floats.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from adapters.cut import Cut
from adapters.text import read_text
from conform.errors import TimecodeError, TimelineError
from conform.findings import Finding, warning
from conform.timecode import Rate
from conform.timeline import ZERO, Clip, Kind, Source, Timeline, Track

__all__ = ["read"]

_SOUND = re.compile(r"A(\d+)(?:-(\d+))?")
_DELIMITERS = {"TABS": "\t", "COMMAS": ",", "SEMICOLONS": ";"}
_MOST_CHANNELS = 128

_FIELDS = {
    "reel": ("Tape", "Tape Name", "Reel Name", "Reel", "Camroll", "Labroll"),
    "tape": ("Soundroll", "Sound Roll", "Sound TC Roll"),
    "scene": ("Scene",),
    "take": ("Take",),
    "umid": ("UMID", "Source UMID", "Source File UMID"),
    "url": ("Source File", "Source File Path", "UNC Path", "Source Path"),
}
"""What a column is called by different loggers, first choice first."""


@dataclass(slots=True)
class _Log:
    """The parts of a log: header, columns, and rows with their lines."""

    header: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read(path: Path, *, rate: Rate | None = None) -> Cut:
    """The clips of a bin as one track; `rate` outranks the rate that the log states.

    Raises `TimelineError` where the file is no log or no frame rate is known.
    """
    log = _parse(path)
    known = rate or _rate(log, path)
    clips: list[Clip] = []
    at = ZERO
    for line, row in log.rows:
        try:
            clip = _clip(row, known, at)
        except (TimecodeError, ValueError) as fault:
            where = f"{path.name}:{line}"
            log.findings.append(warning("ale.row", f"left out: {fault}", where))
            continue
        clips.append(clip)
        at = clip.record_out
    seen = any("V" in row.get("Tracks", "V") for _, row in log.rows)
    track = Track(Kind.VIDEO if seen else Kind.AUDIO, 1, path.stem, tuple(clips))
    header = tuple(log.header.items())
    return Cut((Timeline(path.stem, known, ZERO, (track,), (), header),), tuple(log.findings))


def _parse(path: Path) -> _Log:
    text = read_text(path)
    log = _Log(findings=list(text.findings))
    section = ""
    for number, line in enumerate(text.lines, 1):
        word = line.strip().lower()
        if word in ("heading", "column", "data"):
            section = word
        elif word and section == "heading":
            name, _, value = line.partition("\t")
            log.header[name.strip()] = value.strip()
        elif word and section == "column":
            log.columns = [name.strip() for name in line.split(_delimiter(log))]
        elif word and section == "data":
            _row(log, number, line, path)
        elif word:
            raise TimelineError(
                "is no Avid log: it must start with Heading", path=path, line=number
            )
    if not log.columns:
        raise TimelineError("is no Avid log: it names no columns", path=path)
    return log


def _delimiter(log: _Log) -> str:
    return _DELIMITERS.get(log.header.get("FIELD_DELIM", "TABS").upper(), "\t")


def _row(log: _Log, number: int, line: str, path: Path) -> None:
    cells = [cell.strip() for cell in line.split(_delimiter(log))]
    if len(cells) > len(log.columns) and any(cells[len(log.columns) :]):
        said = f"{len(cells)} values stand under {len(log.columns)} columns"
        log.findings.append(warning("ale.columns", said, f"{path.name}:{number}"))
    row = dict(zip(log.columns, cells, strict=False))
    log.rows.append((number, {name: value for name, value in row.items() if value}))


def _rate(log: _Log, path: Path) -> Rate:
    """The rate of the header, or that of the first clip; drop frame where a label says so."""
    stated = [log.header.get("FPS", ""), *(row.get("FPS", "") for _, row in log.rows)]
    text = next((one for one in stated if one), "")
    if not text:
        raise TimelineError("states no frame rate (FPS); give --rate", path=path)
    try:
        rate = Rate.named(text)
    except TimecodeError as fault:
        raise TimelineError(fault.message, path=path) from fault
    drops = any(";" in row.get("Start", "") for _, row in log.rows)
    return rate.with_drop(drop=True) if drops and rate.nominal % 30 == 0 else rate


def _clip(row: dict[str, str], rate: Rate, at: Fraction) -> Clip:
    """A row as a clip that starts at a record time; raises `TimecodeError`."""
    start = _label(row, "Start", rate)
    end, length = _label(row, "End", rate), _label(row, "Duration", rate)
    if start is None or (end is None and length is None):
        raise TimecodeError("states no Start with End or Duration")
    if end is None:
        end = start + (length or 0)
    elif end < start:
        end += rate.day  # recorded across midnight
    frames = end - start
    if length is not None and length != frames:
        raise TimecodeError(
            f"Duration {row['Duration']} is not what lies between {row['Start']} and {row['End']}"
        )
    known = {name: _first(row, columns) for name, columns in _FIELDS.items()}
    source = Source(
        row.get("Name", ""),
        known["url"],
        known["reel"],
        known["tape"],
        known["scene"],
        known["take"],
        known["umid"],
        start=rate.seconds(start),
        duration=rate.seconds(frames),
        rate=rate,
        metadata=tuple(row.items()),
    )
    return Clip(
        row.get("Name", ""),
        at,
        at + rate.seconds(frames),
        rate.seconds(start),
        rate.seconds(end),
        source,
        channels=_channels(row.get("Tracks", "")),
    )


def _label(row: dict[str, str], column: str, rate: Rate) -> int | None:
    return rate.frames(row[column]) if row.get(column) else None


def _first(row: dict[str, str], columns: tuple[str, ...]) -> str:
    return next((row[name] for name in columns if row.get(name)), "")


def _channels(tracks: str) -> tuple[int, ...]:
    """The sound channels of a clip: `VA1A2` and `VA1-2` are 1 and 2."""
    found: list[int] = []
    for first, last in _SOUND.findall(tracks):
        end = min(int(last or first), _MOST_CHANNELS)
        found += range(int(first), end + 1)
    return tuple(dict.fromkeys(found))
