"""What was told of a case, held to its truth, and the figures of many cases of a kind."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rich.table import Table

from conform.clocks import course
from conform.clocks.steps import Jump
from conform.hearing.measure import measure
from conform.hearing.sound import Sound
from tests.bench.clocks.cases import Case, Step
from tests.bench.sync.voices import RATE, Wave
from tests.hearing import heard

_BESIDE = 2.0  # seconds within which a step told is the true one: pauses hide its moment
_GRID = 0.5  # seconds between the times at which the whole course is compared


@dataclass(frozen=True, slots=True)
class Claim:
    """A stated figure: its error and its half-width."""

    error: float
    half: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One case: what was right, missed and invented.

    `drift` in ppm, `lag` and `steps` in samples, `knots` in milliseconds; `off` is what the course
    is off the truth at its grid of times, in milliseconds, near steps left out.
    """

    case: Case
    matched: bool
    drift: Claim | None
    lag: Claim | None
    named: bool
    steps: tuple[Claim, ...]
    missed: tuple[Step, ...]
    knots: tuple[Claim, ...]
    off: Wave
    invented: tuple[str, ...]
    told: str
    cpu: float


def judged(case: Case) -> Judged:
    begun = time.process_time()
    reference, other = heard(case.reference), heard(case.other)
    run = told(reference, other)
    cpu = time.process_time() - begun
    found, truth = run.match, case.truth
    pairs = _paired(run.steps, truth.steps)
    invented = [
        f"step {jump.samples:.1f} at {jump.seconds:.1f}" for jump in run.steps if jump not in pairs
    ]
    if run.wander is not None and not truth.wows:
        invented.append(f"wow {1e3 * run.wander.swing:.2f} ms")
    if run.speed_name is not None and run.speed_name != truth.name:
        invented.append(run.speed_name.split()[0])
    return Judged(
        case,
        found.matched,
        _drift(run, truth.speed),
        _lag(case, run),
        run.speed_name == truth.name,
        tuple(
            Claim(abs(jump.samples - step.samples), jump.uncertainty_samples)
            for jump, step in pairs.items()
        ),
        tuple(step for step in truth.steps if step not in pairs.values()),
        _knots(case, run),
        _off(case, run),
        tuple(invented) if found.matched else (),
        in_words(run),
        cpu,
    )


def told(reference: Sound, other: Sound) -> course.Course:
    """The course as `align` finds it, of one channel."""
    run = course.course(reference, other, measure(reference, other, RATE), RATE)
    if run.match.matched:
        return run
    return course.at_any_speed(reference, other, RATE) or run


def in_words(run: course.Course) -> str:
    match = run.match
    words = [str(match.verdict)]
    if match.lag_samples is not None:
        words.append(f"lag {match.lag_samples:.2f} ± {match.uncertainty_samples or 0:.2f}")
    if match.drift_ppm is not None:
        words.append(f"{match.drift_ppm:.2f} ± {match.drift_uncertainty_ppm or 0:.2f} ppm")
    words += [
        f"step {s.samples:.2f} ± {s.uncertainty_samples:.2f} at {s.seconds:.1f}" for s in run.steps
    ]
    if run.wander is not None:
        words.append(f"map of {1e3 * run.wander.swing:.2f} ms")
    if run.scatter is not None:
        words.append(f"scatter {1e3 * run.scatter:.2f} ms")
    return ", ".join([*words, *filter(None, [run.speed_name])])


def reference_at(run: course.Course, times: Wave) -> Wave:
    """Where a course puts times of the other sound, in seconds of the reference."""
    if run.wander is not None:
        return run.wander.map.reference_at(times)
    match = run.match
    moves = np.cumsum([0.0, *(step.samples for step in run.steps)])
    moves -= moves[run.longest]
    part = np.searchsorted([step.seconds for step in run.steps], times, side="right")
    lag = ((match.lag_samples or 0.0) + moves[part]) / RATE
    return np.asarray(lag + times * (1 + 1e-6 * (match.drift_ppm or 0.0)))


