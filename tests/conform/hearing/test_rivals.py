"""Laws of the choice between two places: repeats tie, chance and echoes of one part do not."""

import numpy as np
import pytest

from conform.hearing.band import COARSE_RATE
from conform.hearing.evidence import Line
from conform.hearing.rivals import outdone, tied

Wave = np.ndarray
WIDTH = 1.0


def hiss(seconds: float, seed: int) -> Wave:
    samples = np.random.default_rng(seed).standard_normal(round(seconds * COARSE_RATE))
    return (0.1 * samples).astype(np.float32)


def at(lag: float) -> Line:
    return Line(lag, 0.0, np.empty((0, 4)), np.empty(0, bool), 0.0)


LOOP = np.tile(hiss(3, 1), 8)
TAKE = hiss(24, 2)


@pytest.mark.parametrize("spoil", [0.0, 0.1])
def test_the_repeats_of_a_loop_tie(spoil: float) -> None:
    reference = LOOP + spoil / 0.1 * hiss(24, 3)
    assert tied(reference, LOOP[: 12 * COARSE_RATE], at(3.0), at(6.0), WIDTH)


def test_a_loop_that_goes_on_outside_ties() -> None:
    clip = LOOP[: 12 * COARSE_RATE]
    assert tied(LOOP[: 18 * COARSE_RATE], clip, at(3.0), at(9.0), WIDTH)


def test_a_place_by_chance_does_not_tie() -> None:
    assert not tied(TAKE, TAKE[2 * COARSE_RATE : 12 * COARSE_RATE], at(2.0), at(9.0), WIDTH)


def test_what_repeats_in_part_lies_where_all_of_it_does() -> None:
    again = np.concatenate([TAKE[: 12 * COARSE_RATE], TAKE[: 6 * COARSE_RATE], hiss(6, 4)])
    clip = again[: 12 * COARSE_RATE]
    assert not tied(again, clip, at(0.0), at(12.0), WIDTH)
    assert tied(again, clip, at(12.0), at(0.0), WIDTH)


def test_two_parts_at_two_places_tie() -> None:
    clip = np.concatenate([TAKE[: 6 * COARSE_RATE], TAKE[12 * COARSE_RATE : 18 * COARSE_RATE]])
    assert tied(TAKE, clip, at(0.0), at(6.0), WIDTH)


def test_a_loop_under_a_voice_is_outdone_where_the_voice_is_as_well() -> None:
    reference = LOOP + 0.7 * TAKE
    clip = reference[3 * COARSE_RATE : 18 * COARSE_RATE]
    assert outdone(reference, clip, (at(3.0), at(6.0)), WIDTH)
    assert not outdone(reference, clip, (at(6.0), at(3.0)), WIDTH)


def test_a_loop_under_two_voices_outdoes_no_other_turn_of_it() -> None:
    clip = (LOOP + 0.7 * hiss(24, 6))[: 15 * COARSE_RATE]
    assert not outdone(LOOP + 0.7 * TAKE, clip, (at(3.0), at(6.0)), WIDTH)


def test_few_stretches_outdo_nothing() -> None:
    reference = LOOP + 0.7 * TAKE
    clip = reference[3 * COARSE_RATE : 11 * COARSE_RATE]
    assert not outdone(reference, clip, (at(3.0), at(6.0)), WIDTH)
