"""Sound that runs at any other speed, as old transfers do: candidates by how loudness moves.

The loudness of a few bands, 50 times a second, changes little in kind where a whole sound runs some
per cent faster, so it can be stretched over a grid of speeds and searched for in no time. What it
proposes, the engine has to prove.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conform.hearing import fourier
from conform.hearing.band import COARSE_RATE, SPEECH, Signal, lively, powers
from conform.hearing.halves import widened
from conform.hearing.noise import deviation

FASTEST = 0.08
"""The largest error of speed that is looked for."""

GRID = 0.0005
"""Steps of speed: over a window of a minute, 15 ms to either side."""

_HOP = 160  # coarse samples between frames: 20 ms
_SECONDS = _HOP / COARSE_RATE
_FRAME = 320
_BANDS = 6
_WINDOW = 60.0  # seconds that are stretched
_SMOOTH = 50  # frames whose mean is taken off: a second
_FLOOR = 1e-9  # power under which frames are alike: room tone
_PROMISING = 6.0  # deviations over chance from which a speed is worth proving
_CHUNK = 4096  # frames at once
_SAMPLE = 50_000  # values that tell their median to half a per cent


@dataclass(frozen=True, slots=True)
class Guess:
    """At `speed`, second `time` of the other sound lies at second `place` of the reference.

    A speed is reference seconds to each second of the other sound.
    """

    speed: float
    time: float
    place: float


def promising(
    reference: NDArray[np.floating], other: NDArray[np.floating], most: int = 3
) -> list[Guess]:
    """How fast and where the other sound may lie in the reference, likeliest first; 8 kHz samples.

    Times are those of the middle of the window that was searched for, from the sounds' beginnings.
    """
    length = round(min(_WINDOW * COARSE_RATE, len(other)))
    starts = lively(powers(other), length, 1)
    if not starts:
        return []
    piece = _loudness(other[starts[0] : starts[0] + length])
    ground = _loudness(reference)
    longest = int(piece.shape[1] * (1 + FASTEST)) + 1
    blocks = _Blocks(ground, longest)
    speeds = 1 + np.arange(-FASTEST, FASTEST + GRID / 2, GRID)
    peaks = [_peak(blocks.correlation(_stretched(piece, speed))) for speed in speeds]
    middle = starts[0] / COARSE_RATE + piece.shape[1] * _SECONDS / 2
    found: list[Guess] = []
    for index in np.argsort([height for height, _ in peaks])[::-1]:
        height, at = peaks[index]
        speed = float(speeds[index])
        if height < _PROMISING or len(found) == most:
            break
        if all(abs(speed - other.speed) > 3 * GRID for other in found):
            place = (at - longest) * _SECONDS
            found.append(Guess(speed, middle, place + piece.shape[1] * _SECONDS * speed / 2))
    return found


def _loudness(sound: NDArray[np.floating]) -> Signal:
    """The loudness of each band, (bands, frames), its slow changes taken off."""
    count = max((len(sound) - _FRAME) // _HOP + 1, 0)
    window = np.hanning(_FRAME).astype(np.float32)
    hertz = np.fft.rfftfreq(_FRAME, 1 / COARSE_RATE)
    edges = np.searchsorted(hertz, np.geomspace(SPEECH.low, SPEECH.high, _BANDS + 1))
    out = np.empty((_BANDS, count), np.float32)
    for first in range(0, count, _CHUNK):
        last = min(first + _CHUNK, count)
        piece = widened(sound[first * _HOP : (last - 1) * _HOP + _FRAME])
        frames = np.lib.stride_tricks.sliding_window_view(piece, _FRAME)[::_HOP] * window
        power = np.square(np.abs(fourier.rfft(frames)))
        bands = np.add.reduceat(power, edges, axis=1)[:, :_BANDS]
        out[:, first:last] = np.log10(bands.T / _FRAME + _FLOOR)
    return out - _means(out)


def _means(loudness: Signal) -> Signal:
    """The mean of `_SMOOTH` frames around each, the ends mirrored."""
    beside = ((0, 0), (_SMOOTH // 2, _SMOOTH - _SMOOTH // 2 - 1))
    wide = np.pad(loudness, beside, mode="symmetric") if loudness.size else loudness
    total = np.pad(np.cumsum(wide, axis=1, dtype=np.float64), ((0, 0), (1, 0)))
    return np.asarray((total[:, _SMOOTH:] - total[:, :-_SMOOTH]) / _SMOOTH, np.float32)


def _stretched(piece: Signal, speed: float) -> Signal:
    """Loudness as it would move, lasting `speed` times as long."""
    count = piece.shape[1]
    places = np.arange(int(count * speed)) / speed
    return np.stack([np.interp(places, np.arange(count), row) for row in piece]).astype(np.float32)


class _Blocks:
    """The loudness of a reference as overlap-save block spectra, shaped (blocks, bands, bins)."""

    def __init__(self, ground: Signal, longest: int) -> None:
        self._size = fourier.fast_size(4 * longest)
        self._step = self._size - longest
        count = -(-(ground.shape[1] + longest) // self._step)
        self._places = ground.shape[1] + longest
        wide = np.zeros((len(ground), count * self._step + longest), np.float32)
        wide[:, longest : longest + ground.shape[1]] = ground
        framed = np.lib.stride_tricks.sliding_window_view(wide, self._size, axis=1)
        self._spectra = fourier.rfft(framed[:, :: self._step].swapaxes(0, 1))

    def correlation(self, piece: Signal) -> Signal:
        """Of all bands together; index `i` means that a piece starts `longest` before frame `i`."""
        other = fourier.rfft(piece, self._size).conj()
        each = np.empty_like(other)
        crossed = np.empty((len(self._spectra), other.shape[1]), np.complex64)
        for block, total in zip(self._spectra, crossed, strict=True):
            np.multiply(block, other, out=each).sum(axis=0, out=total)
        whole: Signal = fourier.irfft(crossed, self._size)[:, : self._step].reshape(-1)
        return whole[: self._places]


def _peak(correlation: Signal) -> tuple[float, int]:
    """The highest value over the usual one, in deviations by their median, and its place."""
    every = max(len(correlation) // _SAMPLE, 1)
    usual = deviation(np.abs(correlation[::every]))
    best = int(correlation.argmax())
    return float(correlation[best]) / (usual + 1e-20), best
