"""The times of a session text: timecode, minutes, samples or footage, as exact seconds.

All but timecode count from the session's start. Pro Tools cuts what it prints off: timecode
without subframes is true to a frame, minutes without thousandths to a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor

from conform.errors import TimecodeError
from conform.timecode import FRAMES_PER_FOOT, RATES, Rate

_TIMECODE = re.compile(r"(\d{1,2}:\d{2}:\d{2}[:;.]\d{2,3})(?:\.(\d{2,3}))?")
_MINUTES = re.compile(r"(?:(\d+):)?(\d+):(\d{2})(?:\.(\d{1,6}))?")
_FOOTAGE = re.compile(r"(\d+)\+(\d{1,2})(?:\.(\d{2,3}))?")
_BARS = re.compile(r"\d+\|\s*\d+(\|\s*\d+)?")
_SUBFRAMES = 100  # Pro Tools counts hundredths of a frame, and prints .100 where rounding went up


class Form(StrEnum):
    """How a time is written."""

    TIMECODE = "timecode"
    MINUTES = "minutes:seconds"
    SAMPLES = "samples"
    FOOTAGE = "feet+frames"
    BARS = "bars|beats"


_FORMS = (
    (Form.TIMECODE, _TIMECODE),
    (Form.MINUTES, _MINUTES),
    (Form.FOOTAGE, _FOOTAGE),
    (Form.BARS, _BARS),
    (Form.SAMPLES, re.compile(r"-?\d+")),
)

_FILM = tuple(RATES[name].fps for name in ("24", "23.976", "25", "29.97", "30"))


def form_of(text: str) -> Form | None:
    """How a time is written; None for what is no time."""
    return next((form for form, pattern in _FORMS if pattern.fullmatch(text.strip())), None)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a session says about its clock. `film` is its feet+frames rate in frames a second."""

    rate: Rate
    start: Fraction
    sample_rate: int
    film: Fraction = Fraction(24)

    def seconds(self, text: str) -> Fraction:
        """Seconds since the session's start; raises `TimecodeError` for what has no exact time."""
        form = form_of(text)
        if form is Form.TIMECODE:
            since = self.of_day(text) - self.start
            return since if since >= 0 else since + self.rate.seconds(self.rate.day)
        if form is Form.SAMPLES:
            return Fraction(int(text), self.sample_rate)
        if form is Form.MINUTES and (match := _MINUTES.fullmatch(text.strip())):
            hours, minutes, seconds = (int(match[i] or 0) for i in (1, 2, 3))
            return Fraction(f"{hours * 3600 + minutes * 60 + seconds}.{match[4] or 0}")
        if form is Form.FOOTAGE and (match := _FOOTAGE.fullmatch(text.strip())):
            return _film_frames(match) / self.film
        if form is Form.BARS:
            raise TimecodeError(
                f"'{text}' counts bars and beats, which have no exact time without the tempo map; "
                "export again with timecode or samples"
            )
        raise TimecodeError(f"'{text}' is no time")

    def of_day(self, text: str) -> Fraction:
        """Seconds since midnight of a timecode with or without subframes."""
        match = _TIMECODE.fullmatch(text.strip())
        if not match:
            raise TimecodeError(f"'{text}' is no timecode")
        frame = Fraction(self.rate.frames(match[1])) + Fraction(int(match[2] or 0), _SUBFRAMES)
        return frame / self.rate.fps


def film_rates(pairs: Iterable[tuple[str, int]], sample_rate: int) -> tuple[Fraction, ...]:
    """The feet+frames rates under which footage and samples of the same markers agree.

    The text does not state this rate, which a session sets apart from its timecode's.
    """
    known = [(match, at) for text, at in pairs if (match := _FOOTAGE.fullmatch(text.strip()))]
    return tuple(
        rate
        for rate in _FILM
        if known and all(_agrees(match, Fraction(at, sample_rate) * rate) for match, at in known)
    )


def _agrees(match: re.Match[str], frames: Fraction) -> bool:
    """Whether printed footage is a count of frames, cut off to what was printed."""
    digits = 1 if match[3] is None else _SUBFRAMES
    return abs(floor(frames * digits) - _film_frames(match) * digits) <= (digits > 1)


def _film_frames(match: re.Match[str]) -> Fraction:
    whole = int(match[1]) * FRAMES_PER_FOOT + int(match[2])
    return whole + Fraction(int(match[3] or 0), _SUBFRAMES)
