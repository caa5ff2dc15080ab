"""One block of one stem, out of the regions that lie under it.

Where a single region is copied, its integers pass through untouched. Everywhere else the sound is
summed in float64 and brought to integers with triangular dither of one step, from a seed that
hangs on the stem and the place alone: the same job writes the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from conform.laying.bwf import Block, Format
from conform.laying.fades import fade_gain
from conform.laying.sources import FULL, Sources, is_floating, unit
from conform.region import Region


@dataclass(frozen=True, slots=True)
class Tally:
    """Samples copied bit for bit, mixed (fades, gain, resampling), left silent; and clipped ones.

    Clipped are mixed samples that were over full scale, which integers cannot hold.
    """

    copied: int = 0
    mixed: int = 0
    silent: int = 0
    clipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.copied + other.copied,
            self.mixed + other.mixed,
            self.silent + other.silent,
            self.clipped + other.clipped,
        )


def mix(
    regions: Sequence[Region], stem: str, first: int, end: int, sources: Sources, form: Format
) -> tuple[Block, Tally]:
    """Samples `first .. end` of a stem, shaped (n,), in the stem's format, and what was done."""
    out: Block = np.zeros(end - first, np.float32 if form.floating else np.int32)
    tally = Tally()
    for a, b in _stretches(regions, first, end):
        active = [region for region in regions if region.record_first <= a < region.record_end]
        place = slice(a - first, b - first)
        if not active:
            tally += Tally(silent=b - a)
        elif len(active) == 1 and _is_plain(active[0], a) and fits(active[0], sources, form):
            out[place] = _copy(active[0], a, b, sources, form)
            tally += Tally(copied=b - a)
        else:
            total = np.sum([_shaped(region, a, b, sources) for region in active], axis=0)
            out[place] = _quantised(total, form, (crc32(stem.encode()), a))
            over = 0 if form.floating else int(np.count_nonzero(np.abs(total) > 1.0))
            tally += Tally(mixed=b - a, clipped=over)
    return out, tally


def _stretches(regions: Sequence[Region], first: int, end: int) -> Iterator[tuple[int, int]]:
    """The block cut wherever a region starts, ends, or leaves or enters a fade."""
    edges = {first, end}
    for region in regions:
        edges |= {
            region.record_first,
            region.record_first + region.fade_in,
            region.record_end - region.fade_out,
            region.record_end,
        }
    inside = sorted(edge for edge in edges if first <= edge <= end)
    return pairwise(inside)


def _is_plain(region: Region, at: int) -> bool:
    """Whether a stretch that starts at `at` is outside the fades and copied as it is."""
    past_fade_in = at >= region.record_first + region.fade_in
    return region.exact and past_fade_in and at < region.record_end - region.fade_out


def fits(region: Region, sources: Sources, form: Format) -> bool:
    """Whether the source's samples go into the stem's format without a change."""
    stream = sources.stream(region.path)
    if stream.bits is None:
        return form.floating and is_floating(stream)
    return stream.bits <= (24 if form.floating else form.bits)  # a float32 holds 24 bits exactly


def _copy(region: Region, a: int, b: int, sources: Sources, form: Format) -> Block:
    source = region.source_first + a - region.record_first
    sound = sources.whole(region.path, source, b - a)[:, region.channel]
    if form.floating and sound.dtype == np.int32:
        return (sound / FULL).astype(np.float32)
    return sound


def _shaped(region: Region, a: int, b: int, sources: Sources) -> NDArray[np.float64]:
    """A region's sound with its gain and fades, in -1..1."""
    sound = _warped(region, a, b, sources) if region.warp else _straight(region, a, b, sources)
    gain = fade_gain(a - region.record_first, b - a, region.fade_in, region.curve)
    gain *= fade_gain(region.record_end - b, b - a, region.fade_out, region.curve)[::-1]
    return sound * gain * 10 ** (region.gain_db / 20)


def _straight(region: Region, a: int, b: int, sources: Sources) -> NDArray[np.float64]:
    source = region.source_first + a - region.record_first
    return unit(sources.whole(region.path, source, b - a)[:, region.channel])


def _warped(region: Region, a: int, b: int, sources: Sources) -> NDArray[np.float64]:
    return sources.warped(region.path, region.warp, a, b)[:, region.channel]


def _quantised(sound: NDArray[np.float64], form: Format, seed: tuple[int, int]) -> Block:
    if form.floating:
        return sound.astype(np.float32)
    chance = np.random.default_rng(seed)
    dither = chance.random(len(sound)) - chance.random(len(sound))
    steps = np.rint(sound * 2.0 ** (form.bits - 1) + dither)
    limit = 2 ** (form.bits - 1)
    kept = np.clip(steps, -limit, limit - 1).astype(np.int64)
    return (kept << (32 - form.bits)).astype(np.int32)
