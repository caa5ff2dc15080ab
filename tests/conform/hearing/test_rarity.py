"""How rarely a place stands out: an honest chance on chance, and nothing for a single click."""

import numpy as np
import pytest
from scipy import signal

from conform.hearing.band import COARSE_RATE
from conform.hearing.correlate import Peak
from conform.hearing.rarity import SAMPLE, decades, unborne
from fixtures.voices import conversation


def search_of(heights: np.ndarray) -> list[Peak]:
    """Peaks a second apart, best first, as a search lists them."""
    return [
        Peak(place * COARSE_RATE, float(height))
        for place, height in enumerate(np.sort(heights)[::-1][:SAMPLE])
    ]


@pytest.mark.parametrize("least", [1.0, 2.0])
def test_the_chance_is_no_less_than_it_happens(least: float) -> None:
    dice = np.random.default_rng(3)
    runs = [search_of(4 + dice.exponential(0.5, 1500)) for _ in range(1500)]
    rare = np.mean([decades(peaks[0], peaks, 0.0) > least for peaks in runs])
    assert rare <= 1.5 * 10**-least


def test_what_stands_out_far_is_rare() -> None:
    peaks = search_of(np.append(4 + np.random.default_rng(1).exponential(0.5, 1500), 60.0))
    assert decades(peaks[0], peaks, 0.1) > 20
    assert decades(peaks[1], peaks, 0.1) < 1


def test_what_one_part_bears_out_is_not() -> None:
    peaks = search_of(np.append(4 + np.random.default_rng(1).exponential(0.5, 1500), 60.0))
    assert decades(peaks[0], peaks, 1.0) == 0


def test_equal_heights_tell_nothing() -> None:
    peaks = search_of(np.linspace(100, 104, 200))
    assert decades(peaks[0], peaks, 0.0) < 1


def test_few_places_tell_nothing() -> None:
    peaks = search_of(np.array([90.0, 5, 4, 4, 3]))
    assert decades(peaks[0], peaks, 0.0) == 0


def test_a_places_own_echoes_are_no_rivals() -> None:
    heights = 4 + np.random.default_rng(1).exponential(0.5, 99)
    peaks = [Peak(0, 60.0), Peak(800, 58.0), *search_of(heights)[1:]]
    without = [peaks[0], *peaks[2:]]
    assert decades(peaks[0], peaks, 0.1) == decades(peaks[0], without, 0.1)


def test_a_click_is_one_part_and_speech_is_many() -> None:
    speech = signal.resample_poly(conversation(3, 0, 4 * 48000, 48000).sum(axis=0), 1, 6)
    assert unborne(speech, speech, 0) < 0.5
    dice = np.random.default_rng(2)
    one, other = 1e-3 * dice.standard_normal((2, 4 * COARSE_RATE)).astype(np.float32)
    one[9000:9004] += 1
    other[9000:9004] += 1
    assert unborne(one, other, 0) > 0.8
    assert unborne(speech, speech, len(speech)) == 1  # nothing is shared


def test_what_bears_out_a_place_is_all_of_a_window() -> None:
    lines = conversation(3, 0, 8 * 48000, 48000).sum(axis=0)
    speech = signal.resample_poly(lines, 1, 6).astype(np.float32)
    dice = np.random.default_rng(6)
    noise = np.std(speech) * dice.standard_normal(len(speech)).astype(np.float32)
    half = np.where(np.arange(len(speech)) < len(speech) // 2, speech, np.roll(speech, 9000))
    assert unborne(speech + noise, speech, 0) < 0.3
    assert unborne(half, speech, 0) > 0.6


def test_what_hangs_over_an_end_is_not_missed() -> None:
    lines = conversation(3, 0, 8 * 48000, 48000).sum(axis=0)
    speech = signal.resample_poly(lines, 1, 6).astype(np.float32)
    assert unborne(speech, speech[len(speech) // 2 :], -(len(speech) // 2)) < 0.5


def test_an_echo_of_a_higher_place_is_no_place_of_its_own() -> None:
    heights = 4 + np.random.default_rng(1).exponential(0.5, 99)
    peaks = [Peak(0, 60.0), Peak(800, 40.0), *search_of(heights)[1:]]
    assert decades(peaks[0], peaks, 0.1) > 20
    assert decades(peaks[1], peaks, 0.1) == 0


@pytest.mark.parametrize("ppm", [-100, 100])
def test_drift_within_a_window_is_borne_out(ppm: float) -> None:
    seconds = 20
    speech = signal.resample_poly(conversation(3, 0, 22 * 48000, 48000).sum(axis=0), 1, 6)
    places = np.arange(seconds * COARSE_RATE)
    window = np.interp(
        8000 + (places - places.mean()) * (1 + ppm * 1e-6) + places.mean(),
        np.arange(len(speech)),
        speech,
    )
    assert unborne(window.astype(np.float32), speech.astype(np.float32), 8000) < 0.35
