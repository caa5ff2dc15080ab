"""Which channel of the reference each channel of another file is: what shows that two are swapped.

A channel and its counterpart are coherent: at each frequency they keep one phase and one ratio of
levels from frame to frame, whatever lies between their microphones. Carter, Knapp & Nuttall,
"Estimation of the magnitude-squared coherence function", IEEE Trans. Audio Electroacoust. 21, 1973.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from conform.hearing import fourier
from conform.hearing.band import COARSE_RATE, SPEECH, Spectrum, lively, mask, powers
from conform.hearing.halves import widened
from conform.hearing.sound import Sound
from conform.match import Match

_FRAME = 2048  # coarse samples, a quarter of a second: microphones are a hundredth apart
_FRAMES = 96
_FEWEST = 12  # chance alone shows one over the number of frames
_PLAINLY = 0.05  # share of a channel's power by which its counterpart leads the next best
_TINY = 1e-20

Shares = NDArray[np.float64]
"""How much of each other channel each reference channel explains, shaped (others, references)."""


def counterparts(
    ground: Sequence[Sound], channels: Sequence[Sound], whole: Match
) -> tuple[int | None, ...]:
    """For each channel of another file, the reference's channel that explains it plainly best.

    `whole` is where the file matched. A channel that several reference channels explain about as
    well, as a microphone explains both sides of a centred mix, has none.
    """
    if whole.lag_seconds is None or len(ground) < 2:
        return (None,) * len(channels)
    return tuple(_plainly(row) for row in _shares(ground, channels, whole))


def swapped(known: Sequence[int | None]) -> tuple[tuple[int, int], ...]:
    """Pairs of channels each of which is what the reference holds in the other's place."""
    return tuple(
        (here, there)
        for here, there in enumerate(known)
        if there is not None and here < there < len(known) and known[there] == here
    )


def _plainly(row: Shares) -> int | None:
    best = int(row.argmax())
    return best if row[best] > np.delete(row, best).max() + _PLAINLY else None


def _shares(ground: Sequence[Sound], channels: Sequence[Sound], whole: Match) -> Shares:
    shares = np.zeros((len(channels), len(ground)))
    for number, channel in enumerate(channels):
        starts, places = _frames(ground[0], channel, whole)
        if len(starts) < _FEWEST:
            continue
        theirs = _spectra(channel, starts)
        shares[number] = [_explained(_spectra(one, places), theirs) for one in ground]
    return shares


def _frames(
    reference: Sound, channel: Sound, whole: Match
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The liveliest frames of a channel that the reference holds, and their places in it."""
    starts = np.array(lively(powers(channel.coarse), _FRAME, _FRAMES), np.intp)
    speed = 1 + (whole.drift_ppm or 0.0) * 1e-6
    shift = float(whole.lag_seconds or 0.0) - float(reference.start)
    times = float(channel.start) + starts / COARSE_RATE
    places = np.round((shift + times * speed) * COARSE_RATE).astype(np.intp)
    inside = (places >= 0) & (places + _FRAME <= len(reference.coarse))
    inside &= starts + _FRAME <= len(channel.coarse)
    return starts[inside], places[inside]


def _spectra(sound: Sound, starts: NDArray[np.intp]) -> Spectrum:
    frames = widened(np.stack([sound.coarse[at : at + _FRAME] for at in starts]))
    return np.asarray(fourier.rfft(frames * np.hanning(_FRAME).astype(np.float32)), np.complex64)


def _explained(ours: Spectrum, theirs: Spectrum) -> float:
    """The share of the other's power, in the speech band, that is coherent with the reference."""
    power = np.square(np.abs(theirs)).sum(axis=0)
    both = np.square(np.abs(ours)).sum(axis=0) * power
    coherence = np.square(np.abs((ours.conj() * theirs).sum(axis=0))) / (both + _TINY)
    weight = power * mask(SPEECH, _FRAME, COARSE_RATE)
    return float((coherence * weight).sum() / (weight.sum() + _TINY))
