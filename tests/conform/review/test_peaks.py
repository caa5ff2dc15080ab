"""Waveforms: what is drawn is the lowest and highest of what sounds, at every zoom."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from conform.errors import MediaError
from conform.review.peaks import BASE, Pyramid, columns_of, growing, load, pyramid_of, save

_STEP = 1 / 32767


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    sound = np.random.default_rng(4).normal(0, 0.2, (150_001, 2)).clip(-1, 1)
    return sound.astype(np.float32)


@pytest.fixture(scope="module")
def pyramid(noise: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Pyramid:
    path = tmp_path_factory.mktemp("peaks") / "a.wav"
    soundfile.write(path, noise, 48000, subtype="FLOAT")
    return list(growing(path))[-1]


@given(first=st.integers(0, 140_000), step=st.floats(256, 20_000), count=st.integers(1, 60))
def test_no_peak_is_lost_and_none_is_far_off(
    first: int, step: float, count: int, noise: np.ndarray, pyramid: Pyramid
) -> None:
    """A column may show up to a pair of its level beside it, never less than it covers."""
    drawn = pyramid.columns(first, step, count)
    for number in range(count):
        low, high = first + number * step, first + (number + 1) * step
        inside = noise[int(np.ceil(low)) : int(high)]
        if not len(inside):
            continue
        assert (drawn[number, :, 0] <= inside.min(axis=0) + _STEP).all()
        assert (drawn[number, :, 1] >= inside.max(axis=0) - _STEP).all()
        size = BASE * 4 ** max(0, int(np.log(step / BASE) / np.log(4) + 1e-9))
        around = noise[max(0, int(low) - size) : int(high) + size + 1]
        assert (drawn[number, :, 1] <= around.max(axis=0) + _STEP).all()


def test_columns_of_samples_join_up(noise: np.ndarray) -> None:
    drawn = columns_of(noise[:1000], 0.0, 2.5, 400)
    assert (drawn[:-1, :, 1] >= drawn[1:, :, 0]).all()
    assert (drawn[1:, :, 1] >= drawn[:-1, :, 0]).all()


def test_outside_the_sound_is_silence(pyramid: Pyramid) -> None:
    assert not pyramid.columns(-50_000, 1000, 49).any()
    assert not pyramid.columns(200_000, 1000, 20).any()


def test_the_cache_gives_back_what_it_was_given(pyramid: Pyramid, tmp_path: Path) -> None:
    save(pyramid, tmp_path / "peaks")
    again = load(tmp_path / "peaks")
    assert again is not None
    assert (again.sample_rate, again.length) == (48000, 150_001)
    assert all(np.array_equal(a, b) for a, b in zip(again.levels, pyramid.levels, strict=True))


@pytest.mark.parametrize("place", [0, 10, 17, 30, 45, 2000])
def test_a_damaged_cache_is_read_again(place: int, pyramid: Pyramid, tmp_path: Path) -> None:
    path = tmp_path / "peaks"
    save(pyramid, path)
    raw = bytearray(path.read_bytes())
    raw[place] ^= 0xFF
    path.write_bytes(raw)
    assert load(path) is None
    path.write_bytes(raw[:50])
    assert load(path) is None
    assert load(tmp_path / "nothing") is None


def test_a_pyramid_grows_while_it_is_read(noise: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, np.tile(noise, (30, 1)), 48000, subtype="PCM_16")
    stages = list(growing(path, every=1))
    assert [stage.known for stage in stages] == sorted(stage.known for stage in stages)
    assert stages[0].known < stages[0].length == stages[-1].known


def test_an_assembled_pyramid_counts_by_its_own_step() -> None:
    columns = np.zeros((100, 1, 2), np.float32)
    columns[50] = [-0.5, 0.5]
    made = pyramid_of(columns, 1024, 48000, 102_400)
    drawn = made.columns(0, 1024, 100)
    assert np.flatnonzero(drawn[:, 0, 1]).tolist() == [50]


def test_a_file_without_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    with pytest.raises(MediaError):
        list(growing(tmp_path / "a.wav"))
