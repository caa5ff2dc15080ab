"""The timecode character format of AES31-3: `01=00=00.12/0345` is a label and samples after it.

The first mark says frames a second and whether they run 0.1 % slow, the third whether labels drop,
the fourth the sample rate. Writers are careless with them, so the list's header outranks the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from conform.errors import TimecodeError
from conform.timecode import RATES, Rate, sample_at

_TCF = re.compile(r"(\d\d)(\D)(\d\d)\D(\d\d)(\D)(\d\d)(?:(\D)(\d{1,6}))?")

FRAME_MARKS: dict[str, Rate] = {
    "|": RATES["30"],
    ":": RATES["29.97"],
    ".": RATES["25"],
    "=": RATES["24"],
    "-": RATES["23.976"],
}
"""The first mark of a time and the frames a second that it means."""

SAMPLE_MARKS = {48000: "/", 44100: "|", 32000: "=", 96000: "*", 88200: "@"}
"""The mark before the samples, by sample rate."""

_BASES = {
    Fraction(base.fps * factor): base for base in FRAME_MARKS.values() for factor in (1, 2, 4)
}


@dataclass(frozen=True, slots=True)
class Clock:
    """What a list counts in: its labels' rate and its sample rate."""

    rate: Rate
    sample_rate: int

    def seconds(self, text: str) -> Fraction:
        """The exact time of a TCF since midnight; raises `TimecodeError`.

        A time without samples after its label is that frame's exact start.
        """
        match = _TCF.fullmatch(text)
        if not match:
            raise TimecodeError(f"'{text}' is no time of an audio decision list")
        frame = self.rate.frames(":".join(match[i] for i in (1, 3, 4, 6)))
        beyond = int(match[8] or 0)
        if not beyond:
            return self.rate.seconds(frame)
        return Fraction(self.rate.sample(frame, self.sample_rate) + beyond, self.sample_rate)

    def text(self, seconds: Fraction) -> str:
        """The TCF of a time since midnight, to the nearest sample."""
        sample = sample_at(seconds, self.sample_rate)
        frame = self.rate.frame_of_sample(sample, self.sample_rate)
        beyond = sample - self.rate.sample(frame, self.sample_rate)
        bare = self.rate.with_drop(drop=False)
        first = next(mark for mark, rate in FRAME_MARKS.items() if rate == bare)
        third = "," if self.rate.drop else "."
        hours, minutes, rest, frames = re.split("[:;]", self.rate.label(frame))
        label = f"{hours}{first}{minutes}{first}{rest}{third}{frames}"
        return f"{label}{SAMPLE_MARKS[self.sample_rate]}{beyond:04}"


def base_of(rate: Rate) -> Rate | None:
    """The rate whose labels a list can carry: 25 for 50 and 100; None where there is none."""
    base = _BASES.get(rate.fps)
    return base.with_drop(rate.drop) if base else None


def marked_rate(text: str) -> Rate | None:
    """The rate that the marks of a TCF state; None where they state none."""
    match = _TCF.fullmatch(text)
    rate = FRAME_MARKS.get(match[2]) if match else None
    if match is None or rate is None:
        return None
    return rate.with_drop(drop=match[5] in ",;" and rate.nominal == 30)
