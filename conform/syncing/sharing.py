"""Several takes under one event: one after another, or at once.

A recorder that begins a new file in the middle of an event leaves its end to the next one; a second
recorder has other channels of the same moment. Either way each take is laid under the part of the
event that it covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from conform.roll import Roll
from conform.syncing.candidates import Candidate, Event
from conform.syncing.continuing import pieces
from conform.syncing.copies import Lying, holds
from conform.syncing.guide import Guide
from conform.syncing.placing import Place
from conform.syncing.takes import Attempt
from conform.timeline import Clip

SHORTEST = Fraction(1, 5)
"""Seconds of an event under which no take is looked for or laid by itself."""

_REPEATED = Fraction(1)  # seconds of a file that the next one may begin with again
LETTERS = "abcdefghijklmnopqrstuvwxyz"
"""What the parts of one event are told apart by, after its number."""


@dataclass(frozen=True, slots=True)
class Share:
    """A take that was found under an event, from `first` to `last` in record time.

    `zero` is the record time of its first sample as the event's sound has it.
    """

    place: Place
    zero: Fraction
    first: Fraction
    last: Fraction
    copies: tuple[Roll, ...] = ()

    @property
    def lying(self) -> Lying:
        """The take where it lies."""
        return Lying(self.place.candidate.roll, self.zero)


def trimmed(event: Event, first: Fraction, last: Fraction) -> Event:
    """The part of an event between two record times; the event itself where that is all of it."""
    clip = event.clip
    if first <= clip.record_in and clip.record_out <= last:
        return event
    part = part_of(clip, max(first, clip.record_in), min(last, clip.record_out))
    return replace(event, clip=part, whole=event.whole or clip)


def part_of(clip: Clip, first: Fraction, last: Fraction) -> Clip:
    """A clip from one record time to another, both within it."""
    return replace(
        clip,
        record_in=first,
        record_out=last,
        source_in=clip.source_in + (first - clip.record_in) * clip.speed,
        source_out=clip.source_in + (last - clip.record_in) * clip.speed,
        fade_in=clip.fade_in if first == clip.record_in else None,
        fade_out=clip.fade_out if last == clip.record_out else None,
    )


def within(event: Event, candidate: Candidate, slack: Fraction) -> Event:
    """The part of an event that a take can lie under, its clock being wrong by `slack` seconds."""
    if candidate.zero is None:
        return event
    end = candidate.zero + candidate.roll.duration
    return trimmed(event, candidate.zero - slack, end + slack)


def share(event: Event, place: Place, guide: Guide) -> Share | None:
    """What a matched take covers of an event, to its samples; None for next to nothing."""
    if place.best is None or place.best.fine is None:
        return None
    rate = place.candidate.roll.sample_rate
    zero = guide.picture_in - Fraction(round(place.best.fine.lag * rate), rate)
    first = max(zero, event.clip.record_in)
    last = min(zero + place.candidate.roll.duration, event.clip.record_out)
    return Share(place, zero, first, last) if last - first >= SHORTEST else None


def with_copy(shares: Sequence[Share], candidate: Candidate) -> tuple[list[Share], bool]:
    """The shares with a take noted that is a copy of one of them by timecode and sound alike.

    So a mirror drive costs a look at half a second of each copy.
    """
    start = candidate.roll.start
    for number, before in enumerate(shares):
        theirs = before.lying.roll.start
        if start is None or theirs is None:
            continue
        lying = Lying(candidate.roll, before.zero + start - theirs)
        first = max(before.first, lying.zero)
        last = min(before.last, lying.zero + candidate.roll.duration)
        if last - first >= SHORTEST and holds(before.lying, lying, first, last):
            copied = replace(before, copies=(*before.copies, candidate.roll))
            return [*shares[:number], copied, *shares[number + 1 :]], True
    return list(shares), False


def with_another(shares: Sequence[Share], found: Share) -> list[Share]:
    """The shares of an event with one more take: a copy is noted, a repetition left out once."""
    for number, before in enumerate(shares):
        first, last = max(before.first, found.first), min(before.last, found.last)
        if last - first < SHORTEST:
            continue
        if holds(before.lying, found.lying, first, last):
            copied = replace(before, copies=(*before.copies, found.lying.roll))
            return [*shares[:number], copied, *shares[number + 1 :]]
        if holds(found.lying, before.lying, first, last):
            whole = replace(found, copies=(*before.copies, before.lying.roll))
            return [*shares[:number], whole, *shares[number + 1 :]]
    for before in shares:
        found = _after(before, found)
    return [*shares, found] if found.last - found.first >= SHORTEST else list(shares)


def _after(before: Share, found: Share) -> Share:
    """A take that goes on where another ends, or comes before it, without what both hold."""
    if before.first < found.first < before.last < found.last:
        return replace(found, first=before.last) if _repeats(before, found) else found
    if found.first < before.first < found.last < before.last:
        return replace(found, last=before.first) if _repeats(found, before) else found
    return found


def _repeats(one: Share, other: Share) -> bool:
    return one.last - other.first < _REPEATED


def going_on(candidate: Candidate, shares: Iterable[Share]) -> Candidate:
    """A take on the clock of the one that it goes on from or leads to, as the sound has that one.

    Any other take as its timecode has it.
    """
    roll = candidate.roll
    for one in shares:
        before = one.lying.roll
        if pieces((before, roll)) and before.start is not None and roll.start is not None:
            return replace(candidate, zero=one.zero + roll.start - before.start)
    return candidate


def gaps(event: Event, shares: Iterable[Share]) -> list[tuple[Fraction, Fraction]]:
    """The stretches of an event under which none of its takes lies."""
    at, left = event.clip.record_in, []
    for one in sorted(shares, key=lambda one: one.first):
        if one.first - at >= SHORTEST:
            left.append((at, one.first))
        at = max(at, one.last)
    if event.clip.record_out - at >= SHORTEST:
        left.append((at, event.clip.record_out))
    return left


def lettered(attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    """The parts of one event in record order, named `0004a`, `0004b`; one alone stays `0004`."""
    if len(attempts) == 1:
        return tuple(attempts)
    ordered = sorted(attempts, key=lambda attempt: attempt.event.clip.record_in)
    return tuple(
        replace(attempt, event=replace(attempt.event, id=f"{attempt.event.id}{letter}"))
        for attempt, letter in zip(ordered, LETTERS, strict=False)
    )
