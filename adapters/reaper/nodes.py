"""The text of a REAPER project: nested nodes of lines, each a word with its values.

<ITEM            opens a node
  POSITION 1.5   a line: name and values; a value with blanks stands in " or ' or `
>                closes it
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from adapters.daw import number
from adapters.text import read_text
from conform.errors import TimelineError
from conform.findings import Finding, warning

_DEEPEST = 64  # REAPER nests a handful of levels
_QUOTES = "\"'`"


@dataclass(slots=True)
class Node:
    """A node or a line: its name, its values, and for a node what stands inside."""

    name: str
    values: list[str]
    line: int
    inside: list[Node] = field(default_factory=list)

    def all(self, *names: str) -> Iterator[Node]:
        """What stands inside under a name, in order."""
        return (node for node in self.inside if node.name in names)

    def first(self, name: str) -> Node | None:
        """The first of a name inside."""
        return next(self.all(name), None)

    def text(self, place: int = 0) -> str:
        """A value as it is written; empty where there is none."""
        return self.values[place] if place < len(self.values) else ""

    def number(self, place: int = 0) -> Fraction | None:
        """A value as an exact number; None where there is none."""
        return number(self.text(place))

    def value(self, name: str, place: int = 0, default: Fraction | int = 0) -> Fraction:
        """The number in a line inside; the default where it is missing or no number."""
        node = self.first(name)
        found = node.number(place) if node else None
        return Fraction(default) if found is None else found


def parse(path: Path) -> tuple[Node, tuple[Finding, ...]]:
    """The project of a file; raises `TimelineError` where there is none."""
    text = read_text(path)
    findings = list(text.findings)
    if not text.lines[0].lstrip().startswith("<REAPER_PROJECT"):
        raise TimelineError("is no REAPER project: no <REAPER_PROJECT", path=path, line=1)
    root = Node("", [], 0)
    open_nodes = [root]
    for number_, raw in enumerate(text.lines, 1):
        line = raw.strip()
        if line == ">":
            if len(open_nodes) > 1:
                open_nodes.pop()
        elif line.startswith("<"):
            node = _node(line[1:], number_)
            open_nodes[-1].inside.append(node)
            open_nodes.append(node)
            if len(open_nodes) > _DEEPEST:
                raise TimelineError("is nested too deep", path=path, line=number_)
        elif line and not line.startswith("|"):  # notes and code stand behind a bar
            open_nodes[-1].inside.append(_node(line, number_))
    if len(open_nodes) > 1:
        said = f"the file ends inside <{open_nodes[-1].name}: is it whole?"
        findings.append(warning("reaper.unfinished", said, f"{path.name}:{len(text.lines)}"))
    return root.inside[0], tuple(findings)


def _node(line: str, number_: int) -> Node:
    words = split(line)
    return Node(words[0] if words else "", words[1:], number_)


def split(line: str) -> list[str]:
    """The words of a line, quotes taken off."""
    words: list[str] = []
    rest = line.strip()
    while rest:
        if rest[0] in _QUOTES:
            word, _, rest = rest[1:].partition(rest[0])
        else:
            word, _, rest = rest.partition(" ")
        words.append(word)
        rest = rest.lstrip()
    return words


def quoted(text: str) -> str:
    """A text as REAPER writes it: in the first kind of quotes that it does not hold itself."""
    clean = " ".join(text.split("\n")).replace("\r", " ")
    if clean and not set(clean) & set(" \t" + _QUOTES):
        return clean
    mark = next((quote for quote in _QUOTES if quote not in clean), "`")
    return f"{mark}{clean.replace('`', chr(39)) if mark == '`' else clean}{mark}"
