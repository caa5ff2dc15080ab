"""One sound measured against another, from the search to the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from conform.hearing.band import COARSE_RATE, Signal, audible, lively, powers
from conform.hearing.correlate import Spectra, faded, search
from conform.hearing.evidence import Line
from conform.hearing.extent import held
from conform.hearing.halves import widened
from conform.hearing.lines import SURE, apart, false_match, traced, widths
from conform.hearing.pieces import Pieces
from conform.hearing.rarity import SAMPLE
from conform.hearing.refine import Fine, refine
from conform.hearing.rivals import outdone, tied
from conform.hearing.sound import Sound
from conform.match import Alternative, Match, Verdict

WINDOW = 20.0
"""Seconds of the longest search window: 100 ppm smear it by 2 ms, which still finds the place."""

STAGES = ((WINDOW, 1), (WINDOW, 4), (8.0, 8), (4.0, 8))
"""Seconds and count of the search windows, tried until a place is sure: one window finds most
sounds, several find overlaps in part, short ones find short overlaps."""

_LONG = 1200.0  # seconds of a reference from which short windows and speeds share searches
_AT_ONCE = 2  # of them: what stands out by 9 deviations alone does by 6
_FADE = COARSE_RATE // 50  # samples of a search window's rise and fall
_ROOM = 112_000_000  # bytes that the other sound and the reference's spectra may take together
_LIKELY = 0.1  # a chance that needs no figure
_LEAST = 0.25  # seconds of sound below which nothing can be said

PLACED = (Verdict.MATCH, Verdict.AMBIGUOUS)
"""Verdicts on a sound that has a place, or several."""

_TELLING = 1e-6  # half-width of a drift up to which it is claimed, be it nought
_RIVAL = 0.5  # share of the evidence from which another place is held against the best one


@dataclass(frozen=True, slots=True)
class Measurement:
    """A verdict, and for a match the line behind it, on the clocks of both files."""

    match: Match
    line: Line | None = None
    fine: Fine | None = None


def measure(
    reference: Sound, other: Sound, rate: int, spectra: Spectra | None = None
) -> Measurement:
    """Where the other sound lies in the reference, in samples at `rate`; see `find`."""
    found = find(reference, other, rate, spectra)
    if found.line is None:
        return found
    fine = refine(reference, other, found.line, rate)
    if fine is None:
        return Measurement(Match(Verdict.TOO_LITTLE, rate, "too little sound at full rate"))
    return Measurement(placed(found.match, fine, rate), found.line, fine)


def find(
    reference: Sound,
    other: Sound,
    rate: int,
    spectra: Spectra | None = None,
    stages: Sequence[tuple[float, int]] = STAGES,
) -> Measurement:
    """The verdict and the line by the speech band alone; a match has no exact place as yet.

    `spectra` are the reference's, where the caller keeps them for several searches; `stages` are
    the seconds and the count of search windows, tried in turn.
    """
    for sound in (reference, other):
        if not audible(sound.coarse, _LEAST):
            reason = f"{sound.name} has under {_LEAST} s of sound to compare"
            return Measurement(Match(Verdict.TOO_LITTLE, rate, reason))
    found = _candidates(reference, other, powers(other.coarse), spectra, stages)
    match = _verdict(reference, other, rate, found)
    line = _on_file_clocks(held(found[0]), reference, other) if match.matched else None
    return Measurement(match, line)


def promised(reference: Sound, others: Sequence[Sound], rate: int, spectra: Spectra) -> list[bool]:
    """Which of some sounds have a place by one window of each alone, or several places.

    All of them are searched for in one pass over the reference.
    """
    windows = [
        (number, first, length)
        for number, other in enumerate(others)
        for length in [min(round(WINDOW * COARSE_RATE), len(other.coarse), spectra.window)]
        for first in lively(powers(other.coarse), length, 1)
    ]
    cut = [_window(others[number].coarse, first, length) for number, first, length in windows]
    placed = [False] * len(others)
    peaked = search(spectra, cut, SAMPLE, _together(reference)) if cut else []
    for (number, first, _), window, peaks in zip(windows, cut, peaked, strict=True):
        pieces = Pieces(others[number].coarse)
        lines = apart(traced(reference, pieces, first, window, peaks))
        placed[number] = _verdict(reference, others[number], rate, lines).verdict in PLACED
    return placed


def spectra_of(reference: Sound, other: Sound) -> Spectra:
    """Spectra of a reference in blocks that suit sounds as long as the other."""
    window = min(len(other.coarse), round(WINDOW * COARSE_RATE))
    room = max(_ROOM - other.coarse.nbytes, 0)
    return Spectra(reference.coarse, max(window, COARSE_RATE // 4), room)


def _candidates(
    reference: Sound,
    other: Sound,
    power: Signal,
    spectra: Spectra | None,
    stages: Sequence[tuple[float, int]],
) -> list[Line]:
    """Lines by the search windows, long ones first; short ones where those find nothing."""
    spectra = spectra or spectra_of(reference, other)
    found: list[Line] = []
    pieces = Pieces(other.coarse)
    tried: set[tuple[int, int]] = set()
    for seconds, count in stages:
        length = min(round(seconds * COARSE_RATE), len(other.coarse), spectra.window)
        starts = [first for first in lively(power, length, count) if (first, length) not in tried]
        tried |= {(first, length) for first in starts}
        windows = [_window(other.coarse, first, length) for first in starts]
        together = _together(reference) if seconds < WINDOW else 1
        peaked = search(spectra, windows, SAMPLE, together) if windows else []
        for first, window, peaks in zip(starts, windows, peaked, strict=True):
            found += traced(reference, pieces, first, window, peaks)
        found = apart(found)
        if found and false_match(found[0], reference) < SURE:
            break
    return found


def _together(reference: Sound) -> int:
    """How many windows are searched for at once, where each is a chance among many."""
    return _AT_ONCE if reference.seconds > _LONG else 1


def _verdict(reference: Sound, other: Sound, rate: int, candidates: Sequence[Line]) -> Match:
    """What the candidates say, without a place as yet."""
    if not candidates:
        return Match(Verdict.NO_MATCH, rate, "no place stands out")
    best = candidates[0]
    chance = false_match(best, reference)
    match = Match(
        Verdict.MATCH,
        rate,
        score=round(best.decades, 2),
        runner_up=round(candidates[1].decades, 2) if len(candidates) > 1 else 0.0,
        false_match=chance,
    )
    if chance > SURE:
        return replace(match, verdict=Verdict.NO_MATCH, reason=_why_not(best, chance))
    rivals = [rival for rival in candidates[1:] if rival.decades > _RIVAL * best.decades]
    if not any(_tied(reference, other, best, rival) for rival in rivals):
        return match
    return replace(
        match,
        verdict=Verdict.AMBIGUOUS,
        reason="several places explain the sound about as well",
        alternatives=tuple(
            Alternative(line.lag * rate, round(line.decades, 2)) for line in (best, *rivals)
        ),
    )


def _window(sound: NDArray[np.floating], first: int, length: int) -> Signal:
    """A stretch of the other sound, faded at its ends: a cut through hum is a click."""
    return faded(widened(sound[first : first + length]), min(_FADE, length // 8))


def _tied(reference: Sound, other: Sound, best: Line, rival: Line) -> bool:
    """Whether a rival is about as good: a sure one, as a drum machine's are, must be outdone."""
    short, long = widths(other.seconds)
    if false_match(rival, reference) <= SURE:
        return not outdone(reference.coarse, other.coarse, (best, rival), short)
    return all(tied(reference.coarse, other.coarse, best, rival, width) for width in (short, long))


