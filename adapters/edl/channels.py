"""The channel column: which picture and sound tracks an edit records on."""

from __future__ import annotations

import re

from conform.timeline import Kind

Track = tuple[Kind, int]
"""A track by its kind and its number, from 1."""

_V1, _A1, _A2 = (Kind.VIDEO, 1), (Kind.AUDIO, 1), (Kind.AUDIO, 2)
_NAMED: dict[str, tuple[Track, ...]] = {
    "V": (_V1,),
    "A": (_A1,),
    "AA": (_A1, _A2),
    "B": (_V1, _A1),  # "both", from recorders with one picture and one sound track
    "NONE": (),  # its sound is in AUD lines below
}
_MOST = 24
"""The highest sound track that a system writes as one number (Avid: A1 to A24)."""


def tracks(column: str) -> tuple[Track, ...]:
    """The tracks of a channel column such as `V`, `AA/V`, `A2/V`, `A14` or Sony's `VA12`."""
    found: list[Track] = []
    for part in re.split(r"[/,&+]", column):
        found += _NAMED.get(part) or _numbered(part)
    return tuple(dict.fromkeys(found))


def _numbered(part: str) -> list[Track]:
    found: list[Track] = []
    sony = re.match(r"VA\d\d", part) is not None
    for letter, digits in re.findall(r"([VA])(\d*)", part):
        kind = Kind.VIDEO if letter == "V" else Kind.AUDIO
        one = not digits or (int(digits) <= _MOST and not (sony and letter == "A"))
        numbers = [int(digits or 1)] if one else [int(digit) for digit in digits]
        found += [(kind, number) for number in numbers if number]
    return found
