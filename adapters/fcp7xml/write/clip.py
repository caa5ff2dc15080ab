"""One clip as a `clipitem` or `generatoritem`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from adapters.fcp7xml.book import Element
from adapters.fcp7xml.clipitem import SUBFRAMES
from adapters.fcp7xml.retime import along
from adapters.fcp7xml.write.effects import Point, levels, pan, time_remap
from adapters.fcp7xml.write.files import file_element, start_of
from adapters.fcp7xml.write.lanes import Seat
from adapters.fcp7xml.write.sheet import Sheet, child, decimal, rate_element, ticks
from conform.timeline import ZERO, Clip, Kind, Marker, Source

_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Place:
    """A clip's edges in whole sequence frames, and the eightieths of a frame added to both.

    The outer edges reach over the transitions beside the clip; -1 stands for such an edge.
    """

    start: int
    end: int
    open_in: bool
    open_out: bool
    subframes: int = 0


def place_of(seat: Seat, sheet: Sheet) -> Place:
    """Where a clip is written; an edge that no frame or eightieth fits is rounded and told."""
    clip, fps = seat.clip, sheet.rate.fps
    name = clip.name
    opened, closed = _reach(seat, sheet)
    exact = clip.record_in * fps
    frame, sub = floor(exact + _HALF), 0
    if not seat.whole:
        frame, sub = divmod(floor(exact * SUBFRAMES + _HALF), SUBFRAMES)
    shift = Fraction(sub, SUBFRAMES)
    last = floor(clip.record_out * fps - shift + _HALF)
    off = (opened is None and frame + shift != exact) or (
        closed is None and last + shift != clip.record_out * fps
    )
    if off:
        said = "an edge between two frames was rounded; its source moved along, in sync"
        sheet.tell("edge.rounded", said, name)
    return Place(
        frame if opened is None else opened,
        last if closed is None else closed,
        opened is not None or seat.fade_in is not None,
        closed is not None or seat.fade_out is not None,
        sub,
    )


def _reach(seat: Seat, sheet: Sheet) -> tuple[int | None, int | None]:
    """The far ends of the transitions beside a clip, where its media reaches that far."""
    opened = closed = None
    if seat.before:
        opened = sheet.frame_after_zero(
            seat.before.record_in, "a transition's start", seat.clip.name
        )
    if seat.after:
        closed = sheet.frame(seat.after.record_out, "a transition's end", seat.clip.name)
    return opened, closed


def curve_of(clip: Clip) -> tuple[Point, ...]:
    """The points of a keyframed retime, one for each time; none where they make no line."""
    points = tuple(sorted({point.record: point.source for point in clip.time_map}.items()))
    return points if len(points) > 1 else ()


def source_at(clip: Clip, at: Fraction) -> Fraction:
    """The source second at a record second, carried on beyond the clip's edges."""
    points = curve_of(clip)
    if points:
        return along(points, at - clip.record_in)
    anchor = clip.source_out if clip.speed < 0 else clip.source_in
    return anchor + clip.speed * (at - clip.record_in)


@dataclass(frozen=True, slots=True)
class Take:
    """What of the source is used: the retimed frame at the outer in, and the retime's graph."""

    first: int
    seconds: Fraction
    graph: tuple[Point, ...]
    retimed: bool


def take_of(clip: Clip, place: Place, sheet: Sheet) -> Take:
    """The in point and graph of a clip at its place."""
    fps, span = sheet.rate.fps, place.end - place.start
    outer = (place.start + Fraction(place.subframes, SUBFRAMES)) / fps
    start = start_of(clip.source, sheet.rate)
    seconds = source_at(clip, outer) - start
    here = seconds * fps
    if curve_of(clip):
        return Take(0, seconds, _points(clip, outer, start, sheet), retimed=True)
    _tell_source(clip, sheet)
    speed = clip.speed
    if speed == 0:
        return Take(floor(here), seconds, ((Fraction(floor(here)), here),), retimed=True)
    length = max((clip.source.duration or ZERO) * fps, here) if speed < 0 else ZERO
    first = floor((here - length) / speed + _HALF)
    if speed == 1:
        return Take(first, seconds, (), retimed=False)
    whens = sorted({0, first, first + span, max(first + span, _whole(clip, sheet))})
    line = tuple((Fraction(when), here + (when - first) * speed) for when in whens)
    return Take(first, seconds, line, retimed=True)


def _points(clip: Clip, outer: Fraction, start: Fraction, sheet: Sheet) -> tuple[Point, ...]:
    fps = sheet.rate.fps
    late = clip.record_in - outer
    points = []
    for record, source in curve_of(clip):
        when = sheet.frame(late + record, "a speed keyframe", clip.name)
        points.append((Fraction(when), (source - start) * fps))
    return tuple(points)


