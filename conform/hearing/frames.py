"""Frames of two sounds lined up along a candidate line, their spectra summed in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from conform.hearing import fourier
from conform.hearing.band import Signal, Spectrum
from conform.hearing.segments import Segment
from conform.hearing.weights import Bins, Reals

_GROUPS = 24  # at least, where there are frames for them
_STRIDE = 64  # bins turned alike


@dataclass(frozen=True, slots=True)
class Group:
    """Summed spectra of some frames: cross and both powers, and the frames' middle in seconds."""

    time: float
    cross: Bins
    ours: Reals
    theirs: Reals
    frames: int


def hann(size: int) -> Signal:
    """A raised cosine that adds up to one where frames overlap by half."""
    return np.asarray(0.5 - 0.5 * np.cos(np.arange(size) * (2 * np.pi / size)), np.float32)


def frame_size(segments: Sequence[Segment], rate: int) -> int:
    """A third of a second; half that for short material, so that there are frames to compare."""
    seconds = 0.34 if sum(len(segment.other) for segment in segments) > 3 * rate else 0.17
    return 2 * fourier.fast_size(round(seconds * rate / 2))


_Key = tuple[int, int, bool]
"""A frame by its segment's first sample, its own, and whether it is the other sound's."""

_Frame = tuple[Spectrum, Signal]
"""A frame's spectrum and its power."""


@dataclass(slots=True)
class Frames:
    """Windowed frames, the latest of each: most stay as they are from pass to pass.

    Those of a group are transformed at once, which takes half as long.
    """

    window: Signal
    _kept: dict[_Key, tuple[int, _Frame | None]] = field(default_factory=dict)

    def of(self, sound: Signal, places: Sequence[int], keys: Sequence[_Key]) -> list[_Frame | None]:
        """Frames of a sound from places on; None where one is silent or not wholly there."""
        new = [
            (key, place)
            for key, place in zip(keys, places, strict=True)
            if key not in self._kept or self._kept[key][0] != place
        ]
        self._kept.update((key, (place, None)) for key, place in new)
        cut = [(key, place, sound[max(place, 0) : place + len(self.window)]) for key, place in new]
        cut = [one for one in cut if len(one[2]) == len(self.window) and one[2].any()]
        if cut:
            spectra = fourier.rfft(np.stack([frame for _, _, frame in cut]) * self.window)
            powers = np.square(spectra.real) + np.square(spectra.imag)
            for (key, place, _), spectrum, power in zip(cut, spectra, powers, strict=True):
                self._kept[key] = (place, (spectrum, power))
        return [self._kept[key][1] for key in keys]


def grouped(
    segments: Sequence[Segment], lag: float, drift: float, frames: Frames, rate: int
) -> list[Group]:
    """Frames lined up and summed in groups: several to a segment where segments are few."""
    size = len(frames.window)
    groups: list[Group] = []
    for segment in segments:
        firsts = list(range(0, len(segment.other) - size + 1, size // 2))
        parts = np.array_split(firsts, min(len(firsts), -(-_GROUPS // len(segments))))
        for part in parts:
            summed = _summed(segment, [int(x) for x in part], (lag, drift), frames, rate)
            if summed is not None:
                groups.append(summed)
    return groups


def _summed(
    segment: Segment, firsts: Sequence[int], line: tuple[float, float], frames: Frames, rate: int
) -> Group | None:
    size = len(frames.window)
    cross: Bins = np.zeros(size // 2 + 1, np.complex128)
    ours: Reals = np.zeros(size // 2 + 1)
    theirs: Reals = np.zeros(size // 2 + 1)
    times = [(segment.first + first + size / 2) / rate for first in firsts]
    lags = [(line[0] + line[1] * time) * rate for time in times]
    shift = segment.first - segment.place
    places = [first + round(lag) + shift for first, lag in zip(firsts, lags, strict=True)]
    keys = [(segment.first, first) for first in firsts]
    others = frames.of(segment.other, firsts, [(*key, True) for key in keys])
    grounds = frames.of(segment.reference, places, [(*key, False) for key in keys])
    heard = []
    for time, lag, other, ground in zip(times, lags, others, grounds, strict=True):
        if other is None or ground is None:
            continue
        cross += ground[0] * other[0].conj() * _turned(lag - round(lag), size)
        ours += ground[1]
        theirs += other[1]
        heard.append(time)
    return Group(float(np.mean(heard)), cross, ours, theirs, len(heard)) if heard else None


def _turned(samples: float, size: int) -> Spectrum:
    """What a delay by a part of a sample does to each bin, as a product of few exponentials."""
    turn, count = 2j * np.pi * samples / size, size // 2 + 1
    coarse = np.exp(turn * _STRIDE * np.arange(-(-count // _STRIDE))).astype(np.complex64)
    fine = np.exp(turn * np.arange(_STRIDE)).astype(np.complex64)
    return np.asarray(np.outer(coarse, fine).ravel()[:count], np.complex64)
