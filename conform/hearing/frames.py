"""Frames of two sounds lined up along a candidate line, their spectra summed in groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


@dataclass(slots=True)
class Frames:
    """The spectra of windowed frames, the latest of each: most stay the same from pass to pass.

    Those of a group are transformed at once, which takes half as long.
    """

    window: Signal
    _kept: dict[_Key, tuple[int, Spectrum | None]] = field(default_factory=dict)

    def of(
        self, sound: Signal, places: Sequence[int], keys: Sequence[_Key]
    ) -> list[Spectrum | None]:
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
            windowed = np.stack([frame for _, _, frame in cut])
            windowed *= self.window
            for (key, place, _), spectrum in zip(cut, fourier.rfft(windowed), strict=True):
                self._kept[key] = (place, spectrum)
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
    """A group's sums, in single precision: a dozen frames add no more error than each one has."""
    size = len(frames.window)
    cross: Spectrum = np.zeros(size // 2 + 1, np.complex64)
    ours, theirs = _Power(size), _Power(size)
    times = [(segment.first + first + size / 2) / rate for first in firsts]
    lags = [(line[0] + line[1] * time) * rate for time in times]
    shift = segment.first - segment.place
    places = [first + round(lag) + shift for first, lag in zip(firsts, lags, strict=True)]
    keys = [(segment.first, first) for first in firsts]
    others = frames.of(segment.other, firsts, [(*key, True) for key in keys])
    grounds = frames.of(segment.reference, places, [(*key, False) for key in keys])
    turns = _turned([lag - round(lag) for lag in lags], size)
    heard = []
    for time, turn, other, ground in zip(times, turns, others, grounds, strict=True):
        if other is None or ground is None:
            continue
        product = other.conj()
        product *= ground
        product *= turn
        cross += product
        ours.add(ground)
        theirs.add(other)
        heard.append(time)
    if not heard:
        return None
    return Group(
        float(np.mean(heard)),
        cross.astype(np.complex128),
        ours.total(),
        theirs.total(),
        len(heard),
    )


class _Power:
    """The summed power of spectra of frames of some size."""

    def __init__(self, size: int) -> None:
        self._parts = np.zeros(size + 2, np.float32)  # both squares of each bin

    def add(self, spectrum: Spectrum) -> None:
        """One more frame."""
        self._parts += np.square(spectrum.view(np.float32))

    def total(self) -> Reals:
        """Of each bin."""
        return (self._parts[::2] + self._parts[1::2]).astype(np.float64)


def _turned(samples: Sequence[float], size: int) -> Iterator[Spectrum]:
    """What delays by parts of a sample do to each bin, as products of few exponentials."""
    turns = 2 * np.pi / size * np.array(samples)[:, None]
    count = size // 2 + 1
    coarse = _circling(turns * _STRIDE * np.arange(-(-count // _STRIDE)))
    fine = _circling(turns * np.arange(_STRIDE))
    for rough, exact in zip(coarse, fine, strict=True):
        yield np.outer(rough, exact).ravel()[:count]


def _circling(angles: Reals) -> Spectrum:
    """Exponentials of imaginary numbers."""
    out = np.empty(angles.shape, np.complex64)
    out.real, out.imag = np.cos(angles), np.sin(angles)
    return out
