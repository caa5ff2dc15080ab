"""Timecode labels of a list: read at a rate, whatever mark stands before the frames."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conform.errors import TimecodeError
from conform.timecode import Rate

_PARTS = re.compile(r"(\d+)[:;.,](\d+)[:;.,](\d+)([:;.,])(\d+)")


@dataclass(frozen=True, slots=True)
class Label:
    """A label as numbers: whole seconds since midnight, frames, and whether `;` marks drop."""

    seconds: int
    frames: int
    drop: bool


def label(text: str) -> Label:
    """The numbers of a label, unchecked; raises `TimecodeError` for what is no label."""
    match = _PARTS.fullmatch(text)
    if not match:
        raise TimecodeError(f"'{text}' is no timecode; write it as HH:MM:SS:FF")
    hours, minutes, seconds = (int(match[i]) for i in (1, 2, 3))
    # some systems write every mark as a point: only a lone point before the frames means drop
    lone = match[4] == "." and "." not in text[: match.start(4)]
    return Label((hours * 60 + minutes) * 60 + seconds, int(match[5]), match[4] == ";" or lone)


def frames(text: str, rate: Rate) -> int:
    """The frame count of a label at a rate; the rate alone decides about drop frame."""
    return rate.frames(re.sub(r"[:;.,]", ":", text))


def exists(text: str, rate: Rate) -> bool:
    """Whether a clock at this rate ever shows the label."""
    try:
        frames(text, rate)
    except TimecodeError:
        return False
    return True
