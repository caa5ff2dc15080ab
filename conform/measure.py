"""One sound measured against another, from the search to the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from conform.band import COARSE_RATE, audible_seconds, lively, powers
from conform.correlate import Peak, Spectra, ratio, search
from conform.evidence import TOLERANCE, Line, trace
from conform.match import Alternative, Match, Verdict
from conform.refine import Fine, refine
from conform.sound import Sound

WINDOW = 20.0
"""Seconds of the longest search window: 100 ppm smear it by 2 ms, which still finds the place."""

_SHORT_WINDOW = 8.0
_LEAST = 0.25  # seconds of sound below which nothing can be said
_APART = 0.06  # seconds: nearer lines are one place and its reflections
_SURE = 1e-6  # false-match probability from which a place is claimed
_RIVAL = 0.5  # share of the evidence from which another place makes the answer ambiguous


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line borne out by stretches, and the peak ratio of the window that proposed it."""

    line: Line
    clear: float


def measure(reference: Sound, other: Sound, rate: int, spectra: Spectra | None = None) -> Match:
    """Where the other sound lies in the reference, in samples at `rate`.

    `spectra` are the reference's, where the caller keeps them for several searches.
    """
    ours, theirs = powers(reference.coarse), powers(other.coarse)
    heard = min(audible_seconds(ours), audible_seconds(theirs))
    if heard < _LEAST:
        quiet = other if audible_seconds(theirs) < _LEAST else reference
        return Match(
            Verdict.TOO_LITTLE, rate, f"{quiet.name} has under {_LEAST} s of sound to compare"
        )
    candidates = _candidates(reference, other, theirs, spectra)
    return _verdict(reference, other, rate, candidates)


def spectra_of(reference: Sound, other: Sound) -> Spectra:
    """Spectra of a reference in blocks that suit sounds as long as the other."""
    window = min(len(other.coarse), round(WINDOW * COARSE_RATE))
    return Spectra(reference.coarse, max(window, COARSE_RATE // 4))


def _candidates(
    reference: Sound, other: Sound, power: np.ndarray, spectra: Spectra | None
) -> list[Candidate]:
    """Lines by the search windows, long ones first; short ones where those find nothing."""
    spectra = spectra or spectra_of(reference, other)
    found: list[Candidate] = []
    for seconds, count in ((WINDOW, 3), (_SHORT_WINDOW, 8), (_SHORT_WINDOW / 2, 8)):
        length = min(round(seconds * COARSE_RATE), len(other.coarse), spectra.window)
        starts = lively(power, length, count)
        windows = [other.coarse[first : first + length].astype(np.float32) for first in starts]
        for first, peaks in zip(starts, search(spectra, windows), strict=True):
            found += _traced(reference, other, first, length, peaks)
        if found and max(_false_match(c.line, reference) for c in _best(found)[:1]) < _SURE:
            break
        if length == len(other.coarse):
            break
    return _best(found)


def _traced(
    reference: Sound, other: Sound, first: int, length: int, peaks: Sequence[Peak]
) -> list[Candidate]:
    anchor = (first + length / 2) / COARSE_RATE
    traced = []
    for rank, peak in enumerate(peaks):
        lag = (peak.at - first) / COARSE_RATE
        clear = ratio(peaks) if rank == 0 else peak.height / peaks[0].height
        lines = [
            trace(reference.coarse, other.coarse, lag, anchor, width)
            for width in _widths(other.seconds)
        ]
        traced.append(Candidate(max(lines, key=lambda line: line.decades), clear))
    return traced


def _widths(seconds: float) -> tuple[float, ...]:
    """Lengths of the stretches: short ones to have many, long ones for what is noisy."""
    return (float(np.clip(seconds / 30, 0.25, 1.0)), float(np.clip(seconds / 10, 0.25, 4.0)))


def _best(found: Sequence[Candidate]) -> list[Candidate]:
    """Candidates by evidence, those that are one place with a better one left out."""
    apart: list[Candidate] = []
    for candidate in sorted(found, key=lambda c: -c.line.decades):
        time = float(np.median(candidate.line.points[:, 0])) if len(candidate.line.points) else 0.0
        here = candidate.line.at(time)
        if all(abs(here - other.line.at(time)) > _APART for other in apart):
            apart.append(candidate)
    return apart


def _false_match(line: Line, reference: Sound) -> float:
    """The chance that any place in a reference this long would look as good."""
    places = (reference.seconds + 1) / TOLERANCE
    return float(min(1.0, places * 10.0**-line.decades))


def _verdict(reference: Sound, other: Sound, rate: int, candidates: Sequence[Candidate]) -> Match:
    if not candidates:
        return Match(Verdict.NO_MATCH, rate, "no place stands out")
    best = candidates[0]
    score = best.line.decades
    rival = candidates[1].line.decades if len(candidates) > 1 else 0.0
    chance = _false_match(best.line, reference)
    match = Match(
        Verdict.NO_MATCH, rate, score=round(score, 2), runner_up=round(rival, 2), false_match=chance
    )
    if chance > _SURE:
        return replace(match, reason=_why_not(best.line))
    if rival > _RIVAL * score:
        return replace(
            match,
            verdict=Verdict.AMBIGUOUS,
            reason="several places explain the sound about as well",
            alternatives=_alternatives(candidates, rate, score),
        )
    fine = refine(reference, other, _on_file_clocks(best.line, reference, other), rate)
    if fine is None:
        return replace(match, reason="the sounds could not be read at full rate")
    return _matched(match, fine, rate)


def _matched(match: Match, fine: Fine, rate: int) -> Match:
    half = fine.drift_half_width
    return replace(
        match,
        verdict=Verdict.MATCH,
        lag_samples=fine.zero * rate,
        uncertainty_samples=fine.zero_half_width * rate,
        drift_ppm=None if fine.drift is None else fine.drift * 1e6,
        drift_uncertainty_ppm=None if half is None else half * 1e6,
        polarity=fine.polarity,
    )


def _why_not(line: Line) -> str:
    return (
        f"no match: {line.agreeing} of {len(line.points)} stretches agree on the best place, "
        "as unrelated sound does"
    )


def _alternatives(
    candidates: Sequence[Candidate], rate: int, score: float
) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(c.line.lag * rate, round(c.line.decades, 2))
        for c in candidates
        if c.line.decades > _RIVAL * score
    )


def _on_file_clocks(line: Line, reference: Sound, other: Sound) -> Line:
    """A line between two excerpts as one between their files."""
    shift = float(reference.start - other.start)
    points = line.points + np.array([float(other.start), shift, 0.0])
    lag = line.lag + shift - line.drift * float(other.start)
    return replace(line, lag=lag, points=points)
