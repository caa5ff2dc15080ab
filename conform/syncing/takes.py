"""The measured events of each take, solved together; see `conform.syncing.joint`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import hypot, sqrt

from conform.hearing.refine import Fine
from conform.roll import Roll
from conform.synced import Rung
from conform.syncing.candidates import Candidate, Event
from conform.syncing.continuing import Piece, pieces
from conform.syncing.joint import TWO_SIDED, Joint, Slip, solve
from conform.syncing.microphones import Microphones, microphones
from conform.syncing.placing import Place
from conform.timecode import Rate
from conform.timeline import Clip

DAY = 86_400.0
"""Seconds after which a recorder's clock starts anew."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one event: the take named first, the one that matched, and all that were asked.

    `named` is None where neither timecode nor metadata named a take, `place` where none matched.
    `copies` are takes that hold the same recording as the one that matched, `alike` those in which
    the same sound was found as well. `leaned` tells that the event was found only where its
    neighbours of the same take put it. `unheard` is an edge of the event, in record time, that is
    loud but not heard in the take; `doubt` the seconds by which the cut between two takes of one
    event may lie elsewhere.
    """

    event: Event
    named: Candidate | None = None
    place: Place | None = None
    asked: tuple[Place, ...] = ()
    reason: str = ""
    copies: tuple[Roll, ...] = ()
    alike: tuple[Roll, ...] = ()
    leaned: bool = False
    unheard: tuple[Fraction, Fraction] | None = None
    doubt: float | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """A take as its events tell it: its line, and the microphones that it was heard by."""

    roll: Roll
    microphones: Microphones
    joint: Joint
    events: tuple[str, ...]
    """The ids of the events that its line goes through, in the order of `joint.outliers`."""
    rounding: float = 0.0
    """Seconds by which an editor's whole samples scatter each event; see `edit_rounding`."""
    on_clock: bool = True
    """Whether its line is on the clock that the cut counts it by; see `_on_one_clock`."""

    def outlying(self, event: Event) -> bool:
        """Whether an event was asked for the take's line and does not share it."""
        return event.id in self.events and self.events.index(event.id) in self.joint.outliers

    def zero(self, clip: Clip, near: Fraction | None) -> float:
        """The record time of the take's first sample by this line, true at a clip's middle.

        `near` is that time by timecode: it tells which side of midnight the clip's numbers are on.
        """
        base = float(clip.record_in - clip.source_in)
        if near is not None:
            base += DAY * round((float(near) - base - self.joint.slip) / DAY)
        time = float(middle(clip)) - base - self.joint.slip
        return base + self.joint.at(time)

    def slip(self, fine: Fine, clip: Clip, picture_in: Fraction) -> Slip:
        """The slip of an event of this take, or of one of its channels."""
        return slip(fine, clip, picture_in, self.rounding)


def edit_rounding(rate: Rate, sample_rate: int) -> float:
    """The standard deviation, in seconds, of edits laid on whole samples.

    Editors lay a source's sample nearest to its in-point on the sample nearest to the cut. Where
    frames are no whole number of samples, as at 29.97, each is off by anything up to half a sample:
    a uniform error's deviation is its width over the root of 12, that of two over the root of 6.
    """
    whole = (sample_rate * rate.frame).denominator == 1
    return 0.0 if whole else 1 / (sqrt(6) * sample_rate)


def middle(clip: Clip) -> Fraction:
    """The record time half-way through a clip."""
    return (clip.record_in + clip.record_out) / 2


def takes(
    attempts: Sequence[Attempt],
    picture_in: Fraction,
    rounding: float = 0.0,
    rolls: Sequence[Roll] = (),
) -> dict[Roll, Take]:
    """Every take that an event was matched to; `rounding` is the scatter of the cut's edits.

    Files that go on where another ends, among `rolls`, are solved as the one recording they are.
    """
    whole = pieces(rolls)
    matched: dict[Roll, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        if attempt.place is not None:
            roll = attempt.place.candidate.roll
            matched[whole[roll].head if roll in whole else roll].append(attempt)
    found = {head: _take(head, some, whole, picture_in, rounding) for head, some in matched.items()}
    for roll, piece in whole.items():
        if piece.head in found and roll != piece.head:
            head = found[piece.head]
            found[roll] = replace(head, roll=roll, joint=head.joint.moved(piece.offset))
    return found


def _take(
    head: Roll,
    attempts: Sequence[Attempt],
    whole: Mapping[Roll, Piece],
    picture_in: Fraction,
    rounding: float,
) -> Take:
    """A recording's line on the clock of its first file."""
    placed = [(attempt, attempt.place) for attempt in attempts if attempt.place is not None]
    ours = microphones(head, [place for _, place in placed])
    slips = []
    together, on_clock = _on_one_clock(placed)
    for attempt, place in together:
        fine = ours.fine(place)
        if fine is not None:
            piece = whole.get(place.candidate.roll)
            found = slip(fine, attempt.event.clip, picture_in, rounding)
            slips.append((attempt.event.id, found.moved(-piece.offset) if piece else found))
    joint = solve([found for _, found in slips])
    events = tuple(event for event, _ in slips)
    return Take(head, ours, joint, events, rounding, on_clock)


def _on_one_clock(
    placed: Sequence[tuple[Attempt, Place]],
) -> tuple[Sequence[tuple[Attempt, Place]], bool]:
    """The events whose source times the cut counts on their take's clock, if any does.

    Where sound alone named the take, they are those of another take, or of none.
    """
    named = [one for one in placed if one[1].candidate.rung is not Rung.SOUND]
    return named or placed, bool(named)


def slip(fine: Fine, clip: Clip, picture_in: Fraction, rounding: float = 0.0) -> Slip:
    """An event's slip: where its take was found less where the cut's own numbers put it.

    `rounding` is the standard deviation of the edit itself, which its measurement cannot show.
    """
    return Slip(
        time=fine.time + fine.lag,
        slip=float(picture_in - clip.record_in + clip.source_in) - fine.lag,
        half_width=hypot(fine.half_width, TWO_SIDED * rounding),
        tilt=None if fine.drift is None else -fine.drift,
        tilt_half_width=fine.drift_half_width,
    )
