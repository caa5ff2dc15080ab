"""A file being read: its elements by id, small look-ups, and what was odd so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from lxml import etree

from adapters.xmlgate import Document
from conform.errors import TimelineError
from conform.findings import Finding
from conform.timeline import Source

Element = etree._Element  # noqa: SLF001 (lxml exports its element type under no public name)

_LONGEST_NUMBER = 40
_TRUE = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def text(element: Element | None, path: str) -> str:
    """The trimmed text at a path below an element, empty where there is none."""
    return "" if element is None else (element.findtext(path) or "").strip()


def number(element: Element | None, path: str) -> Fraction | None:
    """The number at a path, exact; `12`, `12.0` (Hiero) and `1e3` alike; None where it is none."""
    return exact(text(element, path))


def exact(said: str) -> Fraction | None:
    """The exact value of a decimal text, None where it is none."""
    if len(said) < _LONGEST_NUMBER and said.isascii() and said.isdigit():
        return Fraction(int(said))
    if not said or len(said) > _LONGEST_NUMBER or "e" in said.lower():
        return _scientific(said)
    try:
        return Fraction(said)
    except (ValueError, ZeroDivisionError):
        return None


def _scientific(said: str) -> Fraction | None:
    """`1e-05`, as Premiere writes small levels; a hostile exponent never becomes an integer."""
    try:
        value = float(said[:_LONGEST_NUMBER])
        return Fraction(value)
    except (ValueError, OverflowError):
        return None


def flag(element: Element | None, path: str, default: bool) -> bool:
    """TRUE or FALSE at a path; what is neither counts as the default."""
    return _TRUE.get(text(element, path).lower(), default)


@dataclass(slots=True)
class Oddities:
    """Findings as they come; the same oddity is told once, at its first place, with its count."""

    _first: dict[tuple[str, str], Finding] = field(default_factory=dict)
    _count: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Note a finding, or count it where the same was noted before."""
        key = (finding.code, finding.message)
        self._first.setdefault(key, finding)
        self._count[key] = self._count.get(key, 0) + 1

    def told(self) -> tuple[Finding, ...]:
        """The findings in the order of their first places."""
        return tuple(_counted(found, self._count[key]) for key, found in self._first.items())


def _counted(found: Finding, count: int) -> Finding:
    if count == 1:
        return found
    return Finding(found.level, found.code, f"{found.message} ({count} times)", found.where)


@dataclass(frozen=True, slots=True)
class Book:
    """The document with its shared elements by id.

    An id is written out once and referred to by empty elements before and after that place (Apple:
    Basics of Encoding, "The id Attribute").
    """

    document: Document
    odd: Oddities
    files: dict[str, Element]
    sequences: dict[str, Element]
    masters: dict[str, Element]
    sources: dict[Element, Source] = field(default_factory=dict)
    """The files that were read already: each is referred to by many clips."""

    @classmethod
    def open(cls, document: Document) -> Book:
        """The book of a parsed document; raises `TimelineError` where it is no xmeml."""
        if document.root.tag != "xmeml":
            raise TimelineError(
                f"no FCP7 XML: the root is <{document.root.tag}>, not <xmeml>", path=document.path
            )
        odd = Oddities()
        for finding in document.findings:
            odd.add(finding)
        return cls(
            document,
            odd,
            _defined(document.root.iter("file")),
            _defined(document.root.iter("sequence")),
            _defined(document.root.iter("clip")),
        )

    def note(
        self, make: Callable[[str, str, str], Finding], code: str, said: str, at: Element
    ) -> None:
        """Note an oddity at an element: `book.note(warning, "rate.ntsc", "...", element)`."""
        self.odd.add(make(code, said, self.document.where(at)))

    def whole(self, shared: dict[str, Element], element: Element) -> Element:
        """The element that is written out in full under this element's id, or the element."""
        return element if len(element) > 1 else shared.get(element.get("id", ""), element)


def _defined(elements: Iterator[Element]) -> dict[str, Element]:
    """The fullest element of each id: some exports write an outline first."""
    found: dict[str, Element] = {}
    for element in elements:
        name = element.get("id")
        if name and (name not in found or len(element) > len(found[name])):
            found[name] = element
    return found
