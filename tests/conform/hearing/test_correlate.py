"""The search: planted places are found, whatever the level, the polarity and the block."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from conform.hearing.band import COARSE_RATE, SPEECH, audible_seconds, lively, mask, powers
from conform.hearing.correlate import Peak, Spectra, faded, search, subsample
from fixtures.voices import conversation


def speech(take: int, seconds: float) -> np.ndarray:
    lines = conversation(5, take, round(seconds * 48000), 48000)
    return signal.resample_poly(lines.sum(axis=0), 1, 6).astype(np.float32)


def ratio(peaks: list[Peak]) -> float:
    """The best peak over the second best."""
    return peaks[0].height / peaks[1].height


REFERENCE = speech(0, 40)
OTHER = speech(1, 6)


@given(
    at=st.integers(0, 34 * COARSE_RATE),
    seconds=st.floats(2, 6),
    gain=st.sampled_from([1.0, -1.0, 1e-3, -0.1]),
)
@settings(max_examples=25, deadline=None)
def test_a_planted_window_is_found(at: int, seconds: float, gain: float) -> None:
    window = gain * REFERENCE[at : at + round(seconds * COARSE_RATE)]
    noise = np.random.default_rng(at).normal(0, np.std(window), len(window))  # 0 dB
    peaks = search(Spectra(REFERENCE, 6 * COARSE_RATE), [np.asarray(window + noise, np.float32)])[0]
    assert peaks[0].at == at


@pytest.mark.parametrize("budget", [0, 400_000, 100_000_000])
@pytest.mark.parametrize("window", [1, 4])
def test_blocks_hide_no_place(budget: int, window: int) -> None:
    spectra = Spectra(REFERENCE, window * COARSE_RATE, budget)
    length = spectra.window
    places = [0, spectra.size - 2 * length - 7, spectra.size - length, len(REFERENCE) - length]
    wanted = [place for place in places if 0 <= place <= len(REFERENCE) - length]
    windows = [REFERENCE[place : place + length] for place in wanted]
    for place, peaks in zip(wanted, search(spectra, windows), strict=True):
        assert peaks[0].at == place


def test_windows_searched_for_together_share_their_places() -> None:
    starts = [5 * COARSE_RATE, 13 * COARSE_RATE, 27 * COARSE_RATE]
    windows = [REFERENCE[start : start + 4 * COARSE_RATE] for start in starts]
    one, other, last = search(Spectra(REFERENCE, len(windows[0])), windows, together=2)
    assert one == other
    assert {peak.at for peak in one[:2]} == set(starts[:2])
    assert last[0].at == starts[2]


def test_a_further_search_finds_what_the_first_did() -> None:
    window = REFERENCE[9 * COARSE_RATE : 11 * COARSE_RATE]
    whole = search(Spectra(REFERENCE, len(window)), [window])[0]
    for budget in (0, 200_000, 400_000):  # nothing kept, some, and all of it in bytes
        spectra = Spectra(REFERENCE, len(window), budget)
        first, again = (search(spectra, [window])[0] for _ in range(2))
        assert first == again
        assert [peak.at for peak in first[:2]] == [peak.at for peak in whole[:2]]
        assert first[0].height == pytest.approx(whole[0].height, rel=0.01)


def test_a_window_may_hang_over_either_end() -> None:
    length = 4 * COARSE_RATE
    early = np.concatenate([OTHER[: length // 2], REFERENCE[: length // 2]])
    late = np.concatenate([REFERENCE[-length // 2 :], OTHER[: length // 2]])
    spectra = Spectra(REFERENCE, length)
    first, last = search(spectra, [early, late])
    assert first[0].at == -length // 2
    assert last[0].at == len(REFERENCE) - length // 2


def test_a_match_stands_out_and_other_speech_does_not() -> None:
    spectra = Spectra(REFERENCE, len(OTHER))
    same, other = search(spectra, [REFERENCE[8000 : 8000 + len(OTHER)], OTHER])
    assert ratio(same) > 3
    assert ratio(other) < 1.5


def test_digital_silence_makes_no_peaks() -> None:
    broken = REFERENCE.copy()
    broken[10 * COARSE_RATE : 30 * COARSE_RATE] = 0
    at = 32 * COARSE_RATE
    spectra = Spectra(broken, 2 * COARSE_RATE)
    peaks = search(spectra, [REFERENCE[at : at + 2 * COARSE_RATE]])[0]
    assert peaks[0].at == at
    assert ratio(peaks) > 2


@given(st.floats(-0.45, 0.45), st.floats(0.1, 10))
def test_a_parabola_finds_the_top_between_samples(shift: float, height: float) -> None:
    places = np.arange(9) - 4 - shift
    row = height * (1 - 0.01 * places**2)
    assert subsample(row[None], np.array([4]))[0] == pytest.approx(4 + shift, abs=1e-6)


@given(st.integers(64, 4096), st.sampled_from([8000, 44100, 48000]))
def test_the_mask_keeps_the_band_and_nothing_else(size: int, rate: int) -> None:
    gain = mask(SPEECH, size, rate)
    frequency = np.fft.rfftfreq(size, 1 / rate)
    assert np.all(gain[(frequency > 1.2 * SPEECH.low) & (frequency < 0.96 * SPEECH.high)] > 0.99)
    assert np.all(gain[(frequency < 0.8 * SPEECH.low) | (frequency > 1.04 * SPEECH.high)] == 0)


def test_lively_windows_avoid_silence_and_lie_apart() -> None:
    sound = np.concatenate([np.zeros(20 * COARSE_RATE), OTHER, np.zeros(20 * COARSE_RATE)])
    length = 2 * COARSE_RATE
    starts = lively(powers(sound), length, 5)
    assert starts
    assert all(18 * COARSE_RATE <= start <= 26 * COARSE_RATE for start in starts)
    assert lively(powers(np.zeros(30 * COARSE_RATE)), length, 5) == []
    assert audible_seconds(powers(1e-6 * sound)) == 0


def test_a_block_with_little_in_it_has_no_higher_peaks() -> None:
    dice = np.random.default_rng(4)
    reference = dice.standard_normal(61 * COARSE_RATE).astype(np.float32)
    windows = list(dice.standard_normal((12, 5 * COARSE_RATE)).astype(np.float32))
    spectra = Spectra(reference, 5 * COARSE_RATE)
    last = spectra.starts[-1]
    assert last < len(reference) < last + spectra.size / 2
    found = search(spectra, windows, 200)
    late = [max((p.height for p in peaks if p.at >= last), default=0.0) for peaks in found]
    early = [max(p.height for p in peaks if p.at < last) for peaks in found]
    assert np.median(late) < np.median(early)


def test_the_ends_of_a_hum_are_no_place() -> None:
    time = np.arange(20 * COARSE_RATE) / COARSE_RATE
    hum = sum(np.sin(2 * np.pi * 50 * k * time + k * k) / k for k in range(1, 40))
    hiss = 1e-2 * np.random.default_rng(5).standard_normal((2, len(time)))
    reference = np.where(time < 18, speech(0, 20), 0) + 0.05 * hum + 0.05 * hiss[0]
    window = faded(np.float32(0.05 * (hum + hiss[1])[: 2 * COARSE_RATE]), COARSE_RATE // 50)
    spectra = Spectra(reference.astype(np.float32), len(window))
    peaks = search(spectra, [window], 100)[0]
    assert ratio(peaks) < 1.5
