"""A course in words: what a person should know of how two whole sounds run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from conform.clocks.course import Course
from conform.clocks.steps import Jump
from conform.clocks.wow import Wander
from conform.findings import Finding, warning
from conform.hearing.counterparts import swapped
from conform.hearing.poly import PolyChannel

_BRIEF = 0.01  # seconds under which thousandths of one tell little


def told(run: Course, path: Path) -> Iterator[Finding]:
    """What was odd about a course: steps, another speed, one that wanders, and what was lost."""
    for step in run.steps:
        yield warning("align.step", _step_in_words(step, run.match.sample_rate), str(path))
    if run.speed is not None:
        speed = 1 + (run.match.drift_ppm or 0.0) / 1e6
        name = run.speed_name or f"{speed:.6f}, none of the usual ratios"
        yield warning("align.speed", f"runs at another speed: {name}", str(path))
    if run.scatter is not None:
        message = (
            f"stretches of it lie {1000 * run.scatter:.1f} ms off: its speed may wander or jump, "
            "and could not be followed; do not trust its place further than that"
        )
        yield warning("align.unsteady", message, str(path))
    for first, last in run.unproved:
        message = (
            f"nothing heard from {_clock(first)} to {_clock(last)} bears out its place there: "
            "noise covers what both share, or it jumps"
        )
        yield warning("align.unproved", message, str(path))
    if run.wander is not None:
        yield warning("align.wow", _wander_in_words(run.wander), str(path))
        for first, last in run.wander.missed:
            span = f"from {_clock(first)} to {_clock(last)}"
            message = f"its speed is not followed {span}: too little sound that both share"
            yield warning("align.not-followed", message, str(path))


def told_swapped(lanes: Sequence[PolyChannel], path: Path) -> Iterator[Finding]:
    """Channels each of which is what the reference holds in the other's place."""
    names = [lane.name for lane in lanes]
    known = [lane.counterpart for lane in lanes]
    for here, there in swapped([names.index(one) if one in names else None for one in known]):
        message = f"{names[here]} and {names[there]} are swapped against the reference"
        yield warning("align.swapped", message, str(path))


def _step_in_words(step: Jump, rate: int) -> str:
    where = "later" if step.samples > 0 else "earlier"
    return (
        f"at {_clock(step.seconds)} it jumps {abs(step.samples):.0f} samples "
        f"({_length(abs(step.samples) / rate)}) {where}: a dropped buffer or an edit"
    )


def _length(seconds: float) -> str:
    """Seconds, or where those would be nought, milliseconds."""
    return f"{seconds:.3f} s" if seconds >= _BRIEF else f"{1000 * seconds:.2f} ms"


def _wander_in_words(wander: Wander) -> str:
    return (
        f"its speed wanders by {100 * wander.slowest:+.3f} to {100 * wander.fastest:+.3f} %, its "
        f"place by {1000 * wander.swing:.2f} ms peak to peak: off a line by "
        f"{1000 * wander.before:.3f} ms, off its map by {1000 * wander.after:.3f} ms (rms)"
    )


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:02}:{minutes:02}:{seconds:04.1f}"
