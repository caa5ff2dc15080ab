"""A guide's landmarks in pairs, looked up by what the pairs are: which takes may lie under it.

A pair of peaks is its first bin, the step to its second, and the frames between. Pairs that a take
shares with a span of the guide vote for where the take lies; the places with most votes are then
judged by all single peaks, of which far more survive than of pairs. What is nominated here is only
likely: the correlation decides. The work grows with the length of the takes; each is heard once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conform.hearing.landmarks import BINS, COARSE, FINE, Fineness, Landmarks, joined

LONGEST = 1250
"""Frames of a span at most: 20 s, over which 500 ppm are less than a frame."""

PIECE = 37_500
"""Frames of a take that are looked up together: ten minutes."""

_SHARD = 60_000  # frames of spans that are looked up together; bounds the votes held at once
_CROWD = 4_000  # spans that are looked up together, so that places stay below 2 ** 31
_ROOM = 1 << 16  # offsets in a piece, and more
_NEAREST, _FURTHEST = 2, 32  # frames from a peak to its partner
_STEP = 40  # bins from a peak to its partner
_STEPS = 2 * _STEP + 1
_GAPS = _FURTHEST - _NEAREST + 1
_CODES = BINS * _STEPS * _GAPS
_NEAR = 1  # frames by which the gap of one pair may differ in another room
_FEWEST = 2  # votes for a place that is judged
_JUDGED = 5  # places of each span in a piece that are judged
_SURVIVES = 0.3  # of a guide's peaks, how many a take shares: measured at 0 dB under music
_RAREST, _COMMONEST = 0.005, 0.9  # shares of a bin's frames in which a take has a peak

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Nominations:
    """Spans of the guide that may lie in a take: guide frame + `offsets` = take frame.

    `scores` are the evidence of the peaks in nepers, comparable between takes.
    """

    spans: NDArray[np.int64]
    offsets: NDArray[np.int64]
    scores: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Shard:
    """Some spans' pairs in the order of their codes: those of code c are `starts[c : c + 2]`.

    A pair's place is its span, counted from the shard's first, times `_ROOM`, and `LONGEST` less
    its first peak's frame in the span: added to a frame of a piece, that is a span and an offset.
    """

    spans: range
    starts: NDArray[np.int32]
    places: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Index:
    """The spans of a guide, ready to be looked up: all their peaks, and their pairs.

    The peaks of span `n` are those from `edges[n]` to `edges[n + 1]`; `begins` are the frames of
    the spans' first ones, and `bins` counts each span's peaks by bin.
    """

    peaks: Landmarks
    edges: NDArray[np.int64]
    begins: NDArray[np.int64]
    bins: NDArray[np.float32]
    shards: tuple[_Shard, ...]


def pairs(marks: Landmarks, fineness: Fineness) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Each peak with its next partners: the first one's frame, and the pair's code."""
    frames, codes = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    partners = np.zeros(len(marks), np.int32)
    for ahead in range(1, len(marks)):
        gap = marks.frames[ahead:] - marks.frames[:-ahead]
        if gap.min() > _FURTHEST:
            break
        step = (marks.bins[ahead:] - marks.bins[:-ahead]).astype(np.int32)
        fits = (gap >= _NEAREST) & (gap <= _FURTHEST) & (np.abs(step) <= _STEP)
        first = np.flatnonzero(fits & (partners[:-ahead] < fineness.partners))
        partners[first] += 1
        frames.append(marks.frames[first])
        codes.append(_code(marks.bins[first].astype(np.int32), step[first], gap[first]))
    return np.concatenate(frames), np.concatenate(codes)


def _code(
    bins: NDArray[np.int32], step: NDArray[np.int32], gap: NDArray[np.int32]
) -> NDArray[np.int32]:
    return np.asarray((bins * _STEPS + step + _STEP) * _GAPS + gap - _NEAREST, np.int32)


def index(spans: Sequence[Landmarks]) -> Index:
    """The index of a guide's spans; none should be longer than `LONGEST` frames."""
    shards, first, frames = [], 0, 0
    for number, span in enumerate(spans):
        length = int(span.frames[-1] - span.frames[0]) if len(span) else 0
        if number > first and (frames + length > _SHARD or number - first == _CROWD):
            shards.append(_shard(spans, range(first, number)))
            first, frames = number, 0
        frames += length
    shards.append(_shard(spans, range(first, len(spans))))
    return Index(
        peaks=joined(spans),
        edges=np.concatenate([[0], np.cumsum([len(span) for span in spans], dtype=np.int64)]),
        begins=np.array([span.frames[0] if len(span) else 0 for span in spans], np.int64),
        bins=np.array(
            [np.bincount(span.bins, minlength=BINS) for span in spans], np.float32
        ).reshape(len(spans), BINS),
        shards=tuple(shards),
    )


def _shard(spans: Sequence[Landmarks], numbers: range) -> _Shard:
    places, codes = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for crowd, number in enumerate(numbers):
        frames, found = pairs(spans[number], FINE)
        if len(found):
            begin = spans[number].frames[0]
            places.append(crowd * _ROOM + LONGEST - (frames - begin))
            codes.append(found)
    code = np.concatenate(codes)
    starts = np.concatenate([[0], np.cumsum(np.bincount(code, minlength=_CODES))])
    order = np.argsort(code, kind="stable")
    return _Shard(numbers, starts.astype(np.int32), np.concatenate(places)[order].astype(np.int32))


