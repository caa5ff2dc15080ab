"""Two recordings on different clocks, with the truth: drift, speeds, steps, wow, and none of these.

Reference times are a function of the other sound's, so that drift, steps and wow may come together.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import av
import numpy as np
import soundfile
from scipy import signal

from conform.clocks.resample import interpolate
from conform.clocks.speed import SPEEDS
from fixtures.music import Tap, music
from tests.bench.sync.files import encode
from tests.bench.sync.spoil import noisy, roomy
from tests.bench.sync.voices import RATE, Cast, Wave

SHORT, LONG = 120, 600
_AT = 7.3  # seconds before the other sound begins
_AFTER = 12.0

Places = Callable[[Wave], Wave]
"""Times of the other sound in seconds -> times of the reference."""


@dataclass(frozen=True, slots=True)
class Step:
    """At a time of the other sound its lag grows by some samples."""

    seconds: float
    samples: float


@dataclass(frozen=True, slots=True)
class Course:
    """How the other sound runs in truth: `speed` is the mean one, in reference seconds a second."""

    places: Places
    speed: float = 1.0
    name: str | None = None
    steps: tuple[Step, ...] = ()
    wows: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    kind: str
    material: str
    reference: Wave = field(repr=False)
    other: Wave = field(repr=False)
    truth: Course


@dataclass(frozen=True, slots=True)
class Shelf:
    """Material by seed: talkers, music, and talkers over music."""

    voices: Path | None
    music: Path | None

    def take(self, seed: int, seconds: float) -> tuple[str, Wave]:
        """What it is, and the sound."""
        way = ("speech", "music", "speech over music")[seed % 3]
        if way == "speech":
            return way, Cast(self.voices).take(seed, seconds)
        if way == "music":
            return way, self._music(seed, seconds)
        talk, tune = Cast(self.voices).take(seed, seconds), self._music(seed, seconds)
        return way, talk + 0.5 * np.std(talk) / np.std(tune) * tune

    def _music(self, seed: int, seconds: float) -> Wave:
        """A performance that is long enough, or some that is made."""
        for path in sorted(self.music.glob("*.wav"))[seed % 2 :] if self.music else []:
            sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
            if len(sound) >= seconds * rate:
                whole = signal.resample_poly(sound.mean(axis=1), RATE, rate)
                return np.asarray(whole[: round(seconds * RATE)])
        return Tap(music(seed, RATE)).take(round(seconds * RATE))


def aac(sound: Wave, seed: int) -> Wave:
    """What a camera's codec leaves."""
    file = io.BytesIO()
    encode(file, 0.5 * sound / np.abs(sound).max(), RATE, "m4a")
    file.seek(0)
    with av.open(file) as opened:
        frames = [frame.to_ndarray()[0] for frame in opened.decode(audio=0)]
    return np.concatenate(frames)[: len(sound)]


HEARD: dict[str, Callable[[Wave, int], Wave]] = {
    "20 dB": lambda sound, seed: noisy(sound, 20, seed),
    "5 dB": lambda sound, seed: noisy(sound, 5, seed),
    "room": lambda sound, seed: noisy(roomy(sound, seed), 15, seed),
    "AAC": aac,
}
"""What becomes of the other sound; the room's own sound is 6 dB over the direct one."""

STEPS = {
    "3-12": (3, 12),
    "12-48": (12, 48),
    "48-144": (48, 144),
    "144-480": (144, 480),
    "480-96k": (480, 96_000),
}
"""Samples of a step at 48 kHz, least and most."""

WOWS = {
    "0.02 % 10 s": (2e-4, 10.0, 1.0),
    "0.1 % 4 s": (1e-3, 4.0, 1.0),
    "0.5 % 4 s": (5e-3, 4.0, 1.0),
    "0.2 % 20 s": (2e-3, 20.0, 1.0),
    "0.5 % 60 s": (5e-3, 60.0, 1.0),
    "0.2 % 8 s at 25/24": (2e-3, 8.0, 25 / 24),
    "0.3 % 15 s at -3 %": (3e-3, 15.0, 0.97),
}
"""Deviation of the speed, period in seconds, and the mean speed."""


def even(speed: float, name: str | None = None) -> Course:
    return Course(lambda times: _AT + speed * times, speed, name)


def stepped(truth: Course, *steps: Step) -> Course:
    """A course that jumps as well; steps in order of time."""

    def places(times: Wave) -> Wave:
        moved = truth.places(times)
        for step in steps:
            moved = moved + np.where(times >= step.seconds, step.samples / RATE, 0.0)
        return moved

    return Course(places, truth.speed, truth.name, steps, truth.wows)


def wowing(deviation: float, period: float, speed: float = 1.0) -> Course:
    swing = deviation * period / (2 * np.pi)
    name = next((name for name, known in SPEEDS.items() if abs(speed / known - 1) < 1e-6), None)
    return Course(
        lambda times: _AT + speed * times + swing * np.sin(2 * np.pi * times / period),
        speed,
        name,
        wows=True,
    )


def played(take: Wave, truth: Course, seconds: float) -> Wave:
    """A take on the other clock; what an insertion adds is silent."""
    times = np.arange(round(seconds * RATE)) / RATE
    places = truth.places(times)
    sound = interpolate(take[:, None], places * RATE, truth.speed)[:, 0]
    for step in truth.steps:
        if step.samples < 0:
            first = round(step.seconds * RATE)
            sound[first : first + round(-step.samples / truth.speed)] = 0
    return sound


