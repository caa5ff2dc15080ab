"""What a reviewer decided about a synced cut: values, and their effect on what is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from conform.findings import Finding, info, warning
from conform.match import early_or_late
from conform.review.pairing import Pair
from conform.review.spotcheck import Trial, threshold
from conform.synced import EventSync, Status, Sync
from conform.timeline import Marker


class Choice(StrEnum):
    """Where a reviewer stands on an event."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decision:
    """One event as its reviewer left it.

    `nudge` counts samples of the session, positive = the sound is moved later. `take` names the
    first file of another take that was chosen, and `place` the record time of that take's first
    sample, None while nobody knows it. `pair` are the sync marks that place the take by hand.
    `seen` is the fingerprint of what was decided upon (`conform.review.holding`); `carried` marks a
    decision that came over from an earlier cut; `cleared` says why an earlier one did not. `by`
    names who left it so, `at` is when: local time and its zone, by ISO 8601.
    """

    event: str
    choice: Choice = Choice.OPEN
    nudge: int = 0
    comment: str = ""
    take: str = ""
    place: Fraction | None = None
    pair: Pair | None = None
    seen: str = ""
    carried: bool = False
    cleared: str = ""
    by: str = ""
    at: str = ""

    @property
    def decided(self) -> bool:
        """Whether the event was accepted or rejected."""
        return self.choice is not Choice.OPEN

    @property
    def moves(self) -> bool:
        """Whether the sound is laid by it, and no longer where it was found."""
        return bool(self.nudge or self.take or self.pair)


@dataclass(frozen=True, slots=True)
class Review:
    """Everything a reviewer leaves behind with a session.

    `latency` is how long after it leaves the computer the sound is heard, in seconds; it is never
    exported, and None until it was calibrated. `marks` are the marks of the files that were seen.
    """

    decisions: tuple[Decision, ...] = ()
    markers: tuple[Marker, ...] = ()
    latency: Fraction | None = None
    trials: tuple[Trial, ...] = ()
    override: str = ""
    marks: tuple[tuple[str, str], ...] = ()

    def of(self, event: str) -> Decision:
        """The decision on an event; an open one where there is none."""
        return next((one for one in self.decisions if one.event == event), Decision(event))

    def by_event(self) -> Mapping[str, Decision]:
        """Every decision by its event's id."""
        return {one.event: one for one in self.decisions}

    def with_decision(self, decision: Decision) -> Review:
        """The review with one decision put in its place."""
        rest = tuple(one for one in self.decisions if one.event != decision.event)
        return replace(self, decisions=(*rest, decision))


UNREVIEWED = Review()
"""The review of a cut that nobody has looked at."""


def applied(sync: Sync, review: Review) -> Sync:
    """The cut as it is to be written: nudged, other takes laid, rejected events silent.

    What was placed by hand no longer counts as measured, and says so. What the reviewer declared
    (override, monitor latency, blind spot-check) stands among the findings.
    """
    decisions = review.by_event()
    events = tuple(
        _event(event, decisions[event.id], sync) if event.id in decisions else event
        for event in sync.events
    )
    return replace(sync, events=events, findings=(*sync.findings, *_declared(review)))


def placed_zero(event: EventSync, decision: Decision, sample_rate: int) -> Fraction | None:
    """The record time of the take's first sample as decided; None for an event without a place."""
    zero = event.zero
    if decision.take:
        zero = decision.place
    if decision.pair is not None:
        zero = decision.pair.place
    return None if zero is None else zero + Fraction(decision.nudge, sample_rate)


def _event(event: EventSync, decision: Decision, sync: Sync) -> EventSync:
    if decision.choice is Choice.REJECTED:
        why = "rejected by the reviewer" + (f": {decision.comment}" if decision.comment else "")
        return replace(event, status=Status.NOT_MEASURED, reason=why, zero=None)
    if not decision.moves:
        return event
    takes = sync.rolls if decision.take else ()
    chosen = next((roll for roll in takes if str(roll.path) == decision.take), None)
    if decision.take and chosen is None:
        why = f"the take that the reviewer chose is gone: {decision.take}"
        return replace(event, status=Status.NOT_MEASURED, reason=why, roll=None, zero=None)
    roll = chosen or event.roll
    zero = placed_zero(event, decision, sync.sample_rate) if roll else None
    return replace(
        event,
        status=Status.NOT_MEASURED if zero is None else Status.BY_HAND,
        roll=roll,
        zero=zero,
        match=None if decision.take or decision.pair else event.match,
        channels=() if decision.take or decision.pair else event.channels,
        reason=f"by hand: {how_placed(decision, sync, chosen.name if chosen else '')}",
    )


def how_placed(decision: Decision, sync: Sync, take: str) -> str:
    """What a reviewer did to an event's sound, in words: another `take`, sync marks, a nudge."""
    words = [f"take {take}"] if take else []
    if decision.pair is not None:
        frame = sync.timeline.timecode(decision.pair.picture)
        words.append(f"{float(decision.pair.sound):.4f} s of the take on the frame at {frame}")
    elif decision.take and decision.place is None:
        words.append("not placed yet")
    if decision.nudge:
        words.append(f"moved {abs(decision.nudge)} samples {early_or_late(-decision.nudge)}")
    return ", ".join(words)


def signature(decision: Decision) -> tuple[str, ...]:
    """Who left a decision so, and when to the minute; what is not known is left out."""
    when = decision.at[:16].replace("T", " ")
    return tuple(word for word in (decision.by, when) if word)


def signed_by(decision: Decision) -> str:
    """The signature on one line: `R. Viewer, 2026-03-01 14:05`."""
    return ", ".join(signature(decision))


def _declared(review: Review) -> list[Finding]:
    latency = "uncalibrated" if review.latency is None else _milliseconds(review.latency)
    found = [info("review.monitor", f"the monitoring path was {latency}")] if _used(review) else []
    if review.override:
        found.append(warning("review.override", f"exported undecided: {review.override}"))
    heard = threshold(review.trials)
    if heard is not None:
        found.append(info("review.spot-check", heard.sentence))
    return found


def _used(review: Review) -> bool:
    return any(one.decided for one in review.decisions)


def _milliseconds(latency: Fraction) -> str:
    return f"calibrated at {float(latency) * 1000:.1f} ms"
