"""One block of one stem, out of the regions that lie under it.

Where a single region is copied, its integers pass through untouched. Everywhere else the sound is
summed in float64 and brought to integers with triangular dither of one step, from a seed that
hangs on the stem and the place alone: the same job writes the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from conform import media
from conform.bwf import Block, Format
from conform.errors import MediaError
from conform.fades import fade_gain
from conform.region import Region
from conform.resample import interpolate, margin
from conform.timecode import sample_at

_FULL = 2.0**31


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


class Sources:
    """Reads the files behind regions; holds one block's sound, so a poly file is read once.

    Samples are numbered on the file's clock: a stream that starts late starts above zero.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[Path, int, int], Block] = {}
        self._streams: dict[Path, media.AudioStream] = {}

    def turn(self) -> None:
        """Let go of the sound of the block before."""
        self._held.clear()

    def stream(self, path: Path) -> media.AudioStream:
        """The file's first sound stream; raises `MediaError` where it has none."""
        if path not in self._streams:
            streams = media.probe(path).audio
            if not streams:
                raise MediaError("has no sound", path=path)
            self._streams[path] = streams[0]
        return self._streams[path]

    def fetch(self, path: Path, first: int, count: int) -> Block:
        """All channels of `count` samples from sample `first`: int32 left-aligned, or float32."""
        key = (path, first, count)
        if key not in self._held:
            self._held[key] = self._read(path, first, count)
        return self._held[key]

    def whole(self, path: Path, first: int, count: int) -> Block:
        """As `fetch`; raises `MediaError` where the file ends before."""
        sound = self.fetch(path, first, count)
        if len(sound) < count:
            raise MediaError(
                f"ends {count - len(sound)} samples before its header says; copy it again",
                path=path,
            )
        return sound

    def _read(self, path: Path, first: int, count: int) -> Block:
        stream = self.stream(path)
        rate = stream.sample_rate
        if stream.bits is None and not is_floating(stream):
            return media.read(path, start=Fraction(first, rate), duration=Fraction(count, rate))
        native = media.floats if is_floating(stream) else media.integers
        late = sample_at(stream.start, rate)
        ahead = min(count, max(0, late - first))
        sound = native(path, max(first - late, 0), count - ahead)
        return np.pad(sound, ((ahead, 0), (0, 0))) if ahead else sound


def is_floating(stream: media.AudioStream) -> bool:
    """Whether a stream holds floating-point samples that can be copied."""
    return stream.codec.startswith("pcm_f32")


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
        elif len(active) == 1 and _is_plain(active[0], a) and _fits(active[0], sources, form):
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


def _fits(region: Region, sources: Sources, form: Format) -> bool:
    """Whether the source's samples go into the stem's format without a change."""
    stream = sources.stream(region.path)
    if stream.bits is None:
        return form.floating and is_floating(stream)
    return stream.bits <= (24 if form.floating else form.bits)  # a float32 holds 24 bits exactly


def _copy(region: Region, a: int, b: int, sources: Sources, form: Format) -> Block:
    source = region.source_first + a - region.record_first
    sound = sources.whole(region.path, source, b - a)[:, region.channel]
    if form.floating and sound.dtype == np.int32:
        return (sound / _FULL).astype(np.float32)
    return sound


def _shaped(region: Region, a: int, b: int, sources: Sources) -> NDArray[np.float64]:
    """A region's sound with its gain and fades, in -1..1."""
    sound = _warped(region, a, b, sources) if region.warp else _straight(region, a, b, sources)
    gain = fade_gain(a - region.record_first, b - a, region.fade_in, region.curve)
    gain *= fade_gain(region.record_end - b, b - a, region.fade_out, region.curve)[::-1]
    return sound * gain * 10 ** (region.gain_db / 20)


def _straight(region: Region, a: int, b: int, sources: Sources) -> NDArray[np.float64]:
    source = region.source_first + a - region.record_first
    return _unit(sources.whole(region.path, source, b - a)[:, region.channel])


def _warped(region: Region, a: int, b: int, sources: Sources) -> NDArray[np.float64]:
    knots = [point.record for point in region.warp]
    base = floor(region.warp[0].source)
    places = [float(point.source - base) for point in region.warp]
    positions = np.interp(np.arange(a, b), knots, places)
    step = abs(places[-1] - places[0]) / max(knots[-1] - knots[0], 1)
    reach = margin(step)
    low = floor(positions.min()) - reach
    count = floor(positions.max()) + 1 + reach - low
    available = max(base + low, 0)
    heard = sources.fetch(region.path, available, count - (available - base - low))
    if available + len(heard) < base + floor(positions.max()):  # what lies beyond is margin
        raise MediaError("ends before its header says; copy it again", path=region.path)
    sound = _unit(heard)
    shifted = positions - (available - base)
    return interpolate(sound[:, region.channel : region.channel + 1], shifted, step)[:, 0]


def _unit(sound: Block) -> NDArray[np.float64]:
    whole = sound.astype(np.float64)
    return whole / _FULL if sound.dtype == np.int32 else whole


def _quantised(sound: NDArray[np.float64], form: Format, seed: tuple[int, int]) -> Block:
    if form.floating:
        return sound.astype(np.float32)
    chance = np.random.default_rng(seed)
    dither = chance.random(len(sound)) - chance.random(len(sound))
    steps = np.rint(sound * 2.0 ** (form.bits - 1) + dither)
    limit = 2 ** (form.bits - 1)
    kept = np.clip(steps, -limit, limit - 1).astype(np.int64)
    return (kept << (32 - form.bits)).astype(np.int32)
