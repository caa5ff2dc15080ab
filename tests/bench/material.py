"""Pairs of sounds with known truth: a production take, and what a guide or camera made of it.

Speech is the film maker's own, or recordings from a folder (for instance the voice acting of the
Debian packages fillets-ng-data-cs and -nl). Truth is the arrival of the direct sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import signal

from fixtures.clock import read_at
from fixtures.music import Tap, music
from fixtures.voices import conversation

RATE = 48000
TAKE = 75
CLIP = 30

Wave = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Pair:
    """A reference, another sound, and its true lag in seconds (None: it does not belong)."""

    condition: str
    reference: Path
    other: Path
    lag: float | None


@dataclass(frozen=True, slots=True)
class Scene:
    """One take with what it takes to spoil it."""

    take: Wave
    stranger: Wave
    seed: int
    at: int

    def clip(self, seconds: float = CLIP) -> Wave:
        return self.take[self.at : self.at + round(seconds * RATE)]


def scene(seed: int, voices: Path | None) -> Scene:
    rng = np.random.default_rng(seed)
    take = conversation(seed, 0, TAKE * RATE, RATE, voices).sum(axis=0)
    stranger = conversation(seed, 1, CLIP * RATE, RATE).sum(axis=0)
    return Scene(take, stranger, seed, int(rng.integers(RATE, (TAKE - CLIP - 1) * RATE)))


def noisy(sound: Wave, snr_db: float, seed: int) -> Wave:
    """Pink noise under a sound."""
    white = np.random.default_rng(seed).standard_normal(len(sound))
    spectrum = np.fft.rfft(white)
    pink = np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + 1), len(sound))
    return sound + pink * np.std(sound) / np.std(pink) * 10 ** (-snr_db / 20)


def roomy(sound: Wave, seed: int) -> Wave:
    """A microphone some metres away: direct sound, and 0.45 s of room 6 dB above it."""
    rng = np.random.default_rng(seed)
    length = round(0.45 * RATE)
    response = rng.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    response[: round(0.0008 * RATE)] = 0
    response *= 2 / np.sqrt(np.square(response).sum())
    response[0] = 1
    return signal.fftconvolve(sound, response)[: len(sound)]


def band(sound: Wave, low: float, high: float) -> Wave:
    return signal.sosfiltfilt(
        signal.butter(2, (low, high), "bandpass", fs=RATE, output="sos"), sound
    )


def pumped(sound: Wave) -> Wave:
    """Automatic gain that pumps, and a limiter that clips softly."""
    level = np.sqrt(signal.lfilter([2e-4], [1, -0.9998], np.square(sound)) + 1e-8)
    return np.tanh(2.5 * sound / (level + 0.02)) * 0.3


def hum(length: int) -> Wave:
    time = np.arange(length) / RATE
    return sum((np.sin(2 * np.pi * 50 * k * time + k * k) / k for k in range(1, 40)), 0 * time)


def camera(place: Scene) -> Wave:
    far = roomy(place.take, place.seed)[place.at : place.at + CLIP * RATE]
    return pumped(band(noisy(far, 5, place.seed) + 0.02 * hum(len(far)), 120, 12000))


def under_music(place: Scene) -> Wave:
    far = roomy(place.take, place.seed)[place.at : place.at + CLIP * RATE]
    tune = Tap(music(place.seed, RATE)).take(len(far))
    return far + tune * np.std(far) / np.std(tune)


def drifting(place: Scene) -> Wave:
    ppm = (-100.0, 20.0, 50.0)[place.seed % 3]
    return read_at(place.take.astype(np.float32), float(place.at), 1 + ppm * 1e-6, CLIP * RATE)


MATCHING: dict[str, Callable[[Scene], Wave]] = {
    "clean": Scene.clip,
    "telephone": lambda s: band(s.clip(), 300, 3400),
    "another room": lambda s: roomy(s.take, s.seed)[s.at : s.at + CLIP * RATE],
    "10 dB noise": lambda s: noisy(s.clip(), 10, s.seed),
    "0 dB noise": lambda s: noisy(s.clip(), 0, s.seed),
    "-5 dB noise": lambda s: noisy(s.clip(), -5, s.seed),
    "-10 dB noise": lambda s: noisy(s.clip(), -10, s.seed),
    "gain pumping": lambda s: pumped(s.clip()),
    "inverted": lambda s: -s.clip(),
    "camera": camera,
    "under music": under_music,
    "drift": drifting,
    "5 s, room": lambda s: noisy(roomy(s.take, s.seed)[s.at : s.at + 5 * RATE], 15, s.seed),
    "2 s": lambda s: noisy(s.clip(2), 15, s.seed),
}
"""What may become of a stretch of the take; its truth is where the stretch was."""

STRANGE: dict[str, Callable[[Scene], Wave]] = {
    "other speech": lambda s: s.stranger,
    "other speech, same hum": lambda s: s.stranger + 0.05 * hum(len(s.stranger)),
    "hum alone": lambda s: noisy(0.05 * hum(CLIP * RATE), 30, s.seed),
    "music": lambda s: Tap(music(s.seed, RATE)).take(CLIP * RATE),
    "silence": lambda s: np.zeros(CLIP * RATE),
}
"""What is not in the take at all."""


def pairs(folder: Path, scenes: int, voices: Path | None = None) -> Iterator[Pair]:
    """Write and list every condition of some scenes."""
    for place in islice((scene(seed, voices) for seed in range(1, scenes + 1)), scenes):
        take = _write(folder, f"{place.seed}-take", place.take + 1e-4 * hum(len(place.take)))
        start = place.at / RATE
        for condition, spoil in MATCHING.items():
            other = _write(folder, f"{place.seed}-{condition}", spoil(place))
            yield Pair(condition, take, other, start)
        clip = _write(folder, f"{place.seed}-clip", place.clip())
        yield Pair("44.1 kHz", take, _at_cd_rate(folder, place), start - start % 0.01)
        yield Pair("opus", take, _opus(clip), start)
        for condition, other, lag in _overlaps(place):
            yield Pair(condition, take, _write(folder, f"{place.seed}-{condition}", other), lag)
        for condition, make in STRANGE.items():
            yield Pair(condition, take, _write(folder, f"{place.seed}-{condition}", make(place)),
                       None)  # fmt: skip


def _overlaps(place: Scene) -> Iterator[tuple[str, Wave, float]]:
    away = place.stranger[: 20 * RATE]
    yield "10 s at the head", np.concatenate([away, place.take[: 10 * RATE]]), -20.0
    yield "10 s at the tail", np.concatenate([place.take[-10 * RATE :], away]), TAKE - 10.0


def _at_cd_rate(folder: Path, place: Scene) -> Path:
    first = place.at - place.at % 480  # both rates have a sample at each hundredth of a second
    other = signal.resample_poly(place.take[first : first + CLIP * RATE], 147, 160)
    return _write(folder, f"{place.seed}-cd", other, 44100)


def _write(folder: Path, name: str, sound: Wave, rate: int = RATE) -> Path:
    path = folder / f"{name.replace(' ', '_').replace(',', '')}.wav"
    loudest = max(float(np.abs(sound).max()), 1e-9)
    soundfile.write(path, sound * min(1.0, 0.9 / loudest), rate, subtype="PCM_24")
    return path


def _opus(clip: Path) -> Path:
    sound, rate = soundfile.read(clip, dtype="float32")
    path = clip.with_suffix(".opus")
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound[None], format="flt", layout="mono")
        frame.rate = rate
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path
