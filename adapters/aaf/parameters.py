"""The controls of effects: constants and keyframes out of pyaaf2's objects."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from adapters.aaf import auids
from adapters.aaf.fields import Fields
from adapters.aaf.structure import Parameter, Point

_READ = frozenset(
    {
        auids.AMPLITUDE,
        auids.PAN,
        auids.LEVEL,
        auids.AVID_GAIN_CURVE,
        auids.SPEED_RATIO,
        auids.AVID_SPEED_MAP,
        auids.AVID_SPEED_OFFSET_MAP,
        auids.AVID_POSITION_MAP,
    }
)
"""The parameters that say something about the cut; a picture effect has dozens of others."""


def parameters(operation: Fields, length: int) -> tuple[Parameter, ...]:
    """The parameters of an effect over `length` edit units that say something about the cut."""
    found = (_parameter(item, length) for item in operation.objects("Parameters"))
    return tuple(item for item in found if item is not None)


def _parameter(stored: Any, length: int) -> Parameter | None:
    fields = Fields(stored)
    auid = str(fields.get("Definition"))
    if auid not in _READ:
        return None
    if "PointList" in fields:
        points = _sampled(stored, length) if auid == auids.AVID_POSITION_MAP else _points(fields)
        definition = fields.get("Interpolation")
        return Parameter(auid, None, points, str(definition.auid) if definition else "")
    value = fraction(fields.get("Value"))
    return None if value is None else Parameter(auid, value)


def _points(fields: Fields) -> tuple[Point, ...]:
    found = []
    for stored in fields.objects("PointList"):
        point = Fields(stored)
        at, value = fraction(point.get("Time")), fraction(point.get("Value"))
        if at is not None and value is not None:
            found.append(Point(at, value, point.get("EditHint") == "Proportional"))
    return tuple(found)


def _sampled(stored: Any, length: int) -> tuple[Point, ...]:
    """A position curve, at every frame of its effect.

    Media Composer draws it with splines between a few keyframes, whose times are a share of the
    last frame's.
    """
    last = max(1, length - 1)
    sample = Fraction(1, last)
    values = (stored.value_at(float(frame * sample)) for frame in range(last + 1))
    return tuple(
        Point(frame * sample, Fraction(value).limit_denominator(10**6), proportional=True)
        for frame, value in enumerate(values)
    )


def fraction(value: Any) -> Fraction | None:
    """A stored number exactly; None for what is no number, or divides by zero."""
    if isinstance(value, Fraction):
        top, bottom = value.numerator, value.denominator
        return Fraction(top, bottom) if bottom else None
    return Fraction(value) if isinstance(value, int) and not isinstance(value, bool) else None
