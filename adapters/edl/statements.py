"""One line of an edit decision list as one statement, with its line number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

_LABEL = r"\d{1,2}[:;.,]\d{2}[:;.,]\d{2}[:;.,]\d{2,3}"
_CHANNELS = r"NONE|B|[VA](?:[VA]|\d|[/,&+])*"
_EDIT = re.compile(
    rf"(?P<event>\d+)[A-Z]?\s+(?:(?P<reel>\S.*)\s+)?(?P<channels>{_CHANNELS})"
    r"\s+(?:(?P<kind>C|D|W\s*\d*|K\s*B|K\s*O|K)(?:\s*\([FM]\))?(?:\s+(?P<length>\d+))?"
    r"|(?P<bare>\d+))"  # Avid leaves the kind of some film effects blank
    rf"\s+(?P<source_in>{_LABEL})\s+(?P<source_out>{_LABEL})"
    rf"\s+(?P<record_in>{_LABEL})\s+(?P<record_out>{_LABEL})(?P<tail>\s.*)?",
    re.IGNORECASE,
)
_LIKE_EDIT = re.compile(rf"\d+\s.*{_LABEL}\s+{_LABEL}")
_TITLE = re.compile(r"TITLE:\s*(?P<text>.*)", re.IGNORECASE)
_SOURCE = re.compile(r">>>\s*(?:SOURCE\s*)?(?P<text>.*)", re.IGNORECASE)
_MOTION = re.compile(
    rf"M2\s+(?:(?P<reel>\S.*?)\s+)?(?P<fps>[-+]?\d+(?:\.\d+)?)(?:\s+(?P<at>{_LABEL}))?",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    rf"SPLIT:?\s*(?P<what>VIDEO|AUDIO)\s+DELAY\s*=?\s*(?P<delay>{_LABEL})", re.IGNORECASE
)
_AUDIO = re.compile(r"AUD\s+(?P<tracks>\d+(?:[\s,]+\d+)*)", re.IGNORECASE)
_FCM = re.compile(r"FCM:?\s*(?P<non>NON)?[-\s]*DROP(?:[-\s]*FRAME)?(?P<rest>.*)", re.IGNORECASE)
_RATE = re.compile(
    r"(?:(?:PROJECT|SEQUENCE|TIMELINE|RECORD|EDL)[ _]?)?(?:FRAME[ _-]?RATE|FPS|TIMEBASE|TIME BASE|"
    r"TIMECODE[ _](?:RATE|FORMAT)|TC[ _](?:RATE|FORMAT))\s*[:=]?\s*"
    r"(?P<rate>\d+(?:\.\d+|/\d+)?)\s*(?:FPS)?\s*(?P<drop>NDF|DF|NON-?DROP|DROP)?.*",
    re.IGNORECASE,
)
_KEYS = (
    "FROM CLIP NAME", "TO CLIP NAME", "KEY CLIP NAME", "CLIP NAME", "SOURCE FILE", "FROM FILE",
    "TO FILE", "FROM CLIP IS A GENERATOR", "TO CLIP IS A GENERATOR", "FROM CLIP IS A STILL",
    "TO CLIP IS A STILL", "FROM CLIP", "TO CLIP", "EFFECTS NAME IS", "EFFECT NAME", "EFFECTS NAME",
    "FINAL CUT PRO REEL", "ASC_SOP", "ASC_SAT", "LOC", "SCENE", "TAKE", "COMMENT", "REEL",
    "SOUND ROLL", "CAMROLL", "UMID", "AUDIO LEVEL", "AUDIO",
)  # fmt: skip
_REMARK = re.compile(rf"(?P<key>{'|'.join(_KEYS)})(?![A-Z_])\s*:?\s*(?P<value>.*)", re.IGNORECASE)
_OTHER_REMARK = re.compile(r"(?P<key>[A-Za-z][A-Za-z0-9_ ]{0,40}?)\s*:\s+(?P<value>.*)")
_BARE = ("FROM CLIP NAME", "TO CLIP NAME", "EFFECTS NAME IS", "FINAL CUT PRO REEL", "LOC")
"""Remarks that some systems write without the leading asterisk."""


@dataclass(frozen=True, slots=True)
class Title:
    """The list's name."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class CodeMode:
    """`FCM`: whether labels from here on are counted with drop frame."""

    line: int
    drop: bool


