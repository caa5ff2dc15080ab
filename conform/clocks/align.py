"""Whole files against one another: where does each lie in the reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import islice
from math import hypot
from pathlib import Path

from conform import media
from conform.clocks.course import Course, at_any_speed, course
from conform.clocks.lanes import each_channel
from conform.clocks.steps import Jump
from conform.clocks.telling import told, told_swapped
from conform.clocks.timemap import Knot
from conform.clocks.wow import Wander
from conform.errors import AlignError, MediaError
from conform.findings import Finding, error, info
from conform.hearing import poly
from conform.hearing.correlate import Spectra
from conform.hearing.counterparts import counterparts
from conform.hearing.index import Index
from conform.hearing.measure import Measurement, measure, spectra_of
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
    findings: media.Report | None = None,
    watch: Watch = unwatched,
) -> tuple[Aligned, ...]:
    """Measure where each other file's first sample of sound falls in the reference, in its samples.

    The reference's zero is that of its clock: its picture's first frame, where it has a picture.

    Files may be of any length, rate and channel count. A long reference of several files is
    indexed: each is looked for where the index puts it, before all of the reference is searched. An
    other file that cannot be read is not measured, with the reason and an error among its findings.
    What is odd about the reference goes to `findings`; without them, damage in it is an error. With
    an `executor`, files are measured at once; the answers are the same. Raises `MediaError`
    where the reference cannot be read and `AlignError` where it has no sound.
    """
    alone = watch if executor is None else unwatched  # no watcher follows into another process
    work = partial(_readable, ground=_ground(reference, len(others), findings, watch), watch=alone)
    found = each(executor, work, others)
    aligned = []
    watch(Step("aligning", 0, len(others)))
    for one in found:
        aligned.append(one)
        watch(Step("aligning", len(aligned), len(others)))
    return tuple(aligned)


@dataclass(frozen=True, slots=True)
class _Ground:
    """The reference: its channels but for copies, all of them together, and where to look first.

    `apart` says that no channel is a copy of another one; `rate` is the file's own; its clock is
    `rounded` by that many samples.
    """

    channels: tuple[Sound, ...]
    mix: Sound
    spans: Index | None
    rate: int
    apart: bool
    rounded: float


def _ground(path: Path, others: int, findings: media.Report | None, watch: Watch) -> _Ground:
    probed = media.probe(path)
    if findings is not None:
        for finding in probed.findings:
            findings(finding)
    every = channels_of(path, zero=_zero(probed), findings=findings, watch=watch)
    channels = distinct(every)
    if not channels:
        raise AlignError("has no sound to align to", path=path)
    mix = mixed(channels, path.name)
    spans = indexed(mix, watch) if others >= FILES and mix.seconds >= SECONDS else None
    rate = probed.audio[0].sample_rate
    apart, rounded = len(channels) == len(every), float(probed.rounded * rate)
    return _Ground(channels, mix, spans, rate, apart, rounded)


def _zero(probed: media.Media) -> Fraction:
    """Where the reference counts from, on the file's clock: without picture, its first sample."""
    if probed.video or not probed.audio:
        return Fraction(0)
    return Fraction(probed.audio[0].first, probed.audio[0].sample_rate)


def _readable(path: Path, *, ground: _Ground, watch: Watch) -> Aligned:
    """One file's answer; that it cannot be read is one as well."""
    try:
        return _aligned(ground, path, watch)
    except MediaError as fault:
        reason = f"cannot be read: {fault.message}"
        match = Match(Verdict.UNREADABLE, ground.rate, reason)
        return Aligned(path, match, (error("align.unreadable", reason, str(path)),))


