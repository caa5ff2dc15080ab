"""Laws of the measurement: what was planted is found, what is not there is refused."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from conform.hearing.measure import measure
from conform.match import Match, Verdict
from fixtures.clock import read_at
from fixtures.voices import conversation
from tests.bench.sync import spoil
from tests.bench.sync.rooms import room
from tests.hearing import RATE, heard

Wave = np.ndarray


def speech(take: int, seconds: float) -> Wave:
    return conversation(7, take, round(seconds * RATE), RATE).sum(axis=0)


def noisy(samples: Wave, snr_db: float, seed: int = 0) -> Wave:
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    return samples + noise * np.std(samples) * 10 ** (-snr_db / 20)


def roomy(samples: Wave, seed: int = 0) -> Wave:
    """Another microphone: the direct sound, then 0.3 s of room 6 dB above it."""
    rng = np.random.default_rng(seed)
    tail = rng.standard_normal(RATE // 3) * 10 ** (-3 * np.arange(RATE // 3) / (0.3 * RATE))
    tail[:40] = 0
    tail *= 2 / np.sqrt(np.square(tail).sum())
    tail[0] = 1
    return signal.fftconvolve(samples, tail)[: len(samples)]


def telephone(samples: Wave) -> Wave:
    return signal.sosfiltfilt(
        signal.butter(2, (300, 3400), "bandpass", fs=RATE, output="sos"), samples
    )


def crushed(samples: Wave) -> Wave:
    return np.tanh(6 * samples / np.max(np.abs(samples)))


TAKE = speech(0, 40)


def against_take(samples: Wave) -> Match:
    return measure(heard(TAKE), heard(samples), RATE).match


@given(
    at=st.integers(0, 24 * RATE),
    snr_db=st.floats(0, 40),
    gain=st.sampled_from([1.0, -1.0, 0.01, -0.3]),
    seed=st.integers(0, 99),
)
@settings(max_examples=8, deadline=None)
def test_a_planted_lag_is_found(at: int, snr_db: float, gain: float, seed: int) -> None:
    match = against_take(gain * noisy(TAKE[at : at + 12 * RATE], snr_db, seed))
    assert match.matched
    assert match.lag_samples == pytest.approx(at, abs=0.5)
    assert match.polarity == np.sign(gain)
    assert match.uncertainty_samples is not None
    assert 0 < match.uncertainty_samples < 1


@pytest.mark.parametrize("changed", [roomy, telephone, crushed])
def test_other_sound_of_the_same_source_is_found(changed: Callable[[Wave], Wave]) -> None:
    at = 11 * RATE + 17
    match = against_take(noisy(changed(TAKE)[at : at + 15 * RATE], 15))
    assert match.lag_samples == pytest.approx(at, abs=1)


@pytest.mark.parametrize("seed", [2, 3, 4])
@pytest.mark.parametrize("turned", [False, True], ids=["other far", "reference far"])
def test_the_direct_path_is_told_from_a_louder_reflection(seed: int, *, turned: bool) -> None:
    far = noisy(spoil.roomy(TAKE, seed, loudest=1.2, direct_db=-8), 20, seed)
    reference, other = (far, TAKE) if turned else (TAKE, far)
    at = 11 * RATE + 17
    match = measure(heard(reference), heard(other[at : at + 15 * RATE]), RATE).match
    assert match.lag_samples == pytest.approx(at, abs=0.5)
    assert match.uncertainty_samples is not None
    assert match.uncertainty_samples < 0.001 * RATE


@pytest.mark.parametrize("turned", [False, True], ids=["camera to mouth", "mouth to camera"])
def test_in_a_simulated_room_the_direct_path_is_found(*, turned: bool) -> None:
    far = noisy(room(2).heard_far(TAKE), 15)
    reference, other = (far, TAKE) if turned else (TAKE, far)
    at = 9 * RATE + 5
    match = measure(heard(reference), heard(other[at : at + 15 * RATE]), RATE).match
    assert match.lag_samples == pytest.approx(at, abs=0.001 * RATE)
    assert match.uncertainty_samples is not None
    assert abs(match.lag_samples - at) <= match.uncertainty_samples


def test_a_lag_lies_between_samples() -> None:
    at = 5 * RATE + 0.37
    match = against_take(noisy(read_at(TAKE.astype(np.float32), at, 1.0, 15 * RATE), 30))
    assert match.lag_samples == pytest.approx(at, abs=0.05)


@pytest.mark.parametrize("ppm", [-200.0, -20.0, 5.0, 100.0])
def test_drift_is_measured(ppm: float) -> None:
    at = 3 * RATE
    other = read_at(TAKE.astype(np.float32), float(at), 1 + ppm * 1e-6, 34 * RATE)
    match = against_take(noisy(other, 10))
    assert match.drift_ppm == pytest.approx(ppm, abs=0.3)
    assert match.lag_samples == pytest.approx(at, abs=0.3)
    assert match.drift_uncertainty_ppm is not None
    assert match.drift_uncertainty_ppm < 1


@pytest.mark.parametrize("at", [-8, 32])
def test_sounds_may_overlap_in_part(at: int) -> None:
    stranger = speech(1, 14)
    head, tail = TAKE[: 8 * RATE], TAKE[32 * RATE :]
    other = [stranger[: 8 * RATE], head] if at < 0 else [tail, stranger[: 8 * RATE]]
    match = against_take(np.concatenate(other))
    assert match.lag_samples == pytest.approx(at * RATE, abs=0.1)


def test_a_short_part_of_a_long_reference_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conform.hearing.measure._LONG", 0.0)
    other = speech(3, 26)
    other[19 * RATE : 24 * RATE] = TAKE[31 * RATE : 36 * RATE]
    match = against_take(other)
    assert match.verdict is Verdict.MATCH
    assert match.lag_samples == pytest.approx(12 * RATE, abs=0.1)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    inside = 0
    trials = 20
    for trial in range(trials):
        at = RATE // 7 * trial
        match = against_take(noisy(TAKE[at : at + 6 * RATE], 3, trial))
        assert match.lag_samples is not None
        assert match.uncertainty_samples is not None
        inside += abs(match.lag_samples - at) <= match.uncertainty_samples
    # Of 20 trials at 95 %, 16 or fewer happen once in 60 runs; the seeds are fixed.
    assert inside >= 17


HUM = sum(
    (np.sin(2 * np.pi * 50 * k * np.arange(40 * RATE) / RATE + k * k) / k for k in range(1, 50)),
    np.zeros(40 * RATE),
)


@pytest.mark.parametrize(
    ("reference", "other"),
    [
        (TAKE, speech(1, 15)),
        (TAKE, speech(2, 3)),
        (TAKE + 0.02 * HUM, speech(3, 15) + 0.02 * HUM[777 : 777 + 15 * RATE]),
        (noisy(TAKE, 20, 1), noisy(np.zeros(15 * RATE) + 1e-9, 200, 2) + 1e-3 * HUM[: 15 * RATE]),
        (HUM[: 30 * RATE], HUM[100 : 100 + 15 * RATE]),
    ],
    ids=["other speech", "a short stranger", "the same hum", "hum alone", "hum and hum"],
)
def test_what_does_not_match_is_refused(reference: Wave, other: Wave) -> None:
    match = measure(heard(reference), heard(other), RATE).match
    assert match.verdict is Verdict.NO_MATCH
    assert match.reason
    assert match.lag_samples is None


@pytest.mark.parametrize("other", [np.zeros(10 * RATE), 1e-6 * TAKE, TAKE[:4000], np.zeros(0)])
def test_too_little_sound_is_said(other: Wave) -> None:
    assert against_take(other).verdict is Verdict.TOO_LITTLE


@pytest.mark.parametrize("period", [2.5, 0.5])
def test_a_loop_is_ambiguous_and_lists_its_places(period: float) -> None:
    loop = np.tile(TAKE[2 * RATE : 2 * RATE + round(period * RATE)], round(40 / period))
    match = measure(heard(loop), heard(loop[5 * RATE : 20 * RATE]), RATE).match
    assert match.verdict is Verdict.AMBIGUOUS
    assert match.lag_samples is None
    places = [alternative.lag_samples / RATE for alternative in match.alternatives]
    assert len(places) > 1
    phases = (np.array(places) - 5) / period
    assert np.allclose(phases, np.round(phases), atol=0.01)


@pytest.mark.parametrize("pitch", [440, 1000])
def test_a_line_up_tone_is_no_match(pitch: float) -> None:
    tone = 0.1 * np.sin(2 * np.pi * pitch * np.arange(30 * RATE) / RATE)
    first, second = noisy(tone, 40, 1), noisy(tone[: 10 * RATE], 60, 2)
    assert measure(heard(first), heard(second), RATE).match.verdict is Verdict.NO_MATCH


def test_one_sample_on_a_grid_is_never_a_match() -> None:
    dice = np.random.default_rng(8)
    hit = dice.standard_normal(RATE // 20) * np.exp(-np.arange(RATE // 20) / 400)
    tracks = []
    for take, seconds in ((0, 40), (1, 12)):
        track = speech(take, seconds)
        for step in np.flatnonzero(dice.random(seconds * 8 - 1) < 0.4):
            track[step * RATE // 8 :][: len(hit)] += 0.5 * hit
        tracks.append(track)
    match = measure(heard(tracks[0]), heard(tracks[1]), RATE).match
    assert not match.matched


def test_a_voice_over_a_loop_lies_where_both_do() -> None:
    loop = np.tile(speech(5, 2), 20)
    track = speech(6, 40) + loop
    clip = noisy(track[13 * RATE : 27 * RATE], 40, 3)
    match = measure(heard(track), heard(clip), RATE).match
    assert match.matched
    assert match.lag_samples == pytest.approx(13 * RATE, abs=0.1)
    other = noisy(speech(7, 14) + loop[: 14 * RATE], 40, 4)
    assert measure(heard(track), heard(other), RATE).match.verdict is Verdict.AMBIGUOUS


def test_a_part_of_a_take_is_found_in_a_cut() -> None:
    take, at = speech(21, 60), 31
    shots = [roomy(speech(number, 15), number) for number in (22, 23, 24, 25)]
    shot = roomy(take[at * RATE : (at + 12) * RATE], 26)
    cut = np.concatenate([*shots[:2], shot, *shots[2:]])
    match = measure(heard(noisy(cut, 10, 5)), heard(take), RATE).match
    assert match.matched
    assert match.lag_samples == pytest.approx((30 - at) * RATE, abs=2)