@dataclass(frozen=True, slots=True)
class StatedRate:
    """A frame rate that the list itself states, as it is written."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """The standard form: a reel's stretch recorded at a place. Labels are as written.

    `kind` is C, D, Wnnn, K, KB or KO; empty where the column is blank. `length` is in frames.
    """

    line: int
    event: str
    reel: str
    channels: str
    kind: str
    length: int
    source_in: str
    source_out: str
    record_in: str
    record_out: str


@dataclass(frozen=True, slots=True)
class Motion:
    """`M2`, motion memory: the play speed in source frames a second, negative for reverse."""

    line: int
    reel: str
    fps: Fraction
    at: str


@dataclass(frozen=True, slots=True)
class MoreAudio:
    """`AUD`: further audio channels of the edit above it."""

    line: int
    tracks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """`SPLIT`: picture or sound of the event starts later by a duration label."""

    line: int
    video: bool
    delay: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A note: its key in capitals (empty for free text) and its value."""

    line: int
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class SourceNote:
    """`>>> SOURCE`: a reel's long name and identifier, at the list's end."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A line that is no statement; `edit` where it looks like an event that is damaged."""

    line: int
    text: str
    edit: bool = False


Statement = (
    Title
    | CodeMode
    | StatedRate
    | Edit
    | Motion
    | MoreAudio
    | Split
    | Remark
    | SourceNote
    | Unknown
)


def statement(text: str, line: int) -> Statement | None:
    """What a line says; None for a blank one."""
    text = text.strip()
    if not text:
        return None
    for parse in (_edit, _star, _header, _bare_remark):
        found = parse(text, line)
        if found is not None:
            return found
    return Unknown(line, text, edit=bool(_LIKE_EDIT.match(text)))


def _edit(text: str, line: int) -> Statement | None:
    match = _EDIT.fullmatch(text) if text[0].isdigit() else None
    if not match:
        return None
    kind = re.sub(r"\s", "", match["kind"] or "").upper()
    length = int(match["length"] or match["bare"] or 0)
    return Edit(
        line,
        match["event"],
        (match["reel"] or "").strip(),
        match["channels"].upper(),
        kind,
        length,
        *(match[name] for name in ("source_in", "source_out", "record_in", "record_out")),
    )


def _star(text: str, line: int) -> Statement | None:
    if not text.startswith("*"):
        return None
    note = text[1:].strip()
    rate = _RATE.fullmatch(note)
    if rate:
        return _rate(line, rate)
    match = _REMARK.fullmatch(note) or _OTHER_REMARK.fullmatch(note)
    if match:
        return Remark(line, match["key"].strip().upper(), match["value"].strip())
    return Remark(line, "", note)


def _header(text: str, line: int) -> Statement | None:
    for pattern, made in _FORMS:
        if match := pattern.fullmatch(text):
            return made(line, match)
    return None


def _rate(line: int, match: re.Match[str]) -> StatedRate:
    return StatedRate(line, f"{match['rate']} {match['drop'] or ''}".strip())


_FORMS: tuple[tuple[re.Pattern[str], Callable[[int, re.Match[str]], Statement]], ...] = (
    (_TITLE, lambda line, match: Title(line, match["text"])),
    (_FCM, lambda line, match: CodeMode(line, match["non"] is None)),
    (
        _MOTION,
        lambda line, match: Motion(
            line, match["reel"] or "", Fraction(match["fps"]), match["at"] or ""
        ),
    ),
    (
        _AUDIO,
        lambda line, match: MoreAudio(line, tuple(map(int, re.findall(r"\d+", match["tracks"])))),
    ),
    (_SPLIT, lambda line, match: Split(line, match["what"].upper() == "VIDEO", match["delay"])),
    (_RATE, _rate),
    (_SOURCE, lambda line, match: SourceNote(line, match["text"])),
)


def _bare_remark(text: str, line: int) -> Statement | None:
    match = _REMARK.fullmatch(text)
    if match and match["key"].upper() in _BARE:
        return Remark(line, match["key"].upper(), match["value"].strip())
    return None
