"""Whitened cross-correlation: where in a long sound does a short one lie.

The cross-spectrum is divided by its magnitude to the power 0.8, between plain correlation (0) and
the phase transform (1). Measured on speech in rooms, at -10 dB and through cameras, 0.7 to 0.9
finds the most and tells match from no match best; the full transform loses at -10 dB.
Knapp & Carter, "The generalized correlation method for estimation of time delay", 1976.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from conform.hearing import fourier
from conform.hearing.band import COARSE_RATE, SPEECH, Signal, Spectrum, mask
from conform.hearing.halves import widened
from conform.hearing.noise import deviation

BETA = 0.8
_CELL = 400  # 50 ms at COARSE_RATE: peaks nearer than this are one place and its reflections
_LARGE = 1 << 17  # samples from which transforms leave the cache: two windows go as twins
_TINY = np.float32(1e-12)
_RISE = COARSE_RATE // 16  # samples of a block's rise and fall: far more than a window's, lest a
# cut through hum be the same click in both
_THIN = 17  # one lag in so many tells the noise
_LEAST_MET = 0.05  # of a window must meet sound: what meets less is edges that ring
_FADE = 6  # a sixth of a stretch is faded at each end


@dataclass(frozen=True, slots=True)
class Peak:
    """A place in the reference, in coarse samples, and its height over the correlation's noise."""

    at: int
    height: float


def whitened(spectrum: Spectrum, gain: Signal) -> Spectrum:
    """A spectrum cut to its band, its magnitude raised to the power 1 - BETA."""
    size = np.abs(spectrum) * gain
    size **= BETA
    size += _TINY
    return np.asarray(spectrum * np.divide(gain, size, out=size), np.complex64)


@dataclass(frozen=True, slots=True)
class _Packed:
    """A whitened spectrum in bytes, as parts of `scale`: -128 to 127 for both of its components.

    Whitening has left little between its loudest and its faintest bins: what rounding adds lies
    40 dB under the correlation's own noise.
    """

    scale: np.float32
    parts: NDArray[np.int8]

    @classmethod
    def of(cls, spectrum: Spectrum) -> _Packed:
        parts = spectrum.view(np.float32)
        scale = np.float32(max(parts.max(), -parts.min()) / 127 + _TINY)
        return cls(scale, np.rint(parts / scale).astype(np.int8))

    def spectrum(self) -> Spectrum:
        """The spectrum again."""
        parts = self.parts.astype(np.float32)
        parts *= self.scale
        return parts.view(np.complex64)


