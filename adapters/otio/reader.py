"""OTIO objects as our timelines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from opentimelineio import schema

from adapters.cut import Cut
from adapters.otio.border import rate_of, seconds
from adapters.otio.gate import load
from adapters.otio.items import (
    channels_of,
    label,
    media_range,
    metadata_of,
    ours,
    own_range,
    source_of,
    speed_of,
    time_map,
    url_of,
)
from adapters.otio.packed import exact_clip, exact_timeline, near, unpacked
from adapters.otio.walk import Leaf, Walk, Window, content
from conform.errors import TimelineError
from conform.findings import Finding, info, warning
from conform.timecode import Rate
from conform.timeline import Clip, Kind, Marker, Source, Timeline, Track, Transition

_KINDS = {schema.TrackKind.Video: Kind.VIDEO, schema.TrackKind.Audio: Kind.AUDIO, "": Kind.VIDEO}


def read(path: Path, *, rate: Rate | None = None) -> Cut:
    """Every timeline of an `.otio`, `.otioz` or `.otiod`; `rate` overrides the record clock's.

    Raises `TimelineError` where the file is no OTIO or holds no timeline.
    """
    root, findings = load(path)
    cuts = [_named(path, one, rate) for one in _roots(root)]
    if not cuts:
        raise TimelineError(f"holds no timeline, but {label(root)}", path=path)
    timelines = tuple(timeline for timeline, _ in cuts)
    found = [finding for _, noted in cuts for finding in noted]
    places = (replace(one, where=one.where or path.name) for one in (*findings, *found))
    return Cut(timelines, tuple(dict.fromkeys(places)))


def _named(path: Path, root: Any, rate: Rate | None) -> tuple[Timeline, tuple[Finding, ...]]:
    try:
        timeline, findings = timeline_from(root, rate=rate)
    except TimelineError as fault:
        raise TimelineError(fault.message, path=path) from fault
    return replace(timeline, name=timeline.name or path.stem), findings


def _roots(root: Any) -> list[Any]:
    """Timelines, and compositions and clips that stand alone."""
    if isinstance(root, schema.SerializableCollection):
        return [one for child in root for one in _roots(child)]
    if isinstance(root, schema.Timeline | schema.Stack | schema.Track | schema.Clip):
        return [root]
    return []


def timeline_from(root: Any, *, rate: Rate | None = None) -> tuple[Timeline, tuple[Finding, ...]]:
    """An OTIO timeline, stack, track or clip as our timeline; raises `TimelineError`."""
    stack = root.tracks if isinstance(root, schema.Timeline) else _stacked(root)
    clock, findings = _clock(root, stack, rate)
    window = _stack_window(stack)
    tracks, noted = _tracks(stack, window, clock)
    start = _start(root)
    metadata, cut_short = metadata_of(root)
    timeline = Timeline(root.name or "", clock, start, tracks, _markers(stack, window), metadata)
    return exact_timeline(root, timeline), (*findings, *noted, *cut_short)


def _stacked(root: Any) -> Any:
    """A stack around a composition or clip that stands alone in its file."""
    if isinstance(root, schema.Stack):
        return root
    copy = root.deepcopy()
    track = copy if isinstance(copy, schema.Track) else schema.Track(children=[copy])
    return schema.Stack(children=[track])


def _start(root: Any) -> Fraction:
    given = root.global_start_time if isinstance(root, schema.Timeline) else None
    if given is None:
        return Fraction(0)
    start = seconds(given, "the timeline's start")
    if start < 0:
        raise TimelineError("the timeline starts before midnight; export it again")
    return start


def _clock(root: Any, stack: Any, told: Rate | None) -> tuple[Rate, tuple[Finding, ...]]:
    """The record clock's rate: as told, of the start timecode, or of most of the clips."""
    if told is not None:
        return told, ()
    packed = unpacked(Timeline, root, "timeline")
    if packed is not None:
        return packed.rate, ()
    given = root.global_start_time if isinstance(root, schema.Timeline) else None
    rates = [given.rate] if given is not None else []
    rates += [rate for rate, _ in Counter(_clip_rates(stack)).most_common()]
    for number in rates:
        near = rate_of(number, "the timeline") if number >= 1 else None
        if near is None:
            continue
        if near.nominal % 30 == 0 and near.fps.denominator == 1001:
            text = f"OTIO does not say whether {near} is counted with drop frame: shown without"
            return near, (info("otio.drop-unknown", text),)
        return near, ()
    text = "no time in the file counts frames of a known rate: taken as 24; give the rate"
    return Rate(Fraction(24)), (warning("otio.rate-assumed", text),)


def _clip_rates(stack: Any) -> Iterable[float]:
    for item in stack.find_clips():
        if item.source_range is not None:
            yield item.source_range.duration.rate
        elif item.media_reference is not None and item.media_reference.available_range is not None:
            yield item.media_reference.available_range.duration.rate


def _stack_window(stack: Any) -> Window:
    own = own_range(stack)
    return Window(start=own.start, end=own.start + own.duration) if own else Window()


