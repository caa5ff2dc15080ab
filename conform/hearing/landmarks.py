"""What stands out in a sound: peaks of its spectrum, by which it is known again in noise.

A peak is kept as its frame and its bin. Peaks survive other microphones, rooms, codecs and music
better than anything else that is this small: 40 a second, where the sound itself has 8,000 samples.
Peaks in pairs, as Wang, "An industrial-strength audio search algorithm", ISMIR 2003.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from conform.hearing import fourier
from conform.hearing.band import COARSE_RATE, Signal
from conform.media import Samples

WINDOW = 512
"""Samples of a frame at COARSE_RATE: 64 ms, as long as a voice keeps its pitch."""

HOP = 128
"""Samples from one frame to the next: 16 ms."""

FRAMES_A_SECOND = Fraction(COARSE_RATE, HOP)

LOWEST, BINS = 13, 212
"""The first bin, and how many: 200 to 3500 Hz in steps of 15.6 Hz."""

_AROUND = 60  # frames, to either side, whose mean is taken off: steady hum and hiss have no peaks
_REACH = 64  # frames beside a block that its peaks depend on
_BLOCK = 4096  # frames looked at together: 65 seconds, 4 MB
_CELL = 64  # frames that share a quota of peaks: a second
_CLEAR = 0.5  # nepers of power over the mean of its bin
_FLOOR = 1e-6  # power of a bin at -84 dBFS, below which there is preamplifier noise alone
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True)
class Fineness:
    """How many peaks are kept in a second, and how far one holds others off: frames and bins."""

    most: int
    frames: int
    bins: int
    partners: int


COARSE = Fineness(most=40, frames=3, bins=4, partners=10)
"""For takes: there are many, and what is loud in them is what was meant to be recorded."""

FINE = Fineness(most=80, frames=2, bins=3, partners=20)
"""For a guide: there is one, and music or noise takes many of its peaks."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Peaks in order of time; frame `k` is centred `(k * HOP + WINDOW / 2) / COARSE_RATE` in."""

    frames: NDArray[np.int32]
    bins: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.frames)

    def between(self, first: float, last: float) -> Landmarks:
        """The peaks whose frames begin between two frames, the last one excluded."""
        low, high = np.searchsorted(self.frames, (first, last))
        return Landmarks(self.frames[low:high], self.bins[low:high])


def joined(parts: Iterable[Landmarks]) -> Landmarks:
    """Landmarks of consecutive stretches as one."""
    listed = list(parts)
    frames = [np.empty(0, np.int32), *(part.frames for part in listed)]
    bins = [np.empty(0, np.int16), *(part.bins for part in listed)]
    return Landmarks(np.concatenate(frames), np.concatenate(bins))


def folded(samples: Samples) -> NDArray[np.complex64] | Signal:
    """Channels at 8 kHz, shaped (samples, channels), as one in which no two of them cancel.

    Each is turned by an angle of its own, a golden section of the half circle further than the one
    before. Two channels of one sound then add up to between a tenth and twice their amplitude,
    whatever their polarities; a plain sum of a pair of lavaliers, one inverted, is silence.
    """
    if samples.shape[1] == 1:
        return np.ascontiguousarray(samples[:, 0], np.float32)
    turns = np.exp(1j * np.pi * _GOLDEN * np.arange(samples.shape[1]))
    return np.asarray(samples @ turns.astype(np.complex64), np.complex64)


def landmarks(
    blocks: Iterable[NDArray[np.inexact]], fineness: Fineness = COARSE
) -> Iterator[Landmarks]:
    """The landmarks of a sound at 8 kHz that comes in blocks of any size, about a minute each.

    Every block of landmarks holds those of the next `_BLOCK` frames, in their order. However the
    sound is cut into blocks, its landmarks are the same.
    """
    held: NDArray[np.inexact] = np.empty(0, np.float32)
    begin, first = 0, 0  # the frame at which what is held begins, and that of the next block
    for block in blocks:
        held = np.concatenate([held, block]) if len(held) else block
        while (len(held) - WINDOW) // HOP + 1 + begin >= first + _BLOCK + _REACH:
            spectrum = _spectrum(held[: (first + _BLOCK + _REACH - begin - 1) * HOP + WINDOW])
            yield _peaks(spectrum, begin, first, first + _BLOCK, fineness)
            first += _BLOCK
            held = held[(first - _REACH - begin) * HOP :].copy()
            begin = first - _REACH
    if len(held) >= WINDOW:
        yield _peaks(_spectrum(held), begin, first, first + _BLOCK + _REACH, fineness)


def _spectrum(sound: NDArray[np.inexact]) -> Signal:
    """The logarithm of each frame's power, shaped (frames, BINS), less its mean of two seconds."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    taper = np.hanning(WINDOW).astype(np.float32)
    power = np.empty((len(frames), BINS), np.float32)
    for first in range(0, len(frames), 512):  # what a processor keeps at hand
        power[first : first + 512] = _power(frames[first : first + 512] * taper)
    log = np.log(power + np.float32(_FLOOR), out=power)
    from scipy import ndimage  # noqa: PLC0415  (a tenth of a second to import; see `fourier`)

    mean = ndimage.uniform_filter1d(log, 2 * _AROUND + 1, axis=0, mode="nearest")
    return np.asarray(log - mean, np.float32)


def _power(frames: NDArray[np.inexact]) -> Signal:
    """The power in each bin; of folded channels that at both signs of the frequency."""
    band = slice(LOWEST, LOWEST + BINS)
    if not np.iscomplexobj(frames):
        return _square(fourier.rfft(frames)[:, band])
    both = fourier.fft(frames)
    mirror = slice(WINDOW - LOWEST, WINDOW - LOWEST - BINS, -1)
    return np.asarray((_square(both[:, band]) + _square(both[:, mirror])) / 2, np.float32)


def _square(spectrum: NDArray[np.complexfloating]) -> Signal:
    return np.asarray(np.square(spectrum.real) + np.square(spectrum.imag), np.float32)


def _peaks(spectrum: Signal, begin: int, first: int, last: int, fineness: Fineness) -> Landmarks:
    """The peaks of frames `first` to `last`; the spectrum's first frame is number `begin`."""
    highest = _highest(_highest(spectrum, fineness.frames).T, fineness.bins).T
    frames, bins = np.nonzero((spectrum == highest) & (spectrum > _CLEAR))
    heights = spectrum[frames, bins]
    frames = frames + begin
    inside = (frames >= first) & (frames < last)
    frames, bins, heights = frames[inside], bins[inside], heights[inside]
    kept = _quota(frames // _CELL, heights, fineness.most)
    return Landmarks(frames[kept].astype(np.int32), bins[kept].astype(np.int16))


def _highest(values: Signal, reach: int) -> Signal:
    """The highest value within `reach` rows of each: scipy's filter takes three times as long.

    Windows are doubled while they fit; two of the last then cover the whole one.
    """
    wide = np.pad(values, ((reach, reach), (0, 0)), constant_values=-np.inf)
    width = 1
    while 2 * width <= 2 * reach + 1:
        wide = np.maximum(wide[:-width], wide[width:])
        width *= 2
    return np.maximum(wide[: len(values)], wide[-len(values) :])


def _quota(cells: NDArray[np.intp], heights: Signal, most: int) -> NDArray[np.intp]:
    """The places of the highest `most` of each cell, in order."""
    order = np.lexsort((-heights, cells))
    ranked = cells[order]
    rank = np.arange(len(order)) - np.searchsorted(ranked, ranked)
    return np.sort(order[rank < most])
