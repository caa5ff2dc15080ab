"""Each channel of a poly file by itself: its own lag, polarity and share in the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from conform.hearing.evidence import Line, trace
from conform.hearing.measure import Measurement, measure, placed
from conform.hearing.pieces import Pieces
from conform.hearing.refine import refine
from conform.hearing.sound import Sound
from conform.match import Match, Verdict

Channel = TypeVar("Channel")

_WIDTH = 1.0  # seconds of the stretches that follow a channel
_ALIKE = 0.98  # of the best share: of one sound on two microphones they came within 0.005
_DECADES = 6.0  # minus log10 of the chance from which a channel near the file's place matches


@dataclass(frozen=True, slots=True)
class PolyChannel:
    """One channel against the reference: microphone distances and inversions as they are.

    `explains` is the share of the channel that the reference, merely delayed, explains: 0 to 1.
    `counterpart` is the reference's channel that it plainly is, where the reference has several.
    """

    name: str
    match: Match
    explains: float = 0.0
    counterpart: str | None = None


def each(
    reference: Sound, channels: Sequence[Sound], whole: Match, rate: int
) -> tuple[PolyChannel, ...]:
    """Every channel of a file against a reference; `whole` is where the file as one matched.

    A channel is looked for where the file matched first, then anywhere. Channels are measured at
    the same stretches as far as they are heard there, so that each is read once for all.
    """
    lines = [_near(reference, channel, whole) for channel in channels]
    loud = _loudness([line for line in lines if line])
    found = []
    for number, (channel, line) in enumerate(zip(channels, lines, strict=True)):
        one = _measured(reference, channel, line, loud, rate) if line else None
        one = one or measure(reference, channel, rate)
        share = one.fine.explains if one.fine is not None and one.match.matched else 0.0
        found.append(PolyChannel(named(number), one.match, share))
    return tuple(found)


def named(number: int) -> str:
    """What a channel is called by its place in a file, counted from nought."""
    return f"channel {number + 1}"


def best(channels: Sequence[PolyChannel]) -> PolyChannel | None:
    """The channel that explains the reference best, where any matches."""
    return leading([(one, one.explains) for one in channels if one.match.matched])


def leading(shares: Sequence[tuple[Channel, float]]) -> Channel | None:
    """The first of the channels that explain the reference about as well as the best one does.

    A mixer puts what should be heard first; which of two equals leads by a hair is chance.
    """
    enough = _ALIKE * max((share for _, share in shares), default=0.0)
    return next((channel for channel, share in shares if share >= enough), None)


def _near(reference: Sound, channel: Sound, whole: Match) -> Line | None:
    """A channel's line at the place of its file; None where it does not match there."""
    if whole.lag_seconds is None:
        return None
    first = max(0.0, -whole.lag_seconds)
    last = min(channel.seconds, reference.seconds - whole.lag_seconds)
    middle = (first + last) / 2
    lag = whole.lag_seconds + (whole.drift_ppm or 0.0) * 1e-6 * middle
    line = trace(reference.coarse, Pieces(channel.coarse), lag, middle, _WIDTH)
    return line if line.decades >= _DECADES else None


def _loudness(lines: Sequence[Line]) -> dict[float, float]:
    """How far each stretch stands out in all channels together, by its time."""
    total: dict[float, float] = {}
    for line in lines:
        for time, _, height, _ in line.points[line.agree].tolist():
            total[time] = total.get(time, 0.0) + height
    return total


def _measured(
    reference: Sound, channel: Sound, line: Line, loud: dict[float, float], rate: int
) -> Measurement | None:
    """A channel along its line, at those of its stretches that stand out in all of them."""
    points = line.points.copy()
    points[:, 2] = [loud.get(time, 0.0) for time in points[:, 0].tolist()]
    fine = refine(reference, channel, replace(line, points=points), rate)
    if fine is None:
        return None
    match = Match(
        Verdict.MATCH, rate, score=round(line.decades, 2), false_match=10.0**-line.decades
    )
    return Measurement(placed(match, fine, rate), line, fine)
