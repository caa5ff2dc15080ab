"""Wow and other speeds against known truth: how near the map is, and whether speeds are named.

    python -m tests.bench.wow [--seconds 90] [--seeds 2]

Speech of the film maker is played at known places under pink noise, by the first microphone or by
another one in a room; `rms`, `worst` and `held` are those of the map against the truth wherever it
is claimed.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from conform.clocks.course import Course, at_any_speed, course
from conform.clocks.resample import interpolate
from conform.clocks.speed import SPEEDS
from conform.hearing.measure import measure
from conform.hearing.sound import Sound
from fixtures.voices import conversation
from tests.bench.sync.spoil import noisy, roomy
from tests.hearing import RATE, Wave, heard

AT = 7.3

WOWS = [
    ("0.05 %, 4 s", 5e-4, 4, 1.0),
    ("0.1 %, 4 s", 1e-3, 4, 1.0),
    ("0.5 %, 4 s", 5e-3, 4, 1.0),
    ("0.2 %, 20 s", 2e-3, 20, 1.0),
    ("0.5 %, 60 s", 5e-3, 60, 1.0),
    ("1 %, 5 min", 1e-2, 300, 1.0),
    ("20 ppm, 2 min", 2e-5, 120, 1.0),
    ("25/24 and 0.2 %, 8 s", 2e-3, 8, 25 / 24),
    ("-3 % and 0.3 %, 15 s", 3e-3, 15, 0.97),
]
"""Name, deviation of the speed, period in seconds, and the mean speed."""

HEARD = [("same mic, 20 dB", False, 20), ("same mic, 5 dB", False, 5), ("room, 10 dB", True, 10)]


@dataclass(frozen=True, slots=True)
class Scene:
    """A take, and the same take on another microphone in a room."""

    reference: Sound
    take: Wave
    far: Wave

    def played(self, places: Wave, room: bool, snr_db: float) -> Sound:
        step = float(np.ptp(places)) * RATE / (len(places) - 1)
        source = self.far if room else self.take
        return heard(noisy(interpolate(source[:, None], places * RATE, step)[:, 0], snr_db, 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=90)
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    scenes = [_scene(seed, options.seconds) for seed in range(7, 7 + options.seeds)]
    times = np.arange(options.seconds * RATE) / RATE
    screen = Console(width=150)
    screen.print(_wows(scenes, times))
    screen.print(_names(scenes, times))


def _scene(seed: int, seconds: int) -> Scene:
    length = round((AT + 1.05 * seconds + 5) * RATE)
    take = conversation(seed, 0, length, RATE).sum(axis=0)
    return Scene(heard(take), take, roomy(take, seed))


def _run(scene: Scene, other: Sound) -> tuple[Course, float]:
    begun = time.process_time()
    found = course(scene.reference, other, measure(scene.reference, other, RATE), RATE)
    if not found.match.matched:
        found = at_any_speed(scene.reference, other, RATE) or found
    return found, time.process_time() - begun


def _wows(scenes: list[Scene], times: Wave) -> Table:
    names = ("rms ms", "worst ms", "held", "off a line ms", "told not followed s", "CPU s")
    table = Table("wow", "heard by", *names, title="maps of time")
    for name, deviation, period, speed in WOWS:
        swing = deviation * period / (2 * np.pi) * np.sin(2 * np.pi * times / period)
        for way, room, snr_db in HEARD:
            places = AT + speed * times + swing
            runs = [_run(scene, scene.played(places, room, snr_db)) for scene in scenes]
            table.add_row(name, way, *_cells(runs, times, places))
    return table


def _cells(runs: list[tuple[Course, float]], times: Wave, places: Wave) -> list[str]:
    """Figures of all scenes together; how many gave no map, where some did."""
    misses, held, lines, spans = [], [], [], []
    for found, _ in runs:
        if found.wander is None:
            continue
        knots = found.wander.map.knots
        asked = np.array([knot.seconds for knot in knots])
        known = np.array([knot.half_width for knot in knots])
        off = [knot.reference_seconds for knot in knots] - np.interp(asked, times, places)
        misses.append(off)
        held.append(np.abs(off) < known)
        lines.append(found.wander.before)
        spans.append(sum(last - first for first, last in found.wander.missed))
    cpu = f"{np.mean([seconds for _, seconds in runs]):.1f}"
    none = len(runs) - len(misses)
    if not misses:
        verdicts = {str(found.match.verdict) for found, _ in runs}
        return [f"no map ({', '.join(verdicts)})", "", "", "", "", cpu]
    every = 1000 * np.concatenate(misses)
    rms = f"{np.sqrt(np.mean(every**2)):.4f}" + (f" ({none} without)" if none else "")
    share = f"{np.concatenate(held).mean():.3f}"
    worst = f"{np.abs(every).max():.3f}"
    return [rms, worst, share, f"{1000 * np.mean(lines):.2f}", f"{np.mean(spans):.1f}", cpu]


def _names(scenes: list[Scene], times: Wave) -> Table:
    table = Table(
        "speed", "named right", "drift off ppm (median)", "CPU s", title="5 dB, in a room"
    )
    for name, ratio in SPEEDS.items():
        if not 0.95 < ratio < 1.05:
            continue
        places = AT + float(ratio) * times
        runs = [_run(scene, scene.played(places, True, 5)) for scene in scenes]
        right = sum(found.speed_name == name for found, _ in runs)
        off = [abs((found.match.drift_ppm or 0) - (float(ratio) - 1) * 1e6) for found, _ in runs]
        cpu = np.mean([seconds for _, seconds in runs])
        table.add_row(name, f"{right} of {len(runs)}", f"{np.median(off):.3f}", f"{cpu:.1f}")
    return table


if __name__ == "__main__":
    main()