def _tracks(
    stack: Any, window: Window, clock: Rate
) -> tuple[tuple[Track, ...], tuple[Finding, ...]]:
    """One track of ours for each of OTIO's; lanes that we laid apart are joined again."""
    found: dict[tuple[Kind, int], Track] = {}
    findings: list[Finding] = []
    for child in stack:
        item = (
            child if isinstance(child, schema.Track) else schema.Track(children=[child.deepcopy()])
        )
        kind = _KINDS.get(item.kind)
        if kind is None:
            text = f"track '{item.name}' is of kind '{item.kind}', neither picture nor sound"
            findings.append(warning("otio.track-kind", f"{text}: left out"))
            continue
        walk = Walk()
        walk.through(item, _track_window(item, window, walk), item.kind or "Video")
        clips = [_clip(leaf, clock, walk.findings) for leaf in walk.leaves]
        joints = [_transition(joint) for joint in walk.joints]
        findings += walk.findings
        base = _base_track(item, kind, found)
        key = (kind, base.index)
        before = found.get(key, base)
        found[key] = replace(
            before,
            clips=tuple(sorted((*before.clips, *clips), key=lambda clip: clip.record_in)),
            transitions=tuple(sorted((*before.transitions, *joints), key=lambda one: one.cut)),
        )
    return tuple(found.values()), tuple(findings)


def _track_window(track: Any, outer: Window, walk: Walk) -> Window:
    """A track's own range within the stack's; ranges that miss their content are ignored.

    otio-cmx3600-adapter gives its tracks such a range: minus the record start.
    """
    own = own_range(track)
    if own is None:
        return outer
    length = content(track)
    if own.duration == 0 or own.start >= length or own.start + own.duration <= 0:
        if length:
            text = f"the range of track '{track.name}' misses all its clips: ignored"
            walk.findings.append(warning("otio.track-range", text))
        return outer
    first = own.start + outer.start
    last = own.start + own.duration
    return Window(
        outer.record, first, last if outer.end is None else min(last, own.start + outer.end)
    )


def _base_track(item: Any, kind: Kind, found: dict[tuple[Kind, int], Track]) -> Track:
    packed = unpacked(Track, item, "track")
    if packed is not None and packed.kind is kind:
        lane = ours(item, "lane")
        if lane or (kind, packed.index) not in found:
            return replace(packed, name=item.name or "", enabled=item.enabled)
    index = 1 + max((number for one, number in found if one is kind), default=0)
    metadata, _ = metadata_of(item)
    return Track(kind, index, item.name or "", enabled=item.enabled, metadata=metadata)


def _clip(leaf: Leaf, clock: Rate, findings: list[Finding]) -> Clip:
    item = leaf.clip
    available, noted = media_range(item)
    own = own_range(item) or available
    if own is None:
        raise TimelineError(f"{label(item)} has no range, and neither has its media")
    speed, odd = speed_of(item)
    findings += [*noted, *odd]
    used = (leaf.tail - leaf.head) * abs(speed)
    first = own.start + leaf.head * speed
    if speed < 0:  # the range starts at its lowest frame; play starts at its other end
        first = own.start + (own.duration - leaf.tail) * -speed
    rate = rate_of(_start_rate(item), label(item))
    used = used if speed * leaf.speed else (rate or clock).frame
    clip = Clip(
        item.name or "",
        leaf.record_in,
        leaf.record_out,
        first,
        first + used,
        Source(url=url_of(item.media_reference)),
        speed * leaf.speed,
        enabled=item.enabled,
        markers=tuple(_clip_marker(one, first, speed, item) for one in item.markers),
    )
    exact = exact_clip(item, clip, findings)
    if exact is not None:
        return exact
    metadata, cut_short = metadata_of(item)
    findings += cut_short
    return replace(
        clip,
        source=source_of(item, available, rate),
        time_map=time_map(item, first, abs(speed), rate or clock),
        channels=channels_of(item),
        metadata=metadata,
    )


def _start_rate(item: Any) -> float:
    found = item.source_range or item.media_reference.available_range
    rate: float = found.start_time.rate or found.duration.rate
    return rate


def _transition(joint: Any) -> Transition:
    item = joint.transition
    metadata, _ = metadata_of(item)
    name = item.name or item.transition_type or "dissolve"
    derived = Transition(
        joint.cut - joint.before, joint.cut, joint.cut + joint.after, name, metadata=metadata
    )
    packed = unpacked(Transition, item, "transition")
    if packed is not None and near(
        (packed.record_in, packed.cut, packed.record_out),
        (derived.record_in, derived.cut, derived.record_out),
    ):
        return packed
    return derived


def _markers(stack: Any, window: Window) -> tuple[Marker, ...]:
    """Markers of the timeline and of whole tracks, on the record."""
    items = [stack, *(child for child in stack if isinstance(child, schema.Track))]
    found = [
        Marker(
            window.at(_marked(one)),
            one.name or "",
            one.comment or "",
            str(one.color or ""),
            seconds(one.marked_range.duration, "a marker"),
        )
        for item in items
        for one in item.markers
    ]
    return tuple(found)


def _clip_marker(one: Any, first: Fraction, speed: Fraction, item: Any) -> Marker:
    at = (_marked(one) - first) / (abs(speed) or 1)
    length = seconds(one.marked_range.duration, f"a marker of {label(item)}")
    return Marker(at, one.name or "", one.comment or "", str(one.color or ""), length)


def _marked(one: Any) -> Fraction:
    start = one.marked_range.start_time
    return Fraction(0) if start.rate == 0 else seconds(start, "a marker")
