"""Exact time: frame rates, timecode labels, feet+frames and sample positions.

A time is a `Fraction` of seconds. A frame is an integer count at a `Rate`. A sample is an integer
count at a sample rate, rounded once, from the absolute time. Nothing here is a float.

Drop frame follows SMPTE ST 12-1: at 30 nominal frames a second, labels :00 and :01 are skipped at
the start of every minute that is not a multiple of ten (four labels at 60, eight at 120).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from conform.errors import TimecodeError

_LABEL = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})([:;.,])(\d{1,3})")
_NAME = re.compile(r"(\d+(?:\.\d+)?|\d+/\d+)\s*(?:fps)?[\s_-]*(ndf|df|nd|d|non-?drop|drop)?")
_HALF = Fraction(1, 2)
_DAY_HOURS = 24
FRAMES_PER_FOOT = 16
"""Frames in a foot of 35 mm film, 4 perforations a frame (SMPTE ST 139)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Frames a second as an exact fraction, and whether the labels skip numbers (drop frame)."""

    fps: Fraction
    drop: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "fps", Fraction(self.fps))
        if self.fps <= 0:
            raise TimecodeError(f"a frame rate must be above zero, not {self.fps}")
        if self.drop and self.nominal % 30:
            raise TimecodeError(
                f"drop frame exists at 29.97, 30, 59.94, 60, 119.88 and 120, not at {self.name}"
            )

    @property
    def nominal(self) -> int:
        """Labels in a second: 24 for 24000/1001, 30 for 30000/1001."""
        return ceil(self.fps)

    @property
    def name(self) -> str:
        """How the trade writes the rate: `23.976`, `25`, `29.97 DF`."""
        number = _NAMES.get(self.fps) or _decimal(self.fps)
        return f"{number} DF" if self.drop else number

    @property
    def frame(self) -> Fraction:
        """The length of one frame in seconds."""
        return 1 / self.fps

    @property
    def day(self) -> int:
        """Labels between midnight and midnight."""
        minutes = _DAY_HOURS * 60
        return minutes * 60 * self.nominal - self._skipped * (minutes - minutes // 10)

    @property
    def _skipped(self) -> int:
        """Labels skipped in each minute but every tenth."""
        return self.nominal // 15 if self.drop else 0

    def with_drop(self, drop: bool) -> Rate:
        """The same frames a second, counted with or without drop-frame labels."""
        return Rate(self.fps, drop)

    def seconds(self, frame: int) -> Fraction:
        """The exact time of a frame's start."""
        return frame / self.fps

    def frame_at(self, seconds: Fraction) -> int:
        """The frame that is on screen at a time (its interval holds the time)."""
        return floor(seconds * self.fps)

    def nearest(self, seconds: Fraction) -> int:
        """The frame whose start is nearest to a time; halves go up."""
        return floor(seconds * self.fps + _HALF)

    def sample(self, frame: int, sample_rate: int) -> int:
        """The sample at which a frame starts, rounded once from frame zero."""
        return sample_at(self.seconds(frame), sample_rate)

    def frame_of_sample(self, sample: int, sample_rate: int) -> int:
        """The frame that a sample lies in, where frames start at `sample(frame)`.

        A recorder's TimeReference was itself rounded to a sample: at 29.97 a label's sample may
        lie up to half a sample before the frame's exact start, and still belongs to that frame.
        """
        return floor((sample + _HALF) * self.fps / sample_rate)

    def frames(self, label: str) -> int:
        """The frame count of a timecode label such as `01:00:00:00` or `01:00:00;02`.

        Raises `TimecodeError` for what is no label, is out of range, or is skipped by drop frame.
        """
        match = _LABEL.fullmatch(label.strip())
        if not match:
            raise TimecodeError(f"'{label}' is no timecode; write it as HH:MM:SS:FF")
        hours, minutes, seconds, frames = (int(match[i]) for i in (1, 2, 3, 5))
        past_midnight = (hours, minutes, seconds, frames) > (_DAY_HOURS, 0, 0, 0)
        if past_midnight or minutes > 59 or seconds > 59:
            raise TimecodeError(f"'{label}' is no time of day")
        if frames >= self.nominal:
            raise TimecodeError(f"'{label}' has a frame above {self.nominal - 1}, at {self.name}")
        if frames < self._skipped and seconds == 0 and minutes % 10:
            raise TimecodeError(
                f"'{label}' does not exist: drop frame at {self.name} skips the first "
                f"{self._skipped} labels of this minute"
            )
        total_minutes = hours * 60 + minutes
        skipped = self._skipped * (total_minutes - total_minutes // 10)
        return (total_minutes * 60 + seconds) * self.nominal + frames - skipped

    def label(self, frame: int) -> str:
        """The timecode label of a frame count; the clock wraps at midnight, both ways."""
        frame %= self.day
        if self._skipped:
            per_ten = 600 * self.nominal - 9 * self._skipped
            tens, rest = divmod(frame, per_ten)
            first = 60 * self.nominal
            minutes = 0 if rest < first else 1 + (rest - first) // (first - self._skipped)
            frame += self._skipped * (9 * tens + minutes)
        seconds, frames = divmod(frame, self.nominal)
        hours, minutes = divmod(seconds // 60, 60)
        mark = ";" if self.drop else ":"
        return f"{hours:02}:{minutes:02}:{seconds % 60:02}{mark}{frames:02}"

    def label_at(self, seconds: Fraction) -> str:
        """The timecode label on screen at a time since midnight."""
        return self.label(self.frame_at(seconds))

    def time_of(self, label: str) -> Fraction:
        """The exact time since midnight of a timecode label."""
        return self.seconds(self.frames(label))

    def __str__(self) -> str:
        return self.name

    @classmethod
    def named(cls, text: str) -> Rate:
        """The rate that a person or a file writes: `23.976`, `29.97df`, `30000/1001`, `25 fps`.

        Raises `TimecodeError` for anything that is no rate.
        """
        match = _NAME.fullmatch(text.strip().lower())
        if not match:
            raise TimecodeError(f"'{text}' is no frame rate; known: {', '.join(RATES)}")
        number, flag = match[1], match[2] or ""
        if Fraction(number.split("/")[-1]) == 0:
            raise TimecodeError(f"'{text}' is no frame rate; known: {', '.join(RATES)}")
        drop = flag in ("df", "d", "drop")
        return cls.near(Fraction(number), drop) or cls(Fraction(number), drop)

    @classmethod
    def near(cls, fps: Fraction | float, drop: bool = False) -> Rate | None:
        """The SMPTE rate within 0.03 % of a number (so 23.98 and 23.976 both mean 24000/1001).

        None where no SMPTE rate is that near: 0.1 % lies between 23.976 and 24.
        """
        exact = Fraction(fps)
        known = min(_NAMES, key=lambda rate: abs(rate - exact))
        return cls(known, drop) if abs(exact / known - 1) < Fraction(3, 10_000) else None


_NAMES: dict[Fraction, str] = {
    Fraction(24000, 1001): "23.976",
    Fraction(24): "24",
    Fraction(25): "25",
    Fraction(30000, 1001): "29.97",
    Fraction(30): "30",
    Fraction(48000, 1001): "47.952",
    Fraction(48): "48",
    Fraction(50): "50",
    Fraction(60000, 1001): "59.94",
    Fraction(60): "60",
    Fraction(100): "100",
    Fraction(120000, 1001): "119.88",
    Fraction(120): "120",
}

RATES: dict[str, Rate] = {
    rate.name: rate
    for fps in _NAMES
    for rate in [Rate(fps)] + ([Rate(fps, drop=True)] if ceil(fps) % 30 == 0 else [])
}
"""The rates of the trade by name, drop frame where it exists."""


def _decimal(fps: Fraction) -> str:
    return str(fps) if fps.denominator == 1 else f"{float(fps):.3f}"


def sample_at(seconds: Fraction, sample_rate: int) -> int:
    """The sample nearest to an absolute time, halves up: for edges, never for lengths."""
    return floor(seconds * sample_rate + _HALF)


def feet_frames(frame: int) -> str:
    """35 mm 4-perf footage of a frame count: frame 100 is `6+04`."""
    feet, frames = divmod(abs(frame), FRAMES_PER_FOOT)
    return f"{'-' if frame < 0 else ''}{feet}+{frames:02}"


def frames_of_feet(footage: str) -> int:
    """The frame count of 35 mm 4-perf footage such as `6+04`; raises `TimecodeError`."""
    match = re.fullmatch(r"\s*(-?)(\d+)\+(\d{1,2})\s*", footage)
    if not match or int(match[3]) >= FRAMES_PER_FOOT:
        raise TimecodeError(f"'{footage}' is no footage; write it as FEET+FRAMES, frames 0 to 15")
    count = int(match[2]) * FRAMES_PER_FOOT + int(match[3])
    return -count if match[1] else count
