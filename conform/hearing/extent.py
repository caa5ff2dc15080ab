"""How far a line holds: where sounds share only a part, what agrees beyond it does so by chance.

One stretch half a minute off that happens to lie near the line tilts it, and a tilt is a drift.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from conform.hearing.evidence import Line, fit

_CHANCE = 0.2  # share of the stretches that agree by chance: of unrelated sound's a seventh do
_USUAL = 3e-4  # drift up to which clocks may differ; the least of the trade's other speeds is 1e-3
_FEWEST = 4  # stretches that tell a drift
_SURE = 3.0  # standard errors


def at_usual_speed(line: Line) -> bool:
    """Whether the stretches that agree with a line within a few seconds show no other speed."""
    times, lags = line.points[line.agree, 0], line.points[line.agree, 1]
    if len(times) < _FEWEST:
        return False
    away = times - times.mean()
    spread = float(away @ away)
    slope = float(away @ lags) / spread
    rest = lags - lags.mean() - slope * away
    error = float(np.sqrt(rest @ rest / (len(times) - 2) / spread))
    return abs(slope) <= max(_USUAL, _SURE * error)


def agreeing_run(agree: NDArray[np.bool_], chance: float) -> tuple[int, int]:
    """The run with the largest sum of agreement beyond chance: its first one, and after its last.

    `chance` is the share that agree by chance; where none agree, the run is empty.
    """
    worth = np.concatenate([[0.0], np.cumsum(agree - chance)])
    gains = worth - np.minimum.accumulate(worth)
    end = int(gains.argmax())
    return (int(worth[:end].argmin()), end) if end else (0, 0)


def held(line: Line) -> Line:
    """The line by the stretches of the run in which more of them agree than do by chance.

    The run is the one with the largest sum of agreement beyond chance. Stretches outside it agree
    no more; the evidence stays what it was.
    """
    if not line.agree.any():
        return line
    order = np.argsort(line.points[:, 0])
    first, end = agreeing_run(line.agree[order], _CHANCE)
    inside = np.zeros(len(order), bool)
    inside[order[first:end]] = True
    if not (line.agree & ~inside).any():
        return line
    again = fit(line.points[inside], line, 1.0)
    agree = np.zeros(len(order), bool)
    agree[inside] = again.agree
    return replace(line, lag=again.lag, drift=again.drift, agree=agree)
