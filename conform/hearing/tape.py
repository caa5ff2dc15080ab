"""Stretches of a sound stream at full rate: all channels that are asked for are read at once.

Channels of one file are asked for the same stretches one after the other, a few milliseconds apart
at most, as microphones stand. So a little more is read than was asked for, and what was read last
is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from conform import media
from conform.hearing.band import Signal

_BESIDE = Fraction(1, 20)  # seconds read beside a stretch: sound takes them for 17 m
_KEPT = 64_000_000  # bytes of stretches, as four bytes a sample


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What was read from a sample on: (channels, samples)."""

    rate: int
    first: int
    sound: NDArray[np.float32]

    def holds(self, first: int, count: int, rate: int) -> bool:
        return (
            rate == self.rate
            and self.first <= first
            and first + count <= self.first + self.sound.shape[1]
        )


class Tape:
    """Some channels of a sound stream, their time counted from `zero` on the file's clock.

    May be read by several threads and handed to other processes: there it starts with nothing kept.
    """

    def __init__(self, path: Path, stream: int, channels: tuple[int, ...], zero: Fraction) -> None:
        self._path, self._stream, self._channels, self._zero = path, stream, channels, zero
        self._native = 0  # until a stretch is read: many sounds are only searched, at 8 kHz
        self._kept: tuple[_Stretch, ...] = ()  # replaced as a whole: readers need no lock

    def __reduce__(self) -> tuple[type[Tape], tuple[Path, int, tuple[int, ...], Fraction]]:
        return Tape, (self._path, self._stream, self._channels, self._zero)

    def excerpt(self, place: int, first: int, count: int, rate: int) -> Signal:
        """`count` samples at a rate from sample `first` on, of the channel at a place in the order.

        Silence before and behind the sound. Raises `MediaError` where the file cannot be read.
        """
        kept = next((one for one in self._kept if one.holds(first, count, rate)), None)
        if kept is None:
            kept = self._read(first, count, rate)
            room = max(_KEPT // max(kept.sound.nbytes, 1) - 1, 0)
            self._kept = (*self._kept[-room:], kept) if room else (kept,)
        at = first - kept.first
        return kept.sound[place, at : at + count]

    def _read(self, first: int, count: int, rate: int) -> _Stretch:
        """A stretch from a place on where the grids of both rates meet.

        One that began between two samples of the file would be shifted by a part of one.
        """
        self._native = self._native or media.probe(self._path).audio[self._stream].sample_rate
        step, beside = rate // gcd(rate, self._native), round(_BESIDE * rate)
        begin = (first - beside) // step * step
        length = first + count + beside - begin
        blocks = media.blocks(
            self._path,
            stream=self._stream,
            rate=rate,
            channels=self._channels,
            start=Fraction(begin, rate) + self._zero,
            duration=Fraction(length, rate),
            size=length,
            findings=lambda _: None,  # told once, when the whole file was listened to
        )
        sound = np.zeros((len(self._channels), length), np.float32)
        for block in blocks:  # one, or none where the file has no sound here
            sound[:, : len(block)] = block.T
        sound.flags.writeable = False  # many may hold it
        return _Stretch(rate, begin, sound)
