"""What a cut adds to the uncertainty of its events."""

from fractions import Fraction

import numpy as np
import pytest

from conform.joint import solve
from conform.refine import Fine
from conform.takes import edit_rounding, slip
from conform.timecode import RATES, Rate
from conform.timeline import Clip

SAMPLE = 1 / 48000


@pytest.mark.parametrize("name", ["29.97", "59.94"])
def test_the_rounding_of_edits_is_what_whole_samples_leave(name: str) -> None:
    rate = RATES[name]
    edits = [rate.seconds(frame) * 48000 for frame in range(1001)]
    off = [float(rate.sample(frame, 48000) - edit) for frame, edit in enumerate(edits)]
    assert edit_rounding(rate, 48000) * 48000 == pytest.approx(np.std(off), rel=0.03)


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
            edit = rng.uniform(-SAMPLE / 2, SAMPLE / 2)
            fine = Fine(float(time), float(edit), 0.1 * SAMPLE, None, None, 1, 1.0)
            slips.append(slip(fine, clip, Fraction(0), rounding))
        joint = solve(slips)
        inside += abs(joint.slip) <= joint.half_width
        level += abs(joint.tilt) <= joint.tilt_half_width
    assert inside >= 90
    assert level >= 90
