"""Waveforms at any zoom: lowest and highest sample of every stretch, in a pyramid.

Level 0 holds a pair for each 256 samples and channel, as 16-bit numbers; each further level joins
four of the level below. Two hours of one channel are 1.35 million pairs, 7.2 MB with all levels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from conform import media
from conform.media import Samples
from conform.watch import Step, Watch, unwatched
from conform.writing import whole_file

BASE = 256
"""Samples in a pair of level 0."""

_JOINED = 4
_BLOCK = BASE * 4096
_MAGIC = b"PLPEAKS1"
_TOP = 32767

Pairs = NDArray[np.int16]
"""Lowest and highest, shaped (pairs, channels, 2)."""

Columns = NDArray[np.float32]
"""Lowest and highest of each column of a drawing in -1..1, shaped (columns, channels, 2)."""


@dataclass(frozen=True, slots=True)
class Pyramid:
    """The peaks of a sound stream: `length` samples in all, of which `known` were read so far."""

    sample_rate: int
    length: int
    known: int
    levels: tuple[Pairs, ...]
    base: int = BASE
    """Samples in a pair of level 0."""

    @property
    def channels(self) -> int:
        """How many channels are drawn."""
        return int(self.levels[0].shape[1])

    def columns(self, first: float, step: float, count: int) -> Columns:
        """Lowest and highest in `count` columns of `step` samples each, from sample `first`.

        Columns outside the sound, or not read as yet, are 0.
        """
        level, size = 0, self.base
        while level + 1 < len(self.levels) and size * _JOINED <= step:
            level, size = level + 1, size * _JOINED
        pairs = self.levels[level]
        edges = (first + step * np.arange(count + 1)) / size
        starts = np.floor(edges[:-1]).astype(np.int64)
        stops = np.maximum(np.ceil(edges[1:]).astype(np.int64), starts + 1)
        return _reduced(pairs, starts, stops)


def _reduced(pairs: Pairs, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> Columns:
    """Lowest and highest of the pairs `starts .. stops`, one column each."""
    out = np.zeros((len(starts), pairs.shape[1], 2), np.float32)
    inside = (starts < len(pairs)) & (stops > 0)
    if not inside.any():
        return out
    low, high = np.clip(starts[inside], 0, None), np.clip(stops[inside], 1, len(pairs))
    # reduceat takes [a, b) for even places of its list; the stretches between are thrown away
    edges = np.stack([low, high], axis=1).ravel()
    padded = np.concatenate([pairs[low[0] : high[-1]], np.zeros((1, *pairs.shape[1:]), np.int16)])
    edges -= low[0]
    out[inside, :, 0] = np.minimum.reduceat(padded[..., 0], edges, axis=0)[::2]
    out[inside, :, 1] = np.maximum.reduceat(padded[..., 1], edges, axis=0)[::2]
    return out / np.float32(_TOP)


def columns_of(sound: Samples, first: float, step: float, count: int) -> Columns:
    """As `Pyramid.columns`, from the samples themselves: for zooms finer than a pair."""
    quantised = np.clip(np.rint(sound * _TOP), -_TOP, _TOP).astype(np.int16)
    edges = first + step * np.arange(count + 1)
    starts = np.floor(edges[:-1]).astype(np.int64)
    stops = np.maximum(np.ceil(edges[1:]).astype(np.int64) + 1, starts + 2)  # columns join up
    return _reduced(np.repeat(quantised[..., None], 2, axis=2), starts, stops)


def growing(path: Path, *, watch: Watch = unwatched, every: int = 32) -> Iterator[Pyramid]:
    """The pyramid of a file's first sound stream while it is read, the last one whole.

    Raises `MediaError` for what cannot be read; damage on the way is drawn as silence.
    """
    stream = media.probe(path).audio[0]
    length = int((stream.duration or 0) * stream.sample_rate)
    parts: list[Pairs] = []
    known = 0
    for number, block in enumerate(media.blocks(path, size=_BLOCK, findings=lambda _: None), 1):
        parts.append(_pairs(block))
        known += len(block)
        watch(Step("peaks", known, max(length, known)))
        if number % every == 0:
            yield _pyramid(parts, stream.sample_rate, max(length, known), known)
    if not parts:
        parts = [np.zeros((0, stream.channels, 2), np.int16)]
    yield _pyramid(parts, stream.sample_rate, known, known)


def pyramid_of(columns: Columns, step: int, sample_rate: int, length: int) -> Pyramid:
    """A pyramid over columns of `step` samples each: of sound that is put together, not read."""
    base = np.clip(np.rint(columns * _TOP), -_TOP, _TOP).astype(np.int16)
    return Pyramid(sample_rate, length, length, _levels(base), step)


def _pairs(block: Samples) -> Pairs:
    """A block as pairs; a last one that is not full is filled by its last sample."""
    short = -len(block) % BASE
    whole = np.concatenate([block, np.repeat(block[-1:], short, axis=0)]) if short else block
    grouped = whole.reshape(-1, BASE, block.shape[1])
    ends = np.stack([grouped.min(axis=1), grouped.max(axis=1)], axis=2)
    pairs: Pairs = np.clip(np.rint(ends * _TOP), -_TOP, _TOP).astype(np.int16)
    return pairs


def _pyramid(parts: list[Pairs], rate: int, length: int, known: int) -> Pyramid:
    base = np.concatenate(parts)
    parts[:] = [base]
    return Pyramid(rate, length, known, _levels(base))


def _levels(base: Pairs) -> tuple[Pairs, ...]:
    levels = [base]
    while len(levels[-1]) > 2 * _JOINED:
        below = levels[-1]
        short = -len(below) % _JOINED
        whole = np.concatenate([below, np.repeat(below[-1:], short, axis=0)]) if short else below
        grouped = whole.reshape(-1, _JOINED, *below.shape[1:])
        joined = [grouped[..., 0].min(axis=1), grouped[..., 1].max(axis=1)]
        levels.append(np.stack(joined, axis=2))
    return tuple(levels)


def save(pyramid: Pyramid, path: Path) -> None:
    """Write a whole pyramid's level 0 with its checksum; the other levels are made on reading."""
    raw = np.ascontiguousarray(pyramid.levels[0]).astype("<i2").tobytes()
    facts = np.array([pyramid.sample_rate, pyramid.length, pyramid.channels], "<i8").tobytes()
    check = np.array(crc32(raw, crc32(facts)), "<i8").tobytes()
    with whole_file(path, force=True) as temporary:
        temporary.write_bytes(_MAGIC + facts + check + raw)


def load(path: Path) -> Pyramid | None:
    """A saved pyramid, or None where there is none or it is not as it was written."""
    try:
        whole = path.read_bytes()
    except OSError:
        return None
    head = len(_MAGIC) + 4 * 8
    if len(whole) < head or not whole.startswith(_MAGIC):
        return None
    rate, length, channels, check = np.frombuffer(whole, "<i8", 4, len(_MAGIC)).tolist()
    raw = memoryview(whole)[head:]
    if (
        crc32(raw, crc32(whole[len(_MAGIC) : head - 8])) != check
        or channels < 1
        or len(raw) % (4 * channels)
    ):
        return None
    base = np.frombuffer(raw, "<i2").reshape(-1, channels, 2)
    return Pyramid(rate, length, length, _levels(base))
