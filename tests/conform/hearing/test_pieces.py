"""Stretches that are made ready once: the same as made anew, however often they are asked for."""

import numpy as np
import pytest

from conform.hearing import pieces
from conform.hearing.correlate import sought
from conform.hearing.pieces import Pieces

LENGTH, SIZE = 2000, 2640
SOUND = np.random.default_rng(1).normal(0, 0.1, 40_000).astype(np.float16)
SOUND[6000:8000] = 0
STARTS = np.array([0, 2000, 6000, 10_000])


def test_stretches_are_those_that_are_sought_and_silent_ones_are_left_out() -> None:
    heard, spectra = Pieces(SOUND).ready(STARTS, LENGTH, SIZE)
    assert heard.tolist() == [True, True, False, True]
    rows = np.stack([SOUND[first : first + LENGTH] for first in STARTS[heard]])
    assert np.allclose(spectra, sought(rows.astype(np.float32), SIZE), atol=1e-5)


def test_a_stretch_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Pieces(SOUND)
    first = kept.ready(STARTS, LENGTH, SIZE)
    monkeypatch.setattr(pieces, "_made", None)
    again = kept.ready(STARTS[::-1], LENGTH, SIZE)
    assert np.array_equal(first[0], again[0][::-1])
    assert np.array_equal(first[1], again[1][::-1])


def test_what_there_is_no_room_for_is_made_anew() -> None:
    kept = Pieces(SOUND, _room=0)
    for _ in range(2):
        assert kept.ready(STARTS, LENGTH, SIZE)[0].tolist() == [True, True, False, True]


def test_silence_and_nothing_have_no_spectra() -> None:
    for starts in (STARTS[2:3], STARTS[:0]):
        heard, spectra = Pieces(SOUND).ready(starts, LENGTH, SIZE)
        assert not heard.any()
        assert len(spectra) == 0
