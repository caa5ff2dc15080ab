"""Whole files under a reference: as long as it, bit for bit where copied, in place where not."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import rolls
from conform import media
from conform.clocks.align import Aligned
from conform.clocks.resample import interpolate
from conform.clocks.steps import Jump
from conform.clocks.timemap import Knot, TimeMap
from conform.clocks.wow import Wander
from conform.errors import AlignError
from conform.laying.render import StemSpec, render
from conform.laying.whole import LEAVE, Correct, Laying, lay, seconds_of
from conform.match import Match, Verdict
from fixtures.voices import conversation

RATE = 48000
Wave = np.ndarray
SOUND = conversation(7, 0, 20 * RATE, RATE).sum(axis=0)
SOUND *= 0.5 / np.abs(SOUND).max()
WHOLE = np.round(SOUND * 2**23).astype(np.int32) << 8  # 24 bits, left-aligned


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "other.wav"
    soundfile.write(path, np.stack([WHOLE, WHOLE[::-1]], axis=1), RATE, subtype="PCM_24")
    return path


def measured(path: Path, lag: float, drift_ppm: float | None = None) -> Aligned:
    match = Match(Verdict.MATCH, RATE, lag_samples=lag, uncertainty_samples=0.1)
    return Aligned(path, replace(match, drift_ppm=drift_ppm), seconds=len(SOUND) / RATE)


def written(laying: Laying, folder: Path) -> Wave:
    spec = StemSpec(laying.sample_rate, laying.length, poly=True, name="laid")
    (stem,) = render(laying.plan, folder, spec, force=True)
    samples, rate = soundfile.read(stem.path, dtype="int32", always_2d=True)
    assert rate == RATE
    assert len(samples) == laying.length
    return samples


@given(lag=st.floats(-25 * RATE, 40 * RATE), seconds=st.fractions(1, 40, max_denominator=24000))
@settings(max_examples=12, deadline=None)
def test_copied_samples_are_the_files_own(path: Path, lag: float, seconds: Fraction) -> None:
    aligned, roll = measured(path, lag), rolls.read(path)
    zero, length = round(lag), round(seconds * RATE)
    if zero >= length or zero + len(WHOLE) <= 0:
        with pytest.raises(AlignError, match="lies under"):
            lay(roll, aligned, seconds)
        return
    laying = lay(roll, aligned, seconds)
    assert not laying.corrected
    assert laying.left <= 0.5 / RATE + 1e-9
    expected = np.zeros((length, 2), np.int32)
    first, end = max(zero, 0), min(zero + len(WHOLE), length)
    expected[first:end, 0] = WHOLE[first - zero : end - zero]
    expected[first:end, 1] = WHOLE[::-1][first - zero : end - zero]
    assert (written(laying, path.parent) == expected).all()


def test_a_copy_is_resampled_above_the_limit_or_when_asked(path: Path) -> None:
    roll = rolls.read(path)
    little = 0.9 * 2 * LEAVE / 20 * 1e6  # ppm that move the ends of 20 s by less than the limit
    for ppm, correct, corrected in (
        (little, Correct.AUTO, False),
        (2 * little, Correct.AUTO, True),
        (2 * little, Correct.NEVER, False),
        (little / 100, Correct.ALWAYS, True),
    ):
        laying = lay(roll, measured(path, 9600, ppm), Fraction(30), correct)
        assert laying.corrected is corrected
        off = 0 if corrected else ppm * 1e-6 * 20 / 2
        assert laying.left == pytest.approx(off, abs=1 / RATE)


def test_parts_lie_each_at_their_own_place(path: Path) -> None:
    """A gap stays silent, an overlap is cut in its middle; the match is the second part's."""
    steps = (Jump(6.0, 4800, 0.1), Jump(12.0, -9600, 0.1))
    aligned = replace(measured(path, 24_000), steps=steps, longest=1)
    sound = written(lay(rolls.read(path), aligned, Fraction(21)), path.parent)[:, 0]
    fade = RATE // 200
    at = [0, 6 * RATE, 12 * RATE, 20 * RATE]
    zero = [24_000 - 4800, 24_000, 24_000 - 9600]
    assert (sound[zero[0] : zero[0] + at[1] - fade] == WHOLE[: at[1] - fade]).all()
    assert (sound[zero[0] + at[1] : zero[1] + at[1]] == 0).all()
    middle = 12 * RATE + (zero[1] + zero[2]) // 2
    kept = slice(zero[1] + at[1] + fade, middle - fade)
    assert (sound[kept] == WHOLE[at[1] + fade : middle - fade - zero[1]]).all()
    tail = slice(middle + fade, zero[2] + at[3])
    assert (sound[tail] == WHOLE[middle + fade - zero[2] : at[3]]).all()


def test_a_file_laid_by_its_own_warp_is_the_original_again(tmp_path: Path) -> None:
    """60 dB under the sound in its band, and so are intervals of silence before and after."""
    times = np.arange(18 * RATE) / RATE
    places = 1 + times + 0.002 * np.sin(2 * np.pi * times / 5)
    transfer = interpolate(SOUND[:, None], places * RATE)[:, 0]
    soundfile.write(tmp_path / "old.wav", transfer, RATE, subtype="PCM_24")
    knots = tuple(Knot(t, float(np.interp(t, times, places))) for t in np.arange(0, 18, 0.25))
    wander = Wander(TimeMap(knots), 0.001, 0, 0.004, -0.0025, 0.0025, ())
    aligned = replace(measured(tmp_path / "old.wav", RATE), wander=wander, seconds=18.0)
    laying = lay(rolls.read(tmp_path / "old.wav"), aligned, Fraction(20), Correct.ALWAYS)
    assert laying.corrected
    laid = written(laying, tmp_path)[:, 0] / 2**31
    inside = slice(RATE + 2000, 18 * RATE)
    spectrum = np.fft.rfft((laid - SOUND)[inside] * np.hanning(17 * RATE - 2000))
    whole = np.fft.rfft(SOUND[inside] * np.hanning(17 * RATE - 2000))
    band = np.fft.rfftfreq(17 * RATE - 2000, 1 / RATE) < 4000
    ratio = np.square(np.abs(spectrum[band])).sum() / np.square(np.abs(whole[band])).sum()
    assert 10 * np.log10(ratio) < -60
    assert not laid[: RATE - 2].any()


def test_what_was_not_measured_is_not_laid(path: Path) -> None:
    aligned = replace(measured(path, 0), match=Match(Verdict.NO_MATCH, RATE, "no place stands out"))
    with pytest.raises(AlignError, match="not measured \\(no place stands out\\)"):
        lay(rolls.read(path), aligned, Fraction(10))


def test_a_reference_is_as_long_as_its_sound(path: Path) -> None:
    assert seconds_of(media.probe(path)) == 20
