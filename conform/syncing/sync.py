"""Production sound to picture: each event's take, and its place to the sample.

Metadata names the takes that may lie under an event; sound decides. What is too short to be found
alone leans on its neighbours; what none of the named takes matches, or only a part of an event, is
searched by sound in all of them. Then the events of each take are solved together, and what could
not be measured says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

from conform import media
from conform.errors import AlignError
from conform.review.leader import HeardFile, checks, pop_findings
from conform.roll import Roll
from conform.synced import EventSync, Sync
from conform.syncing.answers import answer
from conform.syncing.asking import TRIES, Question, ask, tasks
from conform.syncing.candidates import Shoot, events
from conform.syncing.guide import Guide, listen
from conform.syncing.joining import joined
from conform.syncing.leaning import leaning
from conform.syncing.noticed import noticed
from conform.syncing.parting import parted, rejoined
from conform.syncing.takes import Attempt, edit_rounding, takes
from conform.syncing.unnamed import by_sound
from conform.timeline import Timeline
from conform.watch import Step, Watch, unwatched
from conform.workers import each

_SCOUTS = 8  # events that tell which of the guide's channels is asked first
_SPEED = Fraction(1, 2000)  # from real time: more is a retime, not a drifting clock


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """How far timecode may be wrong, in seconds."""

    search: Fraction = Fraction(2)


def sync(
    timeline: Timeline,
    picture: media.Media | Path,
    rolls: Sequence[Roll],
    options: SyncOptions = SyncOptions(),
    *,
    executor: Executor | None = None,
    watch: Watch = unwatched,
) -> Sync:
    """Find and measure the take of every event of a cut under its picture.

    The picture's sound is decoded once; of each take only the stretches that an event needs are,
    and the whole of it once where an event has to be searched by sound.
    With an `executor`, events are measured at once; the answers are the same.
    Raises `MediaError` for a picture or take that cannot be read, `AlignError` for a picture
    without sound.
    """
    probed = media.probe(picture) if isinstance(picture, Path) else picture
    if not probed.audio:
        raise AlignError("has no sound to sync to; use the editor's guide movie", path=probed.path)
    rolls = [roll for roll in rolls if not _is_picture(roll, probed.path)]
    guide, findings = listen(probed, timeline, watch)
    named = _attempts(timeline, rolls, guide, options, executor, watch)
    scatter = edit_rounding(timeline.rate, probed.audio[0].sample_rate)
    alone = takes(named, guide.picture_in, scatter, rolls)
    placed = leaning(named, alone, guide, executor)
    parting = parted(placed, guide)
    searched, unread = by_sound(parting.attempts, rolls, guide, executor, watch)
    attempts = rejoined(searched, parting.before, guide.picture_in, timeline.rate)
    together = takes(attempts, guide.picture_in, scatter, rolls)
    found = [answer(attempt, together, guide.picture_in) for attempt in attempts]
    answers = joined(found, rolls)
    odd = noticed(attempts, answers, together, timeline, guide.picture_in)
    leaders = checks(timeline, [HeardFile(probed.path, guide.picture_in)])
    return Sync(
        timeline=timeline,
        picture=str(probed.path),
        sample_rate=_sample_rate(answers, rolls, probed),
        length=guide.length,
        events=answers,
        rolls=tuple(rolls),
        findings=(*findings, *unread, *odd, *pop_findings(leaders, timeline)),
        picture_in=guide.picture_in,
    )


def _is_picture(roll: Roll, picture: Path) -> bool:
    """Whether a recording is the guide movie itself, lying among the rolls: it proves nothing."""
    return any(path.exists() and path.samefile(picture) for path in roll.paths)


def _attempts(
    timeline: Timeline,
    rolls: Sequence[Roll],
    guide: Guide,
    options: SyncOptions,
    executor: Executor | None,
    watch: Watch,
) -> list[Attempt]:
    """What came of every event, in record order.

    A few events over the whole cut are asked first: which of the guide's channels explains them
    is asked first of all others. So no answer rests on which event was done before which.
    """
    listed = events(timeline)
    found: dict[str, tuple[Attempt, ...]] = {}
    questions = []
    shoot = Shoot(rolls)
    for event in listed:
        if abs(event.clip.speed - 1) > _SPEED:
            reason = f"plays at {float(event.clip.speed):.4g} x real time"
            found[event.id] = (Attempt(event, reason=reason),)
            continue
        named = shoot.candidates(event, timeline.rate, options.search)[:TRIES]
        questions.append(Question(event, named))
    first = questions[:: max(1, len(questions) // _SCOUTS)] if len(guide.sounds) > 1 else []
    scouts = {question.event.id for question in first}
    later = [question for question in questions if question.event.id not in scouts]
    hits: Counter[str] = Counter()
    watch(Step("events", 0, len(listed)))
    for some in (first, later):
        groups = tasks(some, guide.ranked(hits), options.search)
        for task, answered in zip(groups, each(executor, ask, groups), strict=True):
            asked = (question.event.id for question in task.questions)
            found.update(zip(asked, answered, strict=True))
            watch(Step("events", len(found), len(listed)))
        every = chain.from_iterable(found.values())
        hits.update(one.place.guide for one in every if one.place is not None)
    watch(Step("events", len(listed), len(listed)))
    return [attempt for event in listed for attempt in found[event.id]]


def _sample_rate(answers: Sequence[EventSync], rolls: Sequence[Roll], picture: media.Media) -> int:
    """The rate of most matched takes, so that their samples can be copied as they are."""
    used = [event.roll for event in answers if event.roll] or list(rolls)
    rates = Counter(roll.sample_rate for roll in used)
    return rates.most_common(1)[0][0] if rates else picture.audio[0].sample_rate
