"""What stands out in a sound: the same however it is read, wherever it lies, on any channel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from conform.hearing.band import COARSE_RATE
from conform.hearing.landmarks import (
    BINS,
    COARSE,
    FINE,
    HOP,
    Fineness,
    Landmarks,
    folded,
    joined,
    landmarks,
)
from fixtures.voices import conversation

CELL = 64  # frames that share a quota


def bursts(seconds: int, seed: int = 0) -> np.ndarray:
    """Noise whose colour changes ten times a second: as busy as speech, and quickly made."""
    rng = np.random.default_rng(seed)
    blocks = rng.normal(0, 0.1, (seconds * 10, COARSE_RATE // 10))
    shapes = [signal.butter(2, rng.uniform(0.1, 0.6), output="sos") for _ in range(8)]
    coloured = [signal.sosfilt(shapes[rng.integers(8)], block) for block in blocks]
    return np.concatenate(coloured).astype(np.float32)


def marks_of(sound: np.ndarray, block: int = 65536, fineness: Fineness = COARSE) -> Landmarks:
    pieces = (sound[first : first + block] for first in range(0, len(sound), block))
    return joined(landmarks(pieces, fineness))


def both(one: Landmarks, other: Landmarks) -> float:
    """The share of the one's peaks that the other has as well."""
    held = set(zip(other.frames.tolist(), other.bins.tolist(), strict=True))
    return sum(peak in held for peak in zip(one.frames, one.bins, strict=True)) / len(one)


SPEECH = signal.resample_poly(conversation(5, 0, 12 * 48000, 48000).sum(axis=0), 1, 6).astype(
    np.float32
)
LONG = bursts(140)
MARKS = marks_of(LONG)


@given(st.integers(3_000, 900_000))
@settings(max_examples=6, deadline=None)
def test_how_a_sound_is_cut_into_blocks_does_not_matter(block: int) -> None:
    again = marks_of(LONG, block)
    assert np.array_equal(again.frames, MARKS.frames)
    assert np.array_equal(again.bins, MARKS.bins)


@given(st.integers(1, 8))
@settings(max_examples=4, deadline=None)
def test_a_sound_that_is_shifted_has_its_landmarks_shifted(cells: int) -> None:
    shift = cells * CELL
    sound = bursts(20)
    marks = marks_of(sound)
    later = marks_of(np.concatenate([bursts(20, 1)[: shift * HOP], sound]))
    inside = marks.between(2 * CELL, 1e9)
    moved = later.between(2 * CELL + shift, 1e9)
    assert np.array_equal(moved.frames - shift, inside.frames)
    assert np.array_equal(moved.bins, inside.bins)


@pytest.mark.parametrize("fineness", [COARSE, FINE], ids=["take", "guide"])
def test_there_are_never_more_than_asked_for(fineness: Fineness) -> None:
    marks = marks_of(SPEECH, fineness=fineness)
    assert 0 < np.bincount(marks.frames // CELL).max() <= fineness.most
    assert np.all(np.diff(marks.frames) >= 0)
    assert marks.bins.min() >= 0
    assert marks.bins.max() < BINS


@pytest.mark.parametrize("gain", [0.3, 8.0, -1.0])
def test_level_and_polarity_do_not_matter(gain: float) -> None:
    assert both(marks_of(SPEECH), marks_of(np.float32(gain) * SPEECH)) > 0.9


@pytest.mark.parametrize("channels", [2, 3, 8])
def test_an_inverted_microphone_cancels_nothing(channels: int) -> None:
    lanes = np.zeros((len(SPEECH), channels), np.float32)
    lanes[:, 0], lanes[:, -1] = SPEECH, -SPEECH
    assert np.abs(lanes.sum(axis=1)).max() == 0
    assert both(marks_of(SPEECH), marks_of(folded(lanes))) > 0.9


def test_noise_at_0_db_leaves_a_good_part() -> None:
    noise = np.random.default_rng(1).normal(0, np.std(SPEECH), len(SPEECH))
    marks = marks_of(SPEECH)
    kept = both(marks, marks_of((SPEECH + noise).astype(np.float32), fineness=FINE))
    chance = both(marks, marks_of(noise.astype(np.float32), fineness=FINE))
    assert kept > 0.1
    assert kept > 5 * chance


@pytest.mark.parametrize("samples", [0, 1, 511, 512, 513, 9000])
def test_silence_and_next_to_nothing_have_none(samples: int) -> None:
    assert len(marks_of(np.zeros(samples, np.float32))) == 0
