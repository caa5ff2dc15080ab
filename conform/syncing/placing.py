"""One event against one take: which channel is heard where in the guide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor
from types import MappingProxyType

import numpy as np

from conform.hearing.band import Signal
from conform.hearing.evidence import REACH, TOLERANCE, Line, trace
from conform.hearing.glance import stands_out
from conform.hearing.measure import STAGES, Measurement, find
from conform.hearing.nearby import nearby
from conform.hearing.pieces import Pieces
from conform.hearing.poly import leading
from conform.hearing.refine import Fine, refine
from conform.hearing.sound import Sound, channels_of, mixed
from conform.hearing.stretch import held, of_file
from conform.hearing.stretches import exact as on_grid
from conform.match import Match, Verdict
from conform.roll import Roll, RollChannel
from conform.synced import Rung
from conform.syncing.candidates import Candidate, Event
from conform.syncing.guide import Guide

_MICROPHONES = 0.02  # seconds between microphones of one take: 7 m of air
_HEARD = 1e-3  # chance below which a channel beside the first is called heard
_BESIDE = 0.1  # seconds beside an event that refinement may read
_NO_CHANNEL = "a place stands out, but no channel of the take is heard there"
_NEAR = 2 * REACH / TOLERANCE  # places that such a channel may take beside the first


@dataclass(frozen=True, slots=True)
class Heard:
    """One channel of a take in the guide; `fine` is None where it is not heard.

    The fine line runs from the guide's clock to the take's: take time = guide time + lag. `borne`
    is which stretches of the event it explains, each by itself, by the guide's time of its middle.
    """

    channel: str
    match: Match
    fine: Fine | None = None
    borne: Mapping[float, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """What the sound says of an event under a candidate."""

    candidate: Candidate
    match: Match
    guide: str = ""
    channels: tuple[Heard, ...] = ()

    @property
    def matched(self) -> bool:
        """Whether a channel was found and measured."""
        return self.match.matched and self.best is not None

    @property
    def best(self) -> Heard | None:
        """The channel that explains the guide best."""
        heard = [(one, one.fine.explains) for one in self.channels if one.fine is not None]
        return leading(heard)

    @property
    def borne(self) -> dict[float, bool]:
        """Which stretches of the event any channel explains, in order; see `Heard`."""
        found: dict[float, bool] = {}
        for channel in self.channels:
            for time, sure in channel.borne.items():
                found[time] = found.get(time, False) or sure
        return dict(sorted(found.items()))


def place(
    event: Event,
    candidate: Candidate,
    guide: Guide,
    search: Fraction,
    stages: Sequence[tuple[float, int]] = STAGES,
) -> Place:
    """Measure an event's guide against the stretch of the take where the candidate puts it.

    The take is heard `search` seconds beyond the event on both sides. Every channel is asked; the
    first that matches finds the others. `stages` are those of `conform.hearing.measure`.
    """
    lanes = take_part(candidate, event, search)
    rate = candidate.roll.sample_rate
    best = Place(candidate, Match(Verdict.TOO_LITTLE, rate, "the take has no sound here"))
    for part in guide.parts(event.clip.record_in, event.clip.record_out):
        for lane in lanes:
            found = find(lane, part, rate, stages=stages)
            match = found.match
            if found.line is not None:
                channels = _all_channels(candidate.roll, lanes, part, found, lane)
                there = Place(candidate, match, part.name, channels)
                if there.matched:
                    return there
                match = replace(match, verdict=Verdict.AMBIGUOUS, reason=_NO_CHANNEL)
            if _tells_more(match, best.match):
                best = Place(candidate, match, part.name)
    return best


def glanced(event: Event, candidate: Candidate, guide: Guide, search: Fraction) -> bool:
    """Whether any place of a take stands out under an event, on any channel.

    A further take of an event that another one matched is asked this first: takes of other days
    often share its timecode, and hardly any of them comes through.
    """
    lanes = take_part(candidate, event, search)
    parts = guide.parts(event.clip.record_in, event.clip.record_out)
    return any(stands_out(lane, part) for part in parts for lane in lanes)


def seek(event: Event, roll: Roll, rung: Rung, guide: Guide) -> Candidate | None:
    """Where in a whole take an event lies, by sound alone; None where it does not.

    The take's channels are heard together, at 8 kHz.
    """
    lanes = [sound for path in roll.paths for sound in channels_of(path, findings=lambda _: None)]
    if not lanes:
        return None
    whole = mixed(tuple(lanes), roll.name)
    for part in guide.parts(event.clip.record_in, event.clip.record_out):
        line = find(whole, part, roll.sample_rate).line
        if line is not None:
            lag = line.at(float(part.start) + part.seconds / 2)
            zero = guide.picture_in - Fraction(round(lag * 1000), 1000)
            return Candidate(roll, rung, zero, Fraction(1))
    return None


def confirm(
    event: Event,
    candidate: Candidate,
    guide: Guide,
    zero: float,
    doubt: float,
    away: Mapping[str, float] = MappingProxyType({}),
) -> Place | None:
    """A short event where its neighbours of the same take put it; None where it is not heard.

    `zero` is the record time of the take's first sample, by them, and `doubt` how far they may be
    wrong in seconds; each channel is `away` from that, as `Microphones` are. The channel that is
    heard most clearly finds the others.
    """
    lanes = take_part(candidate, event, Fraction(1))
    lags = [
        float(guide.picture_in) - zero + away.get(channel.name, 0.0)
        for channel in candidate.roll.channels
    ]
    found = [
        (near, part)
        for part in guide.parts(event.clip.record_in, event.clip.record_out)
        for lane, lag in zip(lanes, lags, strict=False)
        if (near := nearby(lane, part, lag, doubt)) is not None
    ]
    if not found:
        return None
    near, part = max(found, key=lambda one: one[0].line.decades)
    rate, line = candidate.roll.sample_rate, near.line
    match = Match(Verdict.MATCH, rate, score=round(line.decades, 2), false_match=near.false_match)
    exact = _at_full_rate(candidate.roll, lanes, part, line)
    channels = tuple(
        _confirmed(channel.name, lane, part, line, rate)
        for channel, lane in zip(candidate.roll.channels, exact, strict=True)
    )
    placed = Place(candidate, match, part.name, channels)
    return placed if placed.matched else None


def _confirmed(name: str, lane: Sound, part: Sound, line: Line, rate: int) -> Heard:
    """A channel of a short event, near the line of the channel that is heard best."""
    near = nearby(lane, part, line.lag, _MICROPHONES)
    if near is None:
        return Heard(name, Match(Verdict.NO_MATCH, rate))
    match = Match(
        Verdict.NO_MATCH, rate, score=round(near.line.decades, 2), false_match=near.false_match
    )
    return Heard(name, match, refine(lane, part, near.line, rate))


def _tells_more(match: Match, before: Match) -> bool:
    """An ambiguous answer says more than none, and that more than too little sound."""
    order = (Verdict.TOO_LITTLE, Verdict.NO_MATCH, Verdict.AMBIGUOUS)
    return (order.index(match.verdict), match.score) > (order.index(before.verdict), before.score)


def take_part(candidate: Candidate, event: Event, search: Fraction) -> list[Sound]:
    """Every channel of the take, around where the candidate puts the event; none where it is not.

    A channel whose file ends before that place is an empty sound.
    """
    roll, clip = candidate.roll, event.clip
    if candidate.zero is None:
        return []
    # Whole seconds: there the samples of every rate meet those of the coarse one.
    start = Fraction(max(0, floor(clip.record_in - candidate.zero - search)))
    end = min(roll.duration, clip.record_out - candidate.zero + search)
    if end <= start:
        return []
    lanes: dict[int, Sound] = {}
    for path, numbers in roll.files:
        picked = tuple(roll.channels[n].index for n in numbers)
        sounds = channels_of(
            path, channels=picked, start=start, duration=end - start, findings=lambda _: None
        )
        lanes.update(zip(numbers, sounds, strict=False))
    return [lanes.get(n) or _silent(channel, start) for n, channel in enumerate(roll.channels)]


def _silent(channel: RollChannel, start: Fraction) -> Sound:
    return Sound(channel.name, np.empty(0, np.float16), _nothing, start)


def _nothing(_first: int, count: int, _rate: int) -> Signal:
    return np.zeros(count, np.float32)


def _all_channels(
    roll: Roll, lanes: Sequence[Sound], part: Sound, found: Measurement, first: Sound
) -> tuple[Heard, ...]:
    """Every channel at the line that the first one found."""
    line, rate = found.line, roll.sample_rate
    if line is None:
        return ()
    exact = _at_full_rate(roll, lanes, part, line)
    return tuple(
        _channel(channel.name, own, part, line, rate, found.match if lane is first else None)
        for channel, lane, own in zip(roll.channels, lanes, exact, strict=True)
    )


def _at_full_rate(roll: Roll, lanes: Sequence[Sound], part: Sound, line: Line) -> list[Sound]:
    """The channels with their full rate under the event decoded once, file by file."""
    first, length = float(part.start), part.seconds
    begin = on_grid(first + line.at(first) - _BESIDE)
    end = on_grid(first + length + line.at(first + length) + _BESIDE)
    ready: dict[int, Sound] = {}
    for path, numbers in roll.files:
        picked = tuple(roll.channels[n].index for n in numbers)
        sounds = [lanes[n] for n in numbers]
        kept = held(sounds, of_file(path, picked, roll.sample_rate), begin, end)
        ready.update(zip(numbers, kept, strict=True))
    return [ready[number] for number in sorted(ready)]


def _channel(
    name: str, lane: Sound, part: Sound, line: Line, rate: int, known: Match | None = None
) -> Heard:
    """A channel at a line: is it heard there, and where exactly; `known` is what it said alone.

    Where its stretches tell no place, each for itself, all of the event together may.
    """
    traced = follow(lane, part, line)
    score, chance = traced.decades, min(1.0, _NEAR * 10.0**-traced.decades)
    if chance >= _HEARD:
        whole = known or _as_a_whole(lane, part, line, rate)
        if whole is not None and whole.false_match is not None:
            score, chance = whole.score, whole.false_match
    match = Match(Verdict.NO_MATCH, rate, score=round(score, 2), false_match=chance)
    if chance < _HEARD:
        fine = refine(lane, part, line, rate)
        if fine is not None:
            times = np.round(traced.points[:, 0] + float(part.start), 3)
            borne = dict(zip(times.tolist(), traced.sure.tolist(), strict=True))
            return Heard(name, match, fine, borne)
    return Heard(name, match)


def _as_a_whole(lane: Sound, part: Sound, line: Line, rate: int) -> Match | None:
    """What all of an event together says of a channel; None where that is not heard at a line."""
    found = find(lane, part, rate, stages=STAGES[:2])
    middle = float(part.start) + part.seconds / 2
    if found.line is None or abs(found.line.at(middle) - line.at(middle)) > _MICROPHONES:
        return None
    return found.match


def follow(lane: Sound, part: Sound, line: Line) -> Line:
    """How far a sound bears out a line between file clocks; the result counts from the parts."""
    shift = float(lane.start - part.start)
    middle = part.seconds / 2
    lag = line.at(float(part.start) + middle) - shift
    width = float(np.clip(part.seconds / 24, 0.25, 2.0))
    return trace(lane.coarse, Pieces(part.coarse), lag, middle, width)
