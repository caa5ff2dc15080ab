"""Pairs of sounds with known truth: a production take, and what a guide or camera made of it.

Truth is the arrival of the direct sound. Places lie between the samples. Seeds from `HELD_OUT` on
are for judging: no threshold of the engine was chosen by them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from scipy import signal

from conform.clocks.speed import SPEEDS
from fixtures.music import Tap, music
from tests.bench.sync.rooms import room
from tests.bench.sync.spoil import (
    band,
    camera,
    clipped,
    excerpt,
    hum,
    noisy,
    pumped,
    read_again,
    roomy,
)
from tests.bench.sync.voices import RATE, Cast, Wave

TAKE = 75
CLIP = 30
LONG = 600
HELD_OUT = 9000


@dataclass(frozen=True, slots=True)
class Truth:
    """Where a sound lies: `lag` in seconds at its first sample, and what else is to be found."""

    lag: float
    drift_ppm: float = 0.0
    speed_name: str | None = None
    step: int = 0
    """Samples that were dropped in the middle."""

    def at(self, time: float) -> float:
        """The lag at a time of the other sound."""
        return self.lag + self.drift_ppm * 1e-6 * time


@dataclass(frozen=True, slots=True)
class Pair:
    """A reference, another sound, and the truth; None where the other does not belong.

    `several` says that more than one place is right. `kind` is the file that the other sound is
    written to.
    """

    condition: str
    reference: Wave = field(repr=False)
    other: Wave = field(repr=False)
    truth: Truth | None
    several: bool = False
    kind: str = "wav"
    rate: int = RATE

    @property
    def seconds(self) -> float:
        """How long the other sound is."""
        return len(self.other) / self.rate

    @property
    def shared_end(self) -> float:
        """The other sound's time at which the reference ends."""
        return len(self.reference) / RATE - (self.truth.lag if self.truth else 0.0)


@dataclass(frozen=True, slots=True)
class Scene:
    """One take, where the clip of it begins in samples, and who else there is."""

    cast: Cast
    seed: int
    take: Wave = field(repr=False)
    at: float

    @property
    def truth(self) -> Truth:
        return Truth(self.at / RATE)

    def clip(self, seconds: float = CLIP) -> Wave:
        return excerpt(self.take, self.at, seconds)

    def heard(self, spoil: Callable[[Wave, int], Wave], seconds: float = CLIP) -> Wave:
        """The clip out of the take as another microphone heard all of it."""
        return excerpt(spoil(self.take, self.seed), self.at, seconds)

    def stranger(self) -> Wave:
        return self.cast.stranger(self.seed, CLIP)

    def tune(self, seconds: float, number: int = 0) -> Wave:
        return Tap(music(2 * self.seed + number, RATE)).take(round(seconds * RATE))


def scene(seed: int, cast: Cast, seconds: float = TAKE) -> Scene:
    take = cast.take(seed, seconds)
    at = float(np.random.default_rng(seed).uniform(RATE, (seconds - CLIP - 1) * RATE))
    return Scene(cast, seed, take + 1e-4 * hum(len(take)), at)


def _under_music(place: Scene) -> Wave:
    far, tune = place.heard(roomy), place.tune(CLIP)
    return far + tune * np.std(far) / np.std(tune)


def _short(seconds: float) -> Callable[[Scene], Wave]:
    return lambda place: noisy(place.clip(seconds), 15, place.seed)


def _camera(sound: Wave, seed: int) -> Wave:
    return camera(sound, seed)


CLIPS: dict[str, Callable[[Scene], Wave]] = {
    "clean": Scene.clip,
    "300-3400 Hz": lambda s: band(s.clip(), 300, 3400),
    "another room": lambda s: s.heard(roomy),
    "reflection over direct": lambda s: s.heard(partial(roomy, loudest=1.2, direct_db=-8)),
    "10 dB noise": lambda s: noisy(s.clip(), 10, s.seed),
    "0 dB noise": lambda s: noisy(s.clip(), 0, s.seed),
    "-5 dB noise": lambda s: noisy(s.clip(), -5, s.seed),
    "-10 dB noise": lambda s: noisy(s.clip(), -10, s.seed),
    "gain pumping": lambda s: pumped(s.clip()),
    "clipped": lambda s: clipped(s.clip()),
    "inverted": lambda s: -s.clip(),
    "camera": lambda s: s.heard(_camera),
    "under music": _under_music,
    "camera under music": lambda s: camera(_under_music(s), s.seed),
    "5 s": _short(5),
    "5 s, room": lambda s: noisy(s.heard(roomy, 5), 15, s.seed),
    "2 s": _short(2),
    "2 s, room": lambda s: noisy(s.heard(roomy, 2), 15, s.seed),
    "1 s": _short(1),
    "0.5 s": _short(0.5),
}
"""What may become of a stretch of the take; its truth is where the stretch was."""

