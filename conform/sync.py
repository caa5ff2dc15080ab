"""Production sound to picture: each event's take, and its place to the sample.

Metadata names the takes that may lie under an event; sound decides. Then the events of each take
are solved together, and what could not be measured leans on its neighbours or says why not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from conform import media
from conform.answers import answer, findings_of
from conform.candidates import Candidate, Event, candidates, events
from conform.errors import AlignError
from conform.guide import Guide, listen
from conform.placing import Place, confirm, place, seek
from conform.roll import Roll
from conform.synced import EventSync, Rung, Sync
from conform.takes import Attempt, Take, edit_rounding, takes
from conform.timeline import Timeline
from conform.watch import Step, Watch, unwatched

_TRIES = 6  # takes asked for one event: beyond them timecode names half the day
_BLIND = 3600  # seconds of takes that are searched whole where nothing names one
_AROUND = Fraction(1, 2)  # seconds around a place that sound alone has found
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
    watch: Watch = unwatched,
) -> Sync:
    """Find and measure the take of every event of a cut under its picture.

    The picture's sound is decoded once; of each take only the stretches that an event needs are.
    Raises `MediaError` for a picture or take that cannot be read, `AlignError` for a picture
    without sound.
    """
    probed = media.probe(picture) if isinstance(picture, Path) else picture
    if not probed.audio:
        raise AlignError("has no sound to sync to; use the editor's guide movie", path=probed.path)
    rolls = [roll for roll in rolls if not _is_picture(roll, probed.path)]
    guide, findings = listen(probed, timeline, watch)
    listed = events(timeline)
    attempts = []
    for done, event in enumerate(listed):
        watch(Step("events", done, len(listed)))
        attempts.append(_attempt(event, rolls, timeline, guide, options))
    scatter = edit_rounding(timeline.rate, probed.audio[0].sample_rate)
    together = takes(attempts, guide.picture_in, scatter)
    answers = tuple(_answer(attempt, together, guide) for attempt in attempts)
    watch(Step("events", len(listed), len(listed)))
    odd = findings_of(attempts, answers, together, timeline, guide.picture_in)
    return Sync(
        timeline=timeline,
        picture=str(probed.path),
        sample_rate=_sample_rate(answers, rolls, probed),
        length=guide.length,
        events=answers,
        rolls=tuple(rolls),
        findings=(*findings, *odd),
        picture_in=guide.picture_in,
    )


def _is_picture(roll: Roll, picture: Path) -> bool:
    """Whether a recording is the guide movie itself, lying among the rolls: it proves nothing."""
    return any(path.exists() and path.samefile(picture) for path in roll.paths)


def _attempt(
    event: Event, rolls: Sequence[Roll], timeline: Timeline, guide: Guide, options: SyncOptions
) -> Attempt:
    """Ask the takes that are named, best first; the first whose sound matches is the one."""
    if abs(event.clip.speed - 1) > _SPEED:
        return Attempt(event, reason=f"plays at {float(event.clip.speed):.4g} x real time")
    named = candidates(event, rolls, timeline.rate, options.search)[:_TRIES]
    places: list[Place] = []
    for candidate in named:
        found = _tried(event, candidate, guide, options.search)
        if found is not None:
            places.append(found)
        if found is not None and found.matched:
            return Attempt(event, named[0], found, tuple(places))
    if not named and sum(roll.duration for roll in rolls) <= _BLIND:
        for roll in rolls:
            found = _tried(event, Candidate(roll, Rung.SOUND), guide, options.search)
            if found is not None and found.matched:
                return Attempt(event, None, found, (found,))
    reason = "" if named else "no take by timecode, slate, roll, name or sound"
    return Attempt(event, named[0] if named else None, None, tuple(places), reason)


def _tried(event: Event, candidate: Candidate, guide: Guide, search: Fraction) -> Place | None:
    if candidate.zero is not None:
        return place(event, candidate, guide, search)
    sought = seek(event, candidate.roll, candidate.rung, guide)
    return place(event, sought, guide, _AROUND) if sought else None


def _answer(attempt: Attempt, together: dict[Roll, Take], guide: Guide) -> EventSync:
    named, leans = attempt.named, False
    if attempt.place is None and named is not None and named.roll in together:
        zero = together[named.roll].zero(attempt.event.clip, named.zero)
        leans = confirm(attempt.event, named, guide, zero)
    return answer(attempt, together, guide.picture_in, leans=leans)


def _sample_rate(answers: Sequence[EventSync], rolls: Sequence[Roll], picture: media.Media) -> int:
    """The rate of most matched takes, so that their samples can be copied as they are."""
    used = [event.roll for event in answers if event.roll] or list(rolls)
    rates = Counter(roll.sample_rate for roll in used)
    return rates.most_common(1)[0][0] if rates else picture.audio[0].sample_rate
