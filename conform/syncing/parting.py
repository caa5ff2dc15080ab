"""Events that hold two takes, one cut behind the other, though the cut names one for both.

Where an edge of an event is as loud as the rest, and nothing of it is heard in the take that the
rest is heard in, it is searched by sound as an event of its own. Where another take, or another
place, is found there, the event is parted; where none is, the edge is said to be unheard.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from conform.hearing.band import COARSE_RATE
from conform.hearing.extent import agreeing_run
from conform.hearing.halves import widened
from conform.hearing.stretches import exact
from conform.syncing.guide import Guide
from conform.syncing.placing import Place
from conform.syncing.sharing import LETTERS, lettered, trimmed
from conform.syncing.takes import Attempt
from conform.timecode import Rate

_LEAST = 2.0  # seconds of an edge that is searched: of a shorter one no take is found
_SAID = 3.0  # seconds of one that is in no take: music and effects cover shorter ones
_STRAY = 0.3  # of the stretches count as explained by chance: of another take's one in 50 was
_LOUD = 0.1  # of the power of what is explained, from which half a second is no pause
_SOME = 3  # of an edge's half seconds are no pause
_APART = 0.001  # seconds from which a place in the same take is another one

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Parting:
    """Attempts, those with an unheard edge as two, and what each of those was before, by its id."""

    attempts: list[Attempt]
    before: dict[str, Attempt]


def parted(attempts: Sequence[Attempt], guide: Guide) -> Parting:
    """The attempts, each unheard edge as one without a place; see `conform.syncing.unnamed`.

    Events that hold several takes already are left alone.
    """
    lone = Counter(one.event.id.rstrip(LETTERS) for one in attempts)
    every: list[Attempt] = []
    before: dict[str, Attempt] = {}
    for attempt in attempts:
        edge = _edge(attempt, guide) if lone[attempt.event.id] == 1 else None
        if edge is None:
            every.append(attempt)
            continue
        before[attempt.event.id] = replace(attempt, unheard=edge)
        clip = attempt.event.clip
        kept = (
            (edge[1], clip.record_out) if edge[0] == clip.record_in else (clip.record_in, edge[0])
        )
        rest = Attempt(trimmed(attempt.event, *edge), attempt.named)
        every += lettered([replace(attempt, event=trimmed(attempt.event, *kept)), rest])
    return Parting(every, before)


def _edge(attempt: Attempt, guide: Guide) -> tuple[Fraction, Fraction] | None:
    """The longest edge of an event that is loud but unheard, in record time."""
    place, clip = attempt.place, attempt.event.clip
    if place is None or attempt.leaned or clip.duration < 2 * _LEAST:
        return None
    borne = place.borne
    run = _run(list(borne.values()))
    if run is None:
        return None
    times = np.array(list(borne)) + float(guide.picture_in)
    half = _width(borne) / 2
    first, last = (exact(float(times[run[0]]) - half), exact(float(times[run[1]]) + half))
    edges = [(clip.record_in, first), (last, clip.record_out)]
    longest = max(edges, key=lambda edge: edge[1] - edge[0])
    if longest[1] - longest[0] < _LEAST or not _loud(place, guide, (first, last), longest):
        return None
    return longest


def _run(borne: Sequence[bool]) -> tuple[int, int] | None:
    """The first and last stretch of the run that is explained more than chance would have it.

    It begins and ends with two in a row: one alone beyond a cut is explained by chance.
    """
    beside = zip([False, *borne], borne, [*borne[1:], False], strict=False)
    pairs = [one and (before or after) for before, one, after in beside]
    first, end = agreeing_run(np.array(pairs, bool), _STRAY)
    return (first, end - 1) if end else None


def _loud(
    place: Place, guide: Guide, run: tuple[Fraction, Fraction], edge: tuple[Fraction, Fraction]
) -> bool:
    """Whether an edge is more than a pause beside what the take explains."""
    ours, theirs = (_powers(place, guide, span) for span in (run, edge))
    return bool(len(ours)) and int(np.sum(theirs > _LOUD * np.mean(ours))) >= _SOME


def _powers(place: Place, guide: Guide, span: tuple[Fraction, Fraction]) -> Reals:
    """The mean square of each half second of the guide's channel that the take was heard in."""
    sound = next((one for one in guide.parts(*span) if one.name == place.guide), None)
    length = COARSE_RATE // 2
    whole = widened(sound.coarse) if sound is not None else np.empty(0, np.float32)
    return np.asarray(np.square(whole[: len(whole) // length * length]).reshape(-1, length).mean(1))


def rejoined(
    attempts: Sequence[Attempt], before: Mapping[str, Attempt], picture_in: Fraction, rate: Rate
) -> list[Attempt]:
    """The attempts after a search: an edge with a place of its own stays, any other is taken back.

    The two takes then meet on the frame midway between the stretches that tell them apart.
    """
    groups: defaultdict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        groups[attempt.event.id.rstrip(LETTERS)].append(attempt)
    found: list[Attempt] = []
    for event, group in groups.items():
        whole = before.get(event)
        found += group if whole is None else _rejoined(whole, group, picture_in, rate)
    return found


def _rejoined(
    whole: Attempt, group: Sequence[Attempt], picture_in: Fraction, rate: Rate
) -> Sequence[Attempt]:
    others = [
        (one, one.place) for one in group if one.place is not None and one.place is not whole.place
    ]
    if whole.place is None or whole.unheard is None or not others:
        return (_told(whole),)
    other, place = max(others, key=lambda one: one[0].event.clip.duration)
    if _same(whole.place, place):
        return (replace(whole, unheard=None),)
    clip = whole.event.clip
    after = whole.unheard[0] != clip.record_in
    early, late = (whole.place, place) if after else (place, whole.place)
    last, first = max(_sure(early), default=0.0), min(_sure(late), default=0.0)
    cut = rate.seconds(round((exact((last + first) / 2) + picture_in) / rate.frame))
    doubt = abs(first - last) / 2 + _width(early.borne)
    spans = [(clip.record_in, cut), (cut, clip.record_out)]
    mine, theirs = spans if after else reversed(spans)
    kept = replace(whole, event=trimmed(whole.event, *mine), unheard=None, doubt=doubt)
    rest = replace(other, event=trimmed(whole.event, *theirs), doubt=doubt)
    return lettered([kept, rest])


def _told(whole: Attempt) -> Attempt:
    """An event with an edge that is in no take: a short one is not worth a word."""
    edge = whole.unheard
    return whole if edge and edge[1] - edge[0] >= _SAID else replace(whole, unheard=None)


def _width(borne: Mapping[float, bool]) -> float:
    """Seconds from one stretch to the next."""
    return float(np.median(np.diff(list(borne)))) if len(borne) > 1 else 0.0


def _sure(place: Place) -> list[float]:
    borne = place.borne
    run = _run(list(borne.values()))
    return list(borne)[run[0] : run[1] + 1] if run else []


def _same(one: Place, other: Place) -> bool:
    """Whether two measurements are one and the same place of a take."""
    if one.candidate.roll != other.candidate.roll:
        return False
    known = {heard.channel: heard.fine.lag for heard in one.channels if heard.fine is not None}
    both = [
        abs(known[heard.channel] - heard.fine.lag)
        for heard in other.channels
        if heard.fine is not None and heard.channel in known
    ]
    return bool(both) and min(both) < _APART
