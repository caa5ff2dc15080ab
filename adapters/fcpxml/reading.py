"""What an attribute says: exact times, numbers and flags, with a finding where it is garbled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from lxml import etree

from adapters.xmlgate import Document
from conform.errors import TimelineError
from conform.findings import Finding, Level, info, warning
from conform.timeline import Metadata

_TIME = re.compile(r"([+-]?\d{1,20}(?:\.\d{1,20})?)(?:/(\d{1,12}))?s?")


@dataclass(slots=True)
class Notebook:
    """Reads attributes of one document and writes down what was odd about them."""

    document: Document
    findings: list[Finding] = field(default_factory=list)
    _counted: dict[tuple[Level, str, str], tuple[int, str]] = field(default_factory=dict)

    def time(self, element: etree._Element, name: str) -> Fraction | None:
        """An attribute as seconds, `1001/24000s`; None where it is absent or no time."""
        text = element.get(name)
        if text is None:
            return None
        match = _TIME.fullmatch(text.strip())
        if match and int(match[2] or 1):
            return Fraction(match[1]) / int(match[2] or 1)
        self.warn("fcpxml.time", f"{name}='{text}' of <{element.tag}> is no time", element)
        return None

    def number(self, element: etree._Element, name: str) -> int | None:
        """An attribute as a whole number above zero; None where it is absent or none."""
        text = (element.get(name) or "").strip()
        return int(text) or None if text.isdecimal() and len(text) < 10 else None

    def lane(self, element: etree._Element) -> int:
        """Where an item stands over (above 0) or under (below 0) the item that holds it."""
        text = (element.get("lane") or "0").strip()
        if re.fullmatch(r"[+-]?\d{1,6}", text):
            return int(text)
        self.warn("fcpxml.lane", f"lane='{text}' is no number", element)
        return 0

    def warn(self, code: str, message: str, element: etree._Element) -> None:
        """A finding that a person should check, with its line."""
        self.findings.append(warning(code, message, self.document.where(element)))

    def tell(self, code: str, message: str, element: etree._Element) -> None:
        """A finding that needs no action, with its line."""
        self.findings.append(info(code, message, self.document.where(element)))

    def refusal(self, message: str, element: etree._Element | None = None) -> TimelineError:
        """The error that stops the reading, with path and line."""
        line: Any = None if element is None else element.sourceline
        return TimelineError(message, path=self.document.path, line=line)

    def count(
        self, code: str, message: str, element: etree._Element, level: Level = Level.INFO
    ) -> None:
        """One finding for all that are alike: how many there are, and where the first one is."""
        key = (level, code, message)
        number, where = self._counted.get(key, (0, self.document.where(element)))
        self._counted[key] = (number + 1, where)

    def close(self) -> tuple[Finding, ...]:
        """All findings, each once however often a compound plays; the counted ones last."""
        counted = (
            Finding(level, code, said if number == 1 else f"{said} ({number} of these)", where)
            for (level, code, said), (number, where) in self._counted.items()
        )
        return tuple(dict.fromkeys((*self.document.findings, *self.findings, *counted)))


def on(element: etree._Element, name: str) -> bool:
    """A flag that is on unless the file says 0."""
    return (element.get(name) or "1").strip() not in ("0", "false", "no")


def metadata(element: etree._Element) -> Iterator[tuple[str, str]]:
    """The keys and values of an element's own metadata; arrays joined by commas."""
    for entry in element.iterfind("metadata/md"):
        parts = [text.text or "" for text in entry.iterfind("array/string")]
        value = entry.get("value") or ", ".join(parts)
        if entry.get("key") and value:
            yield entry.get("key", ""), value


def first(entries: Metadata, *names: str) -> str:
    """The value under the first of some keys that has one."""
    found = dict(entries)
    return next((found[name] for name in names if found.get(name)), "")
