"""Statements gathered into entries: each edit with all that the lines around it say about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from adapters.edl.statements import CodeMode, Edit, MoreAudio, Motion, Remark, Split, Statement

BLACK = frozenset({"BL", "BLK", "BLACK"})
UNNAMED = frozenset({"", "AX", *BLACK})
"""Reel fields that name no reel: auxiliary sources and black."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One edit with its context.

    `drop` is the code mode in force for its source (None before any FCM). `partner` is the edit
    of the same event that it dissolves, wipes or keys from.
    """

    edit: Edit
    drop: bool | None = None
    motion: Motion | None = None
    split: Split | None = None
    audio: tuple[int, ...] = ()
    clip_name: str = ""
    effect: str = ""
    remarks: tuple[Remark, ...] = ()
    partner: Edit | None = None

    @property
    def black(self) -> bool:
        """Whether the event records black or silence."""
        return self.edit.reel.upper() in BLACK


def entries(statements: Sequence[Statement]) -> tuple[Entry, ...]:
    """Every edit in the list's order, with its motion, names, channels and remarks."""
    found: list[Entry] = []
    for group in _events(statements):
        found += _event(group)
    return tuple(_joined(found))


def _joined(found: list[Entry]) -> Iterator[Entry]:
    """Some lists give the cut of no length that a dissolve comes out of a number of its own."""
    above: Edit | None = None
    for entry in found:
        edit = entry.edit
        ends = above is not None and (above.channels, above.record_in, above.record_out) == (
            edit.channels, edit.record_in, edit.record_in,
        )  # fmt: skip
        alone = entry.partner is None and edit.kind not in ("C", "KB")
        yield replace(entry, partner=above) if ends and alone else entry
        above = edit if edit.kind in ("C", "KB") else None


@dataclass(slots=True)
class _Line:
    """An edit with the statements that follow it, up to the next edit."""

    edit: Edit
    drop: bool | None
    split: Split | None
    after: list[Statement]


def _events(statements: Sequence[Statement]) -> list[list[_Line]]:
    """The edits with the lines that follow each, neighbours of one event number together."""
    drop: bool | None = None
    split: Split | None = None
    lines: list[_Line] = []
    for item in statements:
        if isinstance(item, CodeMode):
            drop = item.drop
        elif isinstance(item, Split):  # it stands above the event that it delays
            split = item
        elif isinstance(item, Edit):
            lines.append(_Line(item, drop, split, []))
            split = None
        elif lines:
            lines[-1].after.append(item)
    return [list(group) for _, group in groupby(lines, key=lambda line: line.edit.event)]


def _event(lines: list[_Line]) -> list[Entry]:
    """The entries of one event: what stands after its last edit speaks of all of them."""
    found = [Entry(line.edit, line.drop, split=line.split) for line in lines]
    for place, line in enumerate(lines):
        last = place == len(lines) - 1
        reach = range(len(lines)) if last else range(place, place + 1)
        _tell(found, reach, line.after)
    _partners(found)
    return found


def _tell(found: list[Entry], reach: range, notes: list[Statement]) -> None:
    for note in notes:
        if isinstance(note, Motion):
            for i in _moved(found, reach, note):
                found[i] = replace(found[i], motion=note)
        elif isinstance(note, MoreAudio):
            for i in reach:
                found[i] = replace(found[i], audio=found[i].audio + note.tracks)
        elif isinstance(note, Remark):
            _remark(found, reach, note)


def _moved(found: list[Entry], reach: range, motion: Motion) -> list[int]:
    """Which edits a motion memory speaks of: those of its reel, at its timecode if one is."""
    same = [i for i in reach if _same_reel(found[i].edit.reel, motion.reel)] or list(reach)
    at = [i for i in same if _digits(found[i].edit.source_in) == _digits(motion.at)]
    if at:
        return at
    waiting = [i for i in same if found[i].motion is None] or same
    return waiting[-1:]


def _same_reel(one: str, other: str) -> bool:
    """Reel fields of different widths cut names short: the shorter begins the longer."""
    a, b = one.upper(), other.upper()
    return bool(a and b) and (a.startswith(b) or b.startswith(a))


def _digits(label: str) -> str:
    return "".join(c for c in label if c.isdigit())


def _remark(found: list[Entry], reach: range, note: Remark) -> None:
    """A name goes to the edit it means: FROM the outgoing, TO the incoming, KEY the key."""
    edits = {i: found[i].edit for i in reach}
    outgoing = [i for i, edit in edits.items() if edit.kind in ("C", "KB")]
    incoming = [i for i, edit in edits.items() if edit.kind not in ("C", "KB")]
    if note.key in ("FROM CLIP NAME", "CLIP NAME"):
        targets = outgoing or [i for i in incoming if note.key == "CLIP NAME"]
    elif note.key in ("TO CLIP NAME", "KEY CLIP NAME"):
        targets = incoming
    elif note.key in ("EFFECTS NAME IS", "EFFECT NAME", "EFFECTS NAME"):
        for i in incoming:
            found[i] = replace(found[i], effect=note.value)
        targets = []
        if incoming:
            return
    else:
        targets = []
    named = [i for i in targets if not found[i].clip_name]
    for i in named:
        found[i] = replace(found[i], clip_name=note.value)
    if not named:
        keeper = reach[-1]
        if note.key == "FROM FILE" and outgoing:
            keeper = outgoing[0]
        found[keeper] = replace(found[keeper], remarks=(*found[keeper].remarks, note))


def _partners(found: list[Entry]) -> None:
    """Join each dissolve, wipe or key to the edit above it on the same channels."""
    for i, entry in enumerate(found):
        if entry.edit.kind in ("C", "KB"):
            continue
        for other in reversed(found[:i]):
            if other.edit.channels == entry.edit.channels and other.edit.kind in ("C", "KB"):
                found[i] = replace(entry, partner=other.edit)
                break
