"""Edit rates as files store them, and the timecode that counts at them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from adapters.aaf.structure import Timecode
from conform.errors import TimecodeError
from conform.timecode import Rate

_FASTEST_PICTURE = 1000  # faster edit rates count samples


def edit_rate(stored: Any) -> Fraction | None:
    """Edit units a second, exactly; None for a rate that cannot be.

    Media Composer writes 23.976 as 2997/125 and 119.88 as 11988/100, but counts sound against
    24000/1001 and 120000/1001; a rate of samples stays what it is.
    """
    top, bottom = int(stored.numerator), int(stored.denominator)
    if top <= 0 or bottom <= 0:
        return None
    exact = Fraction(top, bottom)
    known = Rate.near(exact) if exact < _FASTEST_PICTURE else None
    return known.fps if known else exact


def is_picture(rate: Fraction) -> bool:
    """Whether an edit rate counts frames, not samples."""
    return rate < _FASTEST_PICTURE


def timecode_rate(timecode: Timecode, slot: Fraction, frame: Rate | None = None) -> Rate | None:
    """The rate that a timecode counts at, None where its labels fit no rate.

    Its `fps` is rounded to whole labels, so that 30 means 29.97 as well; the slot that holds it
    tells which where it counts frames, and else the picture's rate `frame`.
    """
    if timecode.fps <= 0:
        return None
    fps = Fraction(timecode.fps)
    if timecode.drop and not is_picture(slot):
        fps *= Fraction(
            1000, 1001
        )  # Logic counts samples; labels are dropped for 29.97 and its kin
    if is_picture(slot) and -(-slot // 1) == fps:
        fps = slot
    elif frame is not None and frame.nominal == timecode.fps:
        fps = frame.fps
    try:
        return Rate(fps, timecode.drop)
    except TimecodeError:
        return Rate(fps)
