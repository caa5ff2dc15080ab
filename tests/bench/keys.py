"""What a reference tells of a file and what a reading holds, as keys that can be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

ASPECTS = ("positions", "in-points", "speeds", "channels", "disabled", "transitions", "gain")
SAMPLE = 1.05 / 44100
"""How far a time may be off, in seconds: LibAAF's dumps round to the sample."""


@dataclass(frozen=True)
class Key:
    """Words that have to be equal and numbers that have to be near."""

    words: tuple[object, ...]
    numbers: tuple[float, ...]
    near: float = SAMPLE

    def matches(self, other: Key) -> bool:
        """Whether a reader's key is this one."""
        pairs = zip(self.numbers, other.numbers, strict=True)
        return all(abs(mine - theirs) <= self.near for mine, theirs in pairs)


@dataclass
class Told:
    """The keys of every aspect that a reference knows of."""

    keys: dict[str, list[Key]] = field(default_factory=dict)
    near: float = SAMPLE

    def add(
        self, aspect: str, words: Iterable[object], *numbers: float | Fraction, near: float = 0
    ) -> None:
        """Tell a key; `near` where it is rougher than the others."""
        exact = tuple(map(float, numbers))
        self.keys.setdefault(aspect, []).append(Key(tuple(words), exact, near or self.near))

    def missed(self, found: Told) -> dict[str, list[Key]]:
        """Per aspect, the keys that a reading does not hold; each of its keys counts once."""
        return {
            aspect: _missed(keys, found.keys.get(aspect, [])) for aspect, keys in self.keys.items()
        }


def _missed(expected: list[Key], found: list[Key]) -> list[Key]:
    free: defaultdict[tuple[object, ...], list[Key]] = defaultdict(list)
    for key in found:
        free[key.words].append(key)
    missed = []
    for key in expected:
        hit = next((n for n, other in enumerate(free[key.words]) if key.matches(other)), None)
        if hit is None:
            missed.append(key)
        else:
            free[key.words].pop(hit)
    return missed