def nominate(guide: Index, take: Landmarks) -> Nominations:
    """Where spans of the guide may lie in a piece of a take of at most `PIECE` frames."""
    if not len(take):
        none = np.empty(0, np.int64)
        return Nominations(none, none, np.empty(0))
    begin = int(take.frames[0])
    frames, codes = _widened(*pairs(take, COARSE))
    found = [_likeliest(*_votes(shard, frames - begin, codes)) for shard in guide.shards]
    spans = np.concatenate(
        [
            places // _ROOM + shard.spans.start
            for shard, places in zip(guide.shards, found, strict=True)
        ]
    )
    offsets = np.concatenate(found) % _ROOM - LONGEST + begin - guide.begins[spans]
    return Nominations(spans, offsets, _Judge.of(take).scores(guide, spans, offsets))


def _widened(
    frames: NDArray[np.int32], codes: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The pairs, and again with each gap `_NEAR` frames wider and narrower."""
    gaps = codes % _GAPS
    some = [
        (frames[fits], codes[fits] + more)
        for more in range(-_NEAR, _NEAR + 1)
        for fits in [(gaps + more >= 0) & (gaps + more < _GAPS)]
    ]
    return np.concatenate([one for one, _ in some]), np.concatenate([one for _, one in some])


def _votes(
    shard: _Shard, frames: NDArray[np.int32], codes: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Places that a span and the take have pairs in common for, in order, and how many."""
    first, many = shard.starts[codes], shard.starts[codes + 1] - shard.starts[codes]
    skipped = np.cumsum(many, dtype=np.int32) - many
    hits = np.repeat(first - skipped, many) + np.arange(int(many.sum()), dtype=np.int32)
    places = np.repeat(frames, many)
    places += shard.places[hits]
    places.sort()
    begins = np.flatnonzero(np.diff(places, prepend=-1)).astype(np.int32)
    return places[begins], np.diff(begins, append=np.int32(len(places)))


def _likeliest(places: NDArray[np.int32], votes: NDArray[np.int32]) -> NDArray[np.int64]:
    """The places of each span with the most votes, those of a frame beside counted in."""
    total = votes.copy()
    after = np.flatnonzero(np.diff(places) == 1)
    total[after] += votes[after + 1]
    total[after + 1] += votes[after]
    kept = np.flatnonzero(total >= _FEWEST)
    spans = places[kept] // _ROOM
    order = np.lexsort((-total[kept], spans))
    ranked = spans[order]
    rank = np.arange(len(order)) - np.searchsorted(ranked, ranked)
    return places[kept[order[rank < _JUDGED]]].astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Judge:
    """A piece of a take as a map of its peaks, and what each bin's peaks are worth in it.

    A guide's peak that the take has as well speaks for a place, by the logarithm of how much
    likelier that is there than anywhere; one that it has not speaks against it. A bin that always
    has peaks, as a hum's, says nothing.
    """

    peaks: NDArray[np.bool_]
    first: int
    seen: NDArray[np.float32]
    missed: NDArray[np.float32]

    @classmethod
    def of(cls, take: Landmarks) -> _Judge:
        """The judge of a piece; the map's first and last rows are empty."""
        first = int(take.frames[0]) - 2
        peaks = np.zeros((int(take.frames[-1]) - first + 3, BINS), np.bool_)
        peaks[take.frames - first, take.bins] = True
        peaks = _spread(_spread(peaks).T).T  # a frame and a bin beside count as well
        usual = np.clip(peaks.mean(axis=0), _RAREST, _COMMONEST)
        rarer = usual < _SURVIVES
        seen = np.where(rarer, np.log(_SURVIVES / usual), 0.0)
        missed = np.where(rarer, np.log((1 - _SURVIVES) / (1 - usual)), 0.0)
        return cls(peaks, first, seen.astype(np.float32), missed.astype(np.float32))

    def scores(
        self, guide: Index, spans: NDArray[np.int64], offsets: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """What the peaks of some spans say of a place for each."""
        many = np.diff(guide.edges)[spans]
        ends = np.cumsum(many)
        every = np.repeat(guide.edges[spans] - (ends - many), many) + np.arange(int(many.sum()))
        rows = guide.peaks.frames[every] + np.repeat(offsets - self.first, many)
        cells = np.clip(rows, 0, len(self.peaks) - 1) * BINS + guide.peaks.bins[every]
        agree = np.flatnonzero(self.peaks.reshape(-1)[cells])
        better = (self.seen - self.missed)[cells[agree] % BINS]
        which = np.searchsorted(ends, agree, "right")
        return np.bincount(which, better, len(spans)) + guide.bins[spans] @ self.missed


def _spread(peaks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Each peak in the rows beside it as well."""
    wide = peaks.copy()
    wide[1:] |= peaks[:-1]
    wide[:-1] |= peaks[1:]
    return wide
