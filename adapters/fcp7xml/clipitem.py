"""One clip item as a `Clip`: what of its source is heard or seen where on the record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from adapters.fcp7xml.book import Book, Element, flag, number, text
from adapters.fcp7xml.levels import gain_of, pan_of, tell_unheard
from adapters.fcp7xml.markers import markers_of
from adapters.fcp7xml.rates import rate_of
from adapters.fcp7xml.retime import Retime, effects, retime_of
from adapters.fcp7xml.source import source_of, stillness
from conform.findings import info, warning
from conform.timecode import Rate
from conform.timeline import ZERO, Clip, Fade, Kind, Metadata, Source, TimePoint

TICKS = 254_016_000_000
"""Premiere's ticks in a second: whole at every frame rate and every usual sample rate."""
SUBFRAMES = 80
"""`subframeoffset` counts eightieths of a frame, as Logic writes and Premiere reads it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An item with its edges in sequence frames.

    `outer_in` and `outer_out` are what the item's own `in` and `out` stand for: where a transition
    touches the item they reach to the transition's far end. The cuts are the clip's own edges.
    """

    element: Element
    outer_in: Fraction
    outer_out: Fraction
    cut_in: Fraction
    cut_out: Fraction
    fade_in: Fade | None = None
    fade_out: Fade | None = None


@dataclass(frozen=True, slots=True)
class _Map:
    """How an item's sequence frames map to source seconds; `grid` is what `in` counts in."""

    placed: Placed
    rate: Rate
    grid: Rate
    first: Fraction
    retime: Retime
    shift: Fraction = ZERO

    def retimed(self, frame: Fraction) -> Fraction:
        """The retimed frame of the clip at a sequence frame."""
        return self.first + (frame - self.placed.outer_in) * self.grid.fps / self.rate.fps

    def frame(self, retimed: Fraction) -> Fraction:
        """The sequence frame at a retimed frame of the clip."""
        return self.placed.outer_in + (retimed - self.first) * self.rate.fps / self.grid.fps

    def source(self, frame: Fraction) -> Fraction:
        """The source second at a sequence frame."""
        return self.shift + self.retime.at(self.retimed(frame)) / self.grid.fps


def clip_of(placed: Placed, file: Element | None, kind: Kind, rate: Rate, book: Book) -> Clip:
    """The clip that a placed item is; `file` is its media, None for generators and nests."""
    item = placed.element
    source = _source(item, file, rate, book)
    across = _across(placed, rate, book)
    speed, points, bounds = _used(across, source.start or ZERO)
    sub = _subframes(item, kind, rate)
    first = across.retimed(placed.cut_in)
    length = across.retimed(placed.cut_out) - first
    gain, curve = gain_of(item, first, length, across.grid) if kind is Kind.AUDIO else (0.0, ())
    if kind is Kind.AUDIO:
        tell_unheard(item, book)
    return Clip(
        name=text(item, "name") or source.name,
        record_in=placed.cut_in / rate.fps + sub,
        record_out=placed.cut_out / rate.fps + sub,
        source_in=min(bounds),
        source_out=max(bounds),
        source=source,
        speed=speed,
        time_map=points,
        channels=_channels(item) if kind is Kind.AUDIO else (),
        gain_db=gain,
        gain_curve=curve,
        fade_in=placed.fade_in,
        fade_out=placed.fade_out,
        enabled=flag(item, "enabled", True),
        event=item.get("id", ""),
        markers=markers_of(item, across.grid, first, first + length),
        metadata=_metadata(item),
    )


def _source(item: Element, file: Element | None, rate: Rate, book: Book) -> Source:
    if item.tag != "generatoritem":
        return source_of(item, file, rate, book)
    name = text(item, "effect/name") or text(item, "name")
    return Source(name=name, generated=True)


def _across(placed: Placed, rate: Rate, book: Book) -> _Map:
    item = placed.element
    stated = number(item, "in")
    first = ZERO if stated is None or stated == -1 else stated
    still = stillness(item)
    retime = retime_of(item, first, book) if still is None else Retime(ZERO, still=still)
    grid = _grid(placed, first, rate, book)
    across = _Map(placed, rate, grid, first, retime)
    across = replace(across, shift=_shift(across, _subclip(item, rate, book), book))
    _tell_length(across, book)
    return across


