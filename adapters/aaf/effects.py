"""Effects that change level or time, known by their identifiers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import log10

from adapters.aaf import auids
from adapters.aaf.rates import is_picture
from adapters.aaf.structure import Operation, Parameter, Segment, Sequence, Transition
from adapters.aaf.windows import Retime
from conform.timecode import Rate
from conform.timeline import Curve, Keyframe, TimePoint

SILENCE_DB = -144.0
"""How an amplitude of zero is written in decibels: the floor of 24 bits."""

_INT32 = 2**31 - 1
_SNAP = Fraction(1, 100_000)


@dataclass(frozen=True, slots=True)
class Gain:
    """A level in decibels and its automation, whose times count from the effect's start."""

    db: float = 0.0
    curve: tuple[Keyframe, ...] = ()


def gain(operation: Operation, rate: Fraction) -> Gain | None:
    """The level that an effect sets; None for an effect that is no gain.

    Media Composer sends a clip's gain and its automation as two parameters, Pro Tools and Premiere
    send either as Amplitude. Keyframe times are shares of the effect's length.
    """
    if operation.auid != auids.AUDIO_GAIN:
        return None
    length = operation.length / rate
    db = 0.0
    curve: tuple[Keyframe, ...] = ()
    for auid in (auids.AMPLITUDE, auids.AVID_GAIN_CURVE):
        found = operation.parameter(auid)
        if found is not None and found.value is not None:
            db += decibels(found.value)
        elif found is not None and len({point.value for point in found.points}) == 1:
            db += decibels(found.points[0].value)  # Premiere draws a fixed level as a flat line
        elif found is not None and found.points:
            curve = tuple(Keyframe(p.at * length, decibels(p.value)) for p in found.points)
    return Gain(db, curve)


def decibels(amplitude: Fraction) -> float:
    """The level of an amplitude factor in dB to the millionth; `SILENCE_DB` for none."""
    return max(SILENCE_DB, round(20 * log10(amplitude), 6)) if amplitude > 0 else SILENCE_DB


def amplitude(db: float) -> Fraction:
    """The amplitude factor of a level in dB as a rational of 32-bit integers, nearest to it."""
    if db <= SILENCE_DB:
        return Fraction(0)
    factor = Fraction(10 ** (db / 20))
    if factor <= 1:
        return factor.limit_denominator(_INT32)
    return 1 / (1 / factor).limit_denominator(_INT32)


def curve_of(transition: Transition) -> Curve:
    """The shape of a fade or crossfade, where its effect tells."""
    level = transition.operation and transition.operation.parameter(auids.LEVEL)
    return auids.CURVES.get(level.interpolation, Curve.UNKNOWN) if level else Curve.UNKNOWN


def retime(
    operation: Operation, rate: Fraction, inner: Fraction, *, picture: bool
) -> Retime | None:
    """What an effect does to time; None for one that leaves it alone, or does not say.

    The effect counts at `rate`, its input at `inner` edit units a second. Media Composer's own
    maps come before SpeedRatio, which it rounds to the frames it needs: at 200 % of 8 frames it
    writes 8/15, because the last frame shown is the fifteenth.
    """
    offsets = operation.parameter(auids.AVID_SPEED_OFFSET_MAP)
    if offsets is None or len(offsets.points) < 2:
        offsets = operation.parameter(auids.AVID_POSITION_MAP)
    if offsets is not None and len(offsets.points) >= 2:
        return _mapped(offsets, operation, (rate, inner), picture=picture)
    ratio = operation.parameter(auids.SPEED_RATIO)
    if ratio is None or ratio.value is None:
        return None
    return _ratio(ratio.value, operation, rate, inner)


def _mapped(
    offsets: Parameter, operation: Operation, rates: tuple[Fraction, Fraction], *, picture: bool
) -> Retime:
    """A map of frames of the effect to frames of its input.

    Times marked proportional are shares of the last frame's. Played backwards, frame 7 of 8 is
    first: its picture ends where frame 8 would begin.
    """
    rate, inner = rates
    last = max(1, operation.length - 1)
    points = [
        TimePoint((p.at * last if p.proportional else p.at) / rate, p.value / inner)
        for p in sorted(offsets.points, key=lambda point: point.at)
    ]
    first, final = points[0], points[-1]
    span = final.record - first.record
    if len(points) > 2 and not _straight(points):
        return Retime(first.source, Fraction(0), tuple(points))
    speed = (final.source - first.source) / span if span else Fraction(0)
    start = first.source - speed * first.record
    return Retime(start + (1 / inner if picture and speed < 0 else 0), speed)


def _straight(points: list[TimePoint]) -> bool:
    """Whether points lie on one line, to the nine digits that they are written with."""
    first, final = points[0], points[-1]
    if final.record == first.record:
        return False
    slope = (final.source - first.source) / (final.record - first.record)
    return all(
        abs(first.source + slope * (p.record - first.record) - p.source) < _SNAP for p in points
    )


def _ratio(ratio: Fraction, operation: Operation, rate: Fraction, inner: Fraction) -> Retime:
    """A SpeedRatio is the length of the effect over the length of its input, below 0 reversed.

    Premiere rounds it to six digits (1111111/1000000 for 90 %).
    """
    inputs = length_of(operation.inputs[0]) if operation.inputs else 0
    if not ratio or abs(ratio) == operation.length > 1 >= inputs:
        return Retime(Fraction(0), Fraction(0))  # a freeze: one frame for the whole length
    exact = 1 / ratio
    simple = exact.limit_denominator(1000)
    frames = simple if abs(simple - exact) < abs(exact) * _SNAP else exact
    return Retime(inputs / inner if frames < 0 else Fraction(0), frames * rate / inner)


def inner_rate(operation: Operation, rate: Fraction, source: Fraction | None) -> Fraction:
    """The edit rate that the input of a time effect counts at; `source` is that of its clip.

    Everything in a slot counts at the slot's rate, but for Media Composer's adapters of footage in
    another rate than the project's: their input counts the footage's own frames, so that 30 fps
    under 25 has a SpeedRatio of 5/6 and still plays in real time.
    """
    first = operation.inputs[0] if operation.inputs else None
    said = dict(first.attributes) if isinstance(first, Sequence) else {}
    top, bottom = said.get("_MIXMATCH_RATE_NUM", ""), said.get("_MIXMATCH_RATE_DEN", "1")
    if top.isdecimal() and bottom.isdecimal() and int(top) and int(bottom):
        known = Rate.near(Fraction(int(top), int(bottom)))
        return known.fps if known else Fraction(int(top), int(bottom))
    if source is None or not is_picture(source) or source == rate:
        return rate
    ratio = operation.parameter(auids.SPEED_RATIO)
    adapter = dict(operation.attributes).get("_MIXMATCH_MOTIONADAPTER", "0") != "0"
    return source if adapter or (ratio and ratio.value == rate / source) else rate


def length_of(segment: Segment) -> int:
    """The edit units that a segment fills; a sequence is measured, not believed."""
    if not isinstance(segment, Sequence):
        return segment.length
    return sum(
        -item.length if isinstance(item, Transition) else item.length for item in segment.components
    )
