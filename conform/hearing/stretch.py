"""A stretch of sound at full rate, decoded once for all who look at it.

The channels of an event's take are measured one after another, each in several places, and to open
a movie takes longer than to decode a minute of its sound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from math import ceil, floor, gcd
from pathlib import Path

import numpy as np

from conform import media
from conform.hearing.band import Signal
from conform.hearing.sound import Excerpt, Sound
from conform.media import Samples

LONGEST = Fraction(60)
"""Seconds of a stretch that is kept in memory: 12 MB a channel at 48 kHz."""

Read = Callable[[int, int, int], Samples]
"""First sample, count and rate -> samples shaped (count, channels), zeros outside the file."""


@dataclass(slots=True)
class Stretch:
    """Some channels from `first` to `last`, in seconds of their file, read when first asked for."""

    read: Read = field(repr=False)
    first: Fraction
    last: Fraction
    _kept: dict[int, tuple[int, Samples]] = field(default_factory=dict, repr=False)

    def excerpt(self, place: int, first: int, count: int, rate: int) -> Signal:
        """One channel, by its place in the stretch; what lies outside the stretch is read anew."""
        begin, held = self._held(rate)
        if begin <= first and first + count <= begin + len(held):
            return np.asarray(held[first - begin : first - begin + count, place], np.float32)
        return self.read(first, count, rate)[:, place]

    def _held(self, rate: int) -> tuple[int, Samples]:
        if rate not in self._kept:
            begin, end = floor(self.first * rate), ceil(self.last * rate)
            self._kept[rate] = (begin, self.read(begin, end - begin, rate))
        return self._kept[rate]


def held(sounds: Sequence[Sound], read: Read, first: Fraction, last: Fraction) -> tuple[Sound, ...]:
    """Sounds of one file whose full rate is read together, from `first` to `last`.

    `read` gives their channels in order. Longer stretches than `LONGEST` are not kept.
    """
    if last - first > LONGEST or not sounds:
        return tuple(sounds)
    stretch = Stretch(read, first, last)
    return tuple(
        replace(sound, excerpt=partial(stretch.excerpt, place))
        for place, sound in enumerate(sounds)
    )


def alone(excerpt: Excerpt) -> Read:
    """What reads one channel, as a reader of many."""
    return partial(_alone, excerpt)


def _alone(excerpt: Excerpt, first: int, count: int, rate: int) -> Samples:
    return excerpt(first, count, rate)[:, None]


def of_file(path: Path, channels: tuple[int, ...], native: int) -> Read:
    """Reads some channels of a file's first sound stream; `native` is its own sample rate."""
    return partial(_of_file, path, channels, native)


def _of_file(
    path: Path, channels: tuple[int, ...], native: int, first: int, count: int, rate: int
) -> Samples:
    early = first % (rate // gcd(rate, native))  # both sample grids meet there
    heard = media.read(
        path,
        rate=rate,
        channels=channels,
        start=Fraction(first - early, rate),
        duration=Fraction(early + count, rate),
        findings=lambda _: None,  # told once, when the file was scanned
    )[early:]
    out = np.zeros((count, len(channels)), np.float32)
    out[: len(heard)] = heard
    return out
