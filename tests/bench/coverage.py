"""Do the stated 95 % intervals hold the truth in 95 % of cases, and are they no wider than that?

    python -m tests.bench.coverage --scenes 12 [--seed 9001] [--voices FOLDER]

Lags (at the middle of what is heard) and claimed drifts of single pairs, in memory, by condition
and by the length of the clip; then the one
line of a take's events, as a joint solution states it. `z` is the error that 95 % of cases stay
within, in half-widths: 1 where the interval is exactly right, less where it is too wide.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from conform.hearing.measure import measure
from conform.syncing.joint import Slip, solve
from tests.bench.sync.scenes import Truth
from tests.bench.sync.spoil import band, camera, excerpt, noisy, pumped, roomy
from tests.bench.sync.voices import RATE, Cast, Wave
from tests.hearing import heard

_TAKE = 150
_ASTRAY = 10  # samples from which a case is named: another arrival than the direct one
_LENGTHS = (2.0, 5.0, 15.0, 30.0, 60.0, 120.0)


@dataclass(frozen=True, slots=True)
class Claim:
    """One stated interval: the error and the half-width, in samples or parts in a million."""

    case: str
    error: float
    half: float


def _noise(snr_db: float) -> Callable[[Wave, int], Wave]:
    return lambda sound, seed: noisy(sound, snr_db, seed)


SPOILS: dict[str, Callable[[Wave, int], Wave]] = {
    "clean": lambda sound, seed: sound,
    "20 dB noise": _noise(20),
    "0 dB noise": _noise(0),
    "-5 dB noise": _noise(-5),
    "another room": lambda sound, seed: noisy(roomy(sound, seed), 20, seed),
    "telephone": lambda sound, seed: noisy(band(sound, 300, 3400), 20, seed),
    "gain pumping": lambda sound, seed: pumped(sound),
    "camera": camera,
}


def drifting(seed: int, cast: Cast) -> Iterator[tuple[str, float, Truth, Wave, Wave]]:
    """Clips of every length and condition by a clock that is up to 100 ppm off."""
    dice = np.random.default_rng(seed)
    take = cast.take(seed, _TAKE)
    for name, spoil in SPOILS.items():
        far = spoil(take, seed)
        for seconds in _LENGTHS:
            ppm = float(dice.uniform(-100, 100))
            at = float(dice.uniform(RATE, (_TAKE - seconds - 1) * RATE))
            other = excerpt(far, at, seconds, 1 + ppm * 1e-6)
            yield name, seconds, Truth(at / RATE, ppm), take, other


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--voices", type=Path, help="a folder of recorded speech")
    options = parser.parse_args()
    lags: list[Claim] = []
    drifts: list[Claim] = []
    astray: list[str] = []
    began = time.process_time()
    for seed in range(options.seed, options.seed + options.scenes):
        for name, seconds, truth, take, other in drifting(seed, Cast(options.voices)):
            found = measure(heard(take), heard(other), RATE)
            fine = found.fine
            if fine is None:
                continue
            error = abs(fine.lag - truth.at(fine.time)) * RATE
            if error > _ASTRAY:
                astray.append(f"{name}, {seconds:g} s, scene {seed}: {error:.0f} samples")
            for case in (name, f"{seconds:g} s"):
                lags.append(Claim(case, error, fine.half_width * RATE))
                if found.match.drift_ppm is not None and fine.drift_half_width is not None:
                    off = abs(found.match.drift_ppm - truth.drift_ppm)
                    drifts.append(Claim(case, off, fine.drift_half_width * 1e6))
    screen = Console(width=120)
    screen.print(_table("lag, in samples at 48 kHz", lags))
    screen.print(_table("drift, in parts in a million", drifts))
    screen.print(_table("one line for a take: events of unequal half-widths", list(_joint())))
    screen.print("astray:", *astray, sep="\n  ")
    screen.print(f"{time.process_time() - began:.0f} CPU s")


def _joint(runs: int = 1500) -> Iterator[Claim]:
    """A take's events at random, each off by as much as its estimated half-width says."""
    dice = np.random.default_rng(1)
    for count in (2, 3, 4, 6, 10):
        for _ in range(runs):
            times = np.sort(dice.uniform(0, 600, count))
            half = dice.choice([0.1, 0.2, 0.4, 0.9], count) / RATE
            stated = half * np.sqrt(dice.chisquare(10, count) / 10) * 2.228 / 1.96
            ppm = dice.uniform(-60, 60) * 1e-6
            slips = ppm * times + dice.normal(0, half / 1.96)
            line = solve([Slip(*map(float, one)) for one in zip(times, slips, stated, strict=True)])
            if line.outliers:
                continue
            off = abs(line.slip - ppm * line.time)
            yield Claim(f"{count} events, place", off * RATE, line.half_width * RATE)
            off = abs(line.tilt - ppm)
            yield Claim(f"{count} events, drift", off * 1e6, line.tilt_half_width * 1e6)


def _table(title: str, claims: Sequence[Claim]) -> Table:
    table = Table(
        "case", "claims", "inside", "z", "median error", "half-width", "worst", title=title
    )
    for case in dict.fromkeys(claim.case for claim in claims):
        some = [claim for claim in claims if claim.case == case]
        errors, halves = (np.array([getattr(c, name) for c in some]) for name in ("error", "half"))
        table.add_row(
            case,
            str(len(some)),
            f"{np.mean(errors <= halves):.1%}",
            f"{np.quantile(errors / halves, 0.95):.2f}",
            f"{np.median(errors):.4f}",
            f"{np.median(halves):.4f}",
            f"{errors.max():.3f}",
        )
    return table


if __name__ == "__main__":
    main()
