"""The parts of one event fitted to their takes, and pieces of one recording to one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from conform.roll import Roll
from conform.synced import EventSync
from conform.syncing.continuing import Piece, pieces
from conform.syncing.sharing import LETTERS, part_of

_ONE = 4  # samples within which pieces of a recording agree: their drift between two middles
_SEAM = Fraction(1, 100)  # seconds around a seam in which either piece may have seemed to end
_GRID = 1024  # parts of a sample


def joined(answers: Sequence[EventSync], rolls: Sequence[Roll]) -> tuple[EventSync, ...]:
    """The answers with the parts of each event as long as their takes are there.

    Files that go on where another ends are laid by one place for all of them, so that no sample is
    lost between them and none is heard twice.
    """
    whole = pieces(rolls)
    found: list[EventSync] = []
    for _, group in groupby(answers, key=lambda event: event.id.rstrip(LETTERS)):
        parts = [_fitted(part) for part in _one_place(list(group), whole)]
        for place in range(len(parts) - 1):
            parts[place : place + 2] = _met(parts[place], parts[place + 1], whole)
        found += parts
    return tuple(found)


def _one_place(parts: list[EventSync], whole: Mapping[Roll, Piece]) -> list[EventSync]:
    """Pieces of one recording with one place, where theirs agree."""
    zeros: dict[Roll, list[tuple[Fraction, Fraction]]] = {}
    for part in parts:
        piece = whole.get(part.roll) if part.roll else None
        if piece is not None and part.zero is not None:
            zeros.setdefault(piece.head, []).append((part.zero - piece.offset, part.clip.duration))
    return [_placed(part, zeros, whole) for part in parts]


def _placed(
    part: EventSync,
    zeros: Mapping[Roll, Sequence[tuple[Fraction, Fraction]]],
    whole: Mapping[Roll, Piece],
) -> EventSync:
    piece = whole.get(part.roll) if part.roll else None
    if piece is None or part.roll is None or part.zero is None:
        return part
    found, rate = zeros[piece.head], part.roll.sample_rate
    apart = max(zero for zero, _ in found) - min(zero for zero, _ in found)
    if len(found) == 1 or apart * rate > _ONE:
        return part
    mean = sum(zero * length for zero, length in found) / sum(length for _, length in found)
    return replace(part, zero=Fraction(round(mean * rate * _GRID), rate * _GRID) + piece.offset)


def _fitted(part: EventSync) -> EventSync:
    """A part of an event no longer than its take."""
    if part.whole is None or part.roll is None or part.zero is None:
        return part
    first = max(part.clip.record_in, part.zero)
    last = min(part.clip.record_out, part.zero + part.roll.duration)
    return part if last <= first else replace(part, clip=part_of(part.whole, first, last))


def _met(
    before: EventSync, after: EventSync, whole: Mapping[Roll, Piece]
) -> tuple[EventSync, EventSync]:
    """Two parts that meet where one recording goes from one file into the next."""
    if not (before.roll and after.roll and before.whole and after.whole and after.zero):
        return before, after
    one, other = whole.get(before.roll), whole.get(after.roll)
    seam = after.zero
    near = max(abs(before.clip.record_out - seam), abs(after.clip.record_in - seam)) < _SEAM
    if one is None or other is None or one.head != other.head or not near:
        return before, after
    head = part_of(before.whole, before.clip.record_in, seam)
    tail = part_of(after.whole, seam, after.clip.record_out)
    return replace(before, clip=head), replace(after, clip=tail)
