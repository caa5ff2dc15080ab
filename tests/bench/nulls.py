"""Unrelated sounds of every kind: how often is a match claimed, and is its stated chance honest?

    python -m tests.bench.nulls --pairs 1000 [--seed 9001] [--voices FOLDER] [--recordings A B]

Nothing in a pair belongs together, so every claim is false, and `false_match`, the chance that the
engine states, should fall under p in no more than p of the pairs. The other sound lasts half a
second to half a minute. `--recordings` are two performances of one piece of music.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from rich.console import Console
from rich.table import Table
from scipy import signal

from conform.hearing.measure import measure
from conform.match import Match
from fixtures.music import Tap, music
from tests.bench.sync.spoil import camera, clipped, hum, noisy, pink, read_again, roomy
from tests.bench.sync.voices import RATE, Cast, Wave
from tests.hearing import heard

TAKE = 75
LENGTHS = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0)
_POOL = 12  # takes that pairs are drawn from
_LEVELS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-6)


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
}
"""A reference and what the other sound is cut from."""


@dataclass(frozen=True, slots=True)
class Null:
    """What was said of an unrelated pair."""

    kind: str
    seconds: float
    match: Match


def draw(ground: Ground, number: int) -> tuple[str, Wave, Wave]:
    """The kind of a numbered pair, its reference, and a stretch of what is no part of it."""
    dice = np.random.default_rng((ground.seed, number))
    kind = list(KINDS)[number % len(KINDS)]
    reference, whole = KINDS[kind](ground, dice)
    length = round(LENGTHS[number // len(KINDS) % len(LENGTHS)] * RATE)
    first = int(dice.integers(0, len(whole) - length))
    return kind, reference, whole[first : first + length]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--voices", type=Path, help="a folder of recorded speech")
    parser.add_argument("--recordings", type=Path, nargs=2, default=(), help="two performances")
    options = parser.parse_args()
    ground = Ground(Cast(options.voices), options.seed, tuple(options.recordings))
    nulls, spent = [], 0.0
    for number in range(options.pairs):
        kind, reference, other = draw(ground, number)
        one, two = heard(reference), heard(other)
        began = time.process_time()
        match = measure(one, two, RATE).match
        spent += time.process_time() - began
        nulls.append(Null(kind, len(other) / RATE, match))
    screen = Console(width=120)
    screen.print(_by_kind(nulls))
    screen.print(_honesty(nulls))
    screen.print(f"{spent / max(len(nulls), 1):.2f} CPU s a pair")


def _by_kind(nulls: Sequence[Null]) -> Table:
    table = Table("kind", "pairs", "matches", "ambiguous", "least stated chance", "its length")
    for kind in (*dict.fromkeys(null.kind for null in nulls), "all"):
        some = [null for null in nulls if kind in (null.kind, "all")]
        said = Counter(null.match.verdict.value for null in some)
        least = min(some, key=_chance)
        table.add_row(
            kind,
            str(len(some)),
            str(said["match"]),
            str(said["ambiguous"]),
            f"{_chance(least):.1g}",
            f"{least.seconds:g} s",
        )
    return table


def _chance(null: Null) -> float:
    stated = null.match.false_match
    return 1.0 if stated is None else stated


def _honesty(nulls: Sequence[Null]) -> Table:
    """How many pairs were given a chance under p: no more than p of them should be."""
    table = Table("stated chance under", "pairs", "of which at most", title="is the chance honest?")
    for level in _LEVELS:
        count = sum(_chance(null) < level for null in nulls)
        table.add_row(f"{level:g}", str(count), f"{level * len(nulls):g}")
    return table


if __name__ == "__main__":
    main()
