"""The lines of an event, in the columns of the CMX3600."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from adapters.edl.channels import Track
from adapters.edl.statements import Remark, statement
from conform.timecode import Rate
from conform.timeline import Clip, Kind, Transition

_COLUMNS = {
    frozenset({"V"}): "V",
    frozenset({"A"}): "A",
    frozenset({"A2"}): "A2",
    frozenset({"A", "A2"}): "AA",
    frozenset({"V", "A"}): "B",
    frozenset({"V", "A2"}): "A2/V",
    frozenset({"V", "A", "A2"}): "AA/V",
    frozenset[str](): "NONE",
}
"""The channel column. A3 and A4 stand in an AUD line below; higher tracks alone, as Avid's do."""
AUD_FIRST, AUD_LAST = 3, 4
_FIELDS = (("SCENE", "scene"), ("TAKE", "take"), ("SOUND ROLL", "tape"), ("UMID", "umid"))
_WIPE = re.compile(r"wipe\s*(\d{1,3})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Event:
    """One event to write: a clip on its channels, and what it comes out of."""

    number: str
    clip: Clip
    tracks: tuple[Track, ...]
    transition: Transition | None = None
    outgoing: Clip | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """How labels are written: the record clock and its start, and the width of reel names."""

    rate: Rate
    start: Fraction
    reel: int


def event_lines(event: Event, columns: Columns) -> Iterator[str]:
    """The lines of one event: its edits, its speed, its further channels and its remarks."""
    clip, transition = event.clip, event.transition
    frames = 0 if transition is None else columns.rate.nearest(transition.duration)
    if transition is not None:
        yield _from_line(event, columns)
    source = _source_labels(clip)
    record = tuple(
        columns.rate.label(columns.rate.nearest(columns.start + at))
        for at in (clip.record_in, clip.record_out)
    )
    kind = "C" if transition is None else _kind(transition)
    yield _edit(event, columns, reel_of(clip, columns.reel), kind, frames, (*source, *record))
    more = [
        str(number)
        for kind_, number in event.tracks
        if kind_ is Kind.AUDIO and AUD_FIRST <= number <= AUD_LAST
    ]
    if more:
        yield f"AUD  {'  '.join(more)}"
    if clip.speed != 1 and not clip.source.generated:
        yield _motion(clip, columns)
    yield from _remarks(event)


def _from_line(event: Event, columns: Columns) -> str:
    """The cut of no length that names what a dissolve comes out of."""
    at = columns.rate.label(columns.rate.nearest(columns.start + event.clip.record_in))
    clip = event.outgoing
    stated = dict(event.transition.metadata) if event.transition else {}
    if "FROM REEL" in stated and "FROM SOURCE IN" in stated:
        label = stated["FROM SOURCE IN"]
        return _edit(event, columns, stated["FROM REEL"], "C", 0, (label, label, at, at))
    if clip is None:
        zero = columns.rate.label(0)
        return _edit(event, columns, "BL", "C", 0, (zero, zero, at, at))
    rate = clip.source.rate or columns.rate
    end = clip.source_in if clip.speed <= 0 else clip.source_out
    label = rate.label(rate.nearest(end))
    return _edit(event, columns, reel_of(clip, columns.reel), "C", 0, (label, label, at, at))


def _source_labels(clip: Clip) -> tuple[str, str]:
    rate = clip.source.rate
    if rate is None:
        raise ValueError("the source has no rate")
    first, last = rate.nearest(clip.source_in), rate.nearest(clip.source_out)
    return rate.label(first), rate.label(last)


def _edit(
    event: Event, columns: Columns, reel: str, kind: str, frames: int, labels: tuple[str, ...]
) -> str:
    names = {
        "V" if kind_ is Kind.VIDEO else f"A{number if number > 1 else ''}"
        for kind_, number in event.tracks
        if not AUD_FIRST <= number <= AUD_LAST
    }
    channel = _COLUMNS.get(frozenset(names)) or "".join(names)
    length = f"{frames:03}" if kind != "C" else "   "
    head = f"{event.number}  {reel:<{columns.reel}} {channel:<4}  {kind:<4} {length}"
    return f"{head} {' '.join(labels)}"


def _kind(transition: Transition) -> str:
    wipe = _WIPE.fullmatch(transition.name)
    return f"W{int(wipe[1]):03}" if wipe else "D"


def reel_of(clip: Clip, width: int) -> str:
    """The reel field: the reel, or the field that stood for none of ours, cut to the width."""
    stood = next((value for key, value in clip.metadata if key == "REEL"), "")
    name = clip.source.reel or stood or ("BL" if clip.source.generated else "AX")
    return " ".join(name.split())[:width].rstrip()


def _motion(clip: Clip, columns: Columns) -> str:
    rate = clip.source.rate or columns.rate
    fps = clip.speed * rate.nominal
    sign = "-" if fps < 0 else " "
    speed = f"{sign}{float(abs(fps)):05.1f}"
    label = rate.label(rate.nearest(clip.source_in))
    return f"M2   {reel_of(clip, columns.reel):<{columns.reel}}      {speed}                {label}"


def _remarks(event: Event) -> Iterator[str]:
    clip, transition = event.clip, event.transition
    name = one_line(_clip_name(clip))
    if transition is not None:
        effect = next((v for key, v in transition.metadata if key == "EFFECT NAME"), "")
        if effect:
            yield f"* EFFECT NAME: {one_line(effect)}"
        if event.outgoing is not None:
            yield f"* FROM CLIP NAME:  {one_line(_clip_name(event.outgoing))}"
    if name:
        yield f"* {'FROM' if transition is None else 'TO'} CLIP NAME:  {name}"
    if clip.source.url:
        yield f"* SOURCE FILE: {one_line(clip.source.url)}"
    for key, field in _FIELDS:
        value = getattr(clip.source, field)
        if value:
            yield f"* {key}: {one_line(value)}"
    for key, value in clip.metadata:
        if key != "REEL":
            yield remark(key, value)


def _clip_name(clip: Clip) -> str:
    """The name that a list would not tell by the reel alone."""
    reel = reel_of(clip, len(clip.name))
    return clip.source.name or (clip.name if clip.name != reel else "")


def remark(key: str, value: str) -> str:
    """A remark line; free text has no key, unless it would be taken for a remark that has one."""
    text = one_line(value)
    plain = statement(f"* {text}", 0)
    free = key == "NOTE" and isinstance(plain, Remark) and not plain.key
    return f"* {text}" if free else f"* {one_line(key)}: {text}"


def one_line(text: str) -> str:
    """A text without line breaks and control characters."""
    return "".join(c if c.isprintable() else " " for c in text).strip()
