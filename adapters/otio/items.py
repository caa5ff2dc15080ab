"""One OTIO clip: its media, its retimes, its channels, and what its metadata says of its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite
from typing import Any

from opentimelineio import schema

from adapters.otio.border import leaves, plain, seconds
from conform.errors import TimelineError
from conform.findings import Finding, info, warning
from conform.timecode import Rate
from conform.timeline import Metadata, Source, TimePoint

OURS = "picturelock"
"""The namespace of our own metadata."""

_FIELDS = {
    "reel": "reel",
    "reelname": "reel",
    "tape": "tape",
    "tapename": "tape",
    "tapeid": "tape",
    "soundroll": "tape",
    "scene": "scene",
    "take": "take",
    "shottake": "take",
    "umid": "umid",
}
"""Keys, without case and punctuation, under which readers and editing systems name a source."""
_KEPT = 60
_LONG = 400


@dataclass(frozen=True, slots=True)
class Range:
    """A start and a duration in seconds."""

    start: Fraction
    duration: Fraction


def label(item: Any) -> str:
    """How a message names an item."""
    name = getattr(item, "name", "")  # objects of unknown schemas have none
    kind = type(item).__name__.lower()
    return f"{kind} '{name}'" if name else f"a nameless {kind}"


def own_range(item: Any) -> Range | None:
    """The item's source range, where it has one; raises `TimelineError` for impossible times."""
    if item.source_range is None:
        return None
    return _range(item.source_range, label(item))


def media_range(clip: Any) -> tuple[Range | None, tuple[Finding, ...]]:
    """The available range of a clip's media; Kdenlive writes rate 0 where it does not know."""
    media = clip.media_reference
    available = None if media is None else media.available_range
    if available is None:
        return None, ()
    try:
        found = _range(available, f"the media of {label(clip)}")
    except TimelineError as fault:
        return None, (warning("otio.available-range", f"{fault.message}: ignored", clip.name),)
    if found.duration <= 0:
        return None, ()
    return found, ()


def _range(found: Any, what: str) -> Range:
    duration = seconds(found.duration, what)
    if duration < 0:
        raise TimelineError(f"{what} has a negative duration; export it again")
    if found.start_time.rate == 0 and found.start_time.value == 0:
        return Range(Fraction(0), duration)
    return Range(seconds(found.start_time, what), duration)


def speed_of(item: Any) -> tuple[Fraction, tuple[Finding, ...]]:
    """Source seconds per record second of all linear retimes of an item together."""
    speed = Fraction(1)
    findings: list[Finding] = []
    for effect in item.effects:
        if not isinstance(effect, schema.TimeEffect) or not effect.enabled:
            continue
        scalar = getattr(effect, "time_scalar", None)
        if scalar is None:
            if _lookup(effect) is None:
                text = f"the retime '{effect.effect_name or effect.name}' states no speed: ignored"
                findings.append(warning("otio.retime", text, item.name))
            continue
        if not isfinite(scalar) or abs(scalar) > 10**6:
            raise TimelineError(f"{label(item)} has a speed of {scalar}; export it again")
        speed *= Fraction(scalar).limit_denominator(10**6)
    return speed, tuple(findings)


def time_map(clip: Any, start: Fraction, speed: Fraction, rate: Rate) -> tuple[TimePoint, ...]:
    """The curve of Hiero's time warps: for each frame, how far off the straight line it plays."""
    tables = [table for table in map(_lookup, clip.effects) if table]
    if not tables:
        return ()
    length = min(len(table) for table in tables)
    offsets = [sum((table[i] for table in tables), Fraction(0)) for i in range(length)]
    return tuple(
        TimePoint(rate.seconds(i), start + (rate.seconds(i) + offset * rate.frame) * speed)
        for i, offset in enumerate(offsets)
    )


def _lookup(effect: Any) -> list[Fraction] | None:
    table = plain(effect.metadata).get("lookup") if effect.metadata else None
    if not isinstance(table, list) or len(table) < 2:
        return None
    if not all(isinstance(one, int | float) and isfinite(one) for one in table):
        return None
    return [Fraction(one).limit_denominator(10**6) for one in table]


def source_of(clip: Any, available: Range | None, rate: Rate | None) -> Source:
    """The material behind a clip as its reference and all metadata around name it."""
    media = clip.media_reference
    generated = isinstance(media, schema.GeneratorReference)
    source = Source(
        name=(media.name if media is not None else "") or "",
        url=url_of(media),
        start=available.start if available else None,
        duration=available.duration if available else None,
        rate=rate,
        generated=generated,
        metadata=_kept(foreign(media)) if media is not None else (),
    )
    trees = [foreign(clip)] + ([foreign(media)] if media is not None else [])
    return replace(source, **_named(trees))


def url_of(media: Any) -> str:
    """Where a reference says that its file lies; an image sequence with `#` for its digits."""
    if isinstance(media, schema.ExternalReference):
        return str(media.target_url or "")
    if isinstance(media, schema.ImageSequenceReference):
        digits = "#" * max(media.frame_zero_padding, 1)
        base = media.target_url_base or ""
        slash = "/" if base and not base.endswith(("/", "\\")) else ""
        return f"{base}{slash}{media.name_prefix}{digits}{media.name_suffix}"
    return ""


def _named(trees: list[Any]) -> dict[str, Any]:
    """Reel, tape, scene, take and UMID from wherever in the metadata they are; the first wins."""
    found: dict[str, Any] = {}
    for tree in trees:
        for path, value in leaves(tree):
            key = re.sub(r"[^a-z]", "", path.rsplit(".", 1)[-1].lower())
            field = _FIELDS.get(key)
            if field and value.strip():
                found.setdefault(field, value.strip())
    return found


def channels_of(clip: Any) -> tuple[int, ...]:
    """The source channels that Resolve says are heard: track and channel ids from 0 of a file."""
    for tree in (clip.metadata, clip.media_reference.metadata if clip.media_reference else {}):
        entries = plain(tree).get("Resolve_OTIO", {})
        listed = entries.get("Channels") if isinstance(entries, dict) else None
        if isinstance(listed, list):
            return tuple(dict.fromkeys(_channel_ids(listed)))
    return ()


def _channel_ids(listed: list[Any]) -> Iterator[int]:
    for one in listed:
        number = one.get("Source Channel ID") if isinstance(one, dict) else None
        if isinstance(number, int) and number >= 0:
            yield number + 1


def metadata_of(item: Any) -> tuple[Metadata, tuple[Finding, ...]]:
    """The metadata of other tools as names and values, in bounded number and length."""
    tree = foreign(item)
    kept = _kept(tree)
    if sum(1 for _ in leaves(tree)) > len(kept):
        return kept, (info("otio.metadata", "only the first metadata entries are kept", item.name),)
    return kept, ()


def _kept(tree: Any) -> Metadata:
    found: list[tuple[str, str]] = []
    for path, value in leaves(tree):
        if len(found) == _KEPT:
            break
        found.append((path, value[:_LONG]))
    return tuple(found)


def foreign(item: Any) -> dict[str, Any]:
    """The metadata of other tools, as Python's dictionaries and lists."""
    return {str(key): plain(value) for key, value in item.metadata.items() if key != OURS}


def ours(item: Any, key: str) -> Any:
    """What we once packed under a key of an item's metadata; None where there is nothing."""
    if OURS not in item.metadata:
        return None
    tree = item.metadata[OURS]
    return plain(tree[key]) if hasattr(tree, "items") and key in tree else None
