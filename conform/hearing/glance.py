"""A glance at two sounds: whether any place of the one in the other stands out at all.

A search alone, without the closer look that makes a measurement: a fifth of its cost. It claims
nothing. What does not even stand out among the other places of its own search is not looked into.
"""

from __future__ import annotations

from conform.hearing import rarity
from conform.hearing.band import COARSE_RATE, lively, powers
from conform.hearing.correlate import faded, search
from conform.hearing.halves import widened
from conform.hearing.measure import spectra_of
from conform.hearing.sound import Sound

_WINDOWS = 4  # of the other sound, where it is longer than one
_FADE = COARSE_RATE // 50  # samples of a window's rise and fall
_RARE = 0.5  # minus log10 of the chance: one in five of unrelated sounds comes through


def stands_out(reference: Sound, other: Sound) -> bool:
    """Whether any window of the other sound has a place that is rarer than chance would have it."""
    spectra = spectra_of(reference, other)
    length = min(len(other.coarse), spectra.window)
    fade = min(_FADE, length // 8)
    windows = [
        faded(widened(other.coarse[first : first + length]), fade)
        for first in lively(powers(other.coarse), length, _WINDOWS)
    ]
    found = search(spectra, windows, rarity.SAMPLE)
    return any(rarity.decades(peaks[0], peaks, 0.0) > _RARE for peaks in found)
