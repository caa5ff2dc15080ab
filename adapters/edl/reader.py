"""Reads an edit decision list from its file."""

from __future__ import annotations

from pathlib import Path

from adapters.cut import Cut
from adapters.edl.clock import record_clock
from adapters.edl.entries import entries
from adapters.edl.statements import Edit, Statement, Title, Unknown, statement
from adapters.edl.timeline import build
from adapters.text import read_text
from conform.errors import TimelineError
from conform.findings import Finding, error, warning
from conform.timecode import Rate

_LONGEST = 1000  # a File128 event takes 200 characters; regular expressions never see a novel


def read(path: Path, *, rate: Rate | None = None) -> Cut:
    """The list as one timeline; its record clock counts at `rate`, or as the list lets tell.

    Raises `TimelineError` where the file cannot be read or lists no event.
    """
    text = read_text(path)
    statements = _statements(text.lines)
    events = entries(statements)
    if not events:
        raise _no_list(path, statements)
    clock = record_clock(statements, events, rate, path.name)
    title = next((item.text for item in statements if isinstance(item, Title)), "")
    timeline, findings = build(title or path.stem, statements, events, clock.rate, path)
    return Cut(
        (timeline,), (*text.findings, *clock.findings, *_unread(statements, path.name), *findings)
    )


def _statements(lines: tuple[str, ...]) -> tuple[Statement, ...]:
    numbered = (statement(line[:_LONGEST], number) for number, line in enumerate(lines, start=1))
    return tuple(item for item in numbered if item is not None)


def _no_list(path: Path, statements: tuple[Statement, ...]) -> TimelineError:
    damaged = next((item for item in statements if isinstance(item, Unknown)), None)
    if any(isinstance(item, Title | Edit) for item in statements):
        line = damaged.line if damaged else None
        return TimelineError("the list holds no event; export it again", path=path, line=line)
    return TimelineError(
        "this is no CMX3600 edit decision list; export one as 'EDL CMX3600'",
        path=path,
        line=damaged.line if damaged else 1,
    )


def _unread(statements: tuple[Statement, ...], where: str) -> tuple[Finding, ...]:
    return tuple(
        error("edl.damaged-event", f"an event that cannot be read: '{item.text[:120]}'", place)
        if item.edit
        else warning("edl.unknown-line", f"not understood: '{item.text[:120]}'", place)
        for item in statements
        if isinstance(item, Unknown)
        for place in (f"{where}:{item.line}",)
    )
