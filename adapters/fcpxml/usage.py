"""One clip as an element: its adjusted clock, retime, level, markers and channels.

A retimed clip's adjusted clock is laid out as Final Cut Pro does it: the whole of the material,
stretched from zero, with the clip's `start` inside. Rates never conform by themselves: a source
with another rate than the sequence says `scaleEnabled="0"`, for we state its speed exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from lxml import etree

from adapters.fcpxml import keys
from adapters.fcpxml.bank import Bank
from adapters.fcpxml.elements import child, element, fits, metadata
from adapters.fcpxml.level import CURVES
from adapters.fcpxml.notes import CHAPTER, DONE, TODO
from adapters.xmltext import clean
from conform.findings import Level
from conform.timecode import Rate
from conform.timeline import Clip, Curve, Fade, Kind, Marker, TimePoint, Track

_TYPES = {curve: name for name, curve in CURVES.items()}
_RATES = {
    "23.976": "23.98", "24": "24", "25": "25", "29.97": "29.97", "30": "30",
    "47.952": "47.95", "48": "48", "50": "50", "59.94": "59.94", "60": "60",
}  # fmt: skip
_COMPLETED = {TODO: "0", DONE: "1"}
_SPELLED = ("role", "note", "keyword", "rating", "pan")


@dataclass(frozen=True, slots=True)
class Place:
    """A clip's track, its offset on the storyline's clock, and the sequence's rate."""

    track: Track
    offset: Fraction
    rate: Rate


def used(
    clip: Clip, place: Place, bank: Bank, connected: Iterable[etree._Element] = ()
) -> etree._Element:
    """The element of a clip, its children in the order that the document type demands."""
    start, points = _clock(clip)
    if not fits(start, clip.duration, *(time for p in points for time in (p.record, p.source))):
        said = "a time finer than FCPXML's 32-bit fractions is rounded, by less than a nanosecond"
        bank.lose(Level.INFO, "fcpxml.rounded", said, clip.name)
    made = _bare(clip, place, start, bank)
    told = dict(clip.metadata)
    if told.get("note"):
        child(made, "note").text = clean(told["note"])
    _timing(made, clip, points, place.rate if bank.seen(clip.source) else None)
    if place.track.kind is Kind.AUDIO:
        _level(made, clip, start, bank)
        _pan(made, told.get("pan", ""))
    made.extend(connected)
    _remarks(made, clip, start)
    others = [entry for entry in clip.metadata if entry[0] not in _SPELLED]
    others += [(keys.EVENT, clip.event)] if clip.event else []
    if made.tag == "asset-clip":
        _channels(made, clip, place.track)
        metadata(made, others)
    elif others:
        said = "the metadata of a generator is not written"
        bank.lose(Level.INFO, "fcpxml.metadata", said, clip.name)
    return made


def _bare(clip: Clip, place: Place, start: Fraction, bank: Bank) -> etree._Element:
    kind, generated = place.track.kind, clip.source.generated
    common: dict[str, str | Fraction] = {
        "offset": place.offset,
        "name": clip.name,
        "start": start,
        "duration": clip.duration,
    }
    enabled = None if clip.enabled and place.track.enabled else "0"
    told = dict(clip.metadata)
    if generated and kind is Kind.VIDEO:
        ref, role = bank.generator(clip.source), told.get("role")
        return element("video", ref=ref, **common, enabled=enabled, role=role)
    rate = clip.source.rate
    made = element(
        "asset-clip",
        ref=bank.asset(clip.source),
        **common,
        enabled=enabled,
        srcEnable=str(kind),
        format=bank.format(rate) if rate and bank.seen(clip.source) else None,
        tcFormat="DF" if rate and rate.drop else "NDF",
    )
    if told.get("role"):
        made.set(f"{kind}Role", clean(told["role"]))
    return made


def local(clip: Clip) -> Fraction:
    """The time on a clip's adjusted clock at which it begins."""
    return _clock(clip)[0]


def _clock(clip: Clip) -> tuple[Fraction, tuple[TimePoint, ...]]:
    """Where the adjusted clock of a clip begins, and its time map where it needs one."""
    if clip.time_map:
        begin = clip.time_map[0].source
        return begin, tuple(TimePoint(begin + p.record, p.source) for p in clip.time_map)
    if clip.speed == 1:
        return clip.source_in, ()
    if clip.speed == 0:
        end = clip.source_in + clip.duration
        return clip.source_in, (
            TimePoint(clip.source_in, clip.source_in),
            TimePoint(end, clip.source_in),
        )
    return _stretched(clip)


