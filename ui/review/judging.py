"""Which events a reviewer must look at, and in which words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from conform.findings import Finding, Level
from conform.match import Verdict
from conform.review.decision import Choice, Decision
from conform.synced import EventSync, Status, Sync

_QUARTER = 0.25  # frames, one perforation of 35 mm film: the tolerance `conform`
_SLIM = 4.0  # orders of magnitude between a match and its runner-up that leave no doubt


class Mark(StrEnum):
    """How an event stands; each has a shape, a word and a hue."""

    MEASURED = "measured"
    METADATA = "by timecode"
    BY_HAND = "by hand"
    NOT_MEASURED = "not measured"
    OFFLINE = "offline"


MARKS = {
    Status.MEASURED: Mark.MEASURED,
    Status.METADATA: Mark.METADATA,
    Status.BY_HAND: Mark.BY_HAND,
    Status.NOT_MEASURED: Mark.NOT_MEASURED,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """An event's standing: its mark, what is odd about it, and whether timecode was right."""

    mark: Mark
    flags: tuple[str, ...]
    unchanged: bool

    @property
    def flagged(self) -> bool:
        """Whether a person must decide."""
        return bool(self.flags)


def judged(sync: Sync, offline: frozenset[str]) -> tuple[Judged, ...]:
    """Every event's standing; `offline` are the files that cannot be found."""
    said = _by_event(sync.findings)
    return tuple(_judge(event, sync, said.get(event.id, ()), offline) for event in sync.events)


def _by_event(findings: tuple[Finding, ...]) -> Mapping[str, tuple[str, ...]]:
    """What the engine says of single events: its findings begin with `event ID`."""
    said: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for finding in findings:
        words = finding.where.split()
        if len(words) > 1 and words[0] == "event" and finding.level is not Level.INFO:
            said[words[1]] += (finding.message,)
    return said


def _judge(event: EventSync, sync: Sync, said: tuple[str, ...], offline: frozenset[str]) -> Judged:
    gone = sorted({str(path) for path in event.roll.paths} & offline) if event.roll else []
    mark = Mark.OFFLINE if gone else MARKS[event.status]
    doubts = [*(f"offline: {name}" for name in gone), *_doubts(event, sync)]
    new = (one for one in said if not (event.reason and event.reason in one))
    flags = tuple(dict.fromkeys([*doubts, *new]))
    fps = sync.timeline.rate.fps
    slip = event.slip_seconds
    measured = event.status is Status.MEASURED
    unchanged = measured and slip is not None and abs(slip * fps) <= _QUARTER
    return Judged(mark, flags, unchanged and not flags)


def _doubts(event: EventSync, sync: Sync) -> list[str]:
    """What the measurement itself leaves open."""
    if event.status is Status.NOT_MEASURED:
        return [event.reason or "not measured"]
    if event.status is Status.METADATA:
        return [f"laid by timecode alone: {event.reason}" if event.reason else "laid by timecode"]
    doubts = ["its place is that of its take's other events"] if event.leaned else []
    match, fps = event.match, float(sync.timeline.rate.fps)
    if match is None:
        return doubts
    if match.verdict is Verdict.AMBIGUOUS:
        doubts.append("several places explain the sound")
    if match.uncertainty_samples is not None:
        spread = match.uncertainty_samples / match.sample_rate * fps
        if spread > _QUARTER:
            doubts.append(f"uncertain by {spread:.2f} frames")
    if match.runner_up and match.score - match.runner_up < _SLIM:
        doubts.append("another place scores nearly as high")
    if match.drift_ppm is not None:
        moved = abs(match.drift_ppm) * 1e-6 * float(event.clip.duration) * fps
        if moved > _QUARTER:
            doubts.append(f"drifts {moved:.2f} frames from its first to its last frame")
    return doubts


def undecided(
    sync: Sync, standing: tuple[Judged, ...], decisions: Mapping[str, Decision]
) -> list[int]:
    """The flagged events that are neither accepted nor rejected, in record order."""
    return [
        place
        for place, (event, judge) in enumerate(zip(sync.events, standing, strict=True))
        if judge.flagged and decisions.get(event.id, Decision(event.id)).choice is Choice.OPEN
    ]
