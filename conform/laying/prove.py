"""Proof of a conform: the finished stems, measured against the picture's own sound once more.

What was planned, rounded, copied and written is heard again where it ended up. A residual of zero
within its interval says that nothing went wrong on the way, event by event, in the middle as at the
edges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

from conform import media
from conform.hearing.evidence import REACH
from conform.hearing.measure import measure
from conform.hearing.nearby import nearby
from conform.hearing.refine import Fine, refine
from conform.hearing.sound import Sound, channels_of
from conform.laying.render import StemFile
from conform.region import Plan, Region
from conform.synced import EventSync, Status, Sync
from conform.syncing.guide import Guide, listen
from conform.watch import Step, Watch, unwatched
from conform.workers import each

_AROUND = Fraction(1)
"""Seconds beside an event in which its stem is heard: a stem that is off by more finds nothing."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One event on its stem, in samples.

    A positive `residual` means the stem is early; it is None, with the reason, where it could not
    be measured. `uncertainty` is the half-width of its 95 % interval.
    """

    event: str
    stem: str
    residual: float | None
    uncertainty: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Task:
    """One event to be heard on its stem: the record times, the channel, and the guide under it."""

    event: str
    stem: str
    path: Path
    channel: int
    span: tuple[Fraction, Fraction]
    rate: int
    guide: Guide


def prove(
    sync: Sync,
    plan: Plan,
    stems: Sequence[StemFile],
    *,
    executor: Executor | None = None,
    watch: Watch = unwatched,
) -> tuple[Proof, ...]:
    """Measure every event that was measured, on the stem of the channel that explained it best.

    With an `executor`, events are measured at once; the answers are the same. Raises `MediaError`
    where the picture or a stem cannot be read.
    """
    guide, _ = listen(media.probe(Path(sync.picture)), sync.timeline, watch)
    laid: defaultdict[str, list[Region]] = defaultdict(list)
    for region in plan.regions:
        laid[region.event].append(region)
    tasks = [
        _task(event, _anchor(event, laid[event.id]), stems, sync, guide)
        for event in sync.events
        if event.status is Status.MEASURED and event.id in laid
    ]
    proofs: list[Proof] = []
    watch(Step("proof", 0, len(tasks)))
    for proof in each(executor, _proof, tasks):
        proofs.append(proof)
        watch(Step("proof", len(proofs), len(tasks)))
    return tuple(proofs)


def _task(
    event: EventSync, region: Region, stems: Sequence[StemFile], sync: Sync, guide: Guide
) -> _Task:
    stem = next(file for file in stems if region.stem in file.channels)
    span = event.clip.record_in, event.clip.record_out
    number = stem.channels.index(region.stem)
    under = guide.between(*span)
    return _Task(event.id, region.stem, stem.path, number, span, sync.sample_rate, under)


def _anchor(event: EventSync, regions: Sequence[Region]) -> Region:
    """The region of the channel whose own place is the event's."""
    if event.roll is None or event.match is None or event.match.lag_samples is None:
        return regions[0]
    lag = event.match.lag_samples
    away = {
        (channel.path, channel.index): abs(found.match.lag_samples - lag)
        for channel, found in zip(event.roll.channels, event.channels, strict=False)
        if found.match.lag_samples is not None
    }
    far = float("inf")
    return min(regions, key=lambda region: away.get((region.path, region.channel), far))


def _proof(task: _Task) -> Proof:
    lane = _stem_sound(task)
    if lane is None:
        return Proof(task.event, task.stem, None, None, "the stem has no sound here")
    reason, rate = "", task.rate
    for part in task.guide.at_hand().sounds:
        found = measure(lane, part, rate)
        fine = found.fine or _near(lane, part, rate)
        if fine is not None:
            # The lag is where the guide falls on the stem: on a stem that is early, before zero.
            return Proof(task.event, task.stem, -fine.lag * rate, fine.half_width * rate)
        reason = reason or found.match.reason or str(found.match.verdict)
    return Proof(task.event, task.stem, None, None, reason)


def _near(lane: Sound, part: Sound, rate: int) -> Fine | None:
    """A short event, which nothing finds alone, heard within reach of where it should be.

    Wherever it stands out, that is its place: on a stem that is off it stands out elsewhere.
    """
    heard = nearby(lane, part, 0.0, REACH)
    return None if heard is None else refine(lane, part, heard.line, rate)


def _stem_sound(task: _Task) -> Sound | None:
    """The event on its stem, with a second on either side, on the picture's clock."""
    guide, (first, last) = task.guide, (time - task.guide.picture_in for time in task.span)
    start = Fraction(max(0, floor(first - _AROUND)))  # there the samples of all rates meet
    end = min(guide.length, last + _AROUND)
    if end <= start:
        return None
    lanes = channels_of(task.path, channels=(task.channel,), start=start, duration=end - start)
    return lanes[0] if lanes else None