def _stretched(clip: Clip) -> tuple[Fraction, tuple[TimePoint, ...]]:
    """The whole material stretched from zero; just the used part where that is not exact."""
    low, high = _material(clip)
    pace, forward = abs(clip.speed), clip.speed > 0
    begin, end = low / pace, high / pace
    start = clip.source_in / pace if forward else begin + (high - clip.source_out) / pace
    exact = fits(start, begin, end, low, high)
    if not exact and fits(clip.duration, clip.source_in, clip.source_out):
        start, begin, end = Fraction(0), Fraction(0), clip.duration
        low, high = clip.source_in, clip.source_out
    first, last = (low, high) if forward else (high, low)
    return start, (TimePoint(begin, first), TimePoint(end, last))


def _material(clip: Clip) -> tuple[Fraction, Fraction]:
    """The bounds of the source, or of what is used of it where the source does not say."""
    source = clip.source
    if source.duration is None:
        return clip.source_in, clip.source_out
    begin = source.start or Fraction(0)
    return min(begin, clip.source_in), max(begin + source.duration, clip.source_out)


def _timing(
    made: etree._Element, clip: Clip, points: tuple[TimePoint, ...], sequence: Rate | None
) -> None:
    rate = clip.source.rate
    if rate is not None and sequence is not None and rate.fps != sequence.fps:
        child(made, "conform-rate", scaleEnabled="0", srcFrameRate=_RATES.get(Rate(rate.fps).name))
    if points:
        block = child(made, "timeMap")
        for point in points:
            child(block, "timept", time=point.record, value=point.source, interp="linear")


def _level(made: etree._Element, clip: Clip, start: Fraction, bank: Bank) -> None:
    plain = clip.gain_db == 0 and not clip.gain_curve
    if plain and clip.fade_in is None and clip.fade_out is None:
        return
    volume = child(made, "adjust-volume", amount=_decibels(clip.gain_db))
    if not clip.gain_curve and clip.fade_in is None and clip.fade_out is None:
        return
    param = child(volume, "param", name="amount")
    for tag, fade in (("fadeIn", clip.fade_in), ("fadeOut", clip.fade_out)):
        if fade is not None:
            child(param, tag, type=_fade_type(fade, clip, bank), duration=fade.duration)
    if clip.gain_curve:
        block = child(param, "keyframeAnimation")
        for frame in clip.gain_curve:
            value = _decibels(clip.gain_db + frame.value)
            child(block, "keyframe", time=start + frame.at, value=value)


def _fade_type(fade: Fade, clip: Clip, bank: Bank) -> str | None:
    if fade.curve in _TYPES or fade.curve is Curve.UNKNOWN:
        return _TYPES.get(fade.curve)
    said = f"a {fade.curve} fade is written as an exponential one"
    bank.lose(Level.INFO, "fcpxml.curve", said, clip.name)
    return _TYPES[Curve.EXPONENTIAL]


def _decibels(value: float) -> str:
    return f"{value!r}dB".replace(".0dB", "dB")


def _pan(made: etree._Element, told: str) -> None:
    mode, _, amount = told.rpartition(" ")
    if told:
        child(made, "adjust-panner", mode=mode, amount=amount)


def marked(made: etree._Element, marker: Marker, start: Fraction) -> None:
    """A marker on an item whose adjusted clock begins at a time."""
    chapter = marker.color == CHAPTER
    child(
        made,
        "chapter-marker" if chapter else "marker",
        start=start + marker.at,
        duration=marker.duration or None,
        completed=None if chapter else _COMPLETED.get(marker.color),
        note=marker.comment,
    ).set("value", clean(marker.name))


def _remarks(made: etree._Element, clip: Clip, start: Fraction) -> None:
    for marker in clip.markers:
        marked(made, marker, start)
    for name, value in clip.metadata:
        if name == "keyword":
            child(made, "keyword", start=start, duration=clip.duration, value=value)
        elif name == "rating":
            child(made, "rating", start=start, duration=clip.duration, value=value)


def _channels(made: etree._Element, clip: Clip, track: Track) -> None:
    """The channels that are heard as one component; the source's others are switched off."""
    if track.kind is not Kind.AUDIO or not clip.channels:
        return
    child(made, "audio-channel-source", srcCh=", ".join(str(number) for number in clip.channels))
    for number in range(1, (clip.source.channels or 0) + 1):
        if number not in clip.channels:
            child(made, "audio-channel-source", srcCh=number, active="0")