@dataclass(slots=True)
class Spectra:
    """A reference at 8 kHz as whitened overlap-save block spectra, kept between searches.

    `window` is the longest sound, in samples, that will be searched for. Spectra are kept up to
    `budget` bytes: as they are where all fit, else in bytes, and used so from the first search on;
    those beyond are made anew on each search, a block at a time.
    """

    sound: NDArray[np.floating]
    window: int
    budget: int = 100_000_000
    size: int = field(init=False)
    gain: Signal = field(init=False)
    _room: int = field(init=False)
    _whole: bool = field(init=False)
    _kept: dict[int, Spectrum | _Packed] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        whole = len(self.sound) + 2 * self.window
        self.size = fourier.fast_size(min(4 * self.window, whole))
        self.gain = mask(SPEECH, self.size, COARSE_RATE)
        each = self.size + 2  # numbers in a one-sided spectrum
        self._whole = len(self.starts) * each * 4 <= self.budget
        self._room = self.budget // (each * 4 if self._whole else each)

    @property
    def starts(self) -> range:
        """The reference position of each block's first sample; the first lies before the sound."""
        return range(-self.window, len(self.sound), self.size - self.window)

    def blocks(self) -> Iterator[tuple[int, Spectrum]]:
        """Each block's start and its whitened spectrum."""
        for start in self.starts:
            kept = self._kept.get(start)
            if kept is None:
                made = self._block(start)
                kept = made if self._whole else _Packed.of(made)
                if len(self._kept) < self._room:
                    self._kept[start] = kept
            yield start, kept.spectrum() if isinstance(kept, _Packed) else kept

    def met(self, places: NDArray[np.int_]) -> NDArray[np.float64]:
        """How much of a window meets the sound, where its first sample falls at each place."""
        ends = np.minimum(places + self.window, len(self.sound))
        return np.asarray((ends - np.maximum(places, 0)) / self.window)

    def _block(self, start: int) -> Spectrum:
        block = np.zeros(self.size, np.float32)
        first, last = max(start, 0), min(start + self.size, len(self.sound))
        if first < last:
            taken = widened(self.sound[first:last])
            rise = min(_RISE, self.window // 4, len(taken) // 8)
            block[first - start : last - start] = faded(taken, rise)
        return whitened(fourier.rfft(block), self.gain)


def search(
    spectra: Spectra, windows: Sequence[Signal], keep: int = 6, together: int = 1
) -> list[list[Peak]]:
    """The best places of each window in the reference, at least 50 ms apart, best first.

    A place is where the window's first sample falls; it may lie before the reference's start, but
    a twentieth of the window must lie within.
    Heights are in standard deviations of the correlation (by its median, which a peak does not
    move). Nearly empty blocks share the noise of the others: digital silence makes no peaks.
    Windows may be searched for some `together`, as one sound: they share a list of places, which
    stand out less, by the square root of their number, and cost no more than those of one.
    """
    others = [
        np.sum([_sought(spectra, window) for window in windows[first : first + together]], axis=0)
        for first in range(0, len(windows), together)
    ]
    paired = len(others) // 2 * 2 if spectra.size >= _LARGE else 0
    pairs = [
        fourier.laid(one, spectra.size) + np.complex64(1j) * fourier.laid(other, spectra.size)
        for one, other in zip(others[:paired:2], others[1:paired:2], strict=True)
    ]
    found: list[list[_Crests]] = [[] for _ in others]
    usable = spectra.size - spectra.window
    least = round(_LEAST_MET * min(spectra.window, len(spectra.sound)))
    for start, block in spectra.blocks():
        first = max(start, least - spectra.window)
        last = min(start + usable, len(spectra.sound) - least)
        if last <= first:
            continue
        met = spectra.met(np.arange(first, last, _THIN))
        heard = _correlations(block, pairs, others[paired:], spectra.size)
        for crests, whole in zip(found, heard, strict=True):
            crests.append(_crests(np.abs(whole[first - start : last - start]), met, first, keep))
    ranked = [_ranked(crests, keep) for crests in found]
    return [ranked[number // together] for number in range(len(windows))]


def _sought(spectra: Spectra, window: Signal) -> Spectrum:
    return whitened(fourier.rfft(window, spectra.size), spectra.gain).conj()


def _correlations(
    block: Spectrum, pairs: Sequence[Spectrum], others: Sequence[Spectrum], size: int
) -> Iterator[Signal]:
    """A block's correlations with the windows of pairs, laid out as twins, then with others."""
    if pairs:
        whole = fourier.laid(block, size)
        for pair in pairs:
            yield from fourier.twins(whole * pair)
    for other in others:
        yield fourier.irfft(block * other, size)


@dataclass(frozen=True, slots=True)
class _Crests:
    """The highest values of a block's correlation, where they are, and the noise they stand in."""

    places: NDArray[np.intp]
    values: Signal
    noise: float


def _crests(correlation: Signal, met: NDArray[np.float64], start: int, keep: int) -> _Crests:
    """The highest values of the `2 * keep` best 50 ms cells of a block.

    Its noise is that of a window that meets sound from end to end; one that meets less has less.
    """
    whole = len(correlation) // _CELL * _CELL
    best = correlation[:whole].reshape(-1, _CELL).argmax(axis=1) + np.arange(0, whole, _CELL)
    if whole < len(correlation):
        best = np.append(best, whole + correlation[whole:].argmax())
    order = np.argsort(correlation[best])[::-1][: 2 * keep]
    noise = deviation(correlation[::_THIN] / np.sqrt(met))
    return _Crests(start + best[order], correlation[best[order]], noise)


def _ranked(crests: Sequence[_Crests], keep: int) -> list[Peak]:
    floor = float(np.median([block.noise for block in crests])) + 1e-20
    places = np.concatenate([block.places for block in crests])
    heights = np.concatenate([block.values / max(block.noise, floor) for block in crests])
    apart: dict[int, Peak] = {}  # by their cells, of which none holds two
    for index in np.argsort(-heights, kind="stable"):
        at = int(places[index])
        beside = (apart.get(at // _CELL + step) for step in (-1, 0, 1))
        if all(other is None or abs(at - other.at) >= _CELL for other in beside):
            apart[at // _CELL] = Peak(at, float(heights[index]))
        if len(apart) == keep:
            break
    return list(apart.values())


def local(reference: Signal, other: Signal, reach: int, rate: int = COARSE_RATE) -> Signal:
    """Correlations of stretches of the reference with stretches `2 * reach` shorter of the other.

    Both are shaped (stretches, samples). Index `i` of a correlation, in its last axis, means that
    the other lies `i - reach` samples later in the reference than the stretches say.
    """
    size = reference.shape[-1]
    return against(reference, sought(other, size, rate), reach, rate)


def sought(other: Signal, size: int, rate: int = COARSE_RATE) -> Spectrum:
    """Stretches ready to be looked for, `against` stretches of `size` samples, more than once.

    They are faded at their ends. A cut through hum is a click, whitening makes clicks as loud as
    all else, and those of two stretches of one hum correlate, wherever the stretches lie.
    """
    return _ready(other, other.shape[-1] // _FADE, fourier.fast_size(size), rate)


def against(reference: Signal, other: Spectrum, reach: int, rate: int = COARSE_RATE) -> Signal:
    """`local`, of stretches that are `sought` for the reference's length."""
    size = fourier.fast_size(reference.shape[-1])
    product = _ready(reference, reach, size, rate)
    product *= other.conj()
    correlation: Signal = fourier.irfft(product, size)[..., : 2 * reach + 1]
    return correlation


def _ready(stretches: Signal, fade: int, size: int, rate: int) -> Spectrum:
    return whitened(fourier.rfft(faded(stretches, fade), size), mask(SPEECH, size, rate))


def faded(stretches: Signal, length: int) -> Signal:
    """Stretches with a raised cosine of some samples at both ends."""
    rise = np.sin((np.arange(length) + 0.5) * (np.pi / 2 / max(length, 1))) ** 2
    gain = np.ones(stretches.shape[-1], np.float32)
    gain[:length] *= rise
    gain[len(gain) - length :] *= rise[::-1]
    return np.asarray(stretches * gain, np.float32)


def subsample(values: Signal, at: NDArray[np.intp]) -> NDArray[np.float64]:
    """The top of a parabola through each row's value at `at` and its two neighbours."""
    rows = np.arange(len(values))
    inner = np.clip(at, 1, values.shape[1] - 2)
    left, mid, right = (values[rows, inner + step].astype(np.float64) for step in (-1, 0, 1))
    bend = left - 2 * mid + right
    shift = np.where(np.abs(bend) > 0, 0.5 * (left - right) / np.where(bend == 0, 1, bend), 0)
    return np.where(inner == at, at + np.clip(shift, -0.5, 0.5), at).astype(np.float64)