def placed(match: Match, fine: Fine, rate: int) -> Match:
    """A match with the place, drift and polarity of its refinement."""
    half = fine.drift_half_width
    if half is None or half > max(_TELLING, abs(fine.drift or 0.0) / 3):
        # The place is then that of the middle of what was heard.
        return replace(
            match,
            lag_samples=fine.lag * rate,
            uncertainty_samples=fine.half_width * rate,
            polarity=fine.polarity,
        )
    return replace(
        match,
        lag_samples=fine.zero * rate,
        uncertainty_samples=fine.zero_half_width * rate,
        drift_ppm=(fine.drift or 0.0) * 1e6,
        drift_uncertainty_ppm=half * 1e6,
        polarity=fine.polarity,
    )


def _why_not(line: Line, chance: float) -> str:
    """What is known of the best place, in words: how many stretches bear it out, and the chance."""
    told = f"{line.agreeing} of {len(line.points)} stretches agree on the best place"
    if chance > _LIKELY:
        return f"no match: {told}, as unrelated sound does"
    return f"no match: {told}, as one in {1 / chance:.0f} of unrelated sounds does"


def _on_file_clocks(line: Line, reference: Sound, other: Sound) -> Line:
    """A line between two excerpts as one between their files."""
    shift = float(reference.start - other.start)
    points = line.points + np.array([float(other.start), shift, 0.0, 0.0])
    lag = line.lag + shift - line.drift * float(other.start)
    return replace(line, lag=lag, points=points)
