"""An event laid on the stem's sample grid: where its take starts, where it sounds, its room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from conform.findings import Finding, warning
from conform.roll import Roll
from conform.synced import EventSync, Sync
from conform.timecode import sample_at


@dataclass(frozen=True, slots=True)
class Laid:
    """An event in stem samples: `zero` is where its take starts, `head..tail` its free room."""

    event: EventSync
    roll: Roll
    zero: int
    first: int
    end: int
    head: int
    tail: int


def lay(event: EventSync, sync: Sync, room: Fraction) -> tuple[Laid | None, Sequence[Finding]]:
    """An event with `room` seconds to either side, or why it stays silent."""
    if event.roll is None or event.zero is None:
        return None, [_silent(event, event.reason or "no take was found")]
    if event.clip.speed != 1:
        why = f"the cut plays it at speed {float(event.clip.speed):g}; it is not retimed unasked"
        return None, [_silent(event, why)]
    item = _in_samples(event, event.roll, event.zero, sync, room)
    if item.first >= item.end:
        return None, [_silent(event, _why_nothing(event, item.roll, sync))]
    return item, list(_uncovered(item, sync))


def _silent(event: EventSync, why: str) -> Finding:
    return warning("plan.silent", f"left silent: {why}", event.id)


def _why_nothing(event: EventSync, roll: Roll, sync: Sync) -> str:
    first, end = (t - sync.picture_in for t in (event.clip.record_in, event.clip.record_out))
    if end <= 0 or first >= sync.length:
        return "the picture does not reach under it"
    return f"{roll.name} has no sound under it"


def _in_samples(event: EventSync, roll: Roll, zero: Fraction, sync: Sync, room: Fraction) -> Laid:
    """The event's edges in stem samples, clipped to the take and to the picture."""
    rate = sync.sample_rate
    base = sample_at(zero - sync.picture_in, rate)
    low = max(base, 0)
    high = min(base + sample_at(roll.duration, rate), sample_at(sync.length, rate))

    def edge(seconds: Fraction) -> int:
        return max(min(sample_at(seconds - sync.picture_in, rate), high), low)

    clip = event.clip
    return Laid(
        event,
        roll,
        base,
        first=edge(clip.record_in),
        end=edge(clip.record_out),
        head=edge(clip.record_in - room),
        tail=edge(clip.record_out + room),
    )


def _uncovered(item: Laid, sync: Sync) -> Iterator[Finding]:
    clip, rate = item.event.clip, sync.sample_rate
    picture_end = sample_at(sync.length, rate)
    first = max(sample_at(clip.record_in - sync.picture_in, rate), 0)
    end = min(sample_at(clip.record_out - sync.picture_in, rate), picture_end)
    missing = (end - first) - (item.end - item.first)
    if missing:
        yield warning(
            "plan.take-too-short",
            f"{item.roll.name} does not cover the event: {missing} samples of it stay silent",
            item.event.id,
        )
