"""Sounds that do not belong together, of every kind that is alike all the same.

Ground gives the voices and the music; each kind makes a reference and a whole sound that no part of
it lies in. What two recordings share by their machines is here as well: hum, ticks, bursts of a
telephone, clicks, a clapper's or a drum machine's one sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

from fixtures.music import Tap, music
from tests.bench.sync.spoil import camera, clipped, hum, noisy, pink, read_again, roomy
from tests.bench.sync.voices import RATE, Cast, Wave

TAKE = 75
_POOL = 12  # takes that pairs are drawn from


@dataclass(frozen=True, slots=True)
class Ground:
    """What unrelated sounds are drawn from; a seed gives the same sound each time.

    No two numbers of a pool have a line in common.
    """

    cast: Cast
    seed: int
    recordings: tuple[Path, ...] = ()
    _made: dict[tuple[str, int], Wave] = field(default_factory=dict, repr=False)

    def take(self, number: int) -> Wave:
        return self._once("take", number, lambda: self._lines(2 * number, 2 * _POOL, number))

    def stranger(self, number: int) -> Wave:
        """Another cast."""
        return self._once(
            "other", number, lambda: self._lines(2 * number + 1, 2 * _POOL, number + 1)
        )

    def same_voice(self, number: int) -> Wave:
        return self._once("voice", number, lambda: self._lines(2 * number + 1, 2 * _POOL, number))

    def crowd(self, number: int) -> Wave:
        """Eight people at once."""
        shares = [(8 * number + one, 8 * _POOL) for one in range(8)]
        return self._once(
            "crowd",
            number,
            lambda: sum(self._lines(*share, one) for one, share in enumerate(shares)) / 4,
        )

    def tune(self, number: int) -> Wave:
        return self._once("tune", number, lambda: self._tune(number))

    def again(self, number: int) -> Wave:
        return self._once(
            "again", number, lambda: read_again(self.take(number), self.seed + number)
        )

    def performance(self, which: int) -> Wave:
        """One of the recorded performances; without them, music of the same tempo."""
        if len(self.recordings) < 2:
            return self.tune(which)
        return self._once("performance", which, lambda: _recording(self.recordings[which]))

    def _lines(self, share: int, shares: int, cast: int) -> Wave:
        return self.cast.lines(self.seed, TAKE, (share, shares), cast)

    def _tune(self, number: int) -> Wave:
        return Tap(music(self.seed * _POOL + number, RATE)).take(TAKE * RATE)

    def _once(self, kind: str, number: int, make: Callable[[], Wave]) -> Wave:
        if (kind, number) not in self._made:
            self._made[kind, number] = make().astype(np.float32)
        return self._made[kind, number]


def _recording(path: Path) -> Wave:
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return signal.resample_poly(sound.mean(axis=1), RATE, rate)


@cache
def _hum(mains: float) -> Wave:
    return (0.05 * hum(2 * TAKE * RATE, mains)).astype(np.float32)


Two = tuple[Wave, Wave]
Pool = Callable[[int], Wave]
Dice = np.random.Generator


def _two(pool: Pool, dice: Dice, spoil: Callable[[Wave], Wave] = np.asarray) -> Two:
    """Two of one pool, each spoilt."""
    one, other = (int(x) for x in dice.choice(_POOL, 2, replace=False))
    return spoil(pool(one)), spoil(pool(other))


def _one_each(pool: Pool, other: Pool, dice: Dice) -> Two:
    number = int(dice.integers(_POOL))
    return pool(number), other(number)


def _seed(dice: Dice) -> int:
    return int(dice.integers(1 << 30))


def _same_hum(g: Ground, dice: Dice) -> Two:
    """One mains hum at any phase under two conversations."""
    one, other = _one_each(g.take, g.stranger, dice)
    late = int(dice.integers(TAKE * RATE))
    return one + _hum(50)[: len(one)], other + _hum(50)[late : late + len(other)]


def _hum_alone(g: Ground, dice: Dice) -> Two:
    return _same_hum(g, dice)[0], _hum(50)[: TAKE * RATE] + _hiss(dice)


def _bangs(sound: Wave, dice: Dice) -> Wave:
    """A door or a clapper now and then: two milliseconds, far louder than what is said."""
    out = sound.copy()
    for at in dice.integers(0, len(sound) - 96, 12):
        out[at : at + 96] += 3 * dice.standard_normal(96) * np.exp(-np.arange(96) / 20)
    return out


def _one_bang(sound: Wave, dice: Dice) -> Wave:
    """The same click every six seconds or so."""
    out = sound.copy()
    for at in dice.integers(0, len(sound) - 96, 12):
        out[at : at + 96] += 2 * np.exp(-np.arange(96) / 10)
    return out


def _music_under(g: Ground, dice: Dice) -> Two:
    voices, tunes = _two(g.take, dice), _two(g.tune, dice)
    return voices[0] + 0.5 * tunes[0], voices[1] + 0.5 * tunes[1]


def _tone(dice: Dice) -> Wave:
    """Line-up tone: a kilohertz, or the pitch A."""
    time = np.arange(TAKE * RATE) / RATE
    tone = np.sin(2 * np.pi * dice.choice([440, 1000, 1000]) * time + dice.uniform(0, 6))
    return 0.2 * tone + 1e-3 * pink(len(time), _seed(dice))


def _toned(sound: Wave) -> Wave:
    return sound + 0.1 * np.sin(2 * np.pi * 1000 * np.arange(len(sound)) / RATE)


def _hiss(dice: Dice) -> Wave:
    return dice.standard_normal(TAKE * RATE) * 10 ** (-dice.uniform(40, 80) / 20)


def _strewn(sound: Wave, sample: Wave, places: np.ndarray) -> Wave:
    """A sound with one sample laid over it at many places."""
    out = sound.copy()
    for at in places:
        room = min(len(sample), len(out) - at)
        out[at : at + room] += sample[:room]
    return out


def _lined_up(sound: Wave) -> Wave:
    """Five seconds of line-up tone in each fifteen, and what is said between."""
    time = np.arange(len(sound)) / RATE
    return np.where(time % 15 < 5, 0.1 * np.sin(2 * np.pi * 1000 * time), sound)


def _air(sound: Wave, dice: Dice) -> Wave:
    """One ventilator over a conversation: rushing air, and blades whose speed wanders a little."""
    count = len(sound)
    turns = 2 * np.pi * np.cumsum(118 + 0.2 * np.sin(np.arange(count) / RATE / 3)) / RATE
    blades = sum((np.sin(k * (turns + dice.uniform(0, 6))) / k for k in range(1, 12)), 0 * turns)
    air = signal.lfilter([1], [1, -0.97], pink(count, _seed(dice)))
    return sound + 0.02 * blades + 0.03 * air / np.std(air)


@cache
def _sample(number: int, seconds: float) -> Wave:
    """A struck thing: noise and partials that die away; a number gives the same one each time."""
    dice = np.random.default_rng(number)
    time = np.arange(round(seconds * RATE)) / RATE
    partials = [np.sin(2 * np.pi * pitch * time) for pitch in dice.uniform(200, 3000, 7)]
    made = sum(partials, 2 * dice.standard_normal(len(time)) * np.exp(-time / 0.01))
    return 0.1 * made * np.exp(-5 * time / seconds)


def _generator(sound: Wave, dice: Dice) -> Wave:
    """An engine under a conversation: the same stroke 27 times a second, never quite evenly."""
    each = RATE / 27 * (1 + 0.005 * dice.standard_normal(30 * TAKE))
    places = np.cumsum(each).astype(int)
    return _strewn(sound, 0.3 * _sample(1, 0.03), places[places < len(sound)])


def _every(sound: Wave, sample: Wave, seconds: float, dice: Dice) -> Wave:
    """A clock, a metronome or a disk: one sample evenly, from anywhere on."""
    step = round(seconds * RATE)
    return _strewn(sound, sample, np.arange(int(dice.integers(step)), len(sound), step))


def _at_random(sound: Wave, sample: Wave, count: int, dice: Dice) -> Wave:
    return _strewn(sound, sample, dice.integers(0, len(sound), count))


def _telephone(sound: Wave, dice: Dice) -> Wave:
    """A telephone's bursts, 217 a second without each 26th, for two seconds now and then."""
    frame = RATE * 120 / 26 / 1000
    pulse = np.zeros(round(2 * RATE))
    for number in range(round(2000 / 120 * 26) - 1):
        if number % 26 != 25:
            first = round(number * frame)
            pulse[first : first + round(frame / 8)] = 0.1
    buzz = signal.lfilter([1, -1], [1, -0.95], pulse)
    return _at_random(sound, buzz, 8, dice)


