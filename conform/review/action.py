"""Where the action of a cut begins and ends, and where its sync pops are due.

The 2-pop starts two seconds (48 frames at 24) before the first frame of action, where the 2 of the
countdown flashes (SMPTE ST 256); the tail pop two seconds after the last one. Two seconds are
counted in whole frames.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor

from conform.timecode import Rate
from conform.timeline import ZERO, Clip, Timeline

SECONDS = 2
"""Seconds, as whole frames of the clock, between a pop and the action."""

_FILM_LEADER = 8  # seconds from picture start, on the hour, to the first frame of action
_LEADERS = re.compile(r"\b(leader|count ?down|colou?r bars|bars|slug|2.?pop)\b", re.IGNORECASE)
"""Names of clips that are no action."""


class End(StrEnum):
    """Which leader."""

    HEAD = "2-pop"
    TAIL = "tail pop"


@dataclass(frozen=True, slots=True)
class Due:
    """Where a pop should start, in record time, and what says so."""

    end: End
    at: Fraction
    why: str
    by_clock: bool = False


def action(timeline: Timeline) -> tuple[Fraction, Fraction]:
    """Record times of the first frame of action, and of the end of the last one."""
    clips = _acting(timeline)
    first = min((clip.record_in for clip in clips), default=ZERO)
    return first, max((clip.record_out for clip in clips), default=timeline.duration)


def expected(timeline: Timeline) -> tuple[Due, ...]:
    """Where pops are due: by the cut's picture, by the hour of its clock, and by a film leader.

    Action may begin with black, so that every clip up to the first one that is seen may open it. A
    cut without picture does not say: its first sound may come later.
    """
    by_clock = _by_clock(timeline)
    return (*_by_picture(timeline), *by_clock) if pictured(timeline) else by_clock


def _by_picture(timeline: Timeline) -> Iterator[Due]:
    rate, (first, last) = timeline.rate, action(timeline)
    before, words = _two_seconds(rate)
    clips = [clip for track in timeline.video for clip in track.clips]
    for start in sorted({clip.record_in for clip in clips if clip.record_in <= first}):
        yield Due(End.HEAD, start - before, f"{words} before {_clip_at(start, first)} of the cut")
    for end in sorted({clip.record_out for clip in clips if clip.record_out >= last}):
        name = "the last frame of action" if end == last else "the last frame of a clip"
        yield Due(End.TAIL, end - rate.frame + before, f"{words} after {name} of the cut")
        yield Due(End.TAIL, end + before, f"{words} after the end of {name} of the cut")


def _clip_at(start: Fraction, first: Fraction) -> str:
    return "the first frame of action" if start == first else "black or leader"


def _by_clock(timeline: Timeline) -> tuple[Due, ...]:
    """Before the hour, where programmes start, and before the end of a leader that starts on it."""
    rate, (first, _) = timeline.rate, action(timeline)
    before, words = _two_seconds(rate)
    hour = rate.seconds(rate.day // 24)
    leader = rate.seconds(_FILM_LEADER * rate.nominal)
    count = floor((timeline.start + first) / hour)
    starts = [
        n * hour - timeline.start + more for n in (count, count + 1) for more in (ZERO, leader)
    ]
    return tuple(
        Due(End.HEAD, start - before, f"{words} before {timeline.timecode(start)}", by_clock=True)
        for start in starts
    )


def _two_seconds(rate: Rate) -> tuple[Fraction, str]:
    """Two seconds as whole frames of the clock, and in words."""
    frames = SECONDS * rate.nominal
    return rate.seconds(frames), f"two seconds ({frames} frames)"


def _acting(timeline: Timeline) -> list[Clip]:
    """The clips that are action: picture where there is any, else sound; no leaders, no black."""
    tracks = timeline.video if pictured(timeline) else timeline.audio
    clips = [clip for track in tracks for clip in track.clips]
    acting = [
        clip for clip in clips if not clip.source.generated and not _LEADERS.search(clip.name)
    ]
    return acting or clips


def pictured(timeline: Timeline) -> bool:
    """Whether the cut says where the picture's action is."""
    return any(track.clips for track in timeline.video)
