"""Lines through the places that a window of a sound proposes, and the chance that any look as good.

A window that stands out as a whole is evidence as well as its stretches are; the better one counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from conform.hearing import rarity
from conform.hearing.band import COARSE_RATE, Signal
from conform.hearing.correlate import Peak
from conform.hearing.ends import merely_cut
from conform.hearing.evidence import TOLERANCE, Line, trace
from conform.hearing.extent import at_usual_speed
from conform.hearing.pieces import Pieces
from conform.hearing.rarity import unborne
from conform.hearing.sound import Sound

SURE = 1e-6
"""The false-match probability from which a place is claimed."""

_PLACES = 6  # peaks of a window that are looked into
_PROMISING = 2.0  # decades of a window's peak, from which its stretches are asked by themselves
_PLAIN = 40.0  # decades of a place that needs no closer look: speech at 0 dB has 120 in 20 s
_ASTRAY = 0.003  # seconds that a line may leave the place of its window: drift's share of it
_FEW = 6  # stretches that are too few to bear out a line or not
_AGREED = 1 / 3  # of the stretches must follow a line that the whole window proposes
_ALL = 0.9  # of them that follow it, and are
_ROUND = 4.5  # deviations high or less, are a tone's
_EQUAL = 1.02  # times the next best: noise peaks higher than that in four stretches of five
_TINY = 1e-20
_APART = 0.06  # seconds: nearer lines are one place and its reflections


def traced(
    reference: Sound, pieces: Pieces, first: int, window: Signal, peaks: Sequence[Peak]
) -> list[Line]:
    """A line through each of the best peaks of a window of the other sound.

    The window is as it was searched for, from the `first` sample on; `peaks` are all that its
    search listed.
    """
    anchor = (first + len(window) / 2) / COARSE_RATE
    found = []
    plain = False
    for peak in peaks[:_PLACES]:
        lag = (peak.at - first) / COARSE_RATE
        rare = rarity.decades(peak, peaks, 0.0)  # at most: most peaks need no closer look
        lines = _lines(reference, pieces, lag, anchor, glance=plain and rare == 0)
        line = max(lines, key=lambda line: line.decades)
        plain |= lines[0].decades >= _PLAIN
        if rare > max(0.0, line.decades - _places(reference)):
            line = _with_its_window(reference, pieces, first, window, peak, peaks, lines)
        found.append(line)
    return found


def _with_its_window(
    reference: Sound,
    pieces: Pieces,
    first: int,
    window: Signal,
    peak: Peak,
    peaks: Sequence[Peak],
    lines: Sequence[Line],
) -> Line:
    """The best of some lines through a peak, with its window's evidence where that is better."""
    line = max(lines, key=lambda line: line.decades)
    rare = rarity.decades(peak, peaks, unborne(window, reference.coarse, peak.at))
    if rare <= 0 or merely_cut(window, reference.coarse, peak.at):
        return line
    lag, anchor = (peak.at - first) / COARSE_RATE, (first + len(window) / 2) / COARSE_RATE
    score = rare + _places(reference)
    if any(_borne_out(line) for line in lines):
        line = _stands_out(line, lag, anchor, peak, score)
    if rare >= _PROMISING and false_match(line, reference) > SURE:
        alone = _inside(reference, pieces, first, len(window), lag)
        if _borne_out(alone) and at_usual_speed(alone):
            alone = _stands_out(alone, lag, anchor, peak, score)
            line = max(line, alone, key=lambda line: line.decades)
    return line


def _inside(reference: Sound, pieces: Pieces, first: int, length: int, lag: float) -> Line:
    """A line by the stretches of its window alone: a cut goes on with another take around it."""
    begin = first / COARSE_RATE
    part = Pieces(pieces.sound[first : first + length])
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
    for width in widths(len(pieces.sound) / COARSE_RATE):
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


def apart(found: Sequence[Line]) -> list[Line]:
    """Lines by evidence, those that are one place with a better one left out."""
    apart: list[Line] = []
    for line in sorted(found, key=lambda line: -line.decades):
        time = float(np.median(line.points[:, 0])) if len(line.points) else 0.0
        if all(abs(line.at(time) - other.at(time)) > _APART for other in apart):
            apart.append(line)
    return apart


def false_match(line: Line, reference: Sound) -> float:
    """The chance that any place in a reference this long would look as good."""
    return float(min(1.0, 10.0 ** (_places(reference) - line.decades)))


def _places(reference: Sound) -> float:
    """Log10 of the places that a search tries."""
    return float(np.log10((reference.seconds + 1) / TOLERANCE))


def widths(seconds: float) -> tuple[float, float]:
    """Lengths of the stretches: short ones to have many, long ones for what is noisy."""
    return (float(np.clip(seconds / 30, 0.25, 1.0)), float(np.clip(seconds / 8, 0.5, 4.0)))
