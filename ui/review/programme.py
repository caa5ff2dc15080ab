"""The sound of a cut as it stands: guide and stems, any stretch, mixed for listening.

Stems come from the very plan and mixer that write them, so what is heard is what will be exported.
A `Programme` belongs to one thread and holds a few seconds.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from conform import media
from conform.errors import ConformError
from conform.laying.bwf import Format
from conform.laying.mix import mix
from conform.laying.sources import Sources
from conform.region import Region
from ui.review.layout import Layout
from ui.review.state import Listen

Sound = NDArray[np.float32]

_KEPT = 24
"""Chunks of a second that are held."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of sound: the guide's channels, and every stem; shaped (samples, channels)."""

    guide: Sound
    stems: Sound


class Programme:
    """Guide and stems by sample of the picture."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._chunks: OrderedDict[int, Passage] = OrderedDict()
        self._sources = Sources()
        self._size = layout.sample_rate
        self.fault = ""
        """What could not be read last, and why: it is silent."""

    def relaid(self, layout: Layout) -> None:
        """Go on with another plan; the guide's sound that is held stays."""
        self._layout = layout
        guides = {number: heard.guide for number, heard in self._chunks.items()}
        self._chunks.clear()
        for number, guide in guides.items():
            self._chunks[number] = Passage(guide, np.zeros((0, 0), np.float32))

    def stretch(self, first: int, end: int) -> Passage:
        """Samples `first .. end`; silence outside the picture and where a file cannot be read."""
        numbers = range(first // self._size, -(-end // self._size))
        parts = [self._chunk(number) for number in numbers]
        if not parts:
            return Passage(
                self._silence(0, self._layout.guide_channels),
                self._silence(0, len(self._layout.stems)),
            )
        cut = slice(first - numbers[0] * self._size, end - numbers[0] * self._size)
        return Passage(
            np.concatenate([part.guide for part in parts])[cut],
            np.concatenate([part.stems for part in parts])[cut],
        )

    def _chunk(self, number: int) -> Passage:
        held = self._chunks.get(number)
        if held is None or held.stems.shape != (self._size, len(self._layout.stems)):
            guide = held.guide if held is not None else self._guide(number)
            held = Passage(guide, self._stems(number))
            self._chunks[number] = held
        self._chunks.move_to_end(number)
        while len(self._chunks) > _KEPT:
            self._chunks.popitem(last=False)
        return held

    def _guide(self, number: int) -> Sound:
        layout = self._layout
        out = self._silence(self._size, layout.guide_channels)
        if layout.guide is None or number < 0:
            return out
        try:
            read = media.read(
                layout.guide,
                rate=layout.sample_rate,
                start=Fraction(number),
                duration=Fraction(1),
                findings=lambda _: None,
            )
        except ConformError as fault:
            self.fault = str(fault)
            return out
        out[: len(read)] = read[:, : layout.guide_channels]
        return out

    def _stems(self, number: int) -> Sound:
        layout = self._layout
        first, end = number * self._size, (number + 1) * self._size
        out = self._silence(self._size, len(layout.stems))
        form = Format(layout.sample_rate, 1, 32, floating=True)
        for place, stem in enumerate(layout.stems):
            under = layout.under(stem, first, end)
            if under:
                out[:, place] = self._mixed(under, stem, first, end, form)
        self._sources.turn()
        return out

    def _mixed(self, under: list[Region], stem: str, first: int, end: int, form: Format) -> Sound:
        try:
            block, _ = mix(under, stem, first, end, self._sources, form)
        except ConformError as fault:
            self.fault = str(fault)
            return np.zeros(end - first, np.float32)
        return np.asarray(block, np.float32)

    @staticmethod
    def _silence(count: int, channels: int) -> Sound:
        return np.zeros((count, channels), np.float32)


def monitored(
    heard: Passage,
    stems: tuple[str, ...],
    listen: Listen,
    solo: frozenset[str],
    muted: frozenset[str],
) -> Sound:
    """What goes to the ears, shaped (samples, 2)."""
    guide = (
        heard.guide.mean(axis=1) if heard.guide.shape[1] else np.zeros(len(heard.guide), np.float32)
    )
    new = _new(heard, audible(stems, solo, muted))
    both = (guide + new) / 2
    sides = {
        Listen.GUIDE: (guide, guide),
        Listen.NEW: (new, new),
        Listen.SUM: (both, both),
        Listen.SPLIT: (guide, new),
    }
    left, right = sides[listen] if listen in sides else (difference(guide, new),) * 2
    return np.stack([left, right], axis=1).astype(np.float32)


def audible(stems: tuple[str, ...], solo: frozenset[str], muted: frozenset[str]) -> list[int]:
    """The places of the stems that are heard: soloed ones, else those that are not muted."""
    wanted = [n for n, stem in enumerate(stems) if stem in solo]
    return wanted or [n for n, stem in enumerate(stems) if stem not in muted and not solo]


def _new(heard: Passage, places: list[int]) -> Sound:
    if not places:
        return np.zeros(len(heard.stems), np.float32)
    chosen = heard.stems[:, places]
    sounding = max(1, int((np.abs(chosen).max(axis=0, initial=0) > 0).sum()))
    total: Sound = chosen.sum(axis=1) / np.float32(np.sqrt(sounding))
    return total


def difference(guide: Sound, new: Sound) -> Sound:
    """The guide less the new sound at the level (and polarity) that leaves least of it."""
    power = float(np.dot(new, new))
    gain = float(np.dot(guide, new)) / power if power > 1e-9 else 0.0
    left: Sound = guide - np.float32(np.clip(gain, -8.0, 8.0)) * new
    return left
