"""The sections of a session text as rows, whatever the export options left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from adapters.text import read_text
from conform.errors import TimelineError
from conform.findings import Finding, warning

_HEADER = re.compile(r"([A-Z#][A-Z #/-]*[A-Z]):\s*(.*)")
_SPACED = re.compile(r"\S(?: {1,2}\S)+")  # F I L E S  I N  S E S S I O N
_CHANNEL = re.compile(r"\[\d+\]")  # stands under no heading, behind a clip's file
_LEAST_LETTERS = 8

SECTIONS = {
    "FILESINSESSION": "files",
    "ONLINEFILESINSESSION": "files",
    "OFFLINEFILESINSESSION": "offline files",
    "CLIPSINSESSION": "clips",
    "ONLINECLIPSINSESSION": "clips",
    "OFFLINECLIPSINSESSION": "clips",
    "REGIONSINSESSION": "clips",  # Pro Tools 8 and older
    "ONLINEREGIONSINSESSION": "clips",
    "OFFLINEREGIONSINSESSION": "clips",
    "PLUG-INSLISTING": "plug-ins",
    "TRACKLISTING": "tracks",
    "MARKERSLISTING": "markers",
}
"""Headings without their letter spacing, and what stands under them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells by column name, without padding."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(slots=True)
class TrackText:
    """One track as it is listed; `rows` of all its channels."""

    line: int
    name: str
    facts: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Session:
    """A session text, section by section."""

    path: Path
    header: dict[str, str] = field(default_factory=dict)
    files: list[Row] = field(default_factory=list)
    clips: list[Row] = field(default_factory=list)
    tracks: list[TrackText] = field(default_factory=list)
    markers: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: str, message: str, line: int) -> None:
        """Keep something that was not understood, with its line."""
        self.findings.append(warning(code, message, f"{self.path.name}:{line}"))


def parse(path: Path) -> Session:
    """The sections of a file; raises `TimelineError` where it is no session text."""
    text = read_text(path)
    if not text.lines[0].lstrip("\ufeff").startswith("SESSION NAME:"):
        raise TimelineError("is no Pro Tools session text: no SESSION NAME", path=path, line=1)
    session = Session(path, findings=list(text.findings))
    section = "header"
    columns: list[str] = []
    for number, line in enumerate(text.lines, 1):
        heading = _heading(line)
        if heading:
            section, columns = SECTIONS.get(heading, ""), []
            if not section:
                session.note("ptx.section", f"unknown section '{line.strip()}' skipped", number)
        elif section == "tracks":
            columns = _track_line(session, number, line, columns)
        elif line.strip() and section:
            columns = _line(session, section, columns, number, line)
    return session


def _heading(line: str) -> str:
    """A letter-spaced heading without its spaces; empty for any other line."""
    text = line.strip()
    if not _SPACED.fullmatch(text) or len(text.split()) < _LEAST_LETTERS:
        return ""
    return "".join(text.split())


def _line(session: Session, section: str, columns: list[str], number: int, line: str) -> list[str]:
    """Take one line of the header or of a table; the columns that hold from here on."""
    if section == "header":
        match = _HEADER.fullmatch(line.strip())
        if match:
            session.header.setdefault(match[1], match[2].strip())
        else:
            session.note("ptx.line", f"not understood: '{line.strip()[:80]}'", number)
        return columns
    if not columns:
        return _columns(line)
    rows = _table(session, section)
    if section == "markers" and not _numbered(line):
        _continue(session, number, line)
    else:
        rows.append(Row(number, _cells(columns, line)))
    return columns


def _table(session: Session, section: str) -> list[Row]:
    """Where the rows of a section go; the plug-in list says nothing about the cut."""
    tables = {"files": session.files, "offline files": session.files, "clips": session.clips}
    return session.markers if section == "markers" else tables.get(section, [])


def _continue(session: Session, number: int, line: str) -> None:
    """A comment with line breaks goes on in the next line."""
    if not session.markers:
        session.note("ptx.line", f"not understood: '{line.strip()[:80]}'", number)
        return
    cells = session.markers[-1].cells
    cells["COMMENTS"] = f"{cells.get('COMMENTS', '')}\n{line.strip()}".strip("\n")


_FACTS = ("COMMENTS", "USER DELAY", "STATE", "PLUG-INS")


def _track_line(session: Session, number: int, line: str, columns: list[str]) -> list[str]:
    """Take one line of the track listing; the columns that hold from here on."""
    name, colon, value = line.partition(":")
    if colon and name == "TRACK NAME":
        session.tracks.append(TrackText(number, value.strip()))
        return []
    if not session.tracks:
        if line.strip():
            session.note("ptx.line", f"not understood: '{line.strip()[:80]}'", number)
        return columns
    track = session.tracks[-1]
    if colon and name in _FACTS and not columns:
        track.facts[name] = value.strip()
    elif line.startswith("CHANNEL") and "\t" in line:
        return _columns(line)
    elif columns and _numbered(line):
        track.rows.append(Row(number, _cells(columns, line)))
    elif line.strip() and not columns and "COMMENTS" in track.facts:
        track.facts["COMMENTS"] += f"\n{line.strip()}"  # a comment of several lines
    elif line.strip():
        session.note("ptx.line", f"not understood: '{line.strip()[:80]}'", number)
    return columns


def _numbered(line: str) -> bool:
    """Whether a line is a row: its first cell is a number."""
    return line.partition("\t")[0].strip().isdecimal()


def _columns(line: str) -> list[str]:
    return [name.strip().upper() for name in line.split("\t")]


def _cells(columns: list[str], line: str) -> dict[str, str]:
    """The cells of a row; a name that holds tabs itself takes what the columns cannot."""
    cells = [cell.strip() for cell in line.split("\t")]
    channel = cells.pop() if len(cells) > len(columns) and _CHANNEL.fullmatch(cells[-1]) else ""
    extra = len(cells) - len(columns)
    name = next((n for n in ("CLIP NAME", "REGION NAME", "NAME") if n in columns), None)
    if extra > 0 and name:
        at = columns.index(name)
        cells[at : at + extra + 1] = ["\t".join(cells[at : at + extra + 1])]
    found = _renamed(dict(zip(columns, cells, strict=False)))
    return {**found, "SOURCE CHANNEL": channel}


def _renamed(cells: dict[str, str]) -> dict[str, str]:
    """Pro Tools 8 and older say region where later ones say clip."""
    return {_RENAMED.get(name, name): value for name, value in cells.items()}


_RENAMED = {"REGION NAME": "CLIP NAME", "FILE NAME": "FILENAME"}


def names(rows: Iterable[Row], column: str) -> dict[str, Row]:
    """Rows by the value of a column, the first of each."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row[column], row)
    return found
