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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from conform.clocks.course import at_any_speed, course
from conform.hearing.measure import measure
from conform.hearing.sound import Sound
from conform.match import Match, Verdict
from tests.bench.strangers import KINDS, Ground
from tests.bench.sync.voices import RATE, Cast, Wave
from tests.hearing import heard

LENGTHS = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0)
_LEVELS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-6)


@dataclass(frozen=True, slots=True)
class Null:
    """What was said of an unrelated pair."""

    number: int
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


def said(reference: Sound, other: Sound, *, speeds: bool) -> Match:
    """What is said of two sounds; with `speeds`, after everything else was tried as well."""
    found = measure(reference, other, RATE)
    if not speeds:
        return found.match
    run = course(reference, other, found, RATE)
    if run.match.verdict is Verdict.NO_MATCH:
        run = at_any_speed(reference, other, RATE) or run
    return run.match


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--voices", type=Path, help="a folder of recorded speech")
    parser.add_argument("--recordings", type=Path, nargs=2, default=(), help="two performances")
    parser.add_argument("--speeds", action="store_true", help="at other speeds as well")
    options = parser.parse_args()
    ground = Ground(Cast(options.voices), options.seed, tuple(options.recordings))
    nulls, spent = [], 0.0
    for number in range(options.pairs):
        kind, reference, other = draw(ground, number)
        one, two = heard(reference), heard(other)
        began = time.process_time()
        match = said(one, two, speeds=options.speeds)
        spent += time.process_time() - began
        nulls.append(Null(number, kind, len(other) / RATE, match))
    screen = Console(width=120)
    screen.print(_by_kind(nulls))
    screen.print(_honesty(nulls))
    for null in nulls:
        if null.match.verdict in (Verdict.MATCH, Verdict.AMBIGUOUS):
            told = f"{null.match.verdict.value}, {null.match.score} to {null.match.runner_up}"
            screen.print(f"pair {null.number}: {null.kind}, {null.seconds:g} s: {told}")
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
