"""From measurements to answers: each event's place, how it is known, and what to check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import hypot

from conform.hearing.refine import Fine
from conform.match import Match, Verdict
from conform.roll import Roll
from conform.synced import ChannelMatch, EventSync, Rung, Status
from conform.syncing.candidates import CERTAIN, Candidate
from conform.syncing.joint import Joint, Slip
from conform.syncing.placing import Heard, Place
from conform.syncing.takes import Attempt, Take, middle
from conform.timeline import Clip

TELLING = 3
"""Seconds of an event that its own take would be found under."""

_BY_TIMECODE = {*CERTAIN, Rung.TIMECODE}
_COVERED = Fraction(95, 100)
_FINE = 1 << 10  # places are kept to a part of a sample as small as this
_FAR = 4.0  # half-widths apart before an event keeps a place of its own


def answer(attempt: Attempt, together: Mapping[Roll, Take], picture_in: Fraction) -> EventSync:
    """The answer for one event."""
    event, named = attempt.event, attempt.named
    empty = EventSync(event.id, event.clip, event.tracks, Status.NOT_MEASURED, whole=event.whole)
    place = attempt.place
    fine = None if place is None else together[place.candidate.roll].microphones.fine(place)
    if place is not None and fine is not None:
        reason = attempt.reason if attempt.leaned else ""
        found = replace(empty, status=Status.MEASURED, reason=reason, leaned=attempt.leaned)
        return _measured(attempt, place, fine, together[place.candidate.roll], found, picture_in)
    reason = _reason(attempt)
    if named is None or named.zero is None:
        return replace(empty, reason=reason)
    by_timecode = replace(empty, roll=named.roll, rung=named.rung, timecode_zero=named.zero)
    take = together.get(named.roll)
    if take is not None and take.on_clock and _is_certain(named):
        return _leaning(by_timecode, take, reason)
    if _is_certain(named) and not _refused(attempt, named):
        return replace(by_timecode, status=Status.METADATA, reason=reason, zero=named.zero)
    return replace(empty, reason=reason)


def _is_certain(named: Candidate) -> bool:
    return named.rung in CERTAIN and named.covers >= _COVERED


def _refused(attempt: Attempt, named: Candidate) -> bool:
    """Whether the take's own sound says that it is another: then no timecode is believed.

    Of an event too short to be found even where it belongs, that it is not found says nothing.
    """
    if attempt.event.clip.duration < TELLING:
        return False
    asked = (place for place in attempt.asked if place.candidate.roll == named.roll)
    return any(place.match.verdict is Verdict.NO_MATCH for place in asked)


def _reason(attempt: Attempt) -> str:
    """Why the sound gave no place: what the likeliest take's sound said, or why none was asked."""
    if attempt.reason or not attempt.asked:
        return attempt.reason or "the takes that timecode names have no sound here"
    first = attempt.asked[0]
    others = len(attempt.asked) - 1
    more = f"; nor does any of {others} other takes match" if others else ""
    return f"{first.candidate.roll.name}: {first.match.reason}{more}"


def _measured(
    attempt: Attempt, place: Place, fine: Fine, take: Take, empty: EventSync, picture_in: Fraction
) -> EventSync:
    """A matched event, placed by its take's line, or by its own sound where it stands apart."""
    clip = attempt.event.clip
    rate = take.roll.sample_rate
    own = take.slip(fine, clip, picture_in)
    alone = stands_apart(attempt, take, fine, picture_in)
    alone |= own.half_width < take.joint.half_width_at(own.time)
    line = _Line.of_event(own, take) if alone else _Line.of_take(take)
    base = float(clip.record_in - clip.source_in)
    zero = base + line.at(float(middle(clip)) - base - line.slip)
    candidate = place.candidate
    return replace(
        empty,
        roll=take.roll,
        rung=candidate.rung,
        zero=_exact(zero, rate),
        timecode_zero=candidate.zero if candidate.rung in _BY_TIMECODE else None,
        match=_match(place.match, line, clip, picture_in, fine.polarity, rate),
        channels=tuple(_channel(heard, clip, line, picture_in, take) for heard in place.channels),
    )


def _leaning(event: EventSync, take: Take, reason: str) -> EventSync:
    """An event placed by its take's line, about which its own sound says nothing."""
    zero = _exact(take.zero(event.clip, event.timecode_zero), take.roll.sample_rate)
    return replace(event, status=Status.METADATA, zero=zero, leaned=True, reason=reason)


def stands_apart(attempt: Attempt, take: Take, fine: Fine, picture_in: Fraction) -> bool:
    """Whether an event lies off its take's line by more than both are uncertain, and a sample."""
    if take.outlying(attempt.event):
        return True
    own = take.slip(fine, attempt.event.clip, picture_in)
    away = abs(own.slip - take.joint.at(own.time))
    doubt = hypot(own.half_width, take.joint.half_width_at(own.time))
    return away > max(_FAR * doubt, 1 / take.roll.sample_rate)


@dataclass(frozen=True, slots=True)
class _Line:
    """A slip in seconds at a take time, and the take's tilt from there."""

    time: float
    slip: float
    half_width: float
    joint: Joint

    @classmethod
    def of_take(cls, take: Take) -> _Line:
        joint = take.joint
        return cls(joint.time, joint.slip, joint.half_width, joint)

    @classmethod
    def of_event(cls, own: Slip, take: Take) -> _Line:
        return cls(own.time, own.slip, own.half_width, take.joint)

    def at(self, time: float) -> float:
        return self.slip + self.joint.tilt * (time - self.time)


def _match(
    match: Match, line: _Line, clip: Clip, picture_in: Fraction, polarity: int, rate: int
) -> Match:
    """The match with the place of the take's first sample in the picture's clock.

    With a claimed drift the place is carried to that sample; without, it is that of the event's
    middle, as if the take's clock were right.
    """
    joint = line.joint
    base = float(clip.record_in - clip.source_in - picture_in)
    drifts = joint.drift is not None
    time = 0.0 if drifts else float(middle(clip) - picture_in) - base - line.slip
    half = hypot(line.half_width, joint.tilt_half_width * (line.time - time))
    return replace(
        match,
        lag_samples=(base + line.at(time)) * rate,
        uncertainty_samples=half * rate,
        drift_ppm=joint.tilt * 1e6 if drifts else None,
        drift_uncertainty_ppm=joint.tilt_half_width * 1e6 if drifts else None,
        polarity=polarity,
    )


def _channel(
    heard: Heard, clip: Clip, line: _Line, picture_in: Fraction, take: Take
) -> ChannelMatch:
    """A channel's own place, with the drift of its take: a microphone's distance stays visible."""
    if heard.fine is None:
        reason = "not heard in the guide here"
        return ChannelMatch(heard.channel, replace(heard.match, reason=reason))
    own = take.slip(heard.fine, clip, picture_in)
    its = replace(line, time=own.time, slip=own.slip, half_width=own.half_width)
    found = replace(heard.match, verdict=Verdict.MATCH)
    polarity = heard.fine.polarity
    rate = take.roll.sample_rate
    return ChannelMatch(heard.channel, _match(found, its, clip, picture_in, polarity, rate))


def _exact(seconds: float, rate: int) -> Fraction:
    """Seconds as a fraction, to a thousandth of a sample."""
    return Fraction(round(seconds * rate * _FINE), rate * _FINE)
