"""Loudness: `adjust-volume` with its keyframes and fades, added up from the outside in.

Times of keyframes count on the clip's adjusted clock; here they are turned into record time.
Keyframed decibels replace the plain `amount`. A fade that belongs to a holder reaches a clip only
where both begin, or end, together.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from lxml import etree

from adapters.fcpxml.reading import Notebook
from conform.timeline import Curve, Fade, Keyframe

# Final Cut Pro names its fade handles linear, S-curve, +3 dB (the default) and -3 dB.
CURVES = {
    "linear": Curve.LINEAR,
    "easeIn": Curve.EQUAL_POWER,
    "easeOut": Curve.EXPONENTIAL,
    "easeInOut": Curve.S_CURVE,
}
RecordOf = Callable[[Fraction], Fraction | None]
Edges = tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True, slots=True)
class Level:
    """Decibels, a curve of decibels in record time, and fades at record times."""

    gain_db: float = 0.0
    curve: tuple[Keyframe, ...] = ()
    fade_in: tuple[Fraction, Fade] | None = None
    fade_out: tuple[Fraction, Fade] | None = None

    def plus(self, other: Level) -> Level:
        """This level inside another; where both fade, the inner fade stands."""
        return Level(
            self.gain_db + other.gain_db,
            _sum(self.curve, other.curve),
            other.fade_in or self.fade_in,
            other.fade_out or self.fade_out,
        )

    def between(self, begin: Fraction, end: Fraction) -> tuple[float, tuple[Keyframe, ...]]:
        """The decibels and the curve of a clip, its times counted from the clip's record in."""
        inside = [frame for frame in self.curve if begin <= frame.at <= end]
        if not self.curve:
            return self.gain_db, ()
        if not inside and _value(self.curve, begin) == _value(self.curve, end):
            return self.gain_db + _value(self.curve, begin), ()
        edges = [begin] if self.curve[0].at < begin else []
        edges += [end] if self.curve[-1].at > end else []
        found = {at: _value(self.curve, at) for at in edges}
        found |= {frame.at: frame.value for frame in inside}
        frames = tuple(Keyframe(at - begin, value) for at, value in sorted(found.items()))
        return self.gain_db, frames

    def fades(self, begin: Fraction, end: Fraction) -> tuple[Fade | None, Fade | None]:
        """The fades of a clip between two record times."""
        head = self.fade_in[1] if self.fade_in and self.fade_in[0] == begin else None
        tail = self.fade_out[1] if self.fade_out and self.fade_out[0] == end else None
        return head, tail


UNITY = Level()


def level(element: etree._Element, edges: Edges, record_of: RecordOf, notes: Notebook) -> Level:
    """The level that an element sets for what it holds between two record times."""
    told = element.find("adjust-volume")
    for muted in element.iterfind("mute"):
        notes.warn("fcpxml.mute", "a muted range is not carried over", muted)
    if told is None:
        return UNITY
    param = next((p for p in told.iterfind("param") if p.get("name") == "amount"), None)
    plain = _decibels(told.get("amount"), told, notes)
    if param is None:
        return Level(plain)
    frames = tuple(_keyframes(param, record_of, notes))
    head, tail = _fade(param, "fadeIn", notes), _fade(param, "fadeOut", notes)
    value = _decibels(param.get("value"), param, notes) if param.get("value") else plain
    begin, end = edges
    return Level(
        0.0 if frames else value,
        frames,
        (begin, head) if head and begin is not None else None,
        (end, tail) if tail and end is not None else None,
    )


def _keyframes(param: etree._Element, record_of: RecordOf, notes: Notebook) -> list[Keyframe]:
    found = []
    for frame in param.iterfind("keyframeAnimation/keyframe"):
        time = notes.time(frame, "time")
        at = None if time is None else record_of(time)
        if at is not None:
            found.append(Keyframe(at, _decibels(frame.get("value"), frame, notes)))
    return sorted(found, key=lambda frame: frame.at)


def _decibels(text: str | None, element: etree._Element, notes: Notebook) -> float:
    try:
        value = float((text or "0dB").strip().removesuffix("dB"))
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        return value
    notes.warn("fcpxml.level", f"'{text}' is no level in decibels", element)
    return 0.0


def _fade(param: etree._Element, tag: str, notes: Notebook) -> Fade | None:
    told = param.find(tag)
    duration = None if told is None else notes.time(told, "duration")
    if told is None or not duration or duration < 0:
        return None
    return Fade(duration, CURVES.get(told.get("type", ""), Curve.UNKNOWN))


def _sum(one: tuple[Keyframe, ...], two: tuple[Keyframe, ...]) -> tuple[Keyframe, ...]:
    if not one or not two:
        return one or two
    times = sorted({frame.at for frame in (*one, *two)})
    return tuple(Keyframe(at, _value(one, at) + _value(two, at)) for at in times)


def _value(curve: tuple[Keyframe, ...], at: Fraction) -> float:
    """The decibels of a curve at a time, straight between keyframes and held beyond them."""
    before = [frame for frame in curve if frame.at <= at]
    after = [frame for frame in curve if frame.at >= at]
    if not before or not after:
        return (before[-1:] or after[:1])[0].value
    low, high = before[-1], after[0]
    if low.at == high.at:
        return low.value
    return low.value + float((at - low.at) / (high.at - low.at)) * (high.value - low.value)
