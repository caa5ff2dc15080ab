"""Which takes may lie under events of a cut by their sound alone, where nothing names them.

The guide under the events is indexed once, and every take is heard once against that index. What
comes of it is a short list for each event; `conform.syncing.unnamed` lets the correlation decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, zip_longest
from math import ceil

import numpy as np
from numpy.typing import NDArray

from conform import media
from conform.errors import MediaError
from conform.findings import Finding, warning
from conform.hearing.band import COARSE_RATE
from conform.hearing.halves import widened
from conform.hearing.index import LONGEST, PIECE, Index, Nominations, index, nominate
from conform.hearing.landmarks import (
    FINE,
    FRAMES_A_SECOND,
    HOP,
    WINDOW,
    Landmarks,
    folded,
    joined,
    landmarks,
)
from conform.hearing.sound import Sound
from conform.media import Samples
from conform.roll import Roll
from conform.synced import Rung
from conform.syncing.candidates import Candidate, Event
from conform.syncing.guide import Guide
from conform.watch import Step, Watch, unwatched
from conform.workers import each

_KEPT = 5  # takes that an event's sound is compared with
_ROWS = 4 * _KEPT  # nominations kept for each span meanwhile: a place comes from frames beside it
_LEAST = 8  # landmarks of a span below which there is nothing to go by
_SIDES = 2  # channels of a guide that are indexed each: dialogue, and what lies beside it
_BATCH = 3600  # seconds of takes that one worker hears at a time
_ONE_PLACE = Fraction(1, 10)  # seconds within which two nominations of a take are one
_STAGE = "searching the takes by sound"
_BLOCK = 1 << 19  # samples of the guide whose landmarks are taken at a time

Span = tuple[int, int, int]
"""A channel of the guide, and the first and the last frame of a stretch of it."""

Row = tuple[int, int, int, float]
"""A span's number, a roll's number, an offset in frames and a score; see `Nominations`."""


@dataclass(frozen=True, slots=True)
class Nominee:
    """A take that may lie under an event, where, and how much its landmarks say so."""

    candidate: Candidate
    score: float


@dataclass(frozen=True, slots=True)
class Search:
    """What a search of every take nominates for each event, by the event's id, likeliest first.

    `seconds` is how long the takes are that were searched, `takes` how many they were.
    """

    nominees: Mapping[str, tuple[Nominee, ...]]
    seconds: float
    takes: int
    findings: tuple[Finding, ...] = ()


def search(
    events: Sequence[Event],
    rolls: Sequence[Roll],
    guide: Guide,
    executor: Executor | None = None,
    watch: Watch = unwatched,
) -> Search:
    """Hear every take once, and nominate those that may lie under each event.

    An event with next to no sound on the guide is nominated nothing. A take that cannot be read is
    left out, with a finding.
    """
    spans = _spans(events, guide)
    marks = [joined(_of_guide(sound)) for sound in _lanes(guide)]
    cut = {span: marks[span[0]].between(*span[1:]) for span in spans}
    listed = [span for span in spans if len(cut[span]) >= _LEAST]
    if not listed:
        return Search({}, 0.0, 0)
    made = index([cut[span] for span in listed])
    batches = [_Batch(made, some) for some in _batches(rolls)]
    rows, findings = _all(batches, executor, watch)
    unread = {finding.where for finding in findings}
    heard = [roll for roll in rolls if str(roll.path) not in unread]
    by_event: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for event in spans[listed[row[0]]]:
            by_event[event].append(row)
    return Search(
        {event: _nominees(some, rolls, guide) for event, some in by_event.items()},
        float(sum(roll.duration for roll in heard)),
        len(heard),
        tuple(findings),
    )


def _lanes(guide: Guide) -> Sequence[Sound]:
    """The channels of the guide that are indexed; of many their sum, which a guide keeps last."""
    return guide.sounds[:_SIDES] if len(guide.sounds) <= _SIDES + 1 else guide.sounds[-1:]


def _spans(events: Sequence[Event], guide: Guide) -> dict[Span, list[str]]:
    """Stretches of at most `LONGEST` frames wholly under events, and whose they are."""
    spans: dict[Span, list[str]] = defaultdict(list)
    for event in events:
        begin = event.clip.record_in - guide.picture_in
        first = ceil(begin * FRAMES_A_SECOND)
        end = begin + event.clip.duration
        last = int(end * FRAMES_A_SECOND) - WINDOW // HOP
        parts = max(1, ceil((last - first) / LONGEST))
        edges = [first + (last - first) * part // parts for part in range(parts + 1)]
        for lane in range(len(_lanes(guide))):
            for low, high in pairwise(edges):
                spans[lane, low, high].append(event.id)
    return spans


def _of_guide(sound: Sound) -> Iterator[Landmarks]:
    pieces = range(0, len(sound.coarse), _BLOCK)
    blocks = (widened(sound.coarse[first : first + _BLOCK]) for first in pieces)
    return landmarks(blocks, FINE)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some takes, by their numbers, that one worker hears."""

    index: Index
    rolls: tuple[tuple[int, Roll], ...]


