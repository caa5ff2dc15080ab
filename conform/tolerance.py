"""How far sound may lie from picture: the windows that the trade quotes, as data with sources.

A slip is in seconds, positive = the sound is early. A window has an early and a late limit; what
is judged is the slip with its uncertainty: one that straddles a limit is undecided, never passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Unit(StrEnum):
    """What a limit counts."""

    SAMPLES = "samples"
    FRAMES = "frames"
    MILLISECONDS = "ms"


class Judgement(StrEnum):
    """Where a slip lies against a window, its uncertainty included."""

    WITHIN = "within"
    OUTSIDE = "outside"
    UNDECIDED = "undecided"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A window around sync, `early` and `late` in its unit, and who says so."""

    name: str
    title: str
    early: Fraction
    late: Fraction
    unit: Unit
    source: str

    def limits(self, frame: Fraction, sample_rate: int) -> tuple[float, float]:
        """The early and late limits in seconds, for a frame's length and a sample rate."""
        one = {
            Unit.SAMPLES: Fraction(1, sample_rate),
            Unit.FRAMES: frame,
            Unit.MILLISECONDS: Fraction(1, 1000),
        }[self.unit]
        return float(self.early * one), float(self.late * one)

    def window(self) -> str:
        """The window as a person reads it: `+40 ms early, -60 ms late`."""
        early, late = (f"{float(limit):g}" for limit in (self.early, self.late))
        if early == late:
            return f"±{early} {self.unit}"
        return f"{early} {self.unit} early, {late} {self.unit} late"


def judge(slip: float | None, uncertainty: float | None, limits: tuple[float, float]) -> Judgement:
    """Where a slip lies against its early and late limits; everything in seconds.

    Without a slip or an uncertainty there is nothing to judge.
    """
    if slip is None or uncertainty is None:
        return Judgement.NOT_JUDGED
    early, late = limits
    if -late <= slip - uncertainty and slip + uncertainty <= early:
        return Judgement.WITHIN
    if slip - uncertainty > early or slip + uncertainty < -late:
        return Judgement.OUTSIDE
    return Judgement.UNDECIDED


def _both(name: str, title: str, limit: str, unit: Unit, source: str) -> Tolerance:
    return Tolerance(name, title, Fraction(limit), Fraction(limit), unit, source)


def _window(name: str, title: str, early: int, late: int, source: str) -> Tolerance:
    return Tolerance(name, title, Fraction(early), Fraction(late), Unit.MILLISECONDS, source)


TOLERANCES: dict[str, Tolerance] = {
    tolerance.name: tolerance
    for tolerance in (
        _both(
            "exact",
            "Exact to the sample",
            "1/2",
            Unit.SAMPLES,
            "the same recording, unprocessed: the nearest sample",
        ),
        _both(
            "conform",
            "Conform",
            "1/4",
            Unit.FRAMES,
            "sound against sound: a quarter frame, one perforation of 35 mm film",
        ),
        _both(
            "film",
            "Film practice",
            "22",
            Unit.MILLISECONDS,
            "film practice, as quoted beside ITU-R BT.1359 (secondary source)",
        ),
        _both(
            "netflix",
            "Netflix dialogue",
            "2",
            Unit.FRAMES,
            "Netflix QC glossary, Sync - Dialogue: an error from 2 frames",
        ),
        _window(
            "ebu-r37",
            "EBU R37",
            40,
            60,
            "EBU R37, at the output to transmitters (secondary source)",
        ),
        _window(
            "atsc-is-191",
            "ATSC IS-191",
            15,
            45,
            "ATSC IS-191, 26 June 2003 (secondary source)",
        ),
        _window(
            "itu-detect",
            "ITU-R BT.1359 detectability",
            45,
            125,
            "ITU-R BT.1359-1, average detectability",
        ),
        _window(
            "itu-accept",
            "ITU-R BT.1359 acceptability",
            90,
            185,
            "ITU-R BT.1359-1, overall tolerance",
        ),
    )
}
"""The named windows, tightest use first."""
