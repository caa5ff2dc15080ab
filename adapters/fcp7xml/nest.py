"""Nested sequences, merged clips and multiclips resolved to the clips that are seen and heard.

The nest's clip maps its record affinely onto the nested timeline; every leaf gets the composed map.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from adapters.fcp7xml.book import Book, Element, flag, text
from conform.timeline import (
    ZERO,
    Clip,
    Fade,
    Keyframe,
    Kind,
    Timeline,
    TimePoint,
    Track,
    Transition,
)

Interval = tuple[Fraction, Fraction]


def target_of(item: Element, kind: Kind, book: Book) -> tuple[Element | None, Element | None]:
    """What a clip item plays: its file, or the element whose tracks it shows, or neither."""
    for _ in range(4):  # a clip item, its multiclip's angle, that angle's master clip
        sequence, file = item.find("sequence"), item.find("file")
        if sequence is not None:
            return None, book.whole(book.sequences, sequence)
        if file is not None:
            return file, None
        inner = _inner(item, kind, book)
        if inner is None:
            return None, None
        if inner.find("media") is not None and inner.find("file") is None:
            return None, inner
        item = inner
    return None, None


def _inner(item: Element, kind: Kind, book: Book) -> Element | None:
    """The clip inside a multiclip (FCP), a merged clip (Premiere), or behind a master clip's id."""
    active = "activevideoangle" if kind is Kind.VIDEO else "activeaudioangle"
    angles = item.findall("multiclip/angle")
    chosen = next((angle for angle in angles if flag(angle, active, False)), None)
    if chosen is None and angles:
        chosen = angles[0]
    clip = (item if chosen is None else chosen).find("clip")
    if clip is not None:
        return book.whole(book.masters, clip)
    if item.find("media") is not None:
        return item
    master = book.masters.get(text(item, "masterclipid"))
    return None if master is item else master


def leaves(shell: Clip, inside: Timeline, kind: Kind) -> tuple[tuple[Clip, ...], list[Transition]]:
    """The clips of a nested timeline that a clip shows, on the outer record, and transitions."""
    window = (shell.source_in, shell.source_out)
    tracks = _heard(shell, inside) if kind is Kind.AUDIO else inside.video
    found = [clip for track in tracks for clip in _clips(track, window)]
    if kind is Kind.VIDEO:
        found = [clip for track in _seen(tracks, window) for clip in track]
    crossings = [
        moved
        for track in tracks
        for crossing in track.transitions
        if shell.speed == 1 and (moved := _crossing(crossing, shell, window))
    ]
    return tuple(_outward(clip, shell) for clip in found), crossings


def _heard(shell: Clip, inside: Timeline) -> tuple[Track, ...]:
    """The nested audio tracks behind an item: those of its output channel, or all of them."""
    if len(shell.channels) != 1:
        return inside.audio
    wanted = str(shell.channels[0])
    routed = tuple(track for track in inside.audio if wanted in _outputs(track))
    return routed or inside.audio[shell.channels[0] - 1 : shell.channels[0]] or inside.audio


def _outputs(track: Track) -> list[str]:
    return dict(track.metadata).get("output", "").split()


def _clips(track: Track, window: Interval) -> Iterable[Clip]:
    for clip in track.clips:
        cut = trimmed(clip, *window)
        if cut is not None:
            yield replace(cut, enabled=cut.enabled and track.enabled)


def _seen(tracks: tuple[Track, ...], window: Interval) -> Iterable[list[Clip]]:
    """The highest enabled picture of each moment; titles and generators let the lower ones show."""
    free = [window]
    for track in reversed([track for track in tracks if track.enabled]):
        shown = [clip for clip in track.clips if clip.enabled and trimmed(clip, *window)]
        yield [cut for clip in shown for gap in free if (cut := trimmed(clip, *gap)) is not None]
        for clip in shown:
            if not clip.source.generated:
                free = [part for gap in free for part in _without(gap, clip)]


def _without(gap: Interval, clip: Clip) -> list[Interval]:
    parts = ((gap[0], min(gap[1], clip.record_in)), (max(gap[0], clip.record_out), gap[1]))
    return [part for part in parts if part[0] < part[1]]


