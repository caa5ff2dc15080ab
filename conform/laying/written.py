"""Whole files written under a reference, and heard there once more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import ceil, floor
from pathlib import Path

from conform.errors import AlignError
from conform.findings import Finding, error, warning
from conform.hearing.evidence import TOLERANCE
from conform.hearing.measure import Measurement, measure
from conform.hearing.sound import Sound, channels_of, distinct, mixed
from conform.laying.render import StemFile
from conform.laying.whole import Laying
from conform.region import Region

_WINDOW = 20  # seconds that are heard at a place
_AROUND = 1  # seconds beside it in the reference: what is off by more finds nothing


@dataclass(frozen=True, slots=True)
class Playback:
    """A written file against its reference at the place where it is off most, in its samples.

    A positive `residual` means the file is early; it is None, with the reason, where no place could
    be measured. `uncertainty` is the half-width of its 95 % interval; `places` counts those heard.
    """

    residual: float | None
    uncertainty: float | None
    places: int
    reason: str = ""


class Ground:
    """A reference that written files are measured against; it is decoded once."""

    def __init__(self, path: Path) -> None:
        self._channels = distinct(channels_of(path))
        if not self._channels:
            raise AlignError("has no sound to align to", path=path)

    def hear(self, stem: StemFile, laying: Laying) -> Playback:
        """A written file at the head, the middle and the tail of each of its parts.

        Raises `MediaError` where it cannot be read.
        """
        theirs = distinct(channels_of(stem.path))
        windows = list(_windows(laying))
        reason = "no sound that both share"
        for ours, other in _pairs(self._channels, theirs):
            heard = [_measured(ours, other, window, laying.sample_rate) for window in windows]
            fines = [one.fine for one in heard if one.match.matched and one.fine is not None]
            if fines:
                worst = max(fines, key=lambda fine: abs(fine.lag))
                rate = laying.sample_rate
                return Playback(worst.lag * rate, worst.half_width * rate, len(fines))
            reason = next((one.match.reason for one in heard if one.match.reason), reason)
        return Playback(None, None, 0, reason)


def verdict(heard: Playback, laying: Laying, path: Path) -> Iterator[Finding]:
    """What a person should know of a file that was written: left off, or not where it should be."""
    rate = laying.sample_rate
    if laying.left > TOLERANCE:
        message = f"copied, {1000 * laying.left:.2f} ms off at worst; its speed is not corrected"
        yield warning("laid.off", message, str(path))
    if heard.residual is None or heard.uncertainty is None:
        yield error(
            "laid.unproved", f"not heard again where it was laid: {heard.reason}", str(path)
        )
        return
    beyond = (abs(heard.residual) - heard.uncertainty) / rate - laying.left
    if beyond > TOLERANCE:
        message = f"heard {heard.residual:+.1f} samples off where it was laid"
        yield error("laid.misplaced", message, str(path))


def _pairs(ours: Sequence[Sound], theirs: Sequence[Sound]) -> Iterator[tuple[Sound, Sound]]:
    """The mixes first, then every channel against every other."""
    if not theirs:
        return
    yield mixed(tuple(ours), "reference"), mixed(tuple(theirs), "written")
    if len(ours) * len(theirs) > 1:
        yield from product(ours, theirs)


def _windows(laying: Laying) -> Iterator[tuple[int, int]]:
    """First and last whole seconds of places to hear."""
    names = laying.plan.stems
    rate = laying.sample_rate
    for region in laying.plan.regions:
        if region.stem == names[0]:
            yield from dict.fromkeys(_thirds(region, rate))


def _thirds(region: Region, rate: int) -> Iterator[tuple[int, int]]:
    first, last = ceil(region.record_first / rate), floor(region.record_end / rate)
    if last <= first:
        first, last = first - 1, last + 1
    room = min(_WINDOW, last - first)
    for begin in (first, (first + last - room) // 2, last - room):
        yield begin, begin + room


def _measured(ours: Sound, other: Sound, window: tuple[int, int], rate: int) -> Measurement:
    first, last = (Fraction(second) for second in window)
    ground = ours.part(max(first - _AROUND, ours.start), last + _AROUND)
    return measure(ground, other.part(first, last), rate)
