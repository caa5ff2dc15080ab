"""The files behind regions, read block by block: each once, however many channels are laid."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from conform import media
from conform.clocks.cubic import BESIDE, through
from conform.clocks.resample import interpolate, margin
from conform.errors import MediaError
from conform.laying.bwf import Block
from conform.region import WarpPoint
from conform.timecode import sample_at

Warp = tuple[WarpPoint, ...]

FULL = 2.0**31
"""Full scale of integer samples."""


class Sources:
    """Reads the files behind regions; holds one block's sound, so a poly file is read once.

    Samples are numbered on the file's clock: a stream that starts late starts above zero.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[Path, int, int], Block] = {}
        self._resampled: dict[tuple[Path, Warp, int, int], NDArray[np.float64]] = {}
        self._streams: dict[Path, media.AudioStream] = {}

    def turn(self) -> None:
        """Let go of the sound of the block before."""
        self._held.clear()
        self._resampled.clear()

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

    def warped(self, path: Path, warp: Warp, a: int, b: int) -> NDArray[np.float64]:
        """All channels of samples `a .. b` of a stem, resampled along a warp, in -1..1.

        Raises `MediaError` where the file ends before.
        """
        near = _around(warp, a, b)
        key = (path, near, a, b)
        if key not in self._resampled:
            self._resampled[key] = self._resample(path, near, _step(warp), np.arange(a, b))
        return self._resampled[key]

    def _resample(
        self, path: Path, warp: Warp, step: float, at: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        base = floor(warp[0].source)
        knots = np.array([float(point.record) for point in warp])
        places = np.array([float(point.source - base) for point in warp])
        positions = through(knots, places, at.astype(np.float64))
        reach = margin(step)
        low = floor(positions.min()) - reach
        count = floor(positions.max()) + 1 + reach - low
        available = max(base + low, 0)
        heard = self.fetch(path, available, count - (available - base - low))
        if available + len(heard) < base + floor(positions.max()):  # what lies beyond is margin
            raise MediaError("ends before its header says; copy it again", path=path)
        return interpolate(unit(heard), positions - (available - base), step)

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


def _around(warp: Warp, a: int, b: int) -> Warp:
    """The points of a warp that tell samples `a .. b`: a film has tens of thousands."""
    first = bisect_right(warp, a, key=_record) - 1 - BESIDE
    last = bisect_left(warp, b, key=_record) + 1 + BESIDE
    return warp[max(min(first, len(warp) - 2 - BESIDE), 0) : max(last, 2 + BESIDE)]


def _record(point: WarpPoint) -> int:
    return point.record


def _step(warp: Warp) -> float:
    """Source samples for each sample of the stem, on the whole."""
    first, last = warp[0], warp[-1]
    return float(abs(last.source - first.source)) / max(last.record - first.record, 1)


def unit(sound: Block) -> NDArray[np.float64]:
    """Samples in -1..1."""
    whole = sound.astype(np.float64)
    return whole / FULL if sound.dtype == np.int32 else whole