def trimmed(clip: Clip, start: Fraction, end: Fraction) -> Clip | None:
    """The part of a clip between two record times; None where they do not meet.

    A still nest shows one moment, `start == end`: the clip at that moment, without length.
    """
    first, last = max(clip.record_in, start), min(clip.record_out, end)
    moment = start == end and clip.record_in <= start < clip.record_out
    if first >= last and not moment:
        return None
    if (first, last) == (clip.record_in, clip.record_out):
        return clip
    points = _points(clip, first, last)
    speed = clip.speed
    if points:
        bounds = [point.source for point in points]
        speed = (bounds[-1] - bounds[0]) / (last - first) if first < last else ZERO
    else:
        anchor = clip.source_out if clip.speed < 0 else clip.source_in
        bounds = [anchor + (edge - clip.record_in) * speed for edge in (first, last)]
    late = first - clip.record_in
    return replace(
        clip,
        record_in=first,
        record_out=last,
        source_in=min(bounds),
        source_out=max(bounds),
        speed=speed,
        time_map=points,
        gain_curve=tuple(Keyframe(key.at - late, key.value) for key in clip.gain_curve),
        fade_in=clip.fade_in if first == clip.record_in else None,
        fade_out=clip.fade_out if last == clip.record_out else None,
        markers=tuple(
            replace(mark, at=mark.at - late)
            for mark in clip.markers
            if 0 <= mark.at - late < last - first
        ),
    )


def _points(clip: Clip, first: Fraction, last: Fraction) -> tuple[TimePoint, ...]:
    """A keyframed retime between two record times, counted from the first of them."""
    if not clip.time_map:
        return ()
    low, high = first - clip.record_in, last - clip.record_in
    inner = [point for point in clip.time_map if low < point.record < high]
    edges = [TimePoint(at, _source_at(clip.time_map, at)) for at in (low, high)]
    return tuple(
        TimePoint(point.record - low, point.source) for point in (edges[0], *inner, edges[1])
    )


def _source_at(points: tuple[TimePoint, ...], at: Fraction) -> Fraction:
    after = next((i for i, point in enumerate(points) if point.record > at), len(points) - 1)
    left, right = points[max(after, 1) - 1], points[max(after, 1)]
    share = (at - left.record) / (right.record - left.record)
    return left.source + (right.source - left.source) * share


def _outward(clip: Clip, shell: Clip) -> Clip:
    """A clip of the nested timeline on the outer record: times scaled, the maps composed."""
    speed = shell.speed
    if speed == 0:
        return _dressed(_held(clip, shell), shell)
    anchor = shell.source_out if speed < 0 else shell.source_in
    edges = [shell.record_in + (at - anchor) / speed for at in (clip.record_in, clip.record_out)]
    turned = speed < 0
    moved = replace(
        clip,
        record_in=min(edges),
        record_out=max(edges),
        speed=clip.speed * speed,
        time_map=_scaled_points(clip, speed),
        gain_curve=_scaled_keys(clip, speed),
        fade_in=_scaled_fade(clip.fade_out if turned else clip.fade_in, speed),
        fade_out=_scaled_fade(clip.fade_in if turned else clip.fade_out, speed),
        markers=() if turned else tuple(replace(m, at=m.at / speed) for m in clip.markers),
    )
    return _dressed(moved, shell)


def _held(clip: Clip, shell: Clip) -> Clip:
    """The leaf's frame at the moment that a still nest shows, held as long as the nest."""
    return replace(
        clip,
        record_in=shell.record_in,
        record_out=shell.record_out,
        source_out=clip.source_in,
        speed=ZERO,
        time_map=(),
        gain_curve=(),
    )


def _scaled_points(clip: Clip, speed: Fraction) -> tuple[TimePoint, ...]:
    if speed > 0:
        return tuple(TimePoint(point.record / speed, point.source) for point in clip.time_map)
    return tuple(
        TimePoint((clip.duration - point.record) / -speed, point.source)
        for point in reversed(clip.time_map)
    )


def _scaled_keys(clip: Clip, speed: Fraction) -> tuple[Keyframe, ...]:
    if speed > 0:
        return tuple(Keyframe(key.at / speed, key.value) for key in clip.gain_curve)
    return tuple(
        Keyframe((clip.duration - key.at) / -speed, key.value) for key in reversed(clip.gain_curve)
    )


def _scaled_fade(fade: Fade | None, speed: Fraction) -> Fade | None:
    return replace(fade, duration=fade.duration / abs(speed)) if fade else None


def _dressed(clip: Clip, shell: Clip) -> Clip:
    """A leaf that also carries what its nest adds: gain, switch, fades at its edges, its name."""
    opens, closes = clip.record_in == shell.record_in, clip.record_out == shell.record_out
    return replace(
        clip,
        gain_db=clip.gain_db + shell.gain_db,
        enabled=clip.enabled and shell.enabled,
        event=shell.event,
        fade_in=(shell.fade_in if opens else None) or clip.fade_in,
        fade_out=(shell.fade_out if closes else None) or clip.fade_out,
        metadata=(("nest", shell.name), *clip.metadata),
    )


def _crossing(crossing: Transition, shell: Clip, window: Interval) -> Transition | None:
    """A nested transition on the outer record, where the window shows all of it."""
    if crossing.record_in < window[0] or crossing.record_out > window[1]:
        return None
    late = shell.record_in - shell.source_in
    return replace(
        crossing,
        record_in=crossing.record_in + late,
        cut=crossing.cut + late,
        record_out=crossing.record_out + late,
    )