STRANGERS: dict[str, Callable[[Scene], Wave]] = {
    "other speech": Scene.stranger,
    "other speech, same hum": lambda s: s.stranger() + 0.05 * hum(CLIP * RATE),
    "same lines read again": lambda s: read_again(s.clip(), s.seed),
    "hum alone": lambda s: noisy(0.05 * hum(CLIP * RATE), 30, s.seed),
    "music": lambda s: s.tune(CLIP),
    "silence": lambda s: np.zeros(CLIP * RATE),
}
"""What is not in the take at all."""

DRIFTS = (5.0, -20.0, 50.0, -100.0, 200.0)


def pairs(seed: int, cast: Cast) -> Iterator[Pair]:
    """Every condition of one scene."""
    place = scene(seed, cast)
    for condition, spoil in CLIPS.items():
        yield Pair(condition, place.take, spoil(place), place.truth)
    yield Pair("AAC 128k", place.take, place.clip(), place.truth, kind="m4a")
    yield Pair("Opus", place.take, place.clip(), place.truth, kind="opus")
    yield _at_cd_rate(place)
    yield from _rooms(place)
    yield from _overlaps(place)
    yield from _cues(place)
    yield _stepped(place)
    yield from _respeeded(place)
    for condition, spoil in STRANGERS.items():
        yield Pair(condition, place.take, spoil(place), None)
    yield _looped(place)


def long_pairs(seed: int, cast: Cast) -> Iterator[Pair]:
    """Ten minutes by another clock, at a signal to noise of 10 and 0 dB in turn."""
    place = scene(seed, cast, LONG + 30)
    for number, ppm in enumerate(DRIFTS):
        other = excerpt(place.take, 10 * RATE + 0.3, LONG, 1 + ppm * 1e-6)
        snr = 10.0 * ((seed + number) % 2)
        truth = Truth(10 + 0.3 / RATE, ppm)
        yield Pair(f"10 min, {abs(ppm):.0f} ppm", place.take, noisy(other, snr, seed), truth)


def _at_cd_rate(place: Scene) -> Pair:
    """At 44.1 kHz; both rates have a sample at each hundredth of a second."""
    first = int(place.at) - int(place.at) % 480
    other = signal.resample_poly(place.take[first : first + CLIP * RATE], 147, 160)
    return Pair("44.1 kHz", place.take, other, Truth(first / RATE), rate=44100)


def _rooms(place: Scene) -> Iterator[Pair]:
    """A mouth, a boom and a camera in one room, each against another; references in rooms too."""
    box, truth, seed = room(place.seed), place.truth, place.seed
    far, near = noisy(box.heard_far(place.take), 15, seed), box.heard_near(place.take)
    away = excerpt(far, place.at, CLIP)
    yield Pair("camera to mouth", place.take, away, truth)
    yield Pair("mouth to camera", far, place.clip(), truth)
    yield Pair("camera to boom", noisy(near, 40, seed), away, truth)
    yield Pair("camera to mouth, 5 s", place.take, excerpt(far, place.at, 5), truth)


def _overlaps(place: Scene) -> Iterator[Pair]:
    """Ten seconds shared, the other twenty of something else."""
    away = place.stranger()[: 20 * RATE]
    head = np.concatenate([away, place.take[: 10 * RATE]])
    tail = np.concatenate([place.take[-10 * RATE :], away])
    yield Pair("10 s shared at the head", place.take, head, Truth(-20.0))
    yield Pair("10 s shared at the tail", place.take, tail, Truth(TAKE - 10.0))


def _cues(place: Scene) -> Iterator[Pair]:
    """Music that a camera heard, and music alone."""
    tune = place.tune(TAKE, 1)
    far = excerpt(camera(tune, place.seed), place.at, CLIP)
    yield Pair("music, camera", tune, far, place.truth)
    yield Pair("other music", tune, place.tune(CLIP), None)


def _stepped(place: Scene) -> Pair:
    """A recorder that lost 1,024 samples in the middle of a clip."""
    clip, half = place.clip(), CLIP * RATE // 2
    other = np.concatenate([clip[:half], clip[half + 1024 :]])
    return Pair("1,024 samples lost", place.take, other, Truth(place.truth.lag, step=1024))


def _respeeded(place: Scene) -> Iterator[Pair]:
    """Two of the trade's speeds for each scene."""
    names = list(SPEEDS)
    for name in (names[2 * place.seed % len(names)], names[(2 * place.seed + 1) % len(names)]):
        speed = SPEEDS[name]  # reference seconds to each of the other's
        clip = place.take[int(place.at) : int(place.at) + CLIP * RATE]
        other = signal.resample_poly(clip, speed.denominator, speed.numerator)
        truth = Truth(int(place.at) / RATE, (float(speed) - 1) * 1e6, name)
        yield Pair(f"speed {name.split()[0]}", place.take, other, truth)


def _looped(place: Scene) -> Pair:
    """A loop of two seconds: every period is right, and no one of them."""
    loop = np.tile(place.clip(2), TAKE // 2)
    return Pair("exact loop", loop, loop[9 * RATE : 29 * RATE], None, several=True)
