"""Loudness of a clip item: its level in decibels, its automation, its pan, its fade curves.

Levels are linear factors; decibels = 20 log10(level) (Apple: XMEML Topics, "Notes on the XML
Interchange Format"). Premiere and Resolve write the same filter under the same id.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import inf, log10

from adapters.fcp7xml.book import Book, Element, number, text
from adapters.fcp7xml.retime import Point, along, effects, keyframes_of
from conform.findings import info
from conform.timecode import Rate
from conform.timeline import Curve, Keyframe

LEVEL_IDS = ("audiolevels", "volume")
PAN_IDS = ("audiopan",)
_UNDERSTOOD = {*LEVEL_IDS, *PAN_IDS, "timeremap"}

CURVES = {
    "kgaudiotranscrossfade0db": Curve.LINEAR,  # FCP "Cross Fade ( 0dB)", Premiere "Constant Gain"
    "kgaudiotranscrossfade3db": Curve.EQUAL_POWER,  # "Cross Fade (+3dB)", "Constant Power"
    "constant gain": Curve.LINEAR,
    "constant power": Curve.EQUAL_POWER,
    "exponential fade": Curve.EXPONENTIAL,
    "exponential crossfade": Curve.EXPONENTIAL,
    "cross fade ( 0db)": Curve.LINEAR,
    "cross fade (+3db)": Curve.EQUAL_POWER,
}


def curve_of(effect: Element | None) -> Curve:
    """The curve of an audio transition by its effect id or name."""
    names = (text(effect, "effectid").lower(), text(effect, "name").lower())
    return next((CURVES[name] for name in names if name in CURVES), Curve.UNKNOWN)


def decibels(level: Fraction) -> float:
    """A linear level in decibels; silence is minus infinity."""
    return 20 * log10(level) if level > 0 else -inf


def gain_of(
    item: Element, frames: Fraction, length: Fraction, rate: Rate
) -> tuple[float, tuple[Keyframe, ...]]:
    """The static gain of a clip item in decibels, and its automation within the clip.

    `frames` is the retimed frame at record in, `length` the clip's frames. Automation is absolute,
    so a clip that has it has a static gain of its other filters only.
    """
    gain = 0.0
    curve: tuple[Keyframe, ...] = ()
    for effect in effects(item, *LEVEL_IDS):
        level = next(_parameters(effect, "level"), None)
        if level is None:
            continue
        points = keyframes_of(level)
        if points:
            curve = _within(points, frames, length, rate)
        else:
            value = number(level, "value")
            gain += 0.0 if value is None else decibels(value)
    return gain, curve


def _within(
    points: tuple[Point, ...], frames: Fraction, length: Fraction, rate: Rate
) -> tuple[Keyframe, ...]:
    """Keyframes inside the clip, and the level at an edge that a line from outside crosses."""
    edges = [edge for edge in (frames, frames + length) if points[0][0] < edge < points[-1][0]]
    inside = {when: value for when, value in points if frames <= when <= frames + length}
    for edge in edges:
        inside.setdefault(edge, along(points, edge))
    if not inside:  # the clip lies wholly before or after the automation
        nearest = points[0] if frames < points[0][0] else points[-1]
        inside = {frames: nearest[1]}
    return tuple(
        Keyframe((when - frames) / rate.fps, decibels(value))
        for when, value in sorted(inside.items())
    )


def pan_of(item: Element) -> str:
    """The pan of a clip item as written, -1 left to 1 right; empty where there is none."""
    for effect in effects(item, *PAN_IDS):
        for parameter in _parameters(effect, "pan"):
            return text(parameter, "value")
    return ""


def tell_unheard(item: Element, book: Book) -> None:
    """Findings for the audio effects of a clip item that are not carried over."""
    for filters in item.iterfind("filter"):
        for effect in filters.iterfind("effect"):
            name = text(effect, "effectid").lower()
            if name not in _UNDERSTOOD and text(effect, "mediatype").lower() == "audio":
                said = f"the audio effect '{text(effect, 'name') or name}' is not carried over"
                book.note(info, "effect.audio", said, effect)


def _parameters(effect: Element, name: str) -> Iterator[Element]:
    return (p for p in effect.iterfind("parameter") if text(p, "parameterid").lower() == name)
