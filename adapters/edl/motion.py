"""How fast an edit plays its source: motion memory held against the lengths that the labels say."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from adapters.edl.statements import Motion
from conform.findings import Finding, info, warning
from conform.timecode import Rate

_ROUNDING = Fraction(1, 20)
"""M2 holds one decimal of frames a second."""
_SLACK = 2
"""Frames by which an edit's lengths may differ for want of rounding, not of speed."""


@dataclass(frozen=True, slots=True)
class Play:
    """The stretch of source that an edit uses, in seconds, and its speed."""

    source_in: Fraction
    source_out: Fraction
    speed: Fraction = Fraction(1)
    finding: Finding | None = None


def play(
    source_in: Fraction,
    source_out: Fraction,
    record: Fraction,
    motion: Motion | None,
    rate: Rate,
    where: str,
) -> Play:
    """What is played between two source times in a record duration; all in seconds.

    `rate` is that of the source's labels: a speed of M2 counts its frames a second.
    """
    length = source_out - source_in
    if motion is None:
        return _unmoved(source_in, length, record, rate, where)
    if motion.fps == 0:
        return Play(source_in, max(source_out, source_in + rate.frame), Fraction(0))
    speed, finding = _speed(motion, length, record, rate, where)
    used = record * abs(speed)
    if speed > 0:
        return Play(source_in, source_in + used, speed, finding)
    if length <= rate.frame < used:  # Avid lists the one frame at which reverse play starts
        end = source_in + rate.frame
        return Play(end - used, end, speed, finding)
    text = "plays in reverse: taken from source out back to source in; some systems list it from in"
    return Play(source_in, source_in + used, speed, finding or info("edl.reverse", text, where))


def _unmoved(
    source_in: Fraction, length: Fraction, record: Fraction, rate: Rate, where: str
) -> Play:
    """Without motion memory an edit plays at speed 1, unless its lengths cannot mean that."""
    if length == record:
        return Play(source_in, source_in + length)
    frames = f"{_frames(length, rate)} frames of source lie under {_frames(record, rate)} of record"
    if abs(length - record) <= _SLACK * rate.frame or length <= 0:
        text = f"{frames} and no M2 line states a speed: played at speed 1 from source in"
        return Play(
            source_in, source_in + record, finding=warning("edl.length-mismatch", text, where)
        )
    text = f"{frames} and no M2 line states a speed: taken as a retime"
    finding = warning("edl.speed-unstated", text, where)
    return Play(source_in, source_in + length, length / record, finding)


def _speed(
    motion: Motion, length: Fraction, record: Fraction, rate: Rate, where: str
) -> tuple[Fraction, Finding | None]:
    """M2's speed over the nominal rate, made exact by the lengths where they agree with it.

    The one decimal of M2 alone would drift: `059.9` at 29.97 is twice, not 1.99866 times.
    """
    sign = 1 if motion.fps > 0 else -1
    fps = abs(motion.fps)
    ratio = length / record
    # 59.94p lists count M2 in frames of 29.97 (seen in Avid's)
    bases = (Fraction(rate.nominal), rate.fps, *([rate.fps / 2] if rate.nominal >= 48 else []))
    if ratio > 0 and any(abs(ratio * base - fps) <= _ROUNDING for base in bases):
        return sign * ratio, None
    stated = _exact(fps, rate)  # in source seconds a record second
    slack = _SLACK * rate.frame + record * _ROUNDING / rate.nominal
    for speed in (stated, 2 * stated) if rate.nominal >= 48 else (stated,):
        if abs(speed * record - length) <= slack:
            return sign * speed, None
    if ratio == 1 or length <= rate.frame:
        text = (
            f"M2 says {float(motion.fps):.1f} frames a second, the labels give "
            f"{_frames(length, rate)} frames of source: M2 is taken"
        )
        return sign * stated, info("edl.speed-unconfirmed", text, where)
    text = (
        f"M2 says {float(motion.fps):.1f} frames a second, but {_frames(length, rate)} frames of "
        f"source lie under {_frames(record, rate)} of record: the lengths are taken"
    )
    return sign * ratio, warning("edl.speed-conflict", text, where)


def _exact(fps: Fraction, rate: Rate) -> Fraction:
    """A stated speed where no length helps: whole and half multiples of the rate are meant."""
    multiple = Fraction(round(2 * fps / rate.fps), 2)
    return multiple if abs(multiple * rate.fps - fps) <= _ROUNDING else fps / rate.nominal


def _frames(seconds: Fraction, rate: Rate) -> str:
    frames = seconds * rate.fps
    return str(frames) if frames.denominator == 1 else f"{float(frames):.1f}"
