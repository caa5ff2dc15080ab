"""Text files from anywhere: old Macs, DOS, Windows and Unix, in whatever encoding they came."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from conform.errors import TimelineError
from conform.findings import Finding, info, warning

_LIMIT = 64 * 2**20  # the largest feature-length list is under 10 MB
_BREAK = re.compile(r"\r\n|\n|\r")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of a text file, without their ends, and what was odd about its encoding."""

    lines: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def read_text(path: Path) -> Text:
    """The lines of a file with LF, CRLF or CR ends, mixed or not; raises `TimelineError`."""
    raw = read_bytes(path, _LIMIT)
    text, findings = decode(raw, path.name)
    return Text(tuple(_BREAK.split(text.rstrip("\x1a\r\n"))), findings)


def read_bytes(path: Path, limit: int) -> bytes:
    """A whole file of at most `limit` bytes; raises `TimelineError` where that cannot be."""
    try:
        if path.is_dir():
            raise TimelineError("this is a folder; name a file", path=path)
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except FileNotFoundError as fault:
        raise TimelineError("there is no such file", path=path) from fault
    except (OSError, ValueError) as fault:
        raise TimelineError(f"cannot be read: {fault}", path=path) from fault
    if len(raw) > limit:
        raise TimelineError(f"is larger than {limit >> 20} MB; is this a cut?", path=path)
    if not raw.strip():
        raise TimelineError("the file is empty; export the cut again", path=path)
    return raw


def decode(raw: bytes, where: str) -> tuple[str, tuple[Finding, ...]]:
    """The text of some bytes, by byte-order mark, then as UTF-8, then as an old code page."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, errors="replace").replace("\0", ""), ()
    if _looks_utf16(raw):
        encoding = "utf-16-le" if raw[1] == 0 else "utf-16-be"
        note = info("text.encoding", "UTF-16 without a byte-order mark", where)
        return raw.decode(encoding, errors="replace").replace("\0", ""), (note,)
    findings: tuple[Finding, ...] = ()
    if b"\0" in raw:
        findings = (warning("text.nul", "the file holds NUL bytes; they were left out", where),)
        raw = raw.replace(b"\0", b"")
    try:
        return raw.decode("utf-8"), findings
    except UnicodeDecodeError:
        return _old_code_page(raw, where, findings)


def _looks_utf16(raw: bytes) -> bool:
    sample = raw[:200]
    return len(sample) >= 4 and abs(sample[::2].count(0) - sample[1::2].count(0)) > len(sample) // 4


def _old_code_page(
    raw: bytes, where: str, findings: tuple[Finding, ...]
) -> tuple[str, tuple[Finding, ...]]:
    """Classic Mac OS ended lines with CR alone; everything else of that age was Windows."""
    mac = b"\r" in raw and b"\n" not in raw
    try:
        encoding = "mac-roman" if mac else "cp1252"
        text = raw.decode(encoding)
    except UnicodeDecodeError:  # cp1252 leaves five bytes undefined
        encoding = "mac-roman"
        text = raw.decode(encoding)
    note = warning("text.encoding", f"not UTF-8; read as {encoding}, check accented names", where)
    return text, (*findings, note)
