"""Blind spot-checks: known offsets hidden in some events, and what the reviewer heard of them.

People differ widely in the lip-sync error that they notice. A trial plays an event with an offset
that nobody shows; the reviewer says early, late or in sync. Sizes run through a fixed ladder, with
catch trials of no offset at all among them, so that guessing shows.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

LADDER_MS = (10, 20, 40, 60, 80, 120, 180)
"""Sizes of hidden offsets: from below any published limit to the ITU-R BT.1359 late limit."""

_CATCH = 3  # one trial in this many hides nothing
_LEAST = 6  # answers below which no threshold is stated


class Answer(StrEnum):
    """What a reviewer says of the sound."""

    EARLY = "early"
    SYNC = "in sync"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Trial:
    """One event with a hidden offset in milliseconds, positive = early, and the answer to it."""

    event: str
    planted_ms: int
    answer: Answer | None = None

    @property
    def caught(self) -> bool:
        """Whether the answer names the side of the offset, or that there is none."""
        return self.answer is _truth(self.planted_ms)


@dataclass(frozen=True, slots=True)
class Threshold:
    """The offset that a reviewer notices half of the time, over chance, in milliseconds."""

    ms: float | None
    answered: int
    caught: int
    false_alarms: int
    catches: int

    @property
    def sentence(self) -> str:
        """The result in plain words."""
        size = "could not be told" if self.ms is None else f"is about {self.ms:.0f} ms"
        return (
            f"the reviewer's own detection threshold {size}: {self.caught} of {self.answered} "
            f"blind answers right, {self.false_alarms} of {self.catches} untouched events "
            "called out of sync"
        )


def trials(events: Sequence[str], count: int, seed: int) -> tuple[Trial, ...]:
    """Hidden offsets for `count` trials, in an order that nobody can guess.

    Where there are fewer events than trials, they come again with other offsets.
    """
    dice = random.Random(seed)  # noqa: S311  (not a secret: a reviewer who looks cheats himself)
    chosen: list[str] = []
    while len(chosen) < count and events:
        chosen += dice.sample(list(events), min(count - len(chosen), len(events)))
    sizes = [0 if n % _CATCH == 0 else dice.choice((-1, 1)) * _rung(n) for n in range(len(chosen))]
    dice.shuffle(sizes)
    return tuple(Trial(event, size) for event, size in zip(chosen, sizes, strict=True))


def _rung(number: int) -> int:
    return LADDER_MS[(number * 3) % len(LADDER_MS)]


def _truth(planted_ms: int) -> Answer:
    return Answer.SYNC if planted_ms == 0 else Answer.EARLY if planted_ms > 0 else Answer.LATE


def threshold(done: Sequence[Trial]) -> Threshold | None:
    """What the answers say; None before enough of them are given.

    The size is the maximum-likelihood midpoint of a logistic curve over the logarithm of the
    offset, of slope 4 and with one answer in three right by chance.
    """
    answered = [trial for trial in done if trial.answer is not None]
    if len(answered) < _LEAST:
        return None
    catches = [trial for trial in answered if trial.planted_ms == 0]
    return Threshold(
        ms=_midpoint([trial for trial in answered if trial.planted_ms]),
        answered=len(answered),
        caught=sum(trial.caught for trial in answered),
        false_alarms=sum(not trial.caught for trial in catches),
        catches=len(catches),
    )


def _midpoint(planted: Sequence[Trial]) -> float | None:
    caught = np.array([trial.caught for trial in planted])
    if not caught.any():
        return None
    sizes = np.log(np.abs([trial.planted_ms for trial in planted]))
    grid = np.linspace(np.log(2), np.log(400), 200)
    right = 1 / 3 + 2 / 3 / (1 + np.exp(-4 * (sizes - grid[:, None])))
    odds = np.where(caught, np.log(right), np.log(1 - right + 1e-9)).sum(axis=1)
    return float(np.exp(grid[odds.argmax()]))