def _beeped(sound: Wave, dice: Dice) -> Wave:
    """A frame of a kilohertz now and then: 2-pops and beeps."""
    beep = 0.3 * np.sin(2 * np.pi * 1000 * np.arange(RATE // 25) / RATE)
    return _at_random(sound, beep, 6, dice)


def _drummed(sound: Wave, dice: Dice) -> Wave:
    """A drum machine's samples on its grid, another bar in each eighth of a second's steps."""
    out = sound.copy()
    step = RATE // 8
    for number in range(3):
        hits = np.arange(int(dice.integers(8)) * step, len(out), step)
        out = _strewn(out, _sample(10 + number, 0.2), hits[dice.random(len(hits)) < 0.4])
    return out


def _clicks(dice: Dice) -> Wave:
    """Digital silence, and what a bad cable does in it."""
    return _at_random(np.zeros(TAKE * RATE), np.array([0.5, -0.2]), 20, dice)


KINDS: dict[str, Callable[[Ground, Dice], Two]] = {
    "other speech": lambda g, d: _one_each(g.take, g.stranger, d),
    "same voice, other lines": lambda g, d: _one_each(g.take, g.same_voice, d),
    "same lines read again": lambda g, d: _one_each(g.take, g.again, d),
    "same room": lambda g, d: _two(g.take, d, lambda x: roomy(x, 3)),
    "same hum": _same_hum,
    "hum alone": _hum_alone,
    "two cameras": lambda g, d: _two(g.take, d, lambda x: camera(x, _seed(d))),
    "both clipped": lambda g, d: _two(g.take, d, clipped),
    "noise over both": lambda g, d: _two(g.take, d, lambda x: noisy(x, 0, _seed(d))),
    "bangs in both": lambda g, d: _two(g.take, d, lambda x: _bangs(x, d)),
    "same click in both": lambda g, d: _two(g.take, d, lambda x: _one_bang(x, d)),
    "crowds": lambda g, d: _two(g.crowd, d),
    "music": lambda g, d: _two(g.tune, d),
    "music and speech": lambda g, d: _one_each(g.take, g.tune, d),
    "music under both": _music_under,
    "another performance": lambda g, d: (g.performance(0), g.performance(1)),
    "tones": lambda g, d: (_tone(d), _tone(d)),
    "tone under both": lambda g, d: _two(g.take, d, _toned),
    "hiss": lambda g, d: (g.take(int(d.integers(_POOL))), _hiss(d)),
    "silence": lambda g, d: (g.take(int(d.integers(_POOL))), np.zeros(TAKE * RATE)),
    "line-up tone between lines": lambda g, d: _two(g.take, d, _lined_up),
    "same ventilator": lambda g, d: _two(g.take, d, lambda x: _air(x, d)),
    "same generator": lambda g, d: _two(g.take, d, lambda x: _generator(x, d)),
    "crackle": lambda g, d: _two(g.tune, d, lambda x: _at_random(x, _sample(2, 0.004), 400, d)),
    "clock ticks": lambda g, d: _two(g.take, d, lambda x: _every(x, _sample(3, 0.01), 1, d)),
    "metronome": lambda g, d: _two(g.tune, d, lambda x: _every(x, _sample(4, 0.05), 0.5, d)),
    "disk in both": lambda g, d: _two(g.take, d, lambda x: _every(x, _sample(5, 0.02), 0.08, d)),
    "chimes": lambda g, d: _two(g.take, d, lambda x: _every(x, _sample(6, 2.0), 2.5, d)),
    "same clapper": lambda g, d: _two(g.take, d, lambda x: _at_random(x, _sample(7, 0.1), 6, d)),
    "2-pops": lambda g, d: _two(g.take, d, lambda x: _beeped(x, d)),
    "telephone bursts": lambda g, d: _two(g.take, d, lambda x: _telephone(x, d)),
    "same drum machine": lambda g, d: _two(g.tune, d, lambda x: _drummed(x, d)),
    "silence and clicks": lambda g, d: (_clicks(d), _clicks(d)),
}
"""A reference and what the other sound is cut from."""
