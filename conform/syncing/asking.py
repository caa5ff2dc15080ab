"""Events asked of the takes that may lie under them: the part of a sync that workers do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from conform.hearing.measure import STAGES
from conform.match import Match, Verdict
from conform.roll import Roll
from conform.syncing.candidates import CERTAIN, Candidate, Event, covered
from conform.syncing.guide import Guide
from conform.syncing.placing import Place, confirm, glanced, place, seek
from conform.syncing.sharing import (
    SHORTEST,
    Share,
    gaps,
    going_on,
    lettered,
    share,
    trimmed,
    with_another,
    with_copy,
    within,
)
from conform.syncing.takes import Attempt

TRIES = 6
"""Takes asked for one event: beyond them timecode names half the day."""

UNNAMED = "no take by timecode, slate, roll or name"
"""Why no take was asked for an event."""

_AROUND = Fraction(1, 2)  # seconds around a place that sound alone has found
_BRIEFLY = STAGES[:2]  # what a further take of an event is searched by: it hears the same sound
_TOGETHER = Fraction(30)  # seconds of the record whose guide is decoded at once


@dataclass(frozen=True, slots=True)
class Question:
    """One event, and the takes that are named for it, best first."""

    event: Event
    named: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """Events that lie near one another in the record, with the guide under them."""

    questions: tuple[Question, ...]
    guide: Guide
    search: Fraction


def tasks(questions: Sequence[Question], guide: Guide, search: Fraction) -> list[Task]:
    """The questions in their order, those together that lie within half a minute."""
    groups: list[list[Question]] = []
    for question in questions:
        clip = question.event.clip
        if groups and clip.record_out - groups[-1][0].event.clip.record_in <= _TOGETHER:
            groups[-1].append(question)
        else:
            groups.append([question])
    return [_task(group, guide, search) for group in groups]


def _task(group: Sequence[Question], guide: Guide, search: Fraction) -> Task:
    clips = [question.event.clip for question in group]
    first, last = min(c.record_in for c in clips), max(c.record_out for c in clips)
    return Task(tuple(group), guide.between(first, last), search)


def ask(task: Task) -> tuple[tuple[Attempt, ...], ...]:
    """What came of every event of a task: one attempt for each take that it needs."""
    guide = task.guide.at_hand()
    return tuple(_answered(question, guide, task.search) for question in task.questions)


def _answered(question: Question, guide: Guide, search: Fraction) -> tuple[Attempt, ...]:
    first = _attempt(question, guide, search)
    whole = share(question.event, first.place, guide) if first.place else None
    if whole is None:
        return (first,)
    shares, asked = _shared(question, first, whole, guide, search)
    left = _left(question, shares, asked)
    if len(shares) == 1 and not left:
        return (replace(first, place=shares[0].place, copies=shares[0].copies),)
    laid = {one.place.candidate.roll for one in shares}
    return lettered(
        [
            Attempt(
                trimmed(question.event, one.first, one.last),
                one.place.candidate if first.named and first.named.roll in laid else first.named,
                one.place,
                first.asked if one is shares[0] else (one.place,),
                copies=one.copies,
            )
            for one in shares
        ]
        + left
    )


def _attempt(question: Question, guide: Guide, search: Fraction) -> Attempt:
    """Ask the takes that are named, best first; the first whose sound matches is the one."""
    event, named = question.event, question.named
    places: list[Place] = []
    for candidate in named:
        found = _tried(event, candidate, guide, search)
        if found is not None:
            places.append(found)
        if found is not None and found.matched:
            return Attempt(event, named[0], found, tuple(places))
    reason = "" if named else UNNAMED
    return Attempt(event, named[0] if named else None, None, tuple(places), reason)


def _tried(event: Event, candidate: Candidate, guide: Guide, search: Fraction) -> Place | None:
    if candidate.zero is not None:
        return place(within(event, candidate, search), candidate, guide, search)
    sought = seek(event, candidate.roll, candidate.rung, guide)
    return place(event, sought, guide, _AROUND) if sought else None


def _shared(
    question: Question, first: Attempt, whole: Share, guide: Guide, search: Fraction
) -> tuple[list[Share], tuple[Place, ...]]:
    """The takes under an event beside the one that matched first, and all that were asked.

    Those that timecode puts there are asked: the next file of a recorder, another recorder. The
    scratch sound of a camera adds nothing to a recorder's.
    """
    shares, asked = [whole], list(first.asked)
    for candidate in question.named:
        roll = candidate.roll
        if candidate.zero is None or roll.filmed or roll in _rolls(asked):
            continue
        part = within(question.event, candidate, search)
        if part.clip.duration < SHORTEST or candidate.covers == 0:
            continue
        if not glanced(part, candidate, guide, search):
            nothing = Match(Verdict.NO_MATCH, roll.sample_rate, "no place stands out")
            asked.append(Place(candidate, nothing))
            continue
        shares, known = with_copy(shares, candidate)
        if known:
            continue
        found = place(part, candidate, guide, search, _BRIEFLY)
        asked.append(found)
        beside = share(question.event, found, guide) if found.matched else None
        shares = with_another(shares, beside) if beside else shares
    return shares, tuple(asked)


def _rolls(asked: Sequence[Place]) -> set[Roll]:
    return {one.candidate.roll for one in asked}


def _left(question: Question, shares: Sequence[Share], asked: tuple[Place, ...]) -> list[Attempt]:
    """The parts of an event that none of its takes covers but one that is named for them does."""
    attempts = []
    for first, last in gaps(question.event, shares):
        part = trimmed(question.event, first, last)
        for candidate in question.named:
            covers = covered(going_on(candidate, shares), first, last)
            if candidate.rung in CERTAIN and covers > 0 and candidate.roll not in _laid(shares):
                own = tuple(one for one in asked if one.candidate.roll == candidate.roll)
                attempts.append(Attempt(part, replace(candidate, covers=covers), None, own))
                break
    return attempts


def _laid(shares: Sequence[Share]) -> set[Roll]:
    return {roll for one in shares for roll in (one.lying.roll, *one.copies)}


@dataclass(frozen=True, slots=True)
class Doubt:
    """An event that was not found alone, and where others put it, give or take some seconds.

    `told` is what is said of it where it is heard there; `away` is that of its take's microphones.
    """

    attempt: Attempt
    zero: float
    doubt: float
    guide: Guide
    told: str
    away: Mapping[str, float] = field(default_factory=dict)


def confirmed(doubt: Doubt) -> Attempt:
    """The attempt with its place, where the event is heard there; as it was where it is not."""
    attempt, named = doubt.attempt, doubt.attempt.named
    if named is None:
        return attempt
    guide = doubt.guide.at_hand()
    found = confirm(attempt.event, named, guide, doubt.zero, doubt.doubt, doubt.away)
    if found is None:
        return attempt
    return replace(attempt, place=found, reason=doubt.told, leaned=True)
