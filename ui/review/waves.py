"""The waveforms of guide and stems over any stretch, out of the pyramids of their files."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from conform.region import Region
from conform.review.peaks import Columns, Pyramid, pyramid_of
from ui.review.layout import Layout

COARSE = 1024
"""Samples in a column of an assembled stem."""

_WIDE = 40
"""Seconds of view from which stems are drawn as they were last assembled, a moment ago: a frame
is a pixel there, and a nudge is not seen later for it."""


class Waves:
    """The pyramids that are known so far, by file; one thread adds, another draws."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[Path, Pyramid] = {}
        self._whole: dict[str, Pyramid] = {}
        self.version = 0

    def put(self, path: Path, pyramid: Pyramid) -> None:
        """Keep what is known of a file now."""
        with self._lock:
            self._held[path] = pyramid
            self.version += 1

    def get(self, path: Path | None) -> Pyramid | None:
        """What is known of a file."""
        with self._lock:
            return None if path is None else self._held.get(path)

    def guide(self, layout: Layout, first: float, step: float, count: int) -> Columns:
        """The guide's channels in columns of `step` samples of the session, from sample `first`."""
        pyramid = self.get(layout.guide)
        if pyramid is None:
            return np.zeros((count, layout.guide_channels, 2), np.float32)
        scale = pyramid.sample_rate / layout.sample_rate
        return pyramid.columns(first * scale, step * scale, count)[:, : layout.guide_channels]

    def assemble(self, layout: Layout) -> None:
        """Put every stem together at a coarse grain, so that a whole reel is drawn at once."""
        count = -(-layout.length // COARSE)
        made = {
            stem: pyramid_of(
                self._coarse(layout, stem, count),
                COARSE,
                layout.sample_rate,
                layout.length,
            )
            for stem in layout.stems
        }
        with self._lock:
            self._whole = made
            self.version += 1

    def _coarse(self, layout: Layout, stem: str, count: int) -> Columns:
        """A stem in columns of `COARSE` samples, each region's to the nearest one."""
        out = np.zeros((count, 1, 2), np.float32)
        for region in layout.of(stem):
            pyramid = self.get(region.path)
            if pyramid is None:
                continue
            level = pyramid.levels[min(1, len(pyramid.levels) - 1)]
            first, source = region.record_first // COARSE, region.source_first // COARSE
            part = level[source : source + region.length // COARSE + 1, region.channel]
            seen = out[first : first + len(part), 0]
            np.minimum(seen[:, 0], part[: len(seen), 0], out=seen[:, 0])
            np.maximum(seen[:, 1], part[: len(seen), 1], out=seen[:, 1])
        return out / np.float32(32767)

    def stem(self, layout: Layout, stem: str, first: float, step: float, count: int) -> Columns:
        """One stem as it is laid, shaped (columns, 1, 2); of a wide view, as last assembled."""
        whole = self._whole.get(stem)
        if step < COARSE or count * step < _WIDE * layout.sample_rate:
            return self._direct(layout, stem, first, step, count)
        if whole is None:
            return np.zeros((count, 1, 2), np.float32)
        return whole.columns(first, step, count)

    def _direct(self, layout: Layout, stem: str, first: float, step: float, count: int) -> Columns:
        out = np.zeros((count, 1, 2), np.float32)
        for region in layout.under(stem, int(first), int(first + step * count) + 1):
            self._region(out, region, layout, first, step)
        return out

    def _region(
        self, out: Columns, region: Region, layout: Layout, first: float, step: float
    ) -> None:
        pyramid = self.get(region.path)
        if pyramid is None:
            return
        low = max(0, int((region.record_first - first) / step))
        high = min(len(out), int(np.ceil((region.record_end - first) / step)))
        if high <= low:
            return
        scale = pyramid.sample_rate / layout.sample_rate
        source = region.source_first + (first + low * step - region.record_first) * scale
        part = pyramid.columns(source, step * scale, high - low)[:, region.channel]
        gain = np.float32(10 ** (region.gain_db / 20))
        part = part * gain * _fades(region, first + (np.arange(low, high) + 0.5) * step)
        out[low:high, 0, 0] = np.minimum(out[low:high, 0, 0], part[:, 0])
        out[low:high, 0, 1] = np.maximum(out[low:high, 0, 1], part[:, 1])


def _fades(region: Region, places: np.ndarray) -> np.ndarray:
    """The gain of a region's fades at sample places, straight: a drawing shows no more."""
    since, left = places - region.record_first, region.record_end - places
    gain = np.ones(len(places), np.float32)
    if region.fade_in:
        gain *= np.clip(since / region.fade_in, 0, 1).astype(np.float32)
    if region.fade_out:
        gain *= np.clip(left / region.fade_out, 0, 1).astype(np.float32)
    return gain[:, None]
