"""Whole files: any rate, codec and channel count, and what is not there is said."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from scipy import signal

from conform.clocks.align import align
from conform.errors import AlignError, MediaError
from conform.findings import Finding
from conform.hearing.band import COARSE_RATE
from conform.hearing.correlate import Spectra
from conform.match import Verdict
from conform.watch import Cancelled, Step
from fixtures.voices import conversation

RATE = 48000
AT = 9 * RATE + 123
LENGTH = 12 * RATE


@pytest.fixture(scope="module")
def take() -> np.ndarray:
    return conversation(11, 0, 30 * RATE, RATE).sum(axis=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, take: np.ndarray) -> Path:
    folder = tmp_path_factory.mktemp("align")
    soundfile.write(folder / "reference.wav", take, RATE, subtype="PCM_24")
    soundfile.write(folder / "clip.wav", take[AT : AT + LENGTH], RATE, subtype="FLOAT")
    return folder


def test_the_lag_is_where_the_other_file_starts(folder: Path) -> None:
    (found,) = align(folder / "reference.wav", [folder / "clip.wav"])
    assert found.path == folder / "clip.wav"
    assert found.match.lag_samples == pytest.approx(AT, abs=0.01)
    assert found.match.sample_rate == RATE
    assert found.match.lag_seconds == pytest.approx(AT / RATE, abs=1e-6)
    assert found.match.score > found.match.runner_up
    assert found.match.false_match is not None
    assert found.match.false_match < 1e-9


def test_the_sign_turns_with_the_roles(folder: Path) -> None:
    (found,) = align(folder / "clip.wav", [folder / "reference.wav"])
    assert found.match.lag_samples == pytest.approx(-AT, abs=0.01)


def test_rates_may_differ(folder: Path, take: np.ndarray) -> None:
    at = 10 * RATE
    other = signal.resample_poly(take[at : at + LENGTH], 147, 160)
    soundfile.write(folder / "cd.wav", other, 44100, subtype="PCM_16")
    (found,) = align(folder / "reference.wav", [folder / "cd.wav"])
    assert found.match.lag_samples == pytest.approx(at, abs=0.02)
    (turned,) = align(folder / "cd.wav", [folder / "reference.wav"])
    assert turned.match.sample_rate == 44100
    assert turned.match.lag_samples == pytest.approx(-at * 44100 / RATE, abs=0.02)


def test_a_lossy_copy_is_found(folder: Path, take: np.ndarray) -> None:
    path = folder / "clip.opus"
    sound = np.ascontiguousarray(take[None, AT : AT + LENGTH])
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound, format="flt", layout="mono")
        frame.rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    (found,) = align(folder / "reference.wav", [path])
    assert found.match.lag_samples == pytest.approx(AT, abs=1)


def test_channels_out_of_phase_do_not_hide_a_match(folder: Path, take: np.ndarray) -> None:
    clip = take[AT : AT + LENGTH]
    soundfile.write(folder / "phase.wav", np.stack([clip, -clip], axis=1), RATE)
    (found,) = align(folder / "reference.wav", [folder / "phase.wav"])
    assert found.match.lag_samples == pytest.approx(AT, abs=0.01)


def test_dialogue_is_found_beside_other_channels(folder: Path, take: np.ndarray) -> None:
    clip = take[AT : AT + LENGTH]
    noise = np.random.default_rng(1).normal(0, 100 * np.std(clip), (LENGTH, 2))
    sound = np.column_stack([noise, clip]) * 0.02
    soundfile.write(folder / "poly.wav", sound, RATE, subtype="FLOAT")
    (found,) = align(folder / "reference.wav", [folder / "poly.wav"])
    assert found.match.lag_samples == pytest.approx(AT, abs=0.01)
    assert [finding.code for finding in found.findings] == ["align.channel"]


def test_one_bad_file_does_not_stop_the_others(folder: Path) -> None:
    (folder / "broken.wav").write_bytes(b"RIFF\0\0\0\0WAVEfmt ")
    broken, good = align(folder / "reference.wav", [folder / "broken.wav", folder / "clip.wav"])
    assert broken.match.verdict is Verdict.UNREADABLE
    assert "cannot be read" in broken.match.reason
    assert [finding.code for finding in broken.findings] == ["align.unreadable"]
    assert good.match.matched


def test_silence_and_strangers_are_refused(folder: Path) -> None:
    stranger = conversation(11, 1, LENGTH, RATE).sum(axis=0)
    soundfile.write(folder / "stranger.wav", stranger, RATE)
    soundfile.write(folder / "silence.wav", np.zeros(LENGTH), RATE)
    soundfile.write(folder / "empty.wav", np.zeros(0), RATE)
    names = ["stranger.wav", "silence.wav", "empty.wav"]
    found = align(folder / "reference.wav", [folder / name for name in names])
    verdicts = [item.match.verdict for item in found]
    assert verdicts == [Verdict.NO_MATCH, Verdict.TOO_LITTLE, Verdict.TOO_LITTLE]
    assert all(item.match.reason for item in found)


def test_a_reference_that_is_no_sound_is_an_error(folder: Path) -> None:
    soundfile.write(folder / "empty.wav", np.zeros(0), RATE)
    with pytest.raises(AlignError, match="no sound"):
        align(folder / "empty.wav", [folder / "clip.wav"])
    with pytest.raises(MediaError):
        align(folder / "missing.wav", [folder / "clip.wav"])


def test_progress_is_told_and_cancelling_stops(folder: Path) -> None:
    steps: list[Step] = []
    align(folder / "reference.wav", [folder / "clip.wav"], watch=steps.append)
    assert Step("aligning", 1, 1) in steps

    def stop(step: Step) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        align(folder / "reference.wav", [folder / "clip.wav"], watch=stop)


@pytest.mark.parametrize(
    ("up", "down", "name"),
    [(1001, 1000, "1001/1000"), (24, 25, "24/25")],
)
def test_a_known_speed_is_named(
    folder: Path, take: np.ndarray, up: int, down: int, name: str
) -> None:
    """The other file lasts down/up of its time: reference seconds are up/down of its own."""
    path = folder / "speed.wav"
    soundfile.write(path, signal.resample_poly(take[AT:], down, up), RATE, subtype="FLOAT")
    (found,) = align(folder / "reference.wav", [path])
    assert found.match.lag_samples == pytest.approx(AT, abs=0.2)
    assert found.match.drift_ppm == pytest.approx((up / down - 1) * 1e6, abs=1)
    assert [finding.code for finding in found.findings] == ["align.speed"]
    assert name in found.findings[0].message


def test_spectra_of_the_reference_are_made_once_for_all_channels_of_a_stranger(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = conversation(13, 0, LENGTH, RATE)
    soundfile.write(folder / "strangers.wav", np.stack([*lines, lines.sum(axis=0)], axis=1), RATE)
    made: list[int] = []
    monkeypatch.setattr(Spectra, "__post_init__", _counting(Spectra.__post_init__, made))
    (found,) = align(folder / "reference.wav", [folder / "strangers.wav"])
    assert found.match.verdict is Verdict.NO_MATCH
    whole = round(30 * COARSE_RATE)
    assert made.count(whole) == 1


def _counting(begin: Callable[[Spectra], None], made: list[int]) -> Callable[[Spectra], None]:
    def counted(spectra: Spectra) -> None:
        made.append(len(spectra.sound))
        begin(spectra)

    return counted


def written(path: Path, sound: np.ndarray, codec: str, *, picture: bool = False) -> Path:
    """The sound in a container, under 24 grey frames a second where it has a picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        video = container.add_stream("mpeg4", rate=24) if picture else None
        packets = []
        if video is not None:
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            grey = av.VideoFrame.from_ndarray(np.full((72, 64), 128, np.uint8), format="yuv420p")
            for number in range(len(sound) * 24 // RATE):
                grey.pts, grey.time_base = number, Fraction(1, 24)
                packets += video.encode(grey)
            packets += video.encode(None)
        convert = av.AudioResampler(stream.format.name, "mono", RATE, stream.frame_size or 1024)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[None]), "flt", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        for ready in [*convert.resample(frame), *convert.resample(None)]:
            packets += stream.encode(ready)
        for packet in [*packets, *stream.encode(None)]:
            container.mux(packet)
    return path


