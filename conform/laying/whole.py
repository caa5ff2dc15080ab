"""A whole file laid under a reference: from its measurement to regions.

Copied, every sample stays what it is, and each part lies at the nearest sample to where most of it
belongs. Resampled, every moment lies where it was measured, along the drift, speed or map of the
file. Seconds of the file count from its sound's first sample, as its measurement's do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import numpy as np

from conform import media
from conform.clocks.align import Aligned
from conform.clocks.timemap import TimeMap, straight
from conform.errors import AlignError
from conform.laying.plan import channel_names
from conform.media import Media
from conform.region import Plan, Region, WarpPoint
from conform.roll import Roll
from conform.timecode import sample_at

LEAVE = 0.01
"""Seconds that a copy may be off at worst before it is resampled unasked: a quarter of a frame."""

_FADE = Fraction(1, 200)  # seconds of the fades at a step
_PLACES = 2000  # of a part at which it is looked how far a copy is off
_STORED = ("pcm_", "flac", "alac")  # what states its own length to the sample


class Correct(StrEnum):
    """When a file's speed is corrected: above `LEAVE`, never, or always."""

    AUTO = "auto"
    NEVER = "never"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Laying:
    """One file's regions, every channel a stem, and the length of all of them in its own samples.

    `corrected` tells whether it is resampled; `left` is what a copy is off at worst, in seconds.
    """

    plan: Plan
    sample_rate: int
    length: int
    corrected: bool
    left: float


@dataclass(frozen=True, slots=True)
class _Part:
    """Seconds of the file between two steps, and where they fall in the reference."""

    first: float
    last: float
    along: TimeMap


def seconds_of(reference: Media) -> Fraction:
    """How long a reference is on its own clock: its picture, or its sound.

    Raises `AlignError` where it does not say.
    """
    streams = reference.video or reference.audio
    known = [stream.start + stream.duration for stream in streams if stream.duration is not None]
    if not known:
        raise AlignError("does not say how long it is; convert it", path=reference.path)
    return known[0]


def lay(roll: Roll, aligned: Aligned, seconds: Fraction, correct: Correct = Correct.AUTO) -> Laying:
    """Lay a file that was measured under a reference of so many seconds, at the file's own rate.

    Raises `AlignError` for a file that was not measured or has no sound under the reference.
    """
    if not aligned.match.matched:
        reason = aligned.match.reason or str(aligned.match.verdict)
        raise AlignError(f"is not written: it was not measured ({reason})", path=aligned.path)
    rate = roll.sample_rate
    length = sample_at(seconds, rate)
    parts = _parts(aligned)
    copied = [_copied(part, aligned, roll, length) for part in parts]
    left = max((off for _, off in copied), default=0.0)
    corrected = correct is Correct.ALWAYS or (correct is Correct.AUTO and left > LEAVE)
    regions = [region for region, _ in copied]
    if corrected:
        regions = [_resampled(part, aligned, roll, length) for part in parts]
    regions = _joined([r for r in regions if r.length > 0], sample_at(_FADE, rate))
    if not regions:
        raise AlignError("is not written: no part of it lies under the reference", path=roll.path)
    names = channel_names(roll)
    stems = [
        replace(region, stem=name, path=channel.path, channel=channel.index)
        for channel, name in zip(roll.channels, names, strict=True)
        for region in regions
    ]
    return Laying(Plan(tuple(stems), names), rate, length, corrected, 0.0 if corrected else left)


def _parts(aligned: Aligned) -> list[_Part]:
    """The file between its steps; the match is that of the part after `longest` of them."""
    if aligned.wander is not None:
        return [_Part(0.0, aligned.seconds, aligned.wander.map)]
    match, speed = aligned.match, aligned.speed or 1.0
    edges = [0.0, *(step.seconds for step in aligned.steps), aligned.seconds]
    moves = np.cumsum([0.0, *(step.samples for step in aligned.steps)])
    lags = (moves - moves[aligned.longest] + (match.lag_samples or 0.0)) / match.sample_rate
    return [
        _Part(first, last, straight(float(lag), speed, first, last))
        for (first, last), lag in zip(pairwise(edges), lags, strict=True)
        if last > first
    ]


def _copied(part: _Part, aligned: Aligned, roll: Roll, length: int) -> tuple[Region, float]:
    """A part at its nearest sample, and what that is off at worst under the reference."""
    rate = roll.sample_rate
    knots = np.array([knot.seconds for knot in part.along.knots])
    within = knots[(knots > part.first) & (knots < part.last)]
    times = np.union1d(np.linspace(part.first, part.last, _PLACES), within)
    places = part.along.reference_at(times)
    under = (places >= 0) & (places * rate <= length)
    if not under.any():
        return _region(roll, 0, 0, 0), 0.0
    lags = (places - times)[under]
    zero = round(float(lags.min() + lags.max()) / 2 * rate)
    off = float(np.abs(lags - zero / rate).max())
    first, end = (_sample(seconds, aligned, roll) for seconds in (part.first, part.last))
    begin = sample_at(aligned.begins, rate)
    head, tail = max(first - begin + zero, 0), min(end - begin + zero, length)
    return _region(roll, head - zero + begin, head, max(tail, head)), off


def _resampled(part: _Part, aligned: Aligned, roll: Roll, length: int) -> Region:
    """A part along its own time."""
    rate = roll.sample_rate
    begin = sample_at(aligned.begins, rate)
    first, end = (_sample(seconds, aligned, roll) for seconds in (part.first, part.last))
    ends = part.along.reference_at((np.array([first, end - 1]) - begin) / rate) * rate
    head, tail = max(ceil(ends[0]), 0), min(floor(ends[1]) + 1, length)
    if tail <= head:
        return _region(roll, 0, 0, 0)
    knots = np.array([round(knot.reference_seconds * rate) for knot in part.along.knots])
    records = np.union1d(knots[(knots > head) & (knots < tail)], [head, tail])
    sources = part.along.other_at(records / rate) * rate
    warp = tuple(
        WarpPoint(int(record), Fraction(float(source)) + begin)
        for record, source in zip(records, sources, strict=True)
    )
    return replace(_region(roll, 0, head, tail), warp=warp)


def _sample(seconds: float, aligned: Aligned, roll: Roll) -> int:
    """A time of the file as a sample on its clock; its end is its last sample's, where it says."""
    begin = sample_at(aligned.begins, roll.sample_rate)
    place = begin + round(seconds * roll.sample_rate)
    if seconds < aligned.seconds:
        return min(place, roll.length)
    codec = media.probe(roll.path).audio[0].codec
    return roll.length if codec.startswith(_STORED) else min(place - 1, roll.length)


def _region(roll: Roll, source: int, first: int, end: int) -> Region:
    return Region("", roll.path, 0, source, first, end)


def _joined(regions: Sequence[Region], fade: int) -> list[Region]:
    """Parts in order: faded at a gap, cut in the middle of an overlap and crossed there."""
    items = list(regions)
    for place in range(1, len(items)):
        before, after = items[place - 1], items[place]
        overlap = before.record_end - after.record_first
        if overlap > fade:
            middle = (before.record_end + after.record_first) // 2
            before = replace(before, record_end=middle + fade // 2)
            after = _from(after, middle + fade // 2 - fade)
        short = min(fade, before.length // 2, after.length // 2)
        items[place - 1] = replace(before, fade_out=short)
        items[place] = replace(after, fade_in=short)
    return items


def _from(region: Region, first: int) -> Region:
    """A region that begins later, its samples where they were."""
    source = region.source_first + first - region.record_first
    return replace(region, source_first=source, record_first=first)
