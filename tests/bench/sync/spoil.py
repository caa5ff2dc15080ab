"""What becomes of a sound on its way to another recording: rooms, noise, gain, codecs, clocks."""

from __future__ import annotations

import numpy as np
from scipy import signal

from fixtures.clock import read_at
from tests.bench.sync.voices import RATE, Wave


def noisy(sound: Wave, snr_db: float, seed: int) -> Wave:
    """Pink noise under a sound."""
    noise = pink(len(sound), seed)
    return sound + noise * np.std(sound) / np.std(noise) * 10 ** (-snr_db / 20)


def pink(length: int, seed: int) -> Wave:
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(length))
    return np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + 1), length)


def roomy(sound: Wave, seed: int, *, direct_db: float = -6.0, loudest: float = 0.8) -> Wave:
    """A microphone some metres away: the direct sound, six early reflections, 0.45 s of room.

    `direct_db` is the direct sound's level against all else; `loudest` that of the strongest early
    reflection against the direct sound.
    """
    dice = np.random.default_rng(seed)
    length = round(0.45 * RATE)
    tail = dice.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    tail[: round(0.004 * RATE)] = 0
    early = np.zeros(length)
    places = (dice.uniform(0.0008, 0.016, 6) * RATE).astype(int)
    early[places] = dice.uniform(0.2, 1, 6) * dice.choice([-1, 1], 6)
    early *= loudest / np.abs(early).max()
    rest = 10 ** (-direct_db / 10) - np.square(early).sum()
    response = early + tail * np.sqrt(max(rest, 0.1) / np.square(tail).sum())
    response[0] = 1
    return signal.fftconvolve(sound, response)[: len(sound)]


def band(sound: Wave, low: float, high: float) -> Wave:
    """A telephone's or a small microphone's band, without delay."""
    return signal.sosfiltfilt(
        signal.butter(2, (low, high), "bandpass", fs=RATE, output="sos"), sound
    )


def pumped(sound: Wave) -> Wave:
    """Automatic gain that pumps, and a limiter that clips softly."""
    level = np.sqrt(signal.lfilter([2e-4], [1, -0.9998], np.square(sound)) + 1e-8)
    return np.tanh(2.5 * sound / (level + 0.02)) * 0.3


def clipped(sound: Wave) -> Wave:
    """A recorder set 12 dB too hot."""
    return np.clip(4 * sound, -0.5, 0.5)


def hum(length: int, mains: float = 50.0) -> Wave:
    """Mains hum with forty harmonics."""
    time = np.arange(length) / RATE
    return sum((np.sin(2 * np.pi * mains * k * time + k * k) / k for k in range(1, 40)), 0 * time)


def camera(sound: Wave, seed: int) -> Wave:
    """A camera's microphone: the room, noise and hum, a small band, gain that pumps."""
    far = roomy(sound, seed)
    return pumped(band(noisy(far, 5, seed) + 0.02 * hum(len(far)), 120, 12000))


def excerpt(sound: Wave, at: float, seconds: float, speed: float = 1.0) -> Wave:
    """A stretch from a place between the samples on, by a clock that is `speed` fast."""
    return read_at(sound.astype(np.float32), at, speed, round(seconds * RATE))


def read_again(sound: Wave, seed: int) -> Wave:
    """Other mouths, same words: magnitudes in time that runs up to 7 % fast and slow, other phases.

    A phase vocoder (Flanagan & Golden, "Phase vocoder", BSTJ 45, 1966): what was said and when are
    kept, the waveform is not.
    """
    size, hop = 1024, 256
    dice = np.random.default_rng(seed)
    window = np.hanning(size)
    frames = np.lib.stride_tricks.sliding_window_view(sound, size)[::hop] * window
    spectra = np.fft.rfft(frames, axis=1)
    pace = 1 + 0.07 * np.interp(
        np.arange(2 * len(spectra)), np.arange(0, 2 * len(spectra), 60),
        dice.uniform(-1, 1, -(-2 * len(spectra) // 60)),
    )  # fmt: skip
    places = np.cumsum(pace)
    places = places[places < len(spectra) - 2]
    near = places.astype(int)
    share = (places - near)[:, None]
    levels = np.abs(spectra[near]) * (1 - share) + np.abs(spectra[near + 1]) * share
    turns = np.angle(spectra[near + 1] * spectra[near].conj())
    # Phases wander: kept as they were, this would be the same sound through another room.
    phases = np.cumsum(turns + dice.normal(0, 0.4, turns.shape), axis=0)
    phases += dice.uniform(0, 2 * np.pi, levels.shape[1])
    again = np.fft.irfft(levels * np.exp(1j * phases), size, axis=1) * window
    out = np.zeros(len(again) * hop + size)
    for index, frame in enumerate(again):
        out[index * hop : index * hop + size] += frame
    return out * np.std(sound) / max(float(np.std(out)), 1e-12)
