"""The text of an audio decision list as records: a section, a keyword, and its values.

<EVENT_LIST>
    (Entry) 0001 (Cut) I 0001 1 1 00.00.00.00/0000 ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adapters.text import Text, read_text
from conform.errors import TimelineError

_TOKEN = re.compile(r'"((?:[^"]|"")*)"|<(/?\w+)>|\((\w+)\)|([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Record:
    """A keyword with its values, in which section and on which line it stands."""

    section: str
    keyword: str
    values: tuple[str, ...]
    line: int

    def __getitem__(self, place: int) -> str:
        return self.values[place] if place < len(self.values) else "_"


def parse(path: Path) -> tuple[tuple[Record, ...], Text]:
    """The records of a list; raises `TimelineError` where the file is none."""
    text = read_text(path)
    if not text.lines[0].lstrip().startswith("<ADL>"):
        raise TimelineError("is no audio decision list: no <ADL>", path=path, line=1)
    return tuple(_records(text.lines)), text


def _records(lines: tuple[str, ...]) -> Iterator[Record]:
    section, keyword, values, line = "", "", [""], 0
    for number, raw in enumerate(lines, 1):
        for quoted, tag, word, bare in _TOKEN.findall(raw):
            if tag or word:
                if keyword:
                    yield Record(section, keyword, tuple(values), line)
                keyword, values, line = word.upper(), [], number
            if tag:
                section = "" if tag.startswith("/") else tag.upper()
            elif not word:
                values.append(bare or quoted.replace('""', '"'))
    if keyword:
        yield Record(section, keyword, tuple(values), line)


def quoted(text: str) -> str:
    """A text as a list carries it, on one line and in quotes."""
    clean = " ".join(text.split())
    return '"' + clean.replace('"', '""') + '"'