@pytest.mark.parametrize(("name", "codec"), [("clip.webm", "libopus"), ("clip.mkv", "ac3")])
def test_a_lag_counts_from_the_first_sample_of_a_coarse_clock(
    folder: Path, take: np.ndarray, name: str, codec: str
) -> None:
    path = written(folder / name, take[AT : AT + LENGTH], codec)
    (found,) = align(folder / "reference.wav", [path])
    assert found.match.lag_samples == pytest.approx(AT, abs=1)
    (turned,) = align(path, [folder / "reference.wav"])
    assert turned.match.lag_samples == pytest.approx(-AT, abs=1)


def test_an_interval_holds_the_rounding_of_the_pictures_clock(
    folder: Path, take: np.ndarray
) -> None:
    path = written(folder / "guide.mkv", take, "flac", picture=True)
    odd: list[Finding] = []
    (found,) = align(path, [folder / "clip.wav"], findings=odd.append)
    assert found.match.uncertainty_samples == pytest.approx(RATE / 2000, abs=0.1)
    assert abs((found.match.lag_samples or 0) - AT) <= RATE / 2000
    assert [finding.code for finding in odd] == ["media.coarse-clock"]


def test_a_damaged_reference_is_measured_and_said(folder: Path) -> None:
    whole = (folder / "reference.wav").read_bytes()
    (folder / "torn.wav").write_bytes(whole[: len(whole) * 9 // 10 + 1])
    odd: list[Finding] = []
    (found,) = align(folder / "torn.wav", [folder / "clip.wav"], findings=odd.append)
    assert found.match.lag_samples == pytest.approx(AT, abs=0.01)
    assert "wav.truncated" in [finding.code for finding in odd]
