"""What a measurement of sound against sound says, with its uncertainty and its evidence.

The clock: a reference sound (a guide, or the picture's own track) and another sound. `lag_samples`
is the place in the reference at which the other's first sample falls, so

    reference time = lag + other time * (1 + drift_ppm / 1e6)

A positive lag means: played from a common zero, the other sound is early.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import hypot


class Verdict(StrEnum):
    """What the sound says: a place, none, several equal ones, too little; or nothing was read."""

    MATCH = "match"
    NO_MATCH = "no_match"
    AMBIGUOUS = "ambiguous"
    TOO_LITTLE = "too_little_sound"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another place that explains the sound, in samples, with its score."""

    lag_samples: float
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """One measurement. Lag, uncertainty and drift are None unless the verdict is a match.

    `uncertainty_samples` and `drift_uncertainty_ppm` are half-widths of 95 % intervals. `score` is
    the correlation's evidence and `runner_up` that of the best other place; `false_match` is the
    probability that sound without any match would have scored as high. `polarity` is -1 where the
    other sound is inverted.
    """

    verdict: Verdict
    sample_rate: int
    reason: str = ""
    lag_samples: float | None = None
    uncertainty_samples: float | None = None
    drift_ppm: float | None = None
    drift_uncertainty_ppm: float | None = None
    score: float = 0.0
    runner_up: float = 0.0
    false_match: float | None = None
    polarity: int = 1
    alternatives: tuple[Alternative, ...] = ()

    @property
    def matched(self) -> bool:
        """Whether one place was found."""
        return self.verdict is Verdict.MATCH

    @property
    def heard(self) -> bool:
        """Whether any sound was listened to: only then do the scores say something."""
        return self.verdict is not Verdict.UNREADABLE

    @property
    def lag_seconds(self) -> float | None:
        """The lag in seconds."""
        return None if self.lag_samples is None else self.lag_samples / self.sample_rate

    def doubted(self, samples: float) -> Match:
        """The same measurement, its place less sure by an independent half-width."""
        if self.uncertainty_samples is None:
            return self
        return replace(self, uncertainty_samples=hypot(self.uncertainty_samples, samples))

    def counted_from(self, seconds: float) -> Match:
        """The same measurement with the other sound's time counted from a later moment of it."""
        if not seconds:
            return self
        later = seconds * (1 + (self.drift_ppm or 0.0) / 1e6) * self.sample_rate
        return replace(
            self,
            lag_samples=None if self.lag_samples is None else self.lag_samples + later,
            alternatives=tuple(
                replace(place, lag_samples=place.lag_samples + later) for place in self.alternatives
            ),
        )


def early_or_late(lag_samples: float) -> str:
    """How the trade says a lag: positive is early (ahead of picture), negative is late."""
    if abs(lag_samples) < 0.5:  # under half a sample nothing moves
        return "in sync"
    return "early" if lag_samples > 0 else "late"
