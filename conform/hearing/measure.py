"""One sound measured against another, from the search to the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from conform.hearing import rarity
from conform.hearing.band import COARSE_RATE, Signal, audible, lively, powers
from conform.hearing.correlate import Peak, Spectra, faded, search
from conform.hearing.ends import merely_cut
from conform.hearing.evidence import TOLERANCE, Line, trace
from conform.hearing.extent import at_usual_speed, held
from conform.hearing.halves import widened
from conform.hearing.pieces import Pieces
from conform.hearing.rarity import SAMPLE, unborne
from conform.hearing.refine import Fine, refine
from conform.hearing.rivals import outdone, tied
from conform.hearing.sound import Sound
from conform.match import Alternative, Match, Verdict

WINDOW = 20.0
"""Seconds of the longest search window: 100 ppm smear it by 2 ms, which still finds the place."""

STAGES = ((WINDOW, 1), (WINDOW, 4), (8.0, 8), (4.0, 8))
"""Seconds and count of the search windows, tried until a place is sure: one window finds most
sounds, several find overlaps in part, short ones find short overlaps."""

_PLACES = 6  # peaks of a window that are looked into
_PROMISING = 2.0  # decades of a window's peak, from which its stretches are asked by themselves
_PLAIN = 40.0  # decades of a place that needs no closer look: speech at 0 dB has 120 in 20 s
_LONG = 1200.0  # seconds of a reference from which short windows and speeds share searches
_AT_ONCE = 2  # of them: what stands out by 9 deviations alone does by 6
_ASTRAY = 0.003  # seconds that a line may leave the place of its window: drift's share of it
_FEW = 6  # stretches that are too few to bear out a line or not
_AGREED = 1 / 3  # of the stretches must follow a line that the whole window proposes
_ALL = 0.9  # of them that follow it, and are
_ROUND = 4.5  # deviations high or less, are a tone's
_EQUAL = 1.02  # times the next best: noise peaks higher than that in four stretches of five
_TINY = 1e-20
_FADE = COARSE_RATE // 50  # samples of a search window's rise and fall
_ROOM = 112_000_000  # bytes that the other sound and the reference's spectra may take together
_LIKELY = 0.1  # a chance that needs no figure
_LEAST = 0.25  # seconds of sound below which nothing can be said
_APART = 0.06  # seconds: nearer lines are one place and its reflections

SURE = 1e-6
"""The false-match probability from which a place is claimed."""

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
    for (number, first, length), peaks in zip(windows, peaked, strict=True):
        pieces = Pieces(others[number].coarse)
        lines = _best(_traced(reference, pieces, first, length, peaks))
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
        for first, peaks in zip(starts, peaked, strict=True):
            found += _traced(reference, pieces, first, length, peaks)
        found = _best(found)
        if found and _false_match(found[0], reference) < SURE:
            break
    return found


def _together(reference: Sound) -> int:
    """How many windows are searched for at once, where each is a chance among many."""
    return _AT_ONCE if reference.seconds > _LONG else 1


def _window(sound: NDArray[np.floating], first: int, length: int) -> Signal:
    """A stretch of the other sound, faded at its ends: a cut through hum is a click."""
    return faded(widened(sound[first : first + length]), min(_FADE, length // 8))


def _traced(
    reference: Sound, pieces: Pieces, first: int, length: int, peaks: Sequence[Peak]
) -> list[Line]:
    """A line through each of the best peaks of a window of the other sound."""
    anchor = (first + length / 2) / COARSE_RATE
    window = _window(pieces.sound, first, length)
    traced = []
    plain = False
    for peak in peaks[:_PLACES]:
        lag = (peak.at - first) / COARSE_RATE
        rare = rarity.decades(peak, peaks, 0.0)  # at most: most peaks need no closer look
        lines = _lines(reference, pieces, lag, anchor, glance=plain and rare == 0)
        line = max(lines, key=lambda line: line.decades)
        plain |= lines[0].decades >= _PLAIN
        if rare > max(0.0, line.decades - _places(reference)):
            share = unborne(window, reference.coarse, peak.at)
            rare = rarity.decades(peak, peaks, share)
            borne_out = any(_borne_out(line) for line in lines)
            if rare > 0 and borne_out and not merely_cut(window, reference.coarse, peak.at):
                line = _stands_out(line, lag, anchor, peak, rare + _places(reference))
            if rare >= _PROMISING and _false_match(line, reference) > SURE:
                alone = _inside(reference, other, first, length, lag)
                if _borne_out(alone) and at_usual_speed(alone):
                    alone = _stands_out(alone, lag, anchor, peak, rare + _places(reference))
                    line = max(line, alone, key=lambda line: line.decades)
        traced.append(line)
    return traced


def _inside(reference: Sound, other: Sound, first: int, length: int, lag: float) -> Line:
    """A line by the stretches of its window alone: a cut goes on with another take around it."""
    begin = first / COARSE_RATE
    part = replace(other, coarse=other.coarse[first : first + length])
    lines = _lines(reference, part, lag + begin, length / 2 / COARSE_RATE, glance=False)
    line = max(lines, key=lambda line: line.decades)
    points = line.points + np.array([begin, -begin, 0.0, 0.0])
    return replace(line, points=points, lag=line.lag - begin - line.drift * begin)


def _lines(
    reference: Sound, pieces: Pieces, lag: float, anchor: float, *, glance: bool
) -> list[Line]:
    """Lines through a place, by short stretches, then by long ones where those leave a doubt.

    A rival of a plain place gets a `glance`: it is measured by what made that one plain.
    """
    lines: list[Line] = []
    for width in _widths(len(pieces.sound) / COARSE_RATE):
        lines.append(trace(reference.coarse, pieces, lag, anchor, width, glance=glance))
        if glance or lines[0].decades >= _PLAIN:
            break
    return lines


def _borne_out(line: Line) -> bool:
    """Whether enough stretches follow a line: at another speed, a window agrees in one place.

    Stretches whose next best peaks are as high, or that all agree without one that stands out, are
    a tone's or a hum's, and follow any line.
    """
    if len(line.points) < _FEW:
        return True
    if line.agreeing > _ALL * len(line.points) and np.median(line.points[:, 2]) < _ROUND:
        return False
    plain = np.median(line.points[:, 2] / (line.points[:, 3] + _TINY)) > _EQUAL
    return bool(plain) and line.agreeing >= _AGREED * len(line.points)


def _places(reference: Sound) -> float:
    """Log10 of the places that a search tries."""
    return float(np.log10((reference.seconds + 1) / TOLERANCE))


def _stands_out(line: Line, lag: float, anchor: float, peak: Peak, score: float) -> Line:
    """A line with the evidence of its window as a whole, where that is the better one.

    Where the line left the window's place for one that stretches of its echoes share, it is laid
    level through that place.
    """
    if score <= line.decades:
        return line
    if abs(line.at(anchor) - lag) > _ASTRAY or not line.agree.any():
        points = np.array([[anchor, lag, peak.height, 0.0]])
        return Line(lag, 0.0, points, np.ones(1, bool), score)
    return replace(line, decades=score)


def _widths(seconds: float) -> tuple[float, ...]:
    """Lengths of the stretches: short ones to have many, long ones for what is noisy."""
    return (float(np.clip(seconds / 30, 0.25, 1.0)), float(np.clip(seconds / 8, 0.5, 4.0)))


def _best(found: Sequence[Line]) -> list[Line]:
    """Lines by evidence, those that are one place with a better one left out."""
    apart: list[Line] = []
    for line in sorted(found, key=lambda line: -line.decades):
        time = float(np.median(line.points[:, 0])) if len(line.points) else 0.0
        if all(abs(line.at(time) - other.at(time)) > _APART for other in apart):
            apart.append(line)
    return apart


def _false_match(line: Line, reference: Sound) -> float:
    """The chance that any place in a reference this long would look as good."""
    return float(min(1.0, 10.0 ** (_places(reference) - line.decades)))


def _verdict(reference: Sound, other: Sound, rate: int, candidates: Sequence[Line]) -> Match:
    """What the candidates say, without a place as yet."""
    if not candidates:
        return Match(Verdict.NO_MATCH, rate, "no place stands out")
    best = candidates[0]
    chance = _false_match(best, reference)
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


def _tied(reference: Sound, other: Sound, best: Line, rival: Line) -> bool:
    """Whether a rival is about as good: a sure one, as a drum machine's are, must be outdone."""
    widths = _widths(other.seconds)
    if _false_match(rival, reference) <= SURE:
        return not outdone(reference.coarse, other.coarse, (best, rival), widths[0])
    return all(tied(reference.coarse, other.coarse, best, rival, width) for width in widths)


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
