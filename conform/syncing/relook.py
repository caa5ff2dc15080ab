"""One event looked at again, as it is laid now: the correlation around its place, and a new answer.

Lags are of the sound as it is laid: positive = it lies early of where the guide has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from conform.hearing.band import COARSE_RATE
from conform.hearing.correlate import local, subsample
from conform.hearing.evidence import REACH as NEAR
from conform.hearing.halves import widened
from conform.hearing.noise import deviation
from conform.hearing.sound import Sound, channels_of, distinct, mixed
from conform.roll import Roll
from conform.synced import EventSync, Rung, Sync
from conform.syncing.candidates import Candidate, Event, candidates
from conform.syncing.guide import Guide
from conform.syncing.placing import confirm, place

REACH = Fraction(1, 2)
"""Seconds to either side of the laid place that the correlation shows."""

_LONGEST = Fraction(30)  # seconds of an event that are correlated
_APART = 0.05  # seconds between a peak and its runner-up: nearer ones are its reflections
_SEARCH = Fraction(1)  # seconds around the laid place in which the event is measured again


@dataclass(frozen=True, slots=True)
class Correlation:
    """How well the sound fits the guide at each lag: heights over noise, highest channel pair.

    `lags` are seconds. `peak` and `runner_up` are (lag, height), the runner-up 50 ms or more away.
    """

    lags: NDArray[np.float64]
    heights: NDArray[np.float64]
    peak: tuple[float, float]
    runner_up: tuple[float, float]
    channel: str


@dataclass(frozen=True, slots=True)
class Relook:
    """A new measurement of an event at a place that was looked at.

    `lag` and `half_width` are seconds, None where it was not measured; then `reason` says why.
    """

    event: str
    zero: Fraction
    correlation: Correlation | None
    lag: float | None = None
    half_width: float | None = None
    reason: str = ""


def relook(
    event: EventSync, roll: Roll, zero: Fraction, sync: Sync, guide: Sequence[Sound]
) -> Relook:
    """Measure an event under a take whose first sample lies at record time `zero`.

    Raises `MediaError` for a take that cannot be read.
    """
    clip = event.clip
    heard = Guide(tuple(guide), sync.picture_in, sync.length)
    parts = heard.parts(clip.record_in, clip.record_out)
    asked, candidate = Event(event.id, clip, event.tracks), Candidate(roll, Rung.SOUND, zero)
    found = place(asked, candidate, heard, _SEARCH)
    if not found.matched:  # too short to be found anywhere, it may be heard where it lies
        found = confirm(asked, candidate, heard, float(zero), NEAR) or found
    shown = _correlation(parts, roll, zero, sync.picture_in)
    best = found.best
    if best is None or best.fine is None:
        return Relook(event.id, zero, shown, reason=found.match.reason)
    lag = float(sync.picture_in - zero) - best.fine.lag
    if abs(lag) > _SEARCH:  # a take that the picture uses more than once
        way = "later" if lag > 0 else "earlier"
        elsewhere = f"fits best {abs(lag):.2f} s {way} in the picture"
        return Relook(event.id, zero, shown, reason=elsewhere)
    return Relook(event.id, zero, shown, lag, best.fine.half_width)


def guide_around(event: EventSync, sync: Sync, guide: Path) -> tuple[Sound, ...]:
    """The guide's sound under an event, each channel and their sum; empty where it has none."""
    first = max(Fraction(0), Fraction(floor(event.clip.record_in - sync.picture_in)))
    last = event.clip.record_out - sync.picture_in
    if last <= first:
        return ()
    sounds = distinct(
        channels_of(guide, start=first, duration=last - first, findings=lambda _: None)
    )
    return (*sounds, mixed(tuple(sounds), "all channels")) if len(sounds) > 1 else tuple(sounds)


def other_takes(
    event: EventSync, sync: Sync, search: Fraction = Fraction(2)
) -> tuple[Candidate, ...]:
    """The takes that timecode and metadata name for an event, but for the one it has."""
    named = candidates(
        Event(event.id, event.clip, event.tracks), sync.rolls, sync.timeline.rate, search
    )
    return tuple(one for one in named if one.roll != event.roll and one.zero is not None)


def _correlation(
    parts: Sequence[Sound], roll: Roll, zero: Fraction, picture_in: Fraction
) -> Correlation | None:
    """The clearest correlation of any guide channel with any of the take's."""
    best: Correlation | None = None
    for part in parts:
        room = max(Fraction(0), Fraction(len(part.coarse), COARSE_RATE) - _LONGEST) / 2
        first = part.start + Fraction(floor(room * COARSE_RATE), COARSE_RATE)
        sound = part.part(first, first + _LONGEST)
        for name, lane in _lanes(roll, first + picture_in - zero, len(sound.coarse)):
            made = _curve(lane, sound, name)
            if made is not None and (best is None or made.peak[1] > best.peak[1]):
                best = made
    return best


def _lanes(roll: Roll, start: Fraction, count: int) -> list[tuple[str, NDArray[np.float32]]]:
    """Every channel from `REACH` before a take time to `REACH` behind the stretch, padded."""
    reach = round(REACH * COARSE_RATE)
    lanes = []
    for path in roll.paths:
        mine = [channel for channel in roll.channels if channel.path == path]
        begin = start - REACH
        sounds = channels_of(
            path,
            channels=tuple(channel.index for channel in mine),
            start=begin,
            duration=Fraction(count + 2 * reach, COARSE_RATE),
            findings=lambda _: None,
        )
        for channel, sound in zip(mine, sounds, strict=False):
            whole = np.zeros(count + 2 * reach, np.float32)
            whole[: len(sound.coarse)] = sound.coarse[: len(whole)]
            lanes.append((channel.name, whole))
    return lanes


def _curve(lane: NDArray[np.float32], sound: Sound, name: str) -> Correlation | None:
    reach = round(REACH * COARSE_RATE)
    other = widened(sound.coarse)
    if len(other) < COARSE_RATE // 8 or not other.any() or not lane.any():
        return None
    values = np.abs(local(lane[None], other[None], reach))
    heights = values[0] / (deviation(values[0]) + 1e-20)
    # The guide lies `index - reach` samples later in the take than laid: the sound is late by that.
    lags = -(np.arange(len(heights)) - reach) / COARSE_RATE
    at = int(heights.argmax())
    top = float(subsample(values, np.array([at]))[0])
    far = np.abs(lags - lags[at]) >= _APART
    second = int(np.where(far, heights, 0).argmax())
    return Correlation(
        lags,
        heights.astype(np.float64),
        (-(top - reach) / COARSE_RATE, float(heights[at])),
        (float(lags[second]), float(heights[second])),
        name,
    )
