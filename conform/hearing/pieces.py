"""Stretches of a sound, each made ready once to be looked for: rivals of a place ask for the same.

Of a sound that is nowhere, every stretch is looked for in a hundred places.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from conform.hearing import fourier
from conform.hearing.band import SILENCE_DBFS, Signal, Spectrum
from conform.hearing.correlate import sought
from conform.hearing.halves import widened

_ROOM = 16_000_000  # bytes of spectra that are kept: 460 stretches of a second, 120 of four

_Key = tuple[int, int, int]
"""A stretch by its first sample, its length and that of what it is looked for in."""


@dataclass(slots=True)
class Pieces:
    """A sound at 8 kHz and its stretches that were looked for so far; None for silent ones."""

    sound: NDArray[np.floating]
    _kept: dict[_Key, Spectrum | None] = field(default_factory=dict, repr=False)
    _room: int = _ROOM

    def ready(
        self, starts: NDArray[np.intp], length: int, size: int
    ) -> tuple[NDArray[np.bool_], Spectrum]:
        """Which stretches are audible, and those ready to be looked for in `size` samples."""
        keys = [(int(first), length, size) for first in starts]
        known = {key: self._kept[key] for key in keys if key in self._kept}
        new = [key for key in keys if key not in known]
        if new:
            made = _made(self.sound, new)
            known |= made
            self._keep(made)
        rows = [known[key] for key in keys]
        heard = np.array([row is not None for row in rows], bool)
        spectra = [row for row in rows if row is not None]
        if not spectra:
            return heard, np.empty((0, fourier.fast_size(size) // 2 + 1), np.complex64)
        return heard, np.stack(spectra)

    def _keep(self, made: dict[_Key, Spectrum | None]) -> None:
        cost = sum(row.nbytes for row in made.values() if row is not None)
        if cost <= self._room:
            self._room -= cost
            self._kept |= made


def _made(sound: NDArray[np.floating], keys: list[_Key]) -> dict[_Key, Spectrum | None]:
    """Stretches of one length, those that are audible as spectra."""
    _, length, size = keys[0]
    stretches = cut(sound, np.array([first for first, _, _ in keys]), length)
    heard = audible(stretches)
    rows = iter(sought(stretches[heard], size)) if heard.any() else iter(())
    return {key: next(rows) if loud else None for key, loud in zip(keys, heard, strict=True)}


def cut(sound: NDArray[np.floating], starts: NDArray[np.intp], length: int) -> Signal:
    """Stretches of a sound, shaped (stretches, samples)."""
    return widened(np.stack([sound[start : start + length] for start in starts]))


def audible(stretches: Signal) -> NDArray[np.bool_]:
    """Which stretches are above silence."""
    steps = stretches[:, :-1] * np.float32(-0.9)  # turns rumble down; see band.powers
    steps += stretches[:, 1:]
    power = np.einsum("ij,ij->i", steps, steps) / steps.shape[1]
    return np.asarray(power > 10 ** (SILENCE_DBFS / 10))
