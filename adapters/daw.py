"""What the formats of audio workstations share: decimal seconds, gain factors, file offsets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction
from math import floor, inf, isfinite, log10

from conform.findings import Finding, warning
from conform.timecode import Rate
from conform.timeline import Clip, Fade, Track, Transition

_NEAR = Fraction(1, 10**9)  # a nanosecond: far below a sample, far above a double's error in a day
_PLACES = 14
_LONGEST = Fraction(10**7)  # seconds; nothing lasts a hundred days
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


def number(text: str | None) -> Fraction | None:
    """The exact value of a decimal; None for what is no number of a believable size."""
    if text is None or not _NUMBER.fullmatch(text.strip()):
        return None
    try:
        value = Fraction(Decimal(text.strip()))
    except (InvalidOperation, OverflowError):
        return None
    return value if abs(value) <= _LONGEST else None


def snapped(seconds: Fraction, rate: Rate, sample_rate: int) -> Fraction:
    """A time that went through a decimal, back on the sample or frame that it meant.

    Workstations keep seconds as doubles; within a nanosecond of a sample or a frame it is that.
    """
    for grid in (Fraction(sample_rate), rate.fps):
        near = floor(seconds * grid + Fraction(1, 2)) / grid
        if abs(near - seconds) <= _NEAR:
            return near
    return seconds


def decimal(value: Fraction) -> str:
    """An exact value with at most 14 decimals, as short as it can be written."""
    with localcontext() as context:
        context.prec = 60
        digits = round(value * 10**_PLACES)
        text = f"{Decimal(digits).scaleb(-_PLACES):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decibels(factor: float) -> float:
    """The gain of a linear factor in dB, to a millionth; silence is minus infinity."""
    return round(20 * log10(factor), 6) + 0.0 if factor > 0 and isfinite(factor) else -inf


def factor(gain_db: float) -> Fraction:
    """The linear factor of a gain in dB."""
    return Fraction(10 ** (gain_db / 20)) if gain_db > -inf else Fraction(0)


def ratio(value: Fraction) -> Fraction:
    """A speed that went through a decimal, as the simple ratio that it meant."""
    simple = value.limit_denominator(100_000)
    return simple if abs(simple - value) <= abs(value) / 10**11 else value


def offset(clip: Clip) -> Fraction:
    """Seconds from the first sample of the source's file to the clip's first material."""
    return clip.source_in - (clip.source.start or 0)


def extended(clip: Clip, first: Fraction, last: Fraction) -> Clip:
    """A clip from another record in to another record out, on the same material."""
    head = (first - clip.record_in) * clip.speed
    tail = (last - clip.record_out) * clip.speed
    if clip.speed < 0:  # it starts at source out
        head, tail = tail, head
    return replace(
        clip,
        record_in=first,
        record_out=last,
        source_in=clip.source_in + head,
        source_out=clip.source_out + tail,
    )


def crossfades(clips: Iterable[Clip]) -> tuple[tuple[Clip, ...], tuple[Transition, ...]]:
    """Clips in record order, and the crossfades that overlapping faded neighbours stand for.

    Workstations let clips overlap where one fades into the other; we let them meet in the middle
    and fade out of their handles.
    """
    found: list[Clip] = []
    joints: list[Transition] = []
    for clip in sorted(clips, key=lambda one: one.record_in):
        last = found[-1] if found else None
        fade = clip.fade_in
        if last is None or fade is None or not _crossed(last, clip):
            found.append(clip)
            continue
        cut = (clip.record_in + last.record_out) / 2
        joints.append(Transition(clip.record_in, cut, last.record_out, "crossfade", fade.curve))
        found[-1] = replace(extended(last, last.record_in, cut), fade_out=None)
        found.append(replace(extended(clip, cut, clip.record_out), fade_in=None))
    return tuple(found), tuple(joints)


def _crossed(last: Clip, clip: Clip) -> bool:
    """Whether two clips fade into each other over exactly their overlap."""
    overlap = last.record_out - clip.record_in
    if last.fade_out is None or clip.fade_in is None or overlap <= 0:
        return False
    return last.fade_out.duration == clip.fade_in.duration == overlap


def overlapped(track: Track) -> tuple[Clip, ...]:
    """The clips of a track with its crossfades as overlaps, each side faded over all of it."""
    return tuple(_overlapped(clip, track.transitions) for clip in track.clips)


def _overlapped(clip: Clip, joints: Iterable[Transition]) -> Clip:
    for joint in joints:
        fade = Fade(joint.duration, joint.curve)
        if clip.record_out == joint.cut:
            clip = replace(extended(clip, clip.record_in, joint.record_out), fade_out=fade)
        elif clip.record_in == joint.cut:
            clip = replace(extended(clip, joint.record_in, clip.record_out), fade_in=fade)
    return clip


def about_track(track: Track) -> Iterator[str]:
    """What a workstation's track cannot hold of ours."""
    for joint in track.transitions:
        if joint.cut * 2 != joint.record_in + joint.record_out:
            yield "a crossfade's cut that is not in its middle"
    for clip in track.clips:
        yield from (what for what, held in _LOSSES if held(clip))


_LOSSES: tuple[tuple[str, Callable[[Clip], bool]], ...] = (
    ("a keyframed retime (its mean speed is written)", lambda clip: bool(clip.time_map)),
    ("a freeze frame (left out)", lambda clip: clip.speed == 0),
    ("a source's start timecode", lambda clip: clip.source.start is not None),
    ("reel, scene and take", lambda clip: any(_roll(clip))),
    ("an event number", lambda clip: bool(clip.event)),
    ("a clip's metadata", lambda clip: bool(clip.metadata or clip.source.metadata)),
)


def _roll(clip: Clip) -> tuple[str, ...]:
    source = clip.source
    return source.reel, source.tape, source.scene, source.take, source.umid


def losses(what: Iterable[str], form: str, where: str) -> tuple[Finding, ...]:
    """One finding for each thing that a format cannot hold, with how often it was met."""
    return tuple(
        warning(f"{form}.lost", f"{form} cannot hold {thing}: {count} times", where)
        for thing, count in Counter(what).items()
    )
