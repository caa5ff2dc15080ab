"""Production sound to picture: each event's take, and its place to the sample.

Metadata names the takes that may lie under an event; sound decides. An event that none of them
matches is searched by sound in all takes. Then the events of each take are solved together, and
what could not be measured leans on its neighbours or says why not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

from conform import media
from conform.answers import answer, findings_of
from conform.asking import TRIES, Doubt, Question, ask, confirmed, tasks
from conform.candidates import Shoot, events
from conform.errors import AlignError
from conform.guide import Guide, listen
from conform.joining import joined
from conform.leader import Heard, checks, pop_findings
from conform.roll import Roll
from conform.synced import EventSync, Sync
from conform.takes import Attempt, Take, edit_rounding, middle, takes
from conform.timeline import Timeline
from conform.unnamed import by_sound
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
    attempts, unread = by_sound(named, rolls, guide, executor, watch)
    scatter = edit_rounding(timeline.rate, probed.audio[0].sample_rate)
    alone = takes(attempts, guide.picture_in, scatter, rolls)
    attempts = _leaning(attempts, alone, guide, executor)
    together = takes(attempts, guide.picture_in, scatter, rolls)
    found = [answer(attempt, together, guide.picture_in) for attempt in attempts]
    answers = joined(found, rolls)
    odd = findings_of(attempts, answers, together, timeline, guide.picture_in)
    leaders = checks(timeline, [Heard(probed.path, guide.picture_in)])
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


def _leaning(
    attempts: Sequence[Attempt],
    together: Mapping[Roll, Take],
    guide: Guide,
    executor: Executor | None,
) -> list[Attempt]:
    """The attempts; those that found nothing are tried where their take's other events put them."""
    doubts = {
        place: doubt
        for place, one in enumerate(attempts)
        if (doubt := _doubt(one, together, guide))
    }
    heard = dict(zip(doubts, each(executor, confirmed, list(doubts.values())), strict=True))
    return [heard.get(place, attempt) for place, attempt in enumerate(attempts)]


def _doubt(attempt: Attempt, together: Mapping[Roll, Take], guide: Guide) -> Doubt | None:
    named, clip = attempt.named, attempt.event.clip
    if attempt.place is not None or named is None or named.roll not in together:
        return None
    take = together[named.roll]
    zero = take.zero(clip, named.zero)
    doubt = take.joint.half_width_at(float(middle(clip)) - zero)
    return Doubt(attempt, zero, doubt, guide.between(clip.record_in, clip.record_out))


def _sample_rate(answers: Sequence[EventSync], rolls: Sequence[Roll], picture: media.Media) -> int:
    """The rate of most matched takes, so that their samples can be copied as they are."""
    used = [event.roll for event in answers if event.roll] or list(rolls)
    rates = Counter(roll.sample_rate for roll in used)
    return rates.most_common(1)[0][0] if rates else picture.audio[0].sample_rate
