"""Events that nothing finds alone, tried where something else says that they lie.

The other events of the same take put an event to a part of a millisecond. Where its take has none,
the other takes of its recorder do, if they all lie alike against their timecode: a recorder keeps
the time that it was set to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from statistics import median

from conform.roll import Roll
from conform.syncing.asking import Doubt, confirmed
from conform.syncing.guide import Guide
from conform.syncing.takes import DAY, Attempt, Take, middle
from conform.workers import each

_ALIKE = 0.002  # seconds within which a recorder's takes lie alike against their timecode
_LEAST = 2  # takes that show it

_BY_NEIGHBOURS = "too short to be found alone; heard where its take's other events put it"
_BY_RECORDER = "too short to be found alone; heard where its recorder's other takes put it"


@dataclass(frozen=True, slots=True)
class _Habit:
    """How far a recorder's timecode is off, in seconds, give or take `doubt`."""

    slip: float
    doubt: float


_Recorder = tuple[str, str]
"""A tape and a day."""


def leaning(
    attempts: Sequence[Attempt],
    together: Mapping[Roll, Take],
    guide: Guide,
    executor: Executor | None = None,
) -> list[Attempt]:
    """The attempts, those without a place tried where other events or takes put them."""
    habits = _habits(together)
    doubts = {
        place: doubt
        for place, one in enumerate(attempts)
        if (doubt := _doubt(one, together, habits, guide))
    }
    heard = dict(zip(doubts, each(executor, confirmed, list(doubts.values())), strict=True))
    return [heard.get(place, attempt) for place, attempt in enumerate(attempts)]


def _doubt(
    attempt: Attempt,
    together: Mapping[Roll, Take],
    habits: Mapping[_Recorder, _Habit],
    guide: Guide,
) -> Doubt | None:
    """Where to look for an event, if anything tells."""
    named, clip = attempt.named, attempt.event.clip
    if attempt.place is not None or named is None:
        return None
    under = guide.between(clip.record_in, clip.record_out)
    take, habit = together.get(named.roll), habits.get(_recorder(named.roll))
    if take is not None and take.on_clock:
        zero = take.zero(clip, named.zero)
        doubt = take.joint.half_width_at(float(middle(clip)) - zero)
        return Doubt(attempt, zero, doubt, under, _BY_NEIGHBOURS, take.microphones.away)
    if habit is not None and named.zero is not None:
        return Doubt(attempt, float(named.zero) + habit.slip, habit.doubt, under, _BY_RECORDER)
    return None


def _habits(together: Mapping[Roll, Take]) -> dict[_Recorder, _Habit]:
    """The recorders whose takes all lie alike against their timecode."""
    slips: defaultdict[_Recorder, list[float]] = defaultdict(list)
    for roll, take in together.items():
        if roll.start is not None and roll.tape and take.on_clock:
            off = take.joint.slip - float(roll.start)
            slips[_recorder(roll)].append(off - DAY * round(off / DAY))
    return {
        recorder: _Habit(median(found), max(found) - min(found))
        for recorder, found in slips.items()
        if len(found) >= _LEAST and max(found) - min(found) < _ALIKE
    }


def _recorder(roll: Roll) -> _Recorder:
    return roll.tape, roll.date
