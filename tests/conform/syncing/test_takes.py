"""A take's line, read at its events, and what a cut adds to their uncertainty."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from conform.hearing.refine import Fine
from conform.roll import Roll, RollChannel
from conform.syncing.joint import Slip, solve
from conform.syncing.microphones import Microphones
from conform.syncing.takes import Take, edit_rounding, slip
from conform.timecode import RATES, Rate
from conform.timeline import Clip

SAMPLE = 1 / 48000


@pytest.mark.parametrize("wrapped", [0, 86_400])
def test_a_clip_after_midnight_lies_where_the_take_goes_on(wrapped: int) -> None:
    """A take from 23:59:50; an event at 00:00:05 counts its source from the new day's zero."""
    roll = Roll("T1", (RollChannel("Boom", Path("T1.wav"), 0),), 48_000 * 60, 48_000)
    joint = solve([Slip(5.0, 86_390.25, 1e-6), Slip(8.0, 86_390.25, 1e-6)])
    take = Take(roll, Microphones("Boom"), joint, ("0001", "0002"))
    clip = Clip("a", Fraction(20), Fraction(25), Fraction(86_405 - wrapped), Fraction(86_410))
    assert take.zero(clip, Fraction(5)) == pytest.approx(5.25, abs=1e-6)


@pytest.mark.parametrize("name", ["29.97", "59.94"])
def test_the_rounding_of_edits_is_what_whole_samples_leave(name: str) -> None:
    rate = RATES[name]
    cuts = np.random.default_rng(3).integers(0, 100_000, (4000, 2)).tolist()
    laid = [rate.sample(source, 48000) - rate.sample(cut, 48000) for source, cut in cuts]
    exact = [rate.seconds(source - cut) * 48000 for source, cut in cuts]
    off = [float(one - other) for one, other in zip(laid, exact, strict=True)]
    assert edit_rounding(rate, 48000) * 48000 == pytest.approx(np.std(off), rel=0.05)


@pytest.mark.parametrize(("name", "sample_rate"), [("23.976", 48000), ("25", 48000), ("25", 44100)])
def test_frames_of_whole_samples_round_nothing(name: str, sample_rate: int) -> None:
    assert edit_rounding(RATES[name], sample_rate) == 0
    assert edit_rounding(Rate(Fraction(24)), 44101) > 0


def test_edits_on_whole_samples_are_held_by_the_half_width() -> None:
    rng = np.random.default_rng(5)
    rounding = edit_rounding(RATES["29.97"], 48000)
    clip = Clip("", Fraction(0), Fraction(1), Fraction(0), Fraction(1))
    inside, level = 0, 0
    for _ in range(100):
        slips = []
        for time in np.sort(rng.uniform(0, 60, 5)):
            edit = rng.uniform(-SAMPLE / 2, SAMPLE / 2, 2).sum()
            fine = Fine(float(time), float(edit), 0.1 * SAMPLE, None, None, 1, 1.0)
            slips.append(slip(fine, clip, Fraction(0), rounding))
        joint = solve(slips)
        inside += abs(joint.slip) <= joint.half_width
        level += abs(joint.tilt) <= joint.tilt_half_width
    assert inside >= 90
    assert level >= 90
