"""Regions: which source samples go under which stem samples. One list serves every job.

Stem samples count from the picture's first frame. Every edge is rounded once, from its absolute
time, so regions that meet in time meet to the sample at any rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from conform.findings import Finding
from conform.timeline import Curve


@dataclass(frozen=True, slots=True)
class WarpPoint:
    """A stem sample and the source position, in source samples, that is heard there."""

    record: int
    source: Fraction


@dataclass(frozen=True, slots=True)
class Region:
    """One stretch of one recorded channel on one stem.

    Stem sample `r` of `record_first <= r < record_end` takes source sample
    `source_first + (r - record_first)`; with a `warp` it takes the position that `warp` gives for
    `r`, and the sound is resampled: `source_first` then tells nothing. Through two points a warp is
    straight; through more it is smooth, so that no speed jumps (`conform.clocks.cubic`).
    Fades lie inside the region and count samples; overlapping regions of a stem are summed.
    """

    stem: str
    path: Path
    channel: int
    source_first: int
    record_first: int
    record_end: int
    fade_in: int = 0
    fade_out: int = 0
    curve: Curve = Curve.EQUAL_POWER
    gain_db: float = 0.0
    warp: tuple[WarpPoint, ...] = ()
    event: str = ""

    @property
    def length(self) -> int:
        """Samples on the stem."""
        return self.record_end - self.record_first

    @property
    def exact(self) -> bool:
        """Whether the samples are copied as they are, outside the fades."""
        return not self.warp and self.gain_db == 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """The regions of every stem, the stems' names in order, and what was left silent and why."""

    regions: tuple[Region, ...]
    stems: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
