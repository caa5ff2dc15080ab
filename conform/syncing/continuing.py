"""Files that go on where another ends: the 2 or 4 GB pieces of one recording, on one clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise

from conform.roll import Roll
from conform.timecode import sample_at


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of a longer recording: its first file, and the seconds from there to this one."""

    head: Roll
    offset: Fraction


def continued(rolls: Iterable[Roll]) -> Iterator[tuple[Roll, Roll]]:
    """Pairs of files of one take, the second beginning where the first ends, to the sample."""
    timed = [roll for roll in rolls if roll.start is not None and (roll.scene or roll.take)]
    timed.sort(key=lambda roll: (_take(roll), roll.start or 0))
    for _, takes in groupby(timed, key=_take):
        for before, after in pairwise(takes):
            end = (before.start or 0) + before.duration
            if abs(sample_at((after.start or 0) - end, after.sample_rate)) <= 1:
                yield before, after


def pieces(rolls: Iterable[Roll]) -> Mapping[Roll, Piece]:
    """Every file of a recording in several files, with its place in it."""
    found: dict[Roll, Piece] = {}
    for before, after in continued(rolls):
        first = found.setdefault(before, Piece(before, Fraction(0)))
        found[after] = Piece(first.head, (after.start or Fraction(0)) - (first.head.start or 0))
    return found


def _take(roll: Roll) -> tuple[object, ...]:
    names = tuple(channel.name for channel in roll.channels)
    return roll.tape, roll.scene, roll.take, roll.sample_rate, names
