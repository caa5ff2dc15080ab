"""The one door for cuts: any file in by its content, any timeline out by its suffix.

A suffix is never believed on reading: `.xml` may be Final Cut Pro 7's or a sitemap, `.txt` a Pro
Tools session or an edit decision list.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from adapters.checks import validate
from adapters.cut import Cut
from adapters.text import decode
from conform.errors import ConformError, TimelineError
from conform.findings import Finding, Level, warning
from conform.timecode import Rate
from conform.timeline import Timeline

_HEAD = 64 * 1024
_CFB = bytes.fromhex("D0CF11E0A1B11AE1")
"""The magic number of a compound file, which an AAF is (Microsoft MS-CFB, 2.2)."""
_ZIP = b"PK\3\4"
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)[\s/>]")
_EVENT = re.compile(r"\s*\d+\S*\s.*(?:\d{1,2}[:;.]\d{2}[:;.]\d{2}[:;.]\d{2,3}\s+){3}\d{1,2}[:;.]")
_TITLE = re.compile(r"\s*(TITLE:|FCM:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: how its content is recognised, and the module that reads and writes it."""

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes, Path], bool]
    module: str
    reads: bool = True
    writes: bool = False


def _root_is(tag: str) -> Callable[[bytes, Path], bool]:
    return lambda head, _: _root_tag(head) == tag


