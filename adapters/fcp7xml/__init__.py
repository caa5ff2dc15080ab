"""FCP7 XML (`xmeml` 1 to 5), as Final Cut Pro, Premiere, Resolve, Hiero and Kdenlive write it.

Every sequence that stands by itself in the file or in one of its bins is a timeline. One that only
stands inside a clip item is a nest: its clips appear where it is used.
"""

from __future__ import annotations

from pathlib import Path

from adapters import xmlgate
from adapters.cut import Cut
from adapters.fcp7xml.book import Book, Element
from adapters.fcp7xml.sequence import Sequences
from adapters.fcp7xml.write import write
from conform.errors import TimelineError
from conform.timecode import Rate

__all__ = ["read", "write"]


def read(path: Path, *, rate: Rate | None = None) -> Cut:
    """The timelines of an FCP7 XML file; `rate` outranks the rate that the file states.

    Raises `TimelineError` with the line where the file is no xmeml or holds no sequence.
    """
    book = Book.open(xmlgate.parse(path))
    standing = [element for element in book.document.root.iter("sequence") if _stands(element)]
    if not standing:
        raise TimelineError("holds no sequence; export a sequence, not clips", path=path)
    sequences = Sequences(book, rate)
    timelines = tuple(sequences.timeline(element) for element in standing)
    return Cut(timelines, book.odd.told())


def _stands(sequence: Element) -> bool:
    """Whether a sequence is written out and stands in no clip."""
    inside = sequence.iterancestors("clipitem", "clip", "multiclip")
    return len(sequence) > 0 and next(inside, None) is None