def _paired(jumps: Sequence[Jump], steps: Sequence[Step]) -> dict[Jump, Step]:
    """Steps told with the true ones they are: near in time, and nearest in size."""
    pairs: dict[Jump, Step] = {}
    for step in steps:
        near = [
            jump
            for jump in jumps
            if jump not in pairs and abs(jump.seconds - step.seconds) < _room(step)
        ]
        if near:
            pairs[min(near, key=lambda jump: abs(jump.samples - step.samples))] = step
    return pairs


def _room(step: Step) -> float:
    """A step may be told wherever the other sound is silent beside it."""
    return _BESIDE + max(-step.samples / RATE, 0.0)


def _drift(run: course.Course, speed: float) -> Claim | None:
    match = run.match
    if match.drift_ppm is None or match.drift_uncertainty_ppm is None or run.wander is not None:
        return None
    return Claim(abs(match.drift_ppm - 1e6 * (speed - 1)), match.drift_uncertainty_ppm)


def _lag(case: Case, run: course.Course) -> Claim | None:
    """The stated lag: that at the file's zero, or, without a drift, that of some moment of it."""
    match = run.match
    if match.lag_samples is None or match.uncertainty_samples is None:
        return None
    edges = [0.0, *(step.seconds for step in case.truth.steps), len(case.other) / RATE]
    best = max(pairwise(edges), key=lambda edge: edge[1] - edge[0])
    times = np.linspace(best[0] + 1e-3, best[1] - 1e-3, 500)
    lags = case.truth.places(times) - times
    if match.drift_ppm is not None and run.wander is None and not case.truth.wows:
        lags = lags[:1] - (case.truth.speed - 1) * times[:1]
    elif run.wander is not None:
        lags = case.truth.places(np.zeros(1))
    return Claim(float(np.abs(lags * RATE - match.lag_samples).min()), match.uncertainty_samples)


def _knots(case: Case, run: course.Course) -> tuple[Claim, ...]:
    knots = run.wander.map.knots if run.wander is not None else ()
    truth = case.truth.places(np.array([knot.seconds for knot in knots])) if knots else ()
    return tuple(
        Claim(1e3 * abs(knot.reference_seconds - place), 1e3 * knot.half_width)
        for knot, place in zip(knots, truth, strict=True)
    )


def _off(case: Case, run: course.Course) -> Wave:
    if not run.match.matched:
        return np.empty(0)
    times = np.arange(0, len(case.other) / RATE, _GRID)
    for step in case.truth.steps:
        times = times[np.abs(times - step.seconds) > _room(step)]
    return 1e3 * np.abs(reference_at(run, times) - case.truth.places(times))


def table(every: Sequence[Judged]) -> Table:
    names = (
        "kind", "n", "matched", "name", "drift worst ppm", "inside", "lag inside", "steps told",
        "worst samples", "inside", "maps", "worst ms", "inside", "course off ms, median", "worst",
        "invented", "CPU s",
    )  # fmt: skip
    out = Table(*names)
    for kind in dict.fromkeys(one.case.kind for one in every):
        out.add_row(kind, *_row([one for one in every if one.case.kind == kind]))
    return out


def _row(some: Sequence[Judged]) -> list[str]:
    matched = [one for one in some if one.matched]
    drifts = [one.drift for one in matched if one.drift is not None]
    steps = [claim for one in matched for claim in one.steps]
    planted = sum(len(one.case.truth.steps) for one in some)
    maps = [one for one in matched if one.knots]
    knots = [claim for one in maps for claim in one.knots]
    off = [one.off for one in matched if len(one.off)]
    worst = f"{max(float(one.max()) for one in off):.3f}" if off else ""
    return [
        str(len(some)),
        str(len(matched)),
        str(sum(one.named for one in matched)),
        *_claims(drifts),
        _inside([one.lag for one in matched if one.lag is not None]),
        f"{len(steps)} of {planted}",
        *_claims(steps),
        str(len(maps)),
        *_claims(knots),
        f"{np.median([np.median(one) for one in off]):.4f}" if off else "",
        worst,
        str(sum(len(one.invented) for one in some)),
        f"{np.mean([one.cpu for one in some]):.1f}",
    ]


def _claims(claims: Sequence[Claim]) -> list[str]:
    return [f"{max(claim.error for claim in claims):.3f}", _inside(claims)] if claims else ["", ""]


def _inside(claims: Sequence[Claim]) -> str:
    return f"{np.mean([c.error <= c.half for c in claims]):.1%}" if claims else ""
