"""Stretches of a file at full rate: right wherever they lie, and read once for all channels."""

import pickle
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as some

from conform.errors import MediaError
from conform.hearing.tape import Tape

RATE = 48000
SOUND = np.random.default_rng(4).integers(-9000, 9000, (2 * RATE, 3)).astype(np.int16)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tape") / "poly.wav"
    soundfile.write(path, SOUND, RATE, subtype="PCM_16")
    return path


def expected(channel: int, first: int, count: int) -> np.ndarray:
    padded = np.pad(SOUND[:, channel], 5 * RATE)
    return padded[5 * RATE + first :][:count].astype(np.float32) / 32768


@settings(max_examples=25, deadline=None)
@given(
    some.lists(
        some.tuples(some.integers(0, 1), some.integers(-RATE, 2 * RATE), some.integers(1, RATE)),
        min_size=1,
        max_size=5,
    ),
    some.integers(-RATE, RATE),
)
def test_any_stretch_is_the_files(
    path: Path, wanted: list[tuple[int, int, int]], zero: int
) -> None:
    tape = Tape(path, 0, (2, 0), Fraction(zero, RATE))
    for place, first, count in wanted:
        heard = tape.excerpt(place, first, count, RATE)
        assert np.array_equal(heard, expected((2, 0)[place], first + zero, count))


def test_the_other_channels_of_a_stretch_are_there_without_the_file(tmp_path: Path) -> None:
    copy = tmp_path / "gone.wav"
    soundfile.write(copy, SOUND, RATE, subtype="PCM_16")
    tape = Tape(copy, 0, (0, 1), Fraction(0))
    tape.excerpt(0, RATE, 4800, RATE)
    copy.unlink()
    assert np.array_equal(tape.excerpt(1, RATE + 300, 4800, RATE), expected(1, RATE + 300, 4800))
    with pytest.raises(MediaError):
        tape.excerpt(1, RATE // 2, 4800, RATE)


def test_what_was_read_stays_as_it_was(path: Path) -> None:
    heard = Tape(path, 0, (0,), Fraction(0)).excerpt(0, 0, 4800, RATE)
    with pytest.raises(ValueError, match="read-only"):
        heard[:] = 1


def test_a_tape_travels_to_other_processes(path: Path) -> None:
    tape = Tape(path, 0, (1,), Fraction(1, 2))
    tape.excerpt(0, 0, RATE, RATE)
    sent = pickle.dumps(tape)
    assert len(sent) < 2000  # nothing that was read
    again = pickle.loads(sent)  # noqa: S301  (our own)
    assert np.array_equal(again.excerpt(0, 5, 99, RATE), expected(1, RATE // 2 + 5, 99))
