"""Whole files against one another: where does each lie in the reference."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import product
from pathlib import Path

from conform import media
from conform.clocks.course import at_any_speed, course
from conform.clocks.lanes import each_channel
from conform.clocks.steps import Jump
from conform.clocks.telling import told
from conform.clocks.timemap import Knot
from conform.clocks.wow import Wander
from conform.errors import AlignError, MediaError
from conform.findings import Finding, error, info
from conform.hearing import poly
from conform.hearing.index import Index
from conform.hearing.measure import measure
from conform.hearing.poly import PolyChannel
from conform.hearing.shortlist import FILES, SECONDS, indexed, measured_there
from conform.hearing.sound import Sound, channels_of, distinct, mixed
from conform.match import Match, Verdict
from conform.watch import Step, Watch, unwatched
from conform.workers import each

_PAIRS = 16  # channel pairs tried at most where the mixes do not match


@dataclass(frozen=True, slots=True)
class Aligned:
    """One file's place in the reference, and what was odd about the file.

    With `steps`, the match is that of the longest part, after `longest` of them; with a `wander`,
    that of its map (see `conform.clocks.course`). `channels` are those of a file with several.
    `speed_name` is that of a known other speed. All times of the file count from its sound's own
    first sample, `begins` seconds into its clock; `seconds` is how much of it there is.
    """

    path: Path
    match: Match
    findings: tuple[Finding, ...] = ()
    steps: tuple[Jump, ...] = ()
    channels: tuple[PolyChannel, ...] = ()
    speed_name: str | None = None
    wander: Wander | None = None
    begins: Fraction = Fraction(0)
    longest: int = 0
    seconds: float = 0.0

    @property
    def map(self) -> tuple[Knot, ...]:
        """The knots of the time map of a speed that wanders; none where it does not."""
        return self.wander.map.knots if self.wander else ()

    @property
    def speed(self) -> float | None:
        """Reference seconds to each second of the file, where measured."""
        drift = self.match.drift_ppm
        return None if drift is None else 1 + drift / 1e6

    @property
    def best_channel(self) -> str | None:
        """The channel that explains the reference best."""
        best = poly.best(self.channels)
        return best.name if best else None


def align(
    reference: Path,
    others: Sequence[Path],
    *,
    executor: Executor | None = None,
    watch: Watch = unwatched,
) -> tuple[Aligned, ...]:
    """Measure where each other file's first sample of sound falls in the reference, in its samples.

    The reference's zero is that of its clock: its picture's first frame, where it has a picture.

    Files may be of any length, rate and channel count. A long reference of several files is
    indexed: each is looked for where the index puts it, before all of the reference is searched. An
    other file that cannot be read is not measured, with the reason and an error among its findings.
    With an `executor`, files are measured at once; the answers are the same. Raises `MediaError`
    where the reference cannot be read and `AlignError` where it has no sound.
    """
    ground = distinct(channels_of(reference, watch=watch))
    if not ground:
        raise AlignError("has no sound to align to", path=reference)
    rate = media.probe(reference).audio[0].sample_rate
    alone = watch if executor is None else unwatched  # no watcher follows into another process
    mix = mixed(ground, reference.name)
    spans = indexed(mix, watch) if len(others) >= FILES and mix.seconds >= SECONDS else None
    work = partial(
        _readable, ground=ground, spans=spans, reference=reference, rate=rate, watch=alone
    )
    found = each(executor, work, others)
    aligned = []
    watch(Step("aligning", 0, len(others)))
    for one in found:
        aligned.append(one)
        watch(Step("aligning", len(aligned), len(others)))
    return tuple(aligned)


def _readable(
    path: Path,
    *,
    ground: tuple[Sound, ...],
    spans: Index | None,
    reference: Path,
    rate: int,
    watch: Watch,
) -> Aligned:
    """One file's answer; that it cannot be read is one as well."""
    try:
        return _aligned(ground, spans, reference, path, rate, watch)
    except MediaError as fault:
        reason = f"cannot be read: {fault.message}"
        match = Match(Verdict.UNREADABLE, rate, reason)
        return Aligned(path, match, (error("align.unreadable", reason, str(path)),))


def _aligned(
    ground: tuple[Sound, ...],
    spans: Index | None,
    reference: Path,
    path: Path,
    rate: int,
    watch: Watch,
) -> Aligned:
    probed = media.probe(path)
    findings = list(probed.findings)
    begins = probed.audio[0].begins if probed.audio else Fraction(0)
    channels = channels_of(path, zero=begins, findings=findings.append, watch=watch)
    heard = distinct(channels)
    if not heard:
        return Aligned(path, Match(Verdict.TOO_LITTLE, rate, "has no sound"), tuple(findings))
    ours, theirs = mixed(ground, reference.name), mixed(heard, path.name)
    there = measured_there(spans, ours, theirs, rate) if spans else None
    run = course(ours, theirs, there or measure(ours, theirs, rate), rate)
    pairs = list(product(ground, heard))[:_PAIRS] if len(ground) * len(heard) > 1 else []
    for one, other in pairs if not run.match.matched else []:
        alone = measure(one, other, rate)
        if alone.match.matched:
            findings.append(info("align.channel", f"{other.name} matches {one.name}", str(path)))
            ours, theirs, run = one, other, course(one, other, alone, rate)
            break
    if run.match.verdict is Verdict.NO_MATCH:
        run = at_any_speed(ours, theirs, rate) or run
    several = len(channels) > 1 and run.match.matched
    return Aligned(
        path,
        run.match,
        (*findings, *told(run, path)),
        run.steps,
        each_channel(ours, channels, run, rate) if several else (),
        run.speed_name,
        run.wander,
        begins,
        run.longest,
        max(sound.seconds for sound in channels),
    )
