"""Whole files against one another: where does each lie in the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from conform import media
from conform.errors import AlignError, MediaError
from conform.findings import Finding, error, info, warning
from conform.match import Match, Verdict
from conform.measure import measure
from conform.sound import Sound, channels_of, distinct, mixed
from conform.speed import at_known_speed
from conform.watch import Step, Watch, unwatched

_PAIRS = 16  # channel pairs tried at most where the mixes do not match


@dataclass(frozen=True, slots=True)
class Aligned:
    """One file's place in the reference, and what was odd about the file."""

    path: Path
    match: Match
    findings: tuple[Finding, ...] = ()


def align(
    reference: Path, others: Sequence[Path], *, watch: Watch = unwatched
) -> tuple[Aligned, ...]:
    """Measure where each other file's first sample falls in the reference, in its samples.

    Files may be of any length, rate and channel count. An other file that cannot be read is not
    measured, with the reason and an error among its findings. Raises `MediaError` where the
    reference cannot be read and `AlignError` where it has no sound.
    """
    ground = distinct(channels_of(reference, watch=watch))
    if not ground:
        raise AlignError("has no sound to align to", path=reference)
    rate = media.probe(reference).audio[0].sample_rate
    aligned = []
    for done, path in enumerate(others):
        watch(Step("aligning", done, len(others)))
        try:
            aligned.append(_aligned(ground, reference, path, rate, watch))
        except MediaError as fault:
            reason = f"cannot be read: {fault.message}"
            match = Match(Verdict.TOO_LITTLE, rate, reason)
            aligned.append(Aligned(path, match, (error("align.unreadable", reason, str(path)),)))
    watch(Step("aligning", len(others), len(others)))
    return tuple(aligned)


def _aligned(
    ground: tuple[Sound, ...], reference: Path, path: Path, rate: int, watch: Watch
) -> Aligned:
    findings = list(media.probe(path).findings)
    heard = distinct(channels_of(path, findings=findings.append, watch=watch))
    if not heard:
        return Aligned(path, Match(Verdict.TOO_LITTLE, rate, "has no sound"), tuple(findings))
    ours, theirs = mixed(ground, reference.name), mixed(heard, path.name)
    match = measure(ours, theirs, rate).match
    if match.matched:
        return Aligned(path, match, tuple(findings))
    pairs = list(product(ground, heard))[:_PAIRS] if len(ground) * len(heard) > 1 else []
    for one, other in pairs:
        alone = measure(one, other, rate).match
        if alone.matched:
            findings.append(info("align.channel", f"{other.name} matches {one.name}", str(path)))
            return Aligned(path, alone, tuple(findings))
    return _at_other_speed(ours, theirs, Aligned(path, match, tuple(findings)))


def _at_other_speed(ground: Sound, heard: Sound, aligned: Aligned) -> Aligned:
    """The answer at one of the trade's other speeds, where the sound matches at that."""
    if aligned.match.verdict is not Verdict.NO_MATCH:
        return aligned
    found = at_known_speed(ground, heard, aligned.match.sample_rate)
    if found is None:
        return aligned
    name, match = found
    odd = warning("align.speed", f"runs at another speed: {name}", str(aligned.path))
    return Aligned(aligned.path, match, (*aligned.findings, odd))
