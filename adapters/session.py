"""A session file: a cut with what was measured, as an OTIO timeline that any OTIO tool opens.

Each clip carries its measurements in `metadata["picturelock"]["events"]`, and the take that was
found as a further media reference named `picturelock`; the clip's own reference stays active. The
rolls and what concerns the whole lie in the timeline's metadata.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from opentimelineio import schema

from adapters import reviews
from adapters.exact import MismatchError, pack, unpack
from adapters.otio import timeline_from, timeline_to
from adapters.otio.border import plain, span
from adapters.otio.gate import load as load_otio
from adapters.otio.items import OURS, ours
from adapters.otio.writer import save as save_otio
from conform.errors import SessionError, TimelineError
from conform.findings import Finding, warning
from conform.review.decision import Review
from conform.review.originals import sources as sources_of
from conform.roll import Roll, RollChannel
from conform.synced import EventSync, Sync
from conform.timecode import Rate
from conform.timeline import Clip

_VERSION = 1


def save(
    sync: Sync,
    path: Path,
    review: Review | None = None,
    *,
    force: bool = False,
    sources: Iterable[Path] = (),
) -> None:
    """Write a session whole, with a reviewer's decisions where there are any.

    Raises `RenderError` where it cannot be written, or is one of `sources` or of the cut's own.
    """
    try:
        root, _ = timeline_to(sync.timeline)
        stray = _attach(root, sync, path)
        root.metadata[OURS]["session"] = {
            "version": _VERSION,
            "cut": sync.cut,
            "picture": sync.picture,
            "sample_rate": sync.sample_rate,
            "length": pack(sync.length),
            "picture_in": pack(sync.picture_in),
            "findings": pack(sync.findings),
            "marks": pack(sync.marks),
            "rolls": [pack(roll) for roll in sync.rolls],
            "paths": _paths(sync, path),
            "events": stray,
            reviews.KEY: reviews.as_text(review or Review()),
        }
        save_otio(root, path, force=force, sources=(*sources_of(sync), *sources))
    except (UnicodeError, MismatchError) as fault:
        raise SessionError(f"cannot be saved: {fault}", path=path) from fault


def load(path: Path) -> Sync:
    """A session as it was saved, its files looked up where they lie now.

    Raises `SessionError` for what is no session of ours, or one of a newer version.
    """
    return load_reviewed(path)[0]


def load_reviewed(path: Path) -> tuple[Sync, Review]:
    """A session with the decisions it holds, an empty review where nobody has seen it yet."""
    try:
        root, _ = load_otio(path)
    except TimelineError as fault:
        raise SessionError(fault.message, path=path, line=fault.line) from fault
    header = _header(root, path)
    sync = _sync(root, header, path)
    return sync, _review(header, path, sync.rolls)


def _sync(root: Any, header: dict[str, Any], path: Path) -> Sync:
    try:
        timeline, _ = timeline_from(root)
        found = _Places(header.get("paths", {}), path.parent)
        rolls = tuple(found.roll(unpack(Roll, raw)) for raw in header["rolls"])
        events = _events(root, header, rolls)
        sync = Sync(
            timeline,
            found.text(unpack(str, header["picture"])),
            unpack(int, header["sample_rate"]),
            unpack(Fraction, header["length"]),
            events,
            rolls,
            unpack(tuple[Finding, ...], header["findings"]),
            unpack(Fraction, header.get("picture_in", "0")),
            unpack(tuple[str, ...], header.get("marks", [])),
            found.text(unpack(str, header.get("cut", ""))),
        )
    except (KeyError, TypeError, IndexError, ValueError) as fault:
        raise SessionError(f"the session is damaged: {fault}", path=path) from fault
    except TimelineError as fault:
        raise SessionError(fault.message, path=path) from fault
    _refuse_unmeasured(sync, path)
    return replace(sync, findings=(*sync.findings, *_moved(sync, path)))


def _refuse_unmeasured(sync: Sync, path: Path) -> None:
    """Raise `SessionError` for numbers that no sync wrote, on which every plan would fail."""
    rates = {sync.sample_rate, *(roll.sample_rate for roll in sync.rolls)}
    rates |= {event.roll.sample_rate for event in sync.events if event.roll is not None}
    if min(rates) <= 0:
        raise SessionError(f"the session is damaged: a sample rate of {min(rates)} Hz", path=path)
    if sync.length <= 0:
        raise SessionError("the session is damaged: its picture has no length", path=path)


def _review(header: dict[str, Any], path: Path, rolls: Sequence[Roll]) -> Review:
    return named_here(reviews.from_text(header.get(reviews.KEY) or "", path), rolls)


def named_here(review: Review, rolls: Sequence[Roll]) -> Review:
    """A review whose takes are named by the paths at which the session has them now."""
    moved = (replace(one, take=_take(one.take, rolls)) for one in review.decisions)
    return replace(review, decisions=tuple(moved))


def _take(name: str, rolls: Sequence[Roll]) -> str:
    """The take that a decision names, under the path at which the session has it now.

    It was named by the path of that day, which is another on another computer.
    """
    here = Path(name).absolute()
    same = [str(roll.path) for roll in rolls if roll.path.absolute() == here]
    alike = same or [str(roll.path) for roll in rolls if roll.path.name == here.name]
    return alike[0] if name and len(alike) == 1 else name


def _header(root: Any, path: Path) -> dict[str, Any]:
    header = ours(root, "session") if isinstance(root, schema.Timeline) else None
    if not isinstance(header, dict):
        raise SessionError("is no Picturelock session; open it as a cut", path=path)
    version = header.get("version")
    if version != _VERSION:
        raise SessionError(
            f"is a session of version {version}, and version {_VERSION} is read here; "
            "open it with the Picturelock that saved it",
            path=path,
        )
    return header


def _attach(root: Any, sync: Sync, path: Path) -> list[Any]:
    """Give every clip its events; returns those whose clip the timeline does not hold."""
    waiting: dict[Clip, list[int]] = {}
    for order, event in enumerate(sync.events):
        waiting.setdefault(_unchannelled(event.whole or event.clip), []).append(order)
    for item in root.find_clips():
        clip = unpack(Clip, ours(item, "clip"))
        mine = waiting.pop(_unchannelled(clip), None)
        if mine:
            events = [sync.events[order] for order in mine]
            item.metadata[OURS]["events"] = [_event(order, sync, clip) for order in mine]
            _refer(item, events, path)
    return [_event(order, sync) for orders in waiting.values() for order in orders]


def _unchannelled(clip: Clip) -> Clip:
    """A clip without its channels: an event unites those of all the tracks it lies on."""
    return replace(clip, channels=())


def _event(order: int, sync: Sync, beside: Clip | None = None) -> dict[str, Any]:
    """An event as it is kept; its clip too, unless it is just the one `beside` it."""
    event = sync.events[order]
    raw: dict[str, Any] = pack(replace(event, roll=None))
    clip = raw.pop("clip")
    roll = None if event.roll is None else _index(sync.rolls, event.roll)
    kept = {"order": order, "take": pack(event.roll) if roll == -1 else roll, "event": raw}
    return kept if event.clip == beside else {**kept, "clip": clip}


def _index(rolls: Sequence[Roll], roll: Roll) -> int:
    return rolls.index(roll) if roll in rolls else -1


def _refer(item: Any, events: Iterable[EventSync], path: Path) -> None:
    """Add the take of the first event that has one as a media reference beside the clip's own."""
    roll = next((event.roll for event in events if event.roll is not None), None)
    if roll is None:
        return
    rate = roll.rate or Rate(Fraction(roll.sample_rate))
    take = schema.ExternalReference(
        _url(roll.path, path), available_range=span(roll.start or Fraction(0), roll.duration, rate)
    )
    take.name = roll.name
    take.metadata[OURS] = {"scene": roll.scene, "take": roll.take, "tape": roll.tape}
    active = item.active_media_reference_key
    item.set_media_references({**item.media_references(), OURS: take}, active)