def _grid(placed: Placed, first: Fraction, rate: Rate, book: Book) -> Rate:
    """The rate that `in` and `out` count in.

    Premiere and Resolve count on the sequence's grid whatever rate the clip is tagged with. Where
    the tag differs, Premiere's ticks or else the lengths may prove that a file does otherwise.
    """
    item = placed.element
    tagged = rate_of(item, rate, book)
    if tagged.fps == rate.fps:
        return rate
    ticks, last = number(item, "pproTicksIn"), number(item, "out")
    grid = rate
    if ticks is not None and first and not effects(item, "timeremap"):
        grid = min((rate, tagged), key=lambda each: abs(first / each.fps - ticks / TICKS))
    elif last is not None:
        span = placed.outer_out - placed.outer_in
        on_grid = abs(last - first - span) <= 1
        in_tag = abs((last - first) * rate.fps / tagged.fps - span) <= 1
        grid = tagged if in_tag and not on_grid else rate
    said = f"clips tagged {tagged} stand in a sequence at {rate}; their in points count at {grid}"
    book.note(info, "rate.mixed", said, item)
    return grid


def _shift(across: _Map, subclip: Fraction, book: Book) -> Fraction:
    """Seconds between the in point as counted and the source: subclip offsets, Premiere's ticks.

    `pproTicksIn` is the in point that Premiere itself plays, sub-frame audio edits included; `in`
    is made from it by rounding. In a file of 2016 with a picture transition, `in` of the linked
    audio was off by the transition's half while the ticks were right, so at normal speed the ticks
    win; a retimed clip goes by them only within the rounding.
    """
    item, speed = across.placed.element, across.retime.speed
    ticks = number(item, "pproTicksIn")
    if ticks is None or speed <= 0 or across.retime.graph:
        return subclip
    counted = ticks / TICKS - across.source(across.placed.outer_in)
    limit = max(speed, Fraction(1)) / across.grid.fps
    if abs(counted - subclip) < limit:  # ticks that count from the media's start
        return counted
    if abs(counted) < limit:
        return counted + subclip
    if across.retime != Retime() or ticks < 0:
        return subclip
    said = "in and pproTicksIn name different frames; the ticks were believed"
    book.note(warning, "clip.ticks", said, item)
    return counted + subclip


def _subclip(item: Element, rate: Rate, book: Book) -> Fraction:
    """The seconds at which a subclip begins in its media; its `in` counts from there."""
    offset = number(item, "subclipinfo/startoffset")
    return offset / rate_of(item, rate, book).fps if offset and offset > 0 else ZERO


def _tell_length(across: _Map, book: Book) -> None:
    """A finding where out - in is not end - start; the record side is what is kept."""
    item, last = across.placed.element, number(across.placed.element, "out")
    if last is None or last == -1 or item.tag == "generatoritem":
        return
    there = across.retimed(across.placed.outer_out)
    if abs(last - there) > 1:
        said = "out - in is not end - start; the length on the record was kept"
        book.note(warning, "clip.length", said, item)


def _used(
    across: _Map, start: Fraction
) -> tuple[Fraction, tuple[TimePoint, ...], tuple[Fraction, ...]]:
    """Speed, keyframed map and every bound of the source that is used, its start included."""
    placed, fps = across.placed, across.rate.fps
    edges = (placed.cut_in, placed.cut_out)
    if not across.retime.graph:
        return across.retime.speed, (), tuple(start + across.source(edge) for edge in edges)
    inner = (across.frame(when) for when, _ in across.retime.graph)
    places = (edges[0], *(frame for frame in inner if edges[0] < frame < edges[1]), edges[1])
    points = tuple(
        TimePoint((frame - edges[0]) / fps, start + across.source(frame)) for frame in places
    )
    if edges[0] == edges[1]:
        return Fraction(1), (), (points[0].source,)
    mean = (points[-1].source - points[0].source) / points[-1].record
    return mean, points, tuple(point.source for point in points)


def _subframes(item: Element, kind: Kind, rate: Rate) -> Fraction:
    offset = number(item, "subframeoffset") if kind is Kind.AUDIO else None
    return (offset or ZERO) / SUBFRAMES / rate.fps


def _channels(item: Element) -> tuple[int, ...]:
    """The source channel that an audio item plays, counted from 1."""
    index = number(item, "sourcetrack/trackindex")
    return (int(index),) if index is not None and index >= 1 else ()


_KEPT = {"masterclipid": "masterclip", "labels/label2": "label", "logginginfo/lognote": "lognote"}


def _metadata(item: Element) -> Metadata:
    """What the format carries that a `Clip` has no field for: links, labels, comments, pan."""
    kept = [(name, text(item, path)) for path, name in _KEPT.items()]
    kept += [("link", text(link, "linkclipref")) for link in item.iterfind("link")]
    kept += [(child.tag, text(child, ".")) for child in item.iterfind("comments/*")]
    kept += [("pan", pan_of(item)), ("channel type", item.get("premiereChannelType", ""))]
    kept += [
        ("effect", text(effect, "effectid"))
        for effect in item.iterfind("filter/effect")
        if text(effect, "effectid").lower() not in ("timeremap", "audiolevels", "audiopan")
    ]
    return tuple((name, value) for name, value in kept if value)