def _batches(rolls: Sequence[Roll]) -> Iterator[tuple[tuple[int, Roll], ...]]:
    some: list[tuple[int, Roll]] = []
    seconds = Fraction(0)
    for number, roll in enumerate(rolls):
        if some and seconds + roll.duration > _BATCH:
            yield tuple(some)
            some, seconds = [], Fraction(0)
        some.append((number, roll))
        seconds += roll.duration
    yield tuple(some)


def _all(
    batches: Sequence[_Batch], executor: Executor | None, watch: Watch
) -> tuple[list[Row], list[Finding]]:
    """What every batch comes to, in order; seconds of takes are told as they are heard."""
    lengths = [sum(int(roll.duration) for _, roll in batch.rolls) for batch in batches]
    rows: list[Row] = []
    findings: list[Finding] = []
    watch(Step(_STAGE, 0, sum(lengths)))
    for number, (found, odd) in enumerate(each(executor, _heard, batches), 1):
        rows += found
        findings += odd
        watch(Step(_STAGE, sum(lengths[:number]), sum(lengths)))
    return rows, findings


def _heard(batch: _Batch) -> tuple[list[Row], list[Finding]]:
    """The best nominations of each span among some takes, and the takes that cannot be read."""
    best = np.empty((0, 4))
    findings = []
    for number, roll in batch.rolls:
        try:
            for piece in pieces(landmarks(folded(block) for block in _together(roll))):
                found = nominate(batch.index, piece)
                best = _best(np.concatenate([best, _rows(found, number)]))
        except MediaError as fault:
            text = f"is not searched by sound: {fault.message}"
            findings.append(warning("sync.not-searched", text, str(roll.path)))
    rows = [(int(span), int(roll), int(offset), score) for span, roll, offset, score in best]
    return rows, findings


def _rows(found: Nominations, number: int) -> NDArray[np.float64]:
    numbers = np.full(len(found.spans), number)
    return np.column_stack([found.spans, numbers, found.offsets, found.scores])


def _best(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows by span, the best of each first, no more of each than are kept."""
    ordered = rows[np.lexsort((rows[:, 2], rows[:, 1], -rows[:, 3], rows[:, 0]))]
    rank = np.arange(len(ordered)) - np.searchsorted(ordered[:, 0], ordered[:, 0])
    return np.asarray(ordered[rank < _ROWS])


def pieces(blocks: Iterable[Landmarks]) -> Iterator[Landmarks]:
    """The landmarks of a take in pieces of at most `PIECE` frames that overlap by a span."""
    held = joined(())
    for block in blocks:
        both = joined((held, block))
        if len(held) and len(block) and both.frames[-1] - both.frames[0] >= PIECE:
            yield held
            again = float(block.frames[0]) - LONGEST
            held = joined((held.between(again, np.inf), block))
        else:
            held = both
    if len(held):
        yield held


def _together(roll: Roll) -> Iterator[Samples]:
    """The channels of every file of a take at 8 kHz, side by side, in blocks; see `media.blocks`.

    A file that ends before the others is silent from there on.
    """
    lanes = [
        media.blocks(
            path,
            rate=COARSE_RATE,
            channels=tuple(roll.channels[number].index for number in numbers),
            findings=lambda _: None,  # told when the take was scanned
        )
        for path, numbers in roll.files
    ]
    counts = [len(numbers) for _, numbers in roll.files]
    for blocks in zip_longest(*lanes):
        length = max(len(block) for block in blocks if block is not None)
        side = [_padded(block, length, count) for block, count in zip(blocks, counts, strict=True)]
        yield np.concatenate(side, axis=1) if len(side) > 1 else side[0]


def _padded(block: Samples | None, length: int, count: int) -> Samples:
    if block is not None and len(block) == length:
        return block
    whole = np.zeros((length, count), np.float32)
    if block is not None:
        whole[: len(block)] = block
    return whole


def _nominees(rows: Iterable[Row], rolls: Sequence[Roll], guide: Guide) -> tuple[Nominee, ...]:
    """The likeliest takes of one event, each place of a take once."""
    found: list[Nominee] = []
    for _, number, offset, score in sorted(rows, key=lambda row: (-row[3], row[1:3])):
        zero = guide.picture_in - Fraction(offset * HOP, COARSE_RATE)
        known = any(
            one.candidate.roll == rolls[number] and _near(one.candidate, zero) for one in found
        )
        if not known:
            found.append(Nominee(Candidate(rolls[number], Rung.SOUND, zero, Fraction(1)), score))
        if len(found) == _KEPT:
            break
    return tuple(found)


def _near(candidate: Candidate, zero: Fraction) -> bool:
    return candidate.zero is not None and abs(candidate.zero - zero) < _ONE_PLACE
