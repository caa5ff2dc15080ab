"""Writes a timeline as edit decision lists: picture and four sound tracks to a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from adapters.edl.channels import Track as Column
from adapters.edl.lines import AUD_LAST, Columns, Event, event_lines, one_line, reel_of, remark
from conform.errors import TimelineError
from conform.findings import Finding, info, warning
from conform.timecode import Rate
from conform.timeline import Clip, Marker, Timeline, Track, Transition
from conform.writing import refuse, whole_file


def write(
    timeline: Timeline,
    path: Path,
    *,
    force: bool = False,
    sources: Iterable[Path] = (),
    reel_width: int = 8,
    sounds: int = 4,
) -> tuple[Finding, ...]:
    """Write V1 and A1 to A4 as `path`, further tracks beside it as `name_V2`, `name_A5-8` ...

    `reel_width` is 8 for the CMX3600; readers of today take 16, 32 and 128 as well. `sounds` is the
    number of sound tracks in a list, 4 for the CMX3600, up to 24 for Avid. Returns what a list
    cannot hold. Raises `TimelineError` where there is no event, `RenderError` for the file.
    """
    lists = [(named, tracks) for named, tracks in _lists(timeline, path, sounds) if _shown(tracks)]
    lists[:1] = [(path, tracks) for _, tracks in lists[:1]]
    if not lists:
        raise TimelineError("no enabled clip can be listed; an EDL needs one", path=path)
    kept = tuple(sources)
    for named, _ in lists:
        refuse(named, force=force, sources=kept)
    columns = Columns(timeline.rate, timeline.start, reel_width)
    with ExitStack() as stack:
        for named, tracks in lists:
            temporary = stack.enter_context(whole_file(named, force=force, sources=kept))
            text = "".join(f"{line}\r\n" for line in _lines(timeline, tracks, columns))
            temporary.write_bytes(text.encode("utf-8", errors="replace"))
    beside = [
        info(
            "edl.further-list",
            f"a list holds V1 and {sounds} sound tracks; more are in {named.name}",
            "",
        )
        for named, _ in lists
        if named != path
    ]
    return (*beside, *_lost(timeline, columns))


def _lists(timeline: Timeline, path: Path, count: int) -> Iterator[tuple[Path, list[Track]]]:
    """The files and their tracks; each list counts its tracks from 1 again."""
    sounds = [track for track in timeline.audio if track.index <= count]
    yield path, [*(track for track in timeline.video if track.index == 1), *sounds]
    for track in timeline.video:
        if track.index > 1:
            yield path.with_stem(f"{path.stem}_V{track.index}"), [replace(track, index=1)]
    highest = max((track.index for track in timeline.audio), default=0)
    for first in range(count + 1, highest + 1, count):
        last = first + count - 1
        group = [
            replace(track, index=track.index - first + 1)
            for track in timeline.audio
            if first <= track.index <= last
        ]
        yield path.with_stem(f"{path.stem}_A{first}-{last}"), group


def _shown(tracks: Sequence[Track]) -> bool:
    return any(clip.enabled for track in tracks for clip in track.clips)


def _lines(timeline: Timeline, tracks: Sequence[Track], columns: Columns) -> Iterator[str]:
    yield f"TITLE: {one_line(timeline.name)}"
    yield f"FCM: {'DROP FRAME' if timeline.rate.drop else 'NON-DROP FRAME'}"
    # no field of the list states its rate; readers that do not know this remark pass over it
    yield f"* FRAME RATE: {timeline.rate.with_drop(False).name}"
    yield from (remark(*pair) for pair in timeline.metadata if pair[0] != "SOURCE")
    markers = sorted(timeline.markers, key=lambda one: one.at)
    events = _events(tracks, columns.rate)
    for event, following in zip(events, [*events[1:], None], strict=True):
        yield from event_lines(event, columns)
        while markers and (following is None or markers[0].at < following.clip.record_in):
            yield _locator(markers.pop(0), columns)
    yield from (f">>> SOURCE {one_line(v)}" for key, v in timeline.metadata if key == "SOURCE")


def _locator(marker: Marker, columns: Columns) -> str:
    label = columns.rate.label(columns.rate.nearest(columns.start + marker.at))
    color = one_line(marker.color).replace(" ", "_").upper() or "RED"
    return f"* LOC: {label} {color:<7} {one_line(marker.name or marker.comment)}".rstrip()


def _events(tracks: Sequence[Track], rate: Rate) -> list[Event]:
    """The clips in record order, those of one source on several tracks as one event."""
    joined: dict[object, Event] = {}
    for track in tracks:
        column = (track.kind, track.index)
        alone = column if track.index > AUD_LAST else None  # a higher track fills its column
        for place, event in enumerate(_track_events(track, column, rate)):
            key: object = (event.clip, event.transition, event.outgoing, alone)
            if key in joined and column in joined[key].tracks:
                key = (key, place)  # one clip twice on one track stays two events
            same = joined.get(key, replace(event, tracks=()))
            joined[key] = replace(same, tracks=(*same.tracks, column))
    return _numbered(sorted(joined.values(), key=lambda event: event.clip.record_in))


def _numbered(events: list[Event]) -> list[Event]:
    """The events with the numbers that they came with, or from 1 where those would clash."""
    kept = [event.clip.event for event in events]
    runs = [number for number, _ in groupby(kept)]
    if len(set(runs)) < len(runs) or not all(one.isdecimal() for one in kept):
        width = max(3, len(str(len(events))))
        kept = [f"{number:0{width}}" for number in range(1, len(events) + 1)]
    return [replace(event, number=one) for event, one in zip(events, kept, strict=True)]


def _track_events(track: Track, column: Column, rate: Rate) -> list[Event]:
    clips = [_rated(clip, rate) for clip in track.clips if clip.enabled]
    clips.sort(key=lambda clip: clip.record_in)
    events: list[Event] = []
    waiting = list(track.transitions)
    for clip in clips:
        transition = next((one for one in waiting if one.cut == clip.record_in), None)
        if transition is not None:  # where clips lie over each other, two may begin at one cut
            waiting.remove(transition)
        if transition is None:
            events.append(Event("", clip, (column,)))
            continue
        early = transition.cut - transition.record_in
        before = events[-1] if events and events[-1].clip.record_out == clip.record_in else None
        if early and before is not None:  # in a list the incoming event begins with its dissolve
            events[-1] = replace(before, clip=_shorter(before.clip, early))
        opened = _earlier(clip, early) if early else clip
        outgoing = events[-1].clip if before is not None else None
        laid = Transition(
            opened.record_in,
            opened.record_in,
            opened.record_in + transition.duration,
            transition.name,
            metadata=transition.metadata,
        )
        events.append(Event("", opened, (column,), laid, outgoing))
    return events


def _rated(clip: Clip, rate: Rate) -> Clip:
    return clip if clip.source.rate else replace(clip, source=replace(clip.source, rate=rate))


def _shorter(clip: Clip, by: Fraction) -> Clip:
    used = by * abs(clip.speed)
    if clip.speed < 0:
        return replace(clip, record_out=clip.record_out - by, source_in=clip.source_in + used)
    return replace(clip, record_out=clip.record_out - by, source_out=clip.source_out - used)


def _earlier(clip: Clip, by: Fraction) -> Clip:
    used = by * abs(clip.speed)
    if clip.speed < 0:
        return replace(clip, record_in=clip.record_in - by, source_out=clip.source_out + used)
    source_in = max(clip.source_in - used, Fraction(0))
    return replace(clip, record_in=clip.record_in - by, source_in=source_in)


def _lost(timeline: Timeline, columns: Columns) -> list[Finding]:
    """What no list holds, counted."""
    clips = [(track, clip) for track, clip in timeline.clips()]
    rate = timeline.rate
    cuts = {(t.kind, t.index): {c.record_in for c in t.clips} for t in timeline.tracks}
    counts = {
        "edl.sub-frame": (
            sum(not _on_frames(clip, rate) for _, clip in clips),
            "clips have edges between frames: rounded to the nearest",
        ),
        "edl.reel-cut": (
            sum(
                reel_of(clip, columns.reel) != (clip.source.reel or "AX")
                for _, clip in clips
                if clip.source.reel
            ),
            f"clips have reel names that do not fit {columns.reel} characters: cut short",
        ),
        "edl.disabled": (sum(not clip.enabled for _, clip in clips), "disabled clips: left out"),
        "edl.gain": (
            sum(bool(clip.gain_db or clip.gain_curve) for _, clip in clips),
            "clips have gains, which a list cannot hold",
        ),
        "edl.fade": (
            sum(bool(clip.fade_in or clip.fade_out) for _, clip in clips),
            "clips have fades, which a list cannot hold",
        ),
        "edl.speed": (
            sum(not _sayable(clip, rate) for _, clip in clips),
            "clips have speeds or retime curves that one decimal of M2 cannot say",
        ),
        "edl.transition": (
            sum(
                one.cut not in cuts[track.kind, track.index]
                for track in timeline.tracks
                for one in track.transitions
            ),
            "transitions begin no clip: left out",
        ),
    }
    found = [
        warning(code, f"{number} {text}", "") for code, (number, text) in counts.items() if number
    ]
    first = min(clip.record_in for _, clip in clips)
    if first > 0:
        text = (
            f"the list starts at its first event, {timeline.timecode(first)}, not at the timeline"
        )
        found.append(info("edl.start", text, ""))
    return found


def _on_frames(clip: Clip, rate: Rate) -> bool:
    source = clip.source.rate or rate
    frames = [at * rate.fps for at in (clip.record_in, clip.record_out)]
    frames += [at * source.fps for at in (clip.source_in, clip.source_out)]
    return all(frame.denominator == 1 for frame in frames)


def _sayable(clip: Clip, rate: Rate) -> bool:
    fps = abs(clip.speed) * (clip.source.rate or rate).nominal
    return not clip.time_map and (fps * 10).denominator == 1 and fps < 1000
