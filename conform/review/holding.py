"""Which decisions still hold: each is bound to what was seen, and carried to a new cut with care.

Within a session a decision holds while its event, its takes and the guide are the very same. In
another cut (a new lock, measured again against its own guide) it holds where the same material of
the same take lies at the same place under the event, within the uncertainty of both measurements.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from math import hypot
from pathlib import Path

from conform.review.decision import Decision, Review
from conform.synced import EventSync, Sync

_PART = 1 << 16
"""Bytes of a file's head and tail that go into its mark: its headers, and its last sound."""

Marks = Mapping[str, str]
"""A file's name -> its mark."""


def marks(sync: Sync, known: Marks) -> dict[str, str]:
    """The marks of the guide and of every take; an offline file keeps its `known` mark."""
    paths = {Path(sync.picture)} if sync.picture else set()
    paths |= {path for roll in sync.rolls for path in roll.paths}
    return {path.name: mark_of(path) or known.get(path.name, "") for path in sorted(paths, key=str)}


def mark_of(path: Path) -> str:
    """A file's size with a hash of its head and tail; empty where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            digest.update(file.read(_PART))
            size = file.seek(0, 2)
            file.seek(max(0, size - _PART))
            digest.update(file.read())
    except OSError:
        return ""
    return f"{size}:{digest.hexdigest()[:24]}"


def fingerprint(event: EventSync, sync: Sync, files: Marks, take: str = "") -> str:
    """A hash of an event, of its take and its place, and of the guide that it was judged by.

    `take` is the first file of another take that the reviewer chose.
    """
    clip, roll = event.clip, event.roll
    paths = [*(roll.paths if roll else ()), *([Path(take)] if take else [])]
    takes = [(path.name, files.get(path.name, "")) for path in paths]
    facts = (
        (clip.record_in, clip.record_out, clip.source_in, clip.source_out, clip.speed),
        (event.status, event.zero, event.tracks, takes),
        (sync.sample_rate, sync.picture_in, files.get(Path(sync.picture).name, "")),
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def holding(review: Review, sync: Sync, files: Marks) -> Review:
    """The review with every decision cleared that was made on something else."""
    events = {event.id: event for event in sync.events}
    kept = [
        decision if _same(decision, events[decision.event], sync, files) else _cleared(decision)
        for decision in review.decisions
        if decision.event in events
    ]
    return replace(review, decisions=tuple(kept), marks=tuple(sorted(files.items())))


def _same(decision: Decision, event: EventSync, sync: Sync, files: Marks) -> bool:
    return not decision.seen or decision.seen == fingerprint(event, sync, files, decision.take)


def _cleared(decision: Decision) -> Decision:
    why = "the event, its take or the guide has changed since it was decided"
    return Decision(decision.event, comment=decision.comment, cleared=why)


def carry(review: Review, before: Sync, after: Sync, files: Marks) -> Review:
    """The decisions of an earlier cut that still hold in a new one, marked as carried.

    Comments of events that moved come along; their decisions are open again.
    """
    waiting: dict[tuple[object, ...], list[EventSync]] = defaultdict(list)
    for event in before.events:
        waiting[_material(event)].append(event)
    decisions = review.by_event()
    carried: list[Decision] = []
    for event in after.events:
        alike = waiting[_material(event)]
        old = alike.pop(0) if alike else None
        decision = decisions.get(old.id) if old else None
        if old is None or decision is None:
            continue
        if not _lies_alike(old, event, after.sample_rate):
            why = "its sound lies elsewhere in the new cut"
            carried.append(Decision(event.id, comment=decision.comment, cleared=why))
            continue
        seen = fingerprint(event, after, files, decision.take) if decision.seen else ""
        carried.append(replace(_moved(decision, old, event), seen=seen, carried=True))
    return Review(tuple(carried), latency=review.latency, marks=tuple(sorted(files.items())))


def _material(event: EventSync) -> tuple[object, ...]:
    clip, source = event.clip, event.clip.source
    return clip.source_in, clip.source_out, clip.speed, source.reel, source.name, event.tracks


def _lies_alike(old: EventSync, new: EventSync, sample_rate: int) -> bool:
    """Whether the same take lies at the same place under both, as far as was measured."""
    if old.status is not new.status or (old.roll and old.roll.name) != (new.roll and new.roll.name):
        return False
    if old.zero is None or new.zero is None:
        return old.zero is new.zero
    away = (new.zero - new.clip.record_in) - (old.zero - old.clip.record_in)
    return abs(away) * sample_rate <= max(1.0, hypot(_spread(old), _spread(new)))


def _spread(event: EventSync) -> float:
    return (event.match.uncertainty_samples or 0.0) if event.match else 0.0


def _moved(decision: Decision, old: EventSync, new: EventSync) -> Decision:
    """A decision on the new event: what it placed on the record clock moves along."""
    by = new.clip.record_in - old.clip.record_in
    place, pair = decision.place, decision.pair
    return replace(
        decision,
        event=new.id,
        place=None if place is None else place + by,
        pair=None if pair is None else replace(pair, picture=pair.picture + by),
    )
