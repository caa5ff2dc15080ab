"""Readings of a monitoring path: their mean and span, as hardware sync meters report them."""

from __future__ import annotations

from dataclasses import dataclass

WANTED = 10
"""Readings that make a good average; five are the least."""

_LEAST = 5


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings in milliseconds, positive = the sound is heard late."""

    ms: tuple[float, ...] = ()

    def with_reading(self, ms: float) -> Readings:
        """One reading more."""
        return Readings((*self.ms, ms))

    @property
    def mean(self) -> float | None:
        """The average; None before the first reading."""
        return sum(self.ms) / len(self.ms) if self.ms else None

    @property
    def span(self) -> float:
        """The difference between the highest and the lowest reading."""
        return max(self.ms) - min(self.ms) if self.ms else 0.0

    @property
    def sentence(self) -> str:
        """What the readings say so far."""
        if self.mean is None:
            return f"No reading yet; take {WANTED}."
        more = f"; take {WANTED - len(self.ms)} more" if len(self.ms) < WANTED else ""
        enough = "" if len(self.ms) >= _LEAST else ", too few to trust"
        found = f"mean {self.mean:.1f} ms, span {self.span:.1f} ms"
        return f"{len(self.ms)} readings: {found}{enough}{more}."
