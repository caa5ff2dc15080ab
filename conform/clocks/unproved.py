"""Spans of a sound that nothing says lie on its course: jumps that were not placed hide there.

Where stretches everywhere else know their place, none of them in a long run that does is no chance.
Noise may cover what both share there, or the other sound is elsewhere: either way nobody measured.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from conform.hearing.evidence import Points, level_line
from conform.hearing.sound import Sound
from conform.hearing.stretches import WIDTH, along, exact, explained, spacing

Reals = NDArray[np.float64]

LagAt = Callable[[Reals], Reals]
"""The lags at times of the other sound, all in seconds."""

Span = tuple[float, float]
"""First and last second of the other sound."""

_LEAST = 10.0  # seconds of a span that are worth a word
_CHANCE = 1e-3  # under which a span without a stretch that knows its place has a reason


def unproved(reference: Sound, other: Sound, points: Points, lag_at: LagAt) -> tuple[Span, ...]:
    """The spans that no stretch bears out, though stretches elsewhere do.

    `points` are those that know their place. Silence is left out, and what lies outside the
    reference.
    """
    each = spacing(other)
    spans = [span for span in _gaps(points, other) if _seconds(span) >= max(_LEAST, 2 * each)]
    met = (other.seconds - sum(map(_seconds, spans))) / each
    lone = max(1 - len(points) / max(met, 1.0), _CHANCE)  # the chance that one knows no place
    enough = log(_CHANCE) / log(lone) if lone < 1 else float("inf")
    long = [span for span in spans if _seconds(span) >= enough * each]
    return tuple(span for span in long if _at_odds(reference, other, span, lag_at, enough * WIDTH))


def _gaps(points: Points, other: Sound) -> list[Span]:
    """What lies between the stretches that know their place, and beside them."""
    first, half = float(other.start), WIDTH / 2
    edges = [first - half, *points[:, 0].tolist(), first + other.seconds + half]
    return [(before + half, after - half) for before, after in pairwise(edges)]


def _seconds(span: Span) -> float:
    return span[1] - span[0]


def _at_odds(reference: Sound, other: Sound, span: Span, lag_at: LagAt, enough: float) -> bool:
    """Whether both sounds are heard long enough in a span, and do not go together there."""
    middle, last = sum(span) / 2, span[1]
    lag, later = (float(one) for one in lag_at(np.array([middle, last])))
    slope = (later - lag) / (last - middle)
    line = level_line(lag - slope * middle, slope)
    heard = along(reference, other.part(exact(span[0]), exact(span[1])), line)
    return len(heard.points) >= enough and not explained(heard)
