"""What is on the reviewer's screen: one frozen value, replaced on every change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from conform.review.decision import Review
from conform.review.leader import PopCheck
from conform.review.spotcheck import Trial
from conform.timeline import ZERO


class Listen(StrEnum):
    """What is heard."""

    GUIDE = "Guide"
    NEW = "New"
    SUM = "Sum"
    SPLIT = "Split"
    DIFFERENCE = "Difference"


class Compare(StrEnum):
    """How a second picture is shown with the first."""

    OFF = "Picture"
    BESIDE = "Beside"
    OVER = "Over"
    DIFFERENCE = "Difference"


@dataclass(frozen=True, slots=True)
class Loop:
    """A stretch of frames, `first` inside and `end` outside, that is played over and over."""

    first: int
    end: int
    on: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """The stretch of picture time that the lanes show, in seconds."""

    first: Fraction
    seconds: Fraction


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events the worklist shows."""

    hide_unchanged: bool = False
    flagged_only: bool = False
    undecided_only: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class SpotCheck:
    """A blind spot-check under way: its trials, and how many were answered."""

    trials: tuple[Trial, ...]
    at: int = 0

    @property
    def now(self) -> Trial | None:
        """The trial that waits for an answer."""
        return self.trials[self.at] if self.at < len(self.trials) else None


@dataclass(frozen=True, slots=True)
class Hand:
    """A sync by hand under way: a cursor in the take, and the marks that were set, in seconds.

    `cursor`, `sound` and `view` count from the take's first sample, `picture` on the record clock.
    """

    cursor: Fraction
    view: View
    picture: Fraction | None = None
    sound: Fraction | None = None
    in_take: bool = True
    """Whether keys move the cursor, and not the picture."""


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is drawn. `playhead` counts frames from the picture's first one.

    `review` is what is saved; the rest is where the reviewer stands.
    """

    review: Review
    selected: int = -1
    playhead: int = 0
    speed: Fraction = ZERO
    loop: Loop | None = None
    listen: Listen = Listen.NEW
    compare: Compare = Compare.OFF
    solo: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()
    shown: Filter = Filter()
    view: View = View(ZERO, Fraction(10))
    overlay: bool = False
    difference: bool = False
    spot: SpotCheck | None = None
    hand: Hand | None = None
    pops: tuple[PopCheck, ...] = ()
    saved: bool = True
    message: str = ""
