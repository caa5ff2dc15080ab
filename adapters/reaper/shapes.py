"""REAPER's codes for frame rates, fades and channels."""

from __future__ import annotations

from fractions import Fraction

from conform.timecode import RATES, Rate
from conform.timeline import Curve

RATE_CODES: dict[tuple[int, int], Rate] = {
    (24, 2): RATES["23.976"],
    (24, 0): RATES["24"],
    (25, 0): RATES["25"],
    (30, 1): RATES["29.97 DF"],
    (30, 2): RATES["29.97"],
    (30, 0): RATES["30"],
    (48, 2): RATES["47.952"],
    (48, 0): RATES["48"],
    (50, 0): RATES["50"],
    (60, 1): RATES["59.94 DF"],
    (60, 2): RATES["59.94"],
    (60, 0): RATES["60"],
    (100, 0): RATES["100"],
    (120, 0): RATES["120"],
}
"""The fourth and fifth value of TIMEMODE (`projfrbase`, `projfrdrop`) and the rate they mean."""

CURVES: dict[int, Curve] = {
    0: Curve.LINEAR,
    1: Curve.EQUAL_POWER,  # "fast start", the default
    2: Curve.EXPONENTIAL,  # "slow start"
    3: Curve.LOGARITHMIC,  # "fast start, steep"
    4: Curve.EXPONENTIAL,
    5: Curve.S_CURVE,
    6: Curve.S_CURVE,
}
"""The first value of FADEIN and FADEOUT."""

CURVE_CODES: dict[Curve, int] = {curve: code for code, curve in reversed(CURVES.items())}
"""The code that we write for a curve; one that is not known fades as REAPER itself would."""


def ruler_of(rate: Rate) -> Rate | None:
    """The rate that REAPER's ruler can show for a rate: itself, without drop frame, or half of it.

    None where there is none. Places are in seconds and do not depend on it.
    """
    bare = Rate(rate.fps)
    return next((one for one in (rate, bare, Rate(rate.fps / 2)) if rate_code(one)), None)


def rate_code(rate: Rate) -> tuple[int, int] | None:
    """The two values of TIMEMODE for a rate; None for a rate that REAPER does not know."""
    return next((code for code, known in RATE_CODES.items() if known == rate), None)


def rate_of(base: Fraction | None, drop: Fraction | None) -> Rate | None:
    """The rate of the two values of TIMEMODE."""
    return RATE_CODES.get((int(base or 0), int(drop or 0)))


def channels_of(mode: int) -> tuple[int, ...]:
    """The source channels of a CHANMODE, from 1; empty for all of them.

    3 to 66 are channels 1 to 64 alone, 131 to 194 channels 65 to 128; 67 to 130 are pairs from
    1+2, 195 to 257 from 65+66 (State Chunk Definitions).
    """
    for first, last, channel, pair in ((3, 66, 1, 0), (131, 194, 65, 0), (67, 130, 1, 1),
                                       (195, 257, 65, 1)):  # fmt: skip
        if first <= mode <= last:
            one = channel + mode - first
            return (one, one + 1) if pair else (one,)
    return (2, 1) if mode == 1 else ()


def mode_of(channels: tuple[int, ...]) -> int | None:
    """The CHANMODE of some source channels; None where REAPER has none for them."""
    return next((mode for mode in range(258) if channels_of(mode) == channels), None)
