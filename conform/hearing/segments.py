"""Stretches of two sounds read at full rate, where their line is clearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from conform.hearing.arrival import REACH
from conform.hearing.band import COARSE_RATE, Signal
from conform.hearing.evidence import Line
from conform.hearing.sound import Sound

_SEGMENT = 2.0  # seconds read at one place
_SEGMENTS = 24
_READ_ON = 2.0  # seconds between segments that are read as well: to open a file takes as long
_RUN = 30.0  # seconds that are read at once
_SHORTEST = 0.2  # seconds of a segment at an edge that are still used


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of both sounds at full rate; `first` and `place` are their first samples."""

    first: int
    other: Signal
    place: int
    reference: Signal


def read(reference: Sound, other: Sound, line: Line, rate: int) -> list[Segment]:
    """The stretches around the agreeing points, spread over the whole line."""
    low = ceil(other.start * rate)
    high = floor((other.start + Fraction(len(other.coarse), COARSE_RATE)) * rate)
    slack = round(REACH * rate)
    wanted: list[tuple[int, int, int]] = []
    for time in _spread(line.points[line.agree]):
        end = min(round((time + _SEGMENT / 2) * rate), high)
        first = max(round((time - _SEGMENT / 2) * rate), low)
        count = end - first
        if count < _SHORTEST * rate:
            continue
        wanted.append((first, count, first + round(line.at(time) * rate) - slack))
        low = end
    others = _excerpts(other, [(first, count) for first, count, _ in wanted], rate)
    ours = _excerpts(reference, [(place, count + 2 * slack) for _, count, place in wanted], rate)
    return [
        Segment(first, heard, place, ground)
        for (first, _, place), heard, ground in zip(wanted, others, ours, strict=True)
    ]


def _excerpts(sound: Sound, stretches: Sequence[tuple[int, int]], rate: int) -> list[Signal]:
    """Stretches by first sample and count; those that follow closely are read at once."""
    runs: list[list[tuple[int, int]]] = []
    for first, count in stretches:
        near = bool(runs) and first - sum(runs[-1][-1]) <= _READ_ON * rate
        if near and first + count - runs[-1][0][0] <= _RUN * rate:
            runs[-1].append((first, count))
        else:
            runs.append([(first, count)])
    cut: list[Signal] = []
    for run in runs:
        begin = run[0][0]
        whole = sound.excerpt(begin, sum(run[-1]) - begin, rate)
        cut += [whole[first - begin : first - begin + count] for first, count in run]
    return cut


def _spread(points: NDArray[np.float64]) -> list[float]:
    """Times of up to `_SEGMENTS` clear points, at least a segment apart, over the whole span."""
    if not len(points):
        return []
    edges = np.linspace(points[:, 0].min(), points[:, 0].max() + 1e-6, _SEGMENTS + 1)
    chosen: list[float] = []
    for low, high in pairwise(edges):
        inside = points[(points[:, 0] >= low) & (points[:, 0] < high)]
        if len(inside):
            time = float(inside[inside[:, 2].argmax(), 0])
            if not chosen or time - chosen[-1] >= 0.75 * _SEGMENT:
                chosen.append(time)
    return chosen
