"""Events that no metadata names, or names wrongly: found by their sound in all takes, or refused.

`conform.syncing.blind` nominates; here the correlation decides, by evidence that counts every place
in every take that was searched. The same sound in two takes is said, never silently picked from.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from conform.findings import Finding
from conform.hearing.band import COARSE_RATE
from conform.hearing.evidence import TOLERANCE, level_line, listen
from conform.hearing.lines import SURE
from conform.hearing.pieces import Pieces
from conform.match import Match, Verdict
from conform.roll import Roll
from conform.syncing.asking import UNNAMED
from conform.syncing.blind import Nominee, Search, search
from conform.syncing.candidates import Candidate, Event
from conform.syncing.copies import holds
from conform.syncing.guide import Guide
from conform.syncing.placing import place, take_part
from conform.syncing.sharing import Share, gaps, lettered, share, trimmed, within
from conform.syncing.takes import Attempt
from conform.watch import Step, Watch, unwatched
from conform.workers import each

_AROUND = Fraction(1, 2)  # seconds around a nominated place
_STRETCH = 4 * COARSE_RATE  # samples that are heard at once where a take was nominated
_HINT = 6.0  # heights over noise that one unrelated stretch in two hundred reaches
_RIVAL = 0.5  # share of the best one's evidence from which another place must be told


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An event without a place, the takes nominated for it, and the guide under it."""

    attempt: Attempt
    nominees: tuple[Nominee, ...]
    guide: Guide
    seconds: float
    told: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A take that matches, what it covers of the event, and its evidence in decades."""

    share: Share
    score: float


def by_sound(
    attempts: Sequence[Attempt],
    rolls: Sequence[Roll],
    guide: Guide,
    executor: Executor | None = None,
    watch: Watch = unwatched,
) -> tuple[list[Attempt], tuple[Finding, ...]]:
    """The attempts, those without a place searched by sound in every take, and what was odd.

    Nothing is searched, and no take read, where every event has its place. An event that is
    retimed, or whose place is ambiguous in the take that is named, is not searched.
    """
    missing = [one for one in attempts if _is_missing(one)]
    if not missing or not rolls:
        return list(attempts), ()
    found = search([one.event for one in missing], rolls, guide, executor, watch)
    wanted = {one.event.id: _wanted(one, found, guide) for one in missing}
    answered: dict[str, tuple[Attempt, ...]] = {}
    watch(Step("events by sound", 0, len(wanted)))
    for event, after in zip(wanted, each(executor, _asked, list(wanted.values())), strict=True):
        answered[event] = after
        watch(Step("events by sound", len(answered), len(wanted)))
    every = [answered.get(one.event.id, (one,)) for one in attempts]
    return [one for some in every for one in some], found.findings


def _is_missing(attempt: Attempt) -> bool:
    asked = {one.match.verdict for one in attempt.asked}
    searchable = bool(attempt.asked) or attempt.reason in ("", UNNAMED)
    return attempt.place is None and searchable and Verdict.AMBIGUOUS not in asked


def _wanted(attempt: Attempt, found: Search, guide: Guide) -> _Wanted:
    clip, nominees = attempt.event.clip, found.nominees.get(attempt.event.id, ())
    told = f"none of {found.takes} takes ({_length(found.seconds)}) searched by sound matches"
    under = guide.between(clip.record_in, clip.record_out)
    return _Wanted(attempt, nominees, under, found.seconds, told)


def _length(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"


def _asked(wanted: _Wanted) -> tuple[Attempt, ...]:
    """What came of an event: its take, or the attempt as it was, with the reason."""
    attempt, guide = wanted.attempt, wanted.guide.at_hand()
    if not wanted.nominees:
        why = "the guide has too little sound here to search the takes by"
        return (replace(attempt, reason=f"{UNNAMED}; {why}") if not attempt.asked else attempt,)
    found = _matching(wanted, guide)
    if not found:
        return (replace(attempt, reason=f"{_said(attempt)}; {wanted.told}"),)
    best = max(found, key=lambda one: one.score)
    rivals = [one for one in found if one is not best and one.score > _RIVAL * best.score]
    again = [one for one in rivals if one.share.lying.roll == best.share.lying.roll]
    if again:
        return (replace(attempt, reason=_twice(best.share, again[0].share)),)
    return _laid(attempt, best.share, [one.share for one in rivals])


def _matching(wanted: _Wanted, guide: Guide) -> list[_Found]:
    """The nominees whose sound matches; once one does, only those that are nearly as likely."""
    event = wanted.attempt.event
    found: list[_Found] = []
    least = float("-inf")
    for nominee in wanted.nominees:
        if nominee.score < least:
            break
        part = within(event, nominee.candidate, _AROUND)
        if part.clip.duration <= 0:
            continue
        if not _hinted(part, nominee.candidate, guide):
            continue
        heard = place(part, nominee.candidate, guide, _AROUND)
        heard = replace(heard, match=_counted(heard.match, wanted.seconds))
        covers = share(event, heard, guide) if heard.matched else None
        if covers is not None:
            found.append(_Found(covers, heard.match.score))
            least = _RIVAL * nominee.score
    return found


def _hinted(event: Event, candidate: Candidate, guide: Guide) -> bool:
    """Whether anything stands out where a take was nominated, in any of its channels.

    Nominations are right to a frame of the index, which is less than a stretch may be off. Of those
    that are wrong few come through; to search for them would take fifty times as long.
    """
    lanes = take_part(candidate, event, _AROUND)
    for part in guide.parts(event.clip.record_in, event.clip.record_out):
        length = min(len(part.coarse), _STRETCH)
        starts = np.arange(0, len(part.coarse) - length + 1, max(length, 1))
        pieces = Pieces(part.coarse)
        for lane in lanes if length else ():
            lag = float(guide.picture_in - (candidate.zero or 0) - lane.start + part.start)
            given = level_line(lag, 0.0)
            points = listen(lane.coarse, pieces, given, starts, length)
            if (points[:, 2] > _HINT).any():
                return True
    return False


def _counted(match: Match, seconds: float) -> Match:
    """A match with the chance that any place in all takes would look as good; refused by it."""
    if not match.matched:
        return match
    chance = min(1.0, (seconds + 1) / TOLERANCE * 10.0**-match.score)
    verdict = Verdict.MATCH if chance <= SURE else Verdict.NO_MATCH
    return replace(match, verdict=verdict, false_match=chance)


def _said(attempt: Attempt) -> str:
    """Why the takes that metadata names are not it."""
    if not attempt.asked:
        return UNNAMED
    first = attempt.asked[0]
    return f"{first.candidate.roll.name}: {first.match.reason}"


def _twice(best: Share, again: Share) -> str:
    roll = best.lying.roll
    places = sorted(float(best.first - one.zero) for one in (best, again))
    return (
        f"ambiguous: {roll.name} holds this sound twice, {places[0]:.2f} s and {places[1]:.2f} s in"
    )


def _laid(attempt: Attempt, best: Share, rivals: Sequence[Share]) -> tuple[Attempt, ...]:
    """The event with its take, and those parts of it under which that take does not lie."""
    copies = tuple(one.lying.roll for one in rivals if _same(best, one))
    alike = tuple(one.lying.roll for one in rivals if one.lying.roll not in copies)
    event, taken, named = attempt.event, best.place, attempt.named
    if named is not None and named.zero is not None and named.roll == taken.candidate.roll:
        taken = replace(taken, candidate=named)  # the right take by a clock that is far off
    laid = Attempt(
        trimmed(event, best.first, best.last),
        named,
        taken,
        (*attempt.asked, taken),
        copies=copies,
        alike=alike,
    )
    name = taken.candidate.roll.name
    left = [
        Attempt(trimmed(event, *gap), reason=f"{name}, found by sound, does not reach here")
        for gap in gaps(event, [best])
    ]
    return lettered([laid, *left])


def _same(one: Share, other: Share) -> bool:
    """Whether two takes hold one recording, where both lie."""
    first, last = max(one.first, other.first), min(one.last, other.last)
    if last <= first:
        return False
    return holds(one.lying, other.lying, first, last) or holds(other.lying, one.lying, first, last)
