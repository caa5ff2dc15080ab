"""The sound of an event as it is drawn: guide and take over the same few seconds of record time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from pathlib import Path

import numpy as np

from conform import media
from conform.media import Samples
from conform.roll import RollChannel
from conform.synced import EventSync, Sync

COLUMNS = 200
"""Pairs of lowest and highest sample in one lane."""

LONGEST = Fraction(6)
"""Seconds drawn at most, around the event's middle: more would hide what sync looks like."""

Lane = tuple[tuple[float, float], ...]
"""Lowest and highest sample of each column, scaled so that the loudest is 1."""


@dataclass(frozen=True, slots=True)
class Waves:
    """Two lanes over the same record time; an empty lane had no sound to draw."""

    guide: Lane
    sound: Lane
    channel: str
    start: Fraction
    duration: Fraction


def event_waves(event: EventSync, sync: Sync) -> Waves:
    """The lanes of an event; raises `MediaError` where the picture or the take cannot be read."""
    clip = event.clip
    duration = min(clip.duration, LONGEST)
    start = (clip.record_in + clip.record_out - duration) / 2
    guide = _lane(Path(sync.picture), None, start - sync.picture_in, duration, sync.sample_rate)
    if event.roll is None or event.zero is None:
        return Waves(guide, (), "", start, duration)
    channel = strongest(event)
    sound = _lane(channel.path, channel.index, start - event.zero, duration, sync.sample_rate)
    return Waves(guide, sound, channel.name, start, duration)


def strongest(event: EventSync) -> RollChannel:
    """The recorded channel that agrees best with the guide, or the first one."""
    if event.roll is None:
        raise ValueError("an event without a take has no channels")
    matched = [found for found in event.channels if found.match.matched]
    if not matched:
        return event.roll.channels[0]
    best = max(matched, key=lambda found: found.match.score).channel
    named = [channel for channel in event.roll.channels if channel.name == best]
    return (named or event.roll.channels)[0]


def columns(sound: Samples, before: float, total: int) -> Lane:
    """Lowest and highest of each column; `before` samples of `total` lie ahead of the sound.

    Channels are averaged. Sound that is digital silence, or none, gives an empty lane.
    """
    mono = np.zeros(max(total, 1), np.float32)
    first = round(before)
    heard = sound.mean(axis=1)[: max(total - first, 0)]
    mono[first : first + len(heard)] = heard
    peak = float(np.abs(mono).max())
    if not isfinite(peak) or peak == 0:
        return ()
    edges = np.linspace(0, len(mono), min(COLUMNS, len(mono)), endpoint=False).astype(np.intp)
    low = np.minimum.reduceat(mono, edges) / peak
    high = np.maximum.reduceat(mono, edges) / peak
    return tuple((float(a), float(b)) for a, b in zip(low, high, strict=True))


def _lane(path: Path, channel: int | None, start: Fraction, duration: Fraction, rate: int) -> Lane:
    """One lane of a file; what lies before its first sample is drawn as silence."""
    before = max(-start, Fraction(0))
    if before >= duration:
        return ()
    sound = media.read(
        path,
        rate=rate,
        channels=None if channel is None else (channel,),
        start=start + before,
        duration=duration - before,
    )
    return columns(sound, float(before * rate), int(duration * rate))