def _tell_source(clip: Clip, sheet: Sheet) -> None:
    """Findings for a speed or a source stretch that the format states in another way."""
    used = abs(clip.speed) * clip.duration
    if clip.source_out - clip.source_in != used:
        said = "the source's length is not record length x speed; the latter was written"
        sheet.tell("source.length", said, clip.name)
    if Fraction(decimal(clip.speed * 100)) != clip.speed * 100:
        sheet.tell("speed.rounded", "a speed was rounded to decimals", clip.name, lost=False)


def clip_element(
    track: Element, seat: Seat, place: Place, kind: Kind, name: str, sheet: Sheet
) -> Element:
    """Write a clip on its track."""
    clip = seat.clip
    take = take_of(clip, place, sheet)
    plain = kind is Kind.VIDEO and _plain(clip.source)
    item = child(track, "generatoritem" if plain else "clipitem")
    item.set("id", name)
    _timing(item, clip, place, take, sheet)
    if kind is Kind.AUDIO and place.subframes:
        child(item, "subframeoffset", place.subframes)
    if plain:
        effect = child(item, "effect")
        for tag, value in (("name", clip.source.name), ("effectid", clip.source.name)):
            child(effect, tag, value)
        child(effect, "effecttype", "generator")
        child(effect, "mediatype", kind.value)
    else:
        file_element(item, clip, sheet)
    _filters(item, seat, place, take, kind, sheet)
    _logging(item, clip)
    return item


def _plain(source: Source) -> bool:
    """Whether a source is a mere generator: a name and nothing else."""
    return source == Source(name=source.name, generated=True)


def _timing(item: Element, clip: Clip, place: Place, take: Take, sheet: Sheet) -> None:
    span = place.end - place.start
    child(item, "name", clip.name)
    child(item, "enabled", clip.enabled)
    child(item, "duration", max(take.first + span, _whole(clip, sheet)))
    rate_element(item, sheet.rate)
    child(item, "start", -1 if place.open_in else place.start)
    child(item, "end", -1 if place.open_out else place.end)
    child(item, "in", take.first)
    child(item, "out", take.first + span)
    if clip.speed > 0 and not curve_of(clip):
        child(item, "pproTicksIn", ticks(take.seconds))
        child(item, "pproTicksOut", ticks(take.seconds + span * clip.speed / sheet.rate.fps))


def _whole(clip: Clip, sheet: Sheet) -> int:
    """The retimed length of the whole media in frames, where the cut says its length."""
    if clip.source.duration is None or not clip.speed or curve_of(clip):
        return 0
    return floor(clip.source.duration * sheet.rate.fps / abs(clip.speed) + _HALF)


def _filters(item: Element, seat: Seat, place: Place, take: Take, kind: Kind, sheet: Sheet) -> None:
    clip, fps = seat.clip, sheet.rate.fps
    if take.retimed:
        marks = {take.first: "speedkfin", take.first + place.end - place.start: "speedkfout"}
        variable = bool(curve_of(clip))
        time_remap(item, kind, clip.speed, take.graph, {} if variable else marks)
    late = clip.record_in * fps - place.start - Fraction(place.subframes, SUBFRAMES)
    first = take.first + floor(late + _HALF)
    if kind is Kind.AUDIO:
        levels(item, clip, first, sheet)
        value = dict(clip.metadata).get("pan")
        if value:
            pan(item, value)
    for marker in clip.markers:
        marker_element(item, marker, first, sheet)
    track = child(item, "sourcetrack")
    child(track, "mediatype", kind.value)
    if seat.channel is not None:
        child(track, "trackindex", seat.channel)


def marker_element(parent: Element, marker: Marker, first: int, sheet: Sheet) -> None:
    """A marker that counts from frame `first` of its parent's count."""
    element = child(parent, "marker")
    start = first + sheet.frame(marker.at, "a marker", marker.name)
    length = sheet.frame(marker.duration, "a marker's length", marker.name)
    child(element, "name", marker.name)
    child(element, "comment", marker.comment)
    child(element, "in", start)
    child(element, "out", start + length if length else -1)
    if marker.color.startswith("#") and len(marker.color) == 7:
        color = child(element, "color")
        child(color, "alpha", 0)
        for i, tag in enumerate(("red", "green", "blue")):
            child(color, tag, int(marker.color[1 + 2 * i : 3 + 2 * i], 16))
    elif marker.color:
        child(element, "pproColor", marker.color)


def _logging(item: Element, clip: Clip) -> None:
    kept = dict(clip.metadata)
    logged = child(item, "logginginfo")
    child(logged, "scene", clip.source.scene)
    child(logged, "shottake", clip.source.take)
    child(logged, "lognote", kept.get("lognote", ""))
    if kept.get("label"):
        child(child(item, "labels"), "label2", kept["label"])
    comments = [(name, value) for name, value in clip.metadata if name.startswith("mastercomment")]
    if comments:
        parent = child(item, "comments")
        for name, value in comments:
            child(parent, name, value)
