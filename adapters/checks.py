"""The last look at every timeline that comes in: what no real programme could be."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import isnan
from pathlib import Path

from conform.errors import TimelineError
from conform.findings import Finding, error, warning
from conform.timecode import Rate
from conform.timeline import Clip, Timeline, Track

_DAY = 24 * 3600
_SHOWN = 20
"""Findings of one kind that are shown one by one; the rest is counted."""


def validate(timeline: Timeline, path: Path) -> tuple[Finding, ...]:
    """What is impossible about single clips, as errors that name them.

    A timeline that holds only markers is one: spotting sessions and marker lists are made so.
    Raises `TimelineError` where the timeline as a whole cannot be used: it is empty, starts before
    midnight or lasts longer than a day.
    """
    name = f"timeline '{timeline.name}'"
    clips = [clip for _, clip in timeline.clips()]
    if not clips and not timeline.markers:
        raise TimelineError(f"{name} holds no clip and no marker; export it again", path=path)
    if timeline.start < 0:
        raise TimelineError(f"{name} starts before midnight", path=path)
    if timeline.duration > _DAY:
        raise TimelineError(
            f"{name} is {float(timeline.duration) / 3600:.1f} hours long{_to_the_end_of(clips)}; "
            "a programme is no longer than 24",
            path=path,
        )
    if clips and timeline.duration <= 0:
        raise TimelineError(f"{name} has no length; export it again", path=path)
    found = list(_rate(timeline.rate, path.name))
    for track, clip in timeline.clips():
        found += _clip(track, clip, path.name)
    if len(found) > _SHOWN:
        rest = f"{len(found) - _SHOWN} more impossible clips"
        found = [*found[:_SHOWN], error("check.more", rest, path.name)]
    return tuple(found)


def _to_the_end_of(clips: list[Clip]) -> str:
    last = max(clips, key=lambda clip: clip.record_out, default=None)
    return f", to the end of clip '{last.name}'" if last else ""


def _rate(rate: Rate, where: str) -> Iterator[Finding]:
    if Rate.near(rate.fps) is None:
        yield warning("check.rate", f"{rate} frames a second is no rate of the trade", where)


def _clip(track: Track, clip: Clip, where: str) -> Iterator[Finding]:
    what = f"clip '{clip.name}' on {track.name or f'{track.kind} {track.index}'}"
    rules = (
        (clip.record_in < 0, "begins before the timeline"),
        (clip.record_out <= clip.record_in, "has no length on the record"),
        (clip.source_out < clip.source_in, "ends before it begins in its source"),
        (clip.source_out - clip.source_in > _DAY, "uses more than a day of its source"),
        (abs(clip.speed) > _FASTEST, f"plays at {float(clip.speed):g} times its speed"),
        (isnan(clip.gain_db), "has a gain that is no number"),
    )
    for broken, text in rules:
        if broken:
            yield error("check.clip", f"{what} {text}", where)


_FASTEST = Fraction(1000)
"""Times the normal speed; the fastest real retimes are a hundredth of that."""
