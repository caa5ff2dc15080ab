"""The one door for XML from strangers: every reader of XML parses through it.

Refused before any tree is built: entity declarations, document types with a subset or an external
identifier, nesting deeper than 200, more than 2 million elements, files above 256 MB. A plain
`<!DOCTYPE xmeml>` passes. Nothing is ever fetched. The limits were chosen against bombs that took
released readers 16 s and 700 MB; genuine timelines of 20,000 clips stay far below all of them.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from lxml import etree

from conform.errors import TimelineError
from conform.findings import Finding, warning

MAX_BYTES = 256 * 2**20
MAX_ELEMENTS = 2_000_000
MAX_DEPTH = 200

_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_CHARSET = re.compile("(utf|iso|us-?ascii|ascii|latin|windows|cp|mac|shift|euc|gb|big5|koi8)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MARKS = (  # the byte order marks, and "<" or "<?" of text that has none; longest first
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_WIDE = ("utf-16", "utf16", "utf-32", "utf32", "ucs", "unicode")  # cannot follow a one-byte "<"
_FALLBACK = ("utf-8", "cp1252", "latin-1")  # the last one takes any bytes


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its root element without comments, and what was odd about its text."""

    path: Path
    root: etree._Element
    findings: tuple[Finding, ...] = ()

    def where(self, element: etree._Element) -> str:
        """The place of an element as a finding names it: `cut.xml:12`."""
        return f"{self.path.name}:{line_of(element)}"


def line_of(element: etree._Element) -> int | None:
    """The line on which an element starts; None where it came from no file."""
    line: int | None = element.sourceline  # type: ignore[assignment]  # the stubs give it no type
    return line


def parse(path: Path) -> Document:
    """The XML file at a path; raises `TimelineError` with path and line where it is unfit."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise TimelineError(_too("large", f"{size} bytes", MAX_BYTES), path=path)
        data = path.read_bytes()
    except OSError as fault:
        raise TimelineError(f"cannot read: {fault.strerror or fault}", path=path) from fault
    return parse_bytes(data, path)


def parse_bytes(data: bytes, path: Path) -> Document:
    """XML that was already read, out of a zip for instance; `path` names it in messages."""
    if len(data) > MAX_BYTES:
        raise TimelineError(_too("large", f"{len(data)} bytes", MAX_BYTES), path=path)
    if not data.strip():
        raise TimelineError("the file is empty; export it again", path=path)
    text, findings = _decode(data, path)
    clean = text.encode("utf-8", "replace")
    _Gate(path).pass_through(clean)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return Document(path, etree.fromstring(clean, parser), findings)
    except etree.XMLSyntaxError as fault:
        raise TimelineError(
            f"no well-formed XML: {fault.msg}", path=path, line=fault.lineno
        ) from fault


def _decode(data: bytes, path: Path) -> tuple[str, tuple[Finding, ...]]:
    """The text of a file whose declared encoding may be wrong, and findings where it was."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    declared = _DECLARED.match(data.lstrip())
    named = declared[1].decode("ascii").lower() if declared else "utf-8"
    narrow = _CHARSET.match(named) and not named.startswith(_WIDE)  # nor Python's punycode
    told = marked or (named if narrow else "utf-8")
    for name in (told, *_FALLBACK):
        try:
            text = data.decode(name)
        except (UnicodeError, LookupError):
            continue
        break
    odd = []
    if name != told or not (marked or narrow):
        said = f"the file calls itself {named} and is not; it was read as {name}"
        odd.append(warning("xml.encoding", said, f"{path.name}:1"))
    clean, count = _CONTROL.subn("\ufffd", text)
    if count:
        said = f"{count} control characters that XML forbids were replaced"
        odd.append(warning("xml.control", said, path.name))
    return clean.removeprefix("\ufeff").lstrip(), tuple(odd)


class _Gate:
    """One cheap pass of expat that counts and refuses, so that no bomb reaches the tree."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._depth = 0
        self._elements = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._entity

    def pass_through(self, data: bytes) -> None:
        """Raise `TimelineError` with the line at which the text breaks a rule."""
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as fault:
            said = f"no well-formed XML: {expat.ErrorString(fault.code)}"
            raise TimelineError(said, path=self._path, line=fault.lineno) from fault

    def _start(self, _name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH:
            raise self._refusal(_too("deep", f"{self._depth} levels", MAX_DEPTH))
        if self._elements > MAX_ELEMENTS:
            raise self._refusal(_too("long", f"{self._elements} elements", MAX_ELEMENTS))

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _doctype(self, _name: str, system: str | None, public: str | None, subset: int) -> None:
        if system or public or subset:
            raise self._refusal(
                "the document type has a subset or an external identifier, which no timeline "
                "needs and attacks use; remove it from the DOCTYPE line"
            )

    def _entity(self, name: str, *_rest: object) -> None:
        raise self._refusal(f"the file declares the entity '{name}', which no timeline needs")

    def _refusal(self, message: str) -> TimelineError:
        return TimelineError(message, path=self._path, line=self._parser.CurrentLineNumber)


def _too(how: str, size: str, limit: int) -> str:
    return f"too {how} for a timeline: {size}, the limit is {limit}; export a smaller part"
