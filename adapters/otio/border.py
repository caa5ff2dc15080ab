"""Times across the border: OTIO's pairs of doubles as exact seconds, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import isfinite
from typing import Any

import opentimelineio

from conform.errors import TimelineError
from conform.timecode import RATES, Rate

_WRITTEN = {
    number: rate.fps
    for rate in RATES.values()
    for number in (float(rate.fps), round(float(rate.fps), 2), round(float(rate.fps), 3))
}
"""The doubles in which other tools write the rates of the trade."""
_FINEST = 10**6
"""Doubles at a day's count of frames still tell a millionth of a frame apart."""
_LONGEST = 10**9
"""Seconds; every real timeline is shorter, and doubles stay exact to a sample."""


def fps_of(rate: float, what: str) -> Fraction:
    """The exact rate that a double means: 29.97 and 29.9700298 are 30000/1001."""
    if not isfinite(rate) or rate <= 0:
        raise TimelineError(f"{what} has a rate of {rate}; it must be above zero")
    if rate in _WRITTEN:
        return _WRITTEN[rate]
    near = Rate.near(rate)
    fps = near.fps if near else Fraction(rate).limit_denominator(_FINEST)
    if not fps:
        raise TimelineError(f"{what} has a rate of {rate}; it must be above zero")
    return fps


def seconds(time: Any, what: str) -> Fraction:
    """A `RationalTime` in exact seconds; raises `TimelineError` for NaN, infinity and rate 0."""
    fps = fps_of(time.rate, what)
    if not isfinite(time.value):
        raise TimelineError(f"{what} has a time of {time.value}; export it again")
    found = Fraction(time.value).limit_denominator(_FINEST) / fps
    if abs(found) > _LONGEST:
        raise TimelineError(f"{what} has a time of {float(found):.3g} seconds; export it again")
    return found


def rate_of(rate: float, what: str) -> Rate | None:
    """The trade's rate that a double means; None for sample rates and the like."""
    fps = fps_of(rate, what)
    return Rate(fps) if fps in _WRITTEN.values() else None


def rational(at: Fraction, rate: Rate) -> Any:
    """Exact seconds as OTIO's frames of a rate."""
    return opentimelineio.opentime.RationalTime(float(at * rate.fps), float(rate.fps))


def span(start: Fraction, duration: Fraction, rate: Rate) -> Any:
    """A start and a duration as OTIO's range."""
    return opentimelineio.opentime.TimeRange(rational(start, rate), rational(duration, rate))


def plain(metadata: Any) -> Any:
    """OTIO's dictionaries and vectors as Python's, so that they can be read like JSON."""
    if isinstance(metadata, Mapping) or hasattr(metadata, "items"):
        return {str(key): plain(value) for key, value in metadata.items()}
    if isinstance(metadata, str | int | float | bool) or metadata is None:
        return metadata
    if hasattr(metadata, "__iter__"):
        return [plain(one) for one in metadata]
    return str(metadata)


def leaves(tree: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every number and word of a metadata tree with its path, such as `cmx_3600.reel`."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{at}.{key}" if at else key)
    elif isinstance(tree, list):
        for place, value in enumerate(tree):
            yield from leaves(value, f"{at}.{place}")
    elif tree is not None and str(tree):
        yield at, str(tree)