def _aligned(ground: _Ground, path: Path, watch: Watch) -> Aligned:
    probed = media.probe(path)
    findings = list(probed.findings)
    begins = probed.audio[0].begins if probed.audio else Fraction(0)
    channels = channels_of(path, zero=begins, findings=findings.append, watch=watch)
    heard = distinct(channels)
    rate = ground.rate
    if not heard:
        return Aligned(path, Match(Verdict.TOO_LITTLE, rate, "has no sound"), tuple(findings))
    ours, theirs = ground.mix, mixed(heard, path.name)
    there = measured_there(ground.spans, ours, theirs, rate) if ground.spans else None
    spectra = spectra_of(ours, theirs)
    run = course(ours, theirs, there or measure(ours, theirs, rate, spectra), rate)
    several = len(ground.channels) * len(heard) > 1
    pair = _matching(ground, heard, spectra) if several and not run.match.matched else None
    if pair is not None:
        ours, theirs, alone = pair
        findings.append(info("align.channel", f"{theirs.name} matches {ours.name}", str(path)))
        run = course(ours, theirs, alone, rate)
    if run.match.verdict is Verdict.NO_MATCH:
        run = at_any_speed(ours, theirs, rate, spectra) or run
    lanes = _lanes(ground, ours, channels, run)
    plain = not run.steps and run.speed is None and run.wander is None
    return Aligned(
        path,
        (_surer(run.match, lanes) if plain else run.match).doubted(ground.rounded),
        (*findings, *told(run, path), *told_swapped(lanes, path)),
        run.steps,
        tuple(replace(lane, match=lane.match.doubted(ground.rounded)) for lane in lanes),
        run.speed_name,
        run.wander,
        begins,
        run.longest,
        max(sound.seconds for sound in channels),
    )


def _matching(
    ground: _Ground, heard: Sequence[Sound], spectra: Spectra
) -> tuple[Sound, Sound, Measurement] | None:
    """The first pair of channels that match by themselves, and their measurement."""
    for one, other, known in islice(_pairs(ground, heard, spectra), _PAIRS):
        alone = measure(one, other, ground.rate, known)
        if alone.match.matched:
            return one, other, alone
    return None


def _pairs(
    ground: _Ground, heard: Sequence[Sound], spectra: Spectra
) -> Iterator[tuple[Sound, Sound, Spectra]]:
    """Each channel of the reference with each of a file, and the spectra of the former.

    Those are made once for all that are as long; `spectra` are those of the reference's mix.
    """
    for one in ground.channels:
        known = spectra if one is ground.mix else spectra_of(one, heard[0])
        for other in heard:
            yield one, other, known


def _surer(whole: Match, lanes: Sequence[PolyChannel]) -> Match:
    """The match of all channels together, or of the best one where that is surer or elsewhere.

    Together, microphones at several distances stand at none of them.
    """
    best = poly.best(lanes)
    if best is None or _agree(whole, best.match):
        return whole
    one = best.match
    return replace(
        whole,
        lag_samples=one.lag_samples,
        uncertainty_samples=one.uncertainty_samples,
        drift_ppm=one.drift_ppm,
        drift_uncertainty_ppm=one.drift_uncertainty_ppm,
        polarity=one.polarity,
    )


def _agree(whole: Match, one: Match) -> bool:
    """Whether a whole tells at least as much as one channel, and both say the same."""
    if (whole.drift_ppm is None) != (one.drift_ppm is None):
        return whole.drift_ppm is not None
    (lag, half), (other, doubt) = (
        (match.lag_samples or 0.0, match.uncertainty_samples or 0.0) for match in (whole, one)
    )
    return half <= doubt and abs(lag - other) <= hypot(half, doubt)


def _lanes(
    ground: _Ground, ours: Sound, channels: Sequence[Sound], run: Course
) -> tuple[PolyChannel, ...]:
    """The channels of a file with several, each with the reference's channel that it is."""
    if len(channels) == 1 or not run.match.matched:
        return ()
    lanes = each_channel(ours, channels, run, ground.rate)
    if not ground.apart or run.speed is not None or run.wander is not None:
        return lanes
    known = counterparts(ground.channels, channels, run.match)
    return tuple(
        lane if number is None else replace(lane, counterpart=poly.named(number))
        for lane, number in zip(lanes, known, strict=True)
    )
