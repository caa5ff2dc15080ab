"""Events asked of the takes that may lie under them: the part of a sync that workers do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from conform.candidates import Candidate, Event
from conform.guide import Guide
from conform.placing import Place, confirm, place, seek
from conform.roll import Roll
from conform.synced import Rung
from conform.takes import Attempt

TRIES = 6
"""Takes asked for one event: beyond them timecode names half the day."""

_AROUND = Fraction(1, 2)  # seconds around a place that sound alone has found
_TOGETHER = Fraction(30)  # seconds of the record whose guide is decoded at once
_UNNAMED = "no take by timecode, slate, roll, name or sound"


@dataclass(frozen=True, slots=True)
class Question:
    """One event, the takes that are named for it, best first, and those to be searched whole."""

    event: Event
    named: tuple[Candidate, ...]
    blind: tuple[Roll, ...] = ()


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


def ask(task: Task) -> tuple[Attempt, ...]:
    """What came of every event of a task."""
    guide = task.guide.at_hand()
    return tuple(_attempt(question, guide, task.search) for question in task.questions)


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
    for roll in question.blind:
        found = _tried(event, Candidate(roll, Rung.SOUND), guide, search)
        if found is not None and found.matched:
            return Attempt(event, None, found, (found,))
    reason = "" if named else _UNNAMED
    return Attempt(event, named[0] if named else None, None, tuple(places), reason)


def _tried(event: Event, candidate: Candidate, guide: Guide, search: Fraction) -> Place | None:
    if candidate.zero is not None:
        return place(event, candidate, guide, search)
    sought = seek(event, candidate.roll, candidate.rung, guide)
    return place(event, sought, guide, _AROUND) if sought else None


@dataclass(frozen=True, slots=True)
class Doubt:
    """An event that was not found alone, and where its take's other events put it."""

    event: Event
    named: Candidate
    zero: float
    guide: Guide


def borne_out(doubt: Doubt) -> bool:
    """Whether the event is heard there."""
    return confirm(doubt.event, doubt.named, doubt.guide, doubt.zero)
