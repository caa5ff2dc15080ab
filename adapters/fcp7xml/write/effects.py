"""Filters and transitions: speed, levels, pan, fades and dissolves."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

from adapters.fcp7xml.book import Element
from adapters.fcp7xml.write.sheet import Sheet, child, decimal, rate_element, ticks
from conform.timeline import Clip, Curve, Fade, Kind, Transition

Point = tuple[Fraction, Fraction]
_HIGHEST_DB = 12.0  # FCP's and Premiere's fader ends here: a level of 3.98107
_AUDIO_EFFECTS = {
    Curve.LINEAR: ("KGAudioTransCrossFade0dB", "Cross Fade ( 0dB)"),
    Curve.EQUAL_POWER: ("KGAudioTransCrossFade3dB", "Cross Fade (+3dB)"),
    Curve.EXPONENTIAL: ("Exponential Fade", "Exponential Fade"),
}


def _effect(item: Element, name: str, effectid: str, category: str, kind: Kind) -> Element:
    effect = child(child(item, "filter"), "effect")
    child(effect, "name", name)
    child(effect, "effectid", effectid)
    child(effect, "effectcategory", category)
    child(effect, "effecttype", category)
    child(effect, "mediatype", kind.value)
    return effect


def _parameter(effect: Element, name: str, low: object, high: object, value: object) -> Element:
    parameter = child(effect, "parameter")
    child(parameter, "parameterid", name)
    child(parameter, "name", name)
    if low is not None:
        child(parameter, "valuemin", low)
        child(parameter, "valuemax", high)
    child(parameter, "value", value)
    return parameter


def time_remap(
    item: Element, kind: Kind, speed: Fraction, graph: tuple[Point, ...], marks: dict[int, str]
) -> None:
    """The speed of a clip: a percentage, and the graph of retimed frames to source frames.

    `marks` names the keyframes at the clip's in and out; a keyframed speed has none.
    """
    effect = _effect(item, "Time Remap", "timeremap", "motion", kind)
    _parameter(effect, "variablespeed", 0, 1, 0 if marks else 1)
    _parameter(effect, "speed", -100000, 100000, decimal(abs(speed) * 100))
    _parameter(effect, "reverse", None, None, speed < 0)
    _parameter(effect, "frameblending", None, None, value=False)
    highest = decimal(max((value for _, value in graph), default=Fraction(0)))
    parameter = _parameter(effect, "graphdict", 0, highest, 0)
    for when, value in graph:
        keyframe = child(parameter, "keyframe")
        child(keyframe, "when", decimal(when))
        child(keyframe, "value", decimal(value))
        if marks:
            other = "speedkfstart" if when == 0 else "speedkfend"
            child(keyframe, "speedvirtualkf", value=True)
            child(keyframe, marks.get(int(when), other), value=True)
    child(child(parameter, "interpolation"), "name", "FCPCurve")


def levels(item: Element, clip: Clip, first: int, sheet: Sheet) -> None:
    """Gain as a linear level; automation is absolute, so a static gain is added to its keys."""
    values = [key.value for key in clip.gain_curve] or [clip.gain_db]
    static = clip.gain_db if clip.gain_curve else 0.0
    if not clip.gain_curve and clip.gain_db == 0:
        return
    if max(values) + static > _HIGHEST_DB:
        sheet.tell("gain.high", "a gain above +12 dB is clipped by most readers", clip.name)
    effect = _effect(item, "Audio Levels", "audiolevels", "audiolevels", Kind.AUDIO)
    parameter = _parameter(effect, "level", 0, 3.98107, _level(values[0] + static))
    for key in clip.gain_curve:
        keyframe = child(parameter, "keyframe")
        child(keyframe, "when", first + sheet.frame(key.at, "a level keyframe", clip.name))
        child(keyframe, "value", _level(key.value + static))


def _level(db: float) -> str:
    if not isfinite(db):
        return "0"
    return repr(10 ** (db / 20))


def pan(item: Element, value: str) -> None:
    """The pan of a clip, as it was read."""
    effect = _effect(item, "Audio Pan", "audiopan", "audiopan", Kind.AUDIO)
    _parameter(effect, "pan", -1, 1, value)


def transition_element(
    track: Element, crossing: Transition, kind: Kind, sides: int, sheet: Sheet
) -> None:
    """A `transitionitem`; one with a clip on one side only runs from or to black."""
    start = sheet.frame_after_zero(crossing.record_in, "a transition's start", crossing.name)
    end = sheet.frame(crossing.record_out, "a transition's end", crossing.name)
    item = _transition(track, start, end, _alignment(crossing, sides), sheet)
    cut = sheet.frame(crossing.cut, "a transition's cut", crossing.name)
    child(item, "cutPointTicks", ticks((cut - start) / sheet.rate.fps))
    _crossfade(item, crossing.name, crossing.curve, kind, sheet)


def fade_element(track: Element, fade: Fade, edge: int, way: int, kind: Kind, sheet: Sheet) -> None:
    """A fade as a one-sided `transitionitem`; `way` is 1 into the clip, -1 out of it."""
    frames = max(sheet.frame(fade.duration, "a fade's length", "fade"), 1)
    start, end = sorted((edge, max(edge + way * frames, 0)))
    alignment = "start-black" if way > 0 else "end-black"
    item = _transition(track, start, end, alignment, sheet)
    name = "Cross Dissolve" if kind is Kind.VIDEO else audio_effect(fade.curve, "fade", sheet)[1]
    _crossfade(item, name, fade.curve, kind, sheet)


def _transition(track: Element, start: int, end: int, alignment: str, sheet: Sheet) -> Element:
    item = child(track, "transitionitem")
    rate_element(item, sheet.rate)
    child(item, "start", start)
    child(item, "end", end)
    child(item, "alignment", alignment)
    return item


def _crossfade(item: Element, name: str, curve: Curve, kind: Kind, sheet: Sheet) -> None:
    effect = child(item, "effect")
    child(effect, "name", name)
    if kind is Kind.VIDEO:
        child(effect, "effectid", "Cross Dissolve")
        child(effect, "effectcategory", "Dissolve")
    else:
        child(effect, "effectid", audio_effect(curve, name, sheet)[0])
    child(effect, "effecttype", "transition")
    child(effect, "mediatype", kind.value)


def audio_effect(curve: Curve, where: str, sheet: Sheet) -> tuple[str, str]:
    """The effect id and name of a fade curve; what has none becomes FCP's default, +3 dB."""
    if curve not in _AUDIO_EFFECTS and curve is not Curve.UNKNOWN:
        said = f"a fade with the curve '{curve}' was written as equal power"
        sheet.tell("fade.curve", said, where)
    return _AUDIO_EFFECTS.get(curve, _AUDIO_EFFECTS[Curve.EQUAL_POWER])


def _alignment(crossing: Transition, sides: int) -> str:
    black = "" if sides == 2 else "-black"
    if crossing.cut == crossing.record_in:
        return "start" + black
    return "end" + black if crossing.cut == crossing.record_out else "center"