def _root_tag(head: bytes) -> str:
    """The name of an XML document's root element; empty where there is none."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            text = head[2:].decode(encoding, errors="replace")
            break
    else:
        text = head.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")
    text = text.lstrip()
    if not text.startswith("<"):
        return ""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    match = _ROOT.search(text)
    return match[1] if match else ""


def _holds(name: str) -> Callable[[bytes, Path], bool]:
    """A zip that holds a file of this name."""

    def recognises(head: bytes, path: Path) -> bool:
        if not head.startswith(_ZIP):
            return False
        try:
            with zipfile.ZipFile(path) as archive:
                return name in archive.namelist()
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError):
            return False

    return recognises


def _begins(word: str) -> Callable[[bytes, Path], bool]:
    """A text whose first word this is, in any encoding."""

    def recognises(head: bytes, path: Path) -> bool:
        text, _ = decode(head, path.name)
        return text.lstrip("\ufeff \t\r\n").startswith(word)

    return recognises


def _is_otio(head: bytes, path: Path) -> bool:
    if (path / "content.otio").is_file():
        return True
    bare = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return bare.startswith(b"{") or _holds("content.otio")(head, path)


def _is_fcpxml(head: bytes, path: Path) -> bool:
    return (path / "Info.fcpxml").is_file() or _root_tag(head) == "fcpxml"


def _never(_head: bytes, _path: Path) -> bool:
    """For what is only written."""
    return False


def _is_edl(head: bytes, path: Path) -> bool:
    text, _ = decode(head, path.name)
    lines = re.split(r"[\r\n]+", text)
    return any(_TITLE.match(line) or _EVENT.match(line) for line in lines)


FORMATS: tuple[Format, ...] = (
    Format("otio", (".otio", ".otioz", ".otiod"), _is_otio, "adapters.otio", writes=True),
    Format("aaf", (".aaf",), lambda head, _: head.startswith(_CFB), "adapters.aaf", writes=True),
    Format("fcp7xml", (".xml",), _root_is("xmeml"), "adapters.fcp7xml", writes=True),
    Format("fcpxml", (".fcpxml", ".fcpxmld"), _is_fcpxml, "adapters.fcpxml", writes=True),
    Format(
        "dawproject", (".dawproject",), _holds("project.xml"), "adapters.dawproject", writes=True
    ),
    Format("reaper", (".rpp",), _begins("<REAPER_PROJECT"), "adapters.reaper", writes=True),
    Format("aes31", (".adl",), _begins("<ADL>"), "adapters.aes31", writes=True),
    Format("ptx_text", (".txt",), _begins("SESSION NAME:"), "adapters.ptx_text"),
    Format("ale", (".ale",), _begins("Heading"), "adapters.ale"),
    Format("markers", (".csv", ".tsv"), _never, "adapters.marker_lists", reads=False, writes=True),
    Format("edl", (".edl",), _is_edl, "adapters.edl", writes=True),
)
"""The formats in the order in which a file is tried; plain text, the least distinct, comes last."""


SUFFIXES = frozenset(suffix for one in FORMATS for suffix in one.suffixes)
"""What files of these formats are usually called."""


def read(path: Path, *, rate: Rate | None = None) -> Cut:
    """Every timeline of a file, whatever format it is; `rate` for lists that do not state theirs.

    Raises `TimelineError` where the file is missing, empty, damaged, or no cut that we know.
    """
    found = recognised(path)
    cut: Cut = _module(found).read(path, rate=rate)
    kept: list[Timeline] = []
    findings: list[Finding] = []
    fault: ConformError | None = None
    for timeline in cut.timelines:
        try:
            findings += validate(timeline, path)
        except TimelineError as one:
            fault = fault or one
            findings.append(warning("check.timeline", f"{one.message}: left out", path.name))
        else:
            kept.append(timeline)
    if not kept:
        fault = fault or TimelineError("holds no timeline; export the sequence again")
        raise TimelineError(f"{fault.message}{_why(cut.findings)}", path=path)
    return Cut(tuple(kept), (*cut.findings, *findings))


def _why(findings: Iterable[Finding]) -> str:
    """What the reader left out, which may be why nothing is left."""
    gone = [one for one in findings if one.level is not Level.INFO and "left out" in one.message]
    return f" ({gone[0].where}: {gone[0].message})" if gone else ""


def write(
    timeline: Timeline,
    path: Path,
    *,
    format: str | None = None,  # noqa: A002  # the word that the command line uses as well
    force: bool = False,
    sources: Iterable[Path] = (),
    **options: Any,
) -> tuple[Finding, ...]:
    """Write a timeline in the format named, or that of the suffix; returns what it cannot hold.

    `options` are those of the format's own `write`. Raises `TimelineError` for a format that is not
    written, `RenderError` where the file cannot be, or is one of `sources`.
    """
    found: tuple[Finding, ...] = _module(written_as(path, format)).write(
        timeline, path, force=force, sources=sources, **options
    )
    return found


def written_as(path: Path, name: str | None = None) -> Format:
    """The format of a name, or of a path's suffix, to write; raises `TimelineError`."""
    written = [one for one in FORMATS if one.writes]
    suffix = path.suffix.lower()
    for one in written:
        if one.name == name or (name is None and suffix in one.suffixes):
            return one
    names = ", ".join(f"{one.name} ({one.suffixes[0]})" for one in written)
    raise TimelineError(f"'{name or suffix}' cannot be written; can be: {names}", path=path)


def recognised(path: Path) -> Format:
    """The format of a file or bundle by its content; raises `TimelineError`."""
    head = _head(path)
    for one in FORMATS:
        if one.reads and one.recognises(head, path):
            return one
    if path.is_dir():
        raise TimelineError("this is a folder; name a file", path=path)
    names = ", ".join(one.name for one in FORMATS if one.reads)
    raise TimelineError(f"is no cut that can be read (known: {names})", path=path)


def _head(path: Path) -> bytes:
    try:
        if path.is_dir():
            return b""
        if path.exists() and not path.is_file():  # a pipe would wait for ever
            raise TimelineError("is no regular file", path=path)
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except FileNotFoundError as fault:
        raise TimelineError("there is no such file", path=path) from fault
    except (OSError, ValueError) as fault:
        raise TimelineError(f"cannot be read: {fault}", path=path) from fault
    if not head.strip(b"\0 \t\r\n\x1a"):
        raise TimelineError("the file is empty; export the cut again", path=path)
    return head


def _module(one: Format) -> Any:
    """The format's module, imported only when it is used: AAF and OTIO take their time."""
    return import_module(one.module)
