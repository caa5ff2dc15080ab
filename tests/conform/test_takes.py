"""A take's line, read at its events."""

from fractions import Fraction
from pathlib import Path

import pytest

from conform.joint import Slip, solve
from conform.roll import Roll, RollChannel
from conform.takes import Take
from conform.timeline import Clip


@pytest.mark.parametrize("wrapped", [0, 86_400])
def test_a_clip_after_midnight_lies_where_the_take_goes_on(wrapped: int) -> None:
    """A take from 23:59:50; an event at 00:00:05 counts its source from the new day's zero."""
    roll = Roll("T1", (RollChannel("Boom", Path("T1.wav"), 0),), 48_000 * 60, 48_000)
    joint = solve([Slip(5.0, 86_390.25, 1e-6), Slip(8.0, 86_390.25, 1e-6)])
    take = Take(roll, "Boom", joint, ("0001", "0002"))
    clip = Clip("a", Fraction(20), Fraction(25), Fraction(86_405 - wrapped), Fraction(86_410))
    assert take.zero(clip, Fraction(5)) == pytest.approx(5.25, abs=1e-6)