def _url(file: Path, session: Path) -> str:
    """A path relative to the session where both lie below one folder, else a file URL."""
    relative = _relative(file, session)
    return relative if relative is not None else file.absolute().as_uri()


def _relative(file: Path, session: Path) -> str | None:
    here = session.absolute().parent
    full = file.absolute()
    if full.anchor != here.anchor or len(Path(os.path.commonpath([full, here])).parts) < 2:
        return None
    return Path(os.path.relpath(full, here)).as_posix()


def _paths(sync: Sync, session: Path) -> dict[str, Any]:
    """Where each file lies, absolutely and seen from the session."""
    files = [path for roll in sync.rolls for path in roll.paths]
    files += [path for event in sync.events if event.roll for path in event.roll.paths]
    named = dict.fromkeys([*map(str, files), *filter(None, (sync.picture, sync.cut))])
    return {
        name: {"absolute": str(Path(name).absolute()), "relative": _relative(Path(name), session)}
        for name in named
    }


class _Places:
    """Looks files up: where they were, seen from the session's new place, or where they were first.

    A file that is nowhere keeps its saved name; opening it says so.
    """

    def __init__(self, paths: dict[str, Any], folder: Path) -> None:
        self._paths = paths
        self._folder = folder

    def text(self, name: str) -> str:
        """The name under which a file is found now."""
        places = self._paths.get(name)
        if not name or not isinstance(places, dict):
            return name
        relative, absolute = places.get("relative"), places.get("absolute")
        near = self._folder / relative if isinstance(relative, str) else None
        if Path(name).is_absolute() and Path(name).exists():
            return name
        tries = [near] if near else []
        tries += [Path(absolute)] if isinstance(absolute, str) else []
        found = next((one for one in tries if one.exists()), None)
        if found is None:
            return name
        same = Path(name).exists() and Path(name).samefile(found)
        return name if same else str(found)

    def roll(self, roll: Roll) -> Roll:
        """A roll with its files as they are found now."""
        channels = tuple(
            RollChannel(one.name, Path(self.text(str(one.path))), one.index)
            for one in roll.channels
        )
        return replace(roll, channels=channels)


def _events(root: Any, header: dict[str, Any], rolls: Sequence[Roll]) -> tuple[EventSync, ...]:
    found = [(raw, raw["clip"]) for raw in header["events"]]
    for item in root.find_clips():
        here = ours(item, "clip")
        found += [(raw, raw.get("clip", here)) for raw in ours(item, "events") or []]
    found.sort(key=lambda pair: int(pair[0]["order"]))
    return tuple(_one_event(raw, clip, rolls) for raw, clip in found)


def _one_event(raw: dict[str, Any], clip: Any, rolls: Sequence[Roll]) -> EventSync:
    event = unpack(EventSync, {**plain(raw["event"]), "clip": clip})
    take = raw["take"]
    if take is None:
        return event
    return replace(event, roll=rolls[take] if isinstance(take, int) else unpack(Roll, take))


def _moved(sync: Sync, path: Path) -> Iterator[Finding]:
    """Events whose clip another tool has changed since it was measured."""
    clips = {_unchannelled(clip) for _, clip in sync.timeline.clips()}
    for event in sync.events:
        if _unchannelled(event.whole or event.clip) not in clips:
            text = f"event {event.id} '{event.clip.name}' was changed after it was measured"
            yield warning("session.edited", f"{text}: sync it again", path.name)