def case(shelf: Shelf, seed: int, kind: str, how: str, truth: Course, seconds: float) -> Case:
    material, take = shelf.take(seed, _AT + 1.1 * seconds + _AFTER)
    if how == "room":
        other = noisy(played(roomy(take, seed), truth, seconds), 15, seed)
    else:
        other = HEARD[how](played(take, truth, seconds), seed)
    return Case(f"{kind}, {how}", material, take, other, truth)


def _ppm(dice: np.random.Generator) -> float:
    return float(np.exp(dice.uniform(np.log(5), np.log(200))) * dice.choice([-1, 1]))


def drifts(seconds: float, shelf: Shelf, seed: int) -> Iterator[Case]:
    for number, how in enumerate(HEARD):
        truth = even(1 + 1e-6 * _ppm(np.random.default_rng((seed, number))))
        yield case(shelf, seed, f"drift {seconds:.0f} s", how, truth, seconds)


def speeds(shelf: Shelf, seed: int) -> Iterator[Case]:
    """Two of the trade's speeds and one of no name, each by a clock that is up to 50 ppm off."""
    dice = np.random.default_rng((seed, 20))
    names = list(SPEEDS)
    for number, how in enumerate(HEARD):
        name = names[(seed + 2 * number) % len(names)]
        clock = 1 + 1e-6 * dice.uniform(-50, 50)
        truth = even(float(SPEEDS[name]) * clock, name)
        yield case(shelf, seed, "named speed", how, truth, SHORT)
        odd = 1 + float(dice.uniform(0.002, 0.08) * dice.choice([-1, 1]))
        if all(abs(odd / known - 1) > 3e-4 for known in SPEEDS.values()):
            yield case(shelf, seed, "other speed", how, even(odd), SHORT)


def steps(shelf: Shelf, seed: int) -> Iterator[Case]:
    dice = np.random.default_rng((seed, 30))
    for number, how in enumerate(HEARD):
        for size, (least, most) in STEPS.items():
            drift = _ppm(dice) * ((number + seed) % 2)
            samples = float(np.round(np.exp(dice.uniform(np.log(least), np.log(most)))))
            at = float(dice.uniform(0.15, 0.85) * SHORT)
            truth = stepped(even(1 + 1e-6 * drift), Step(at, samples * dice.choice([-1, 1])))
            yield case(shelf, seed, f"step {size}", how, truth, SHORT)


def edits(shelf: Shelf, seed: int) -> Iterator[Case]:
    """Several steps in a file that drifts, one of them silence of some seconds."""
    dice = np.random.default_rng((seed, 40))
    for how in HEARD:
        first, second, third = (
            float(x) * SHORT for x in np.array([0.25, 0.5, 0.75]) + dice.uniform(-0.06, 0.06, 3)
        )
        truth = stepped(
            even(1 + 1e-6 * _ppm(dice)),
            Step(first, float(dice.integers(480, 9600))),
            Step(second, -float(dice.integers(RATE // 2, 3 * RATE))),
            Step(third, float(dice.integers(RATE, 4 * RATE))),
        )
        yield case(shelf, seed, "three steps", how, truth, SHORT)


def wows(shelf: Shelf, seed: int) -> Iterator[Case]:
    for how in HEARD:
        for name, (deviation, period, speed) in WOWS.items():
            truth = wowing(deviation, period, speed)
            yield case(shelf, seed, f"wow {name}", how, truth, SHORT)


def wows_and_steps(shelf: Shelf, seed: int) -> Iterator[Case]:
    dice = np.random.default_rng((seed, 50))
    for how in HEARD:
        step = Step(float(dice.uniform(0.3, 0.7) * SHORT), float(dice.integers(960, 20_000)))
        yield case(shelf, seed, "wow and a step", how, stepped(wowing(1e-3, 8.0), step), SHORT)


def plain(shelf: Shelf, seed: int) -> Iterator[Case]:
    """Nothing to be told, or nothing but a clock's drift."""
    material, take = shelf.take(seed, _AT + SHORT + _AFTER)
    first = round(_AT * RATE)
    copy = take[first : first + SHORT * RATE]
    level = even(1.0)
    yield Case("exact copy", material, take, copy, level)
    yield Case("AAC copy", material, take, aac(copy, seed), level)
    yield Case("5 dB copy", material, take, noisy(copy, 5, seed), level)
    loud = roomy(take, seed, direct_db=-10)[first : first + SHORT * RATE]
    yield Case("loud room", material, take, noisy(loud, 15, seed), level)
    for ppm in (100.0, -180.0):
        truth = even(1 + 1e-6 * ppm)
        far = played(roomy(take, seed, direct_db=-10), truth, SHORT)
        yield Case("loud room, drift", material, take, noisy(far, 10, seed), truth)


KINDS: dict[str, Callable[[Shelf, int], Iterator[Case]]] = {
    "long": partial(drifts, LONG),
    "drift": partial(drifts, SHORT),
    "speed": speeds,
    "step": steps,
    "edit": edits,
    "wow": wows,
    "both": wows_and_steps,
    "plain": plain,
}
