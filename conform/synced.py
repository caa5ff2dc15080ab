"""Which take lies under which event, where exactly, and how that is known: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from conform.findings import Finding
from conform.match import Match
from conform.roll import Roll
from conform.timeline import ZERO, Clip, Timeline


class Status(StrEnum):
    """How an event's place is known: by its sound, timecode alone, a reviewer's hand, or not."""

    MEASURED = "measured"
    METADATA = "metadata"
    BY_HAND = "by_hand"
    NOT_MEASURED = "not_measured"


class Rung(StrEnum):
    """The evidence that named the take, best first; sound then proves or refutes it."""

    TIMECODE_SCENE_TAKE = "timecode + scene/take"
    TIMECODE_ROLL = "timecode + roll"
    TIMECODE_NAME = "timecode + name"
    SCENE_TAKE = "scene/take"
    NAME = "name"
    TIMECODE = "timecode only"
    SOUND = "sound only"


@dataclass(frozen=True, slots=True)
class ChannelMatch:
    """The measurement of one recorded channel against the guide, by the mixer's name for it."""

    channel: str
    match: Match


@dataclass(frozen=True, slots=True)
class EventSync:
    """One event of the cut with its take.

    `tracks` are the sound tracks (by index) whose clips were one and the same event; for a cut
    without sound it is empty and `clip` is a picture clip. `zero` is the record time, in exact
    seconds from the timeline's start, at which the take's first sample falls, true at the middle of
    this event; `timecode_zero` is the same by timecode alone. `match` is in the picture's clock at
    the roll's sample rate: its lag is where the take's first sample falls.
    """

    id: str
    clip: Clip
    tracks: tuple[int, ...]
    status: Status
    reason: str = ""
    roll: Roll | None = None
    rung: Rung | None = None
    zero: Fraction | None = None
    timecode_zero: Fraction | None = None
    match: Match | None = None
    channels: tuple[ChannelMatch, ...] = ()
    leaned: bool = False
    """Whether the place is taken from neighbours of the same take, the event being too short."""
    whole: Clip | None = None
    """The clip as the cut has it, where `clip` is the part of it that this take lies under."""

    @property
    def slip_seconds(self) -> Fraction | None:
        """How far the sound lies from where its timecode puts it; positive = timecode is early."""
        if self.zero is None or self.timecode_zero is None:
            return None
        return self.zero - self.timecode_zero


@dataclass(frozen=True, slots=True)
class Sync:
    """The whole answer: a cut, the picture it was measured against, and each event's place."""

    timeline: Timeline
    picture: str
    sample_rate: int
    length: Fraction
    """The picture's length in seconds: what every stem is as long as."""
    events: tuple[EventSync, ...]
    rolls: tuple[Roll, ...]
    findings: tuple[Finding, ...] = ()
    picture_in: Fraction = ZERO
    """The record time of the picture's first frame; below zero where a leader runs before the cut.

    A lag in the picture's clock is `record time - picture_in`.
    """
    marks: tuple[str, ...] = ()
    """What the picture and each file of each take were, in order: `conform.review.originals`."""
    cut: str = ""
    """The file that the cut was read from; empty where nobody has kept it."""
