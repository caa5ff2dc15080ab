"""The shapes of fades: a straight line, or levels in dB at a quarter, a half and three quarters."""

from __future__ import annotations

from fractions import Fraction

from adapters.aes31.records import Record
from adapters.aes31.tcf import Clock
from adapters.daw import number
from conform.timeline import Curve, Fade

_LEVELS: dict[Curve, tuple[float, float, float]] = {
    Curve.EQUAL_POWER: (-8.34, -3.01, -0.69),  # sin(x pi/2)
    Curve.S_CURVE: (-16.69, -6.02, -1.38),  # (1 - cos(x pi)) / 2
    Curve.EXPONENTIAL: (-24.08, -12.04, -5.0),  # x^2
    Curve.LOGARITHMIC: (-6.02, -3.01, -1.25),  # x^(1/2)
}
_NEAR = 0.15  # dB: writers round to a tenth or a hundredth


def fade_of(record: Record, duration: Fraction) -> Fade | None:
    """The fade of an (Infade) or (Outfade) with its length; None where it has none."""
    return Fade(duration, _curve(record)) if duration > 0 else None


def _curve(record: Record) -> Curve:
    if record[1].upper() == "LIN":
        return Curve.LINEAR
    levels = [number(record[place]) for place in (2, 3, 4)]
    for curve, shape in _LEVELS.items():
        if all(
            level is not None and abs(float(level) - wanted) <= _NEAR
            for level, wanted in zip(levels, shape, strict=True)
        ):
            return curve
    return Curve.UNKNOWN


def fade_text(fade: Fade, clock: Clock) -> str:
    """The values of an (Infade) or (Outfade): its length, its shape, three levels."""
    length = clock.text(fade.duration)
    levels = _LEVELS.get(fade.curve)
    if levels is None:
        return f"{length} LIN _ _ _"
    return f"{length} CURVE " + " ".join(f"{level:.2f}" for level in levels)
