"""Movies whose sound and picture do not start together: what a lag counts from, on both sides."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from conform.clocks.align import align
from fixtures.clock import read_at
from fixtures.voices import conversation

RATE = 48000
AT = 6 * RATE + 77
LENGTH = 9 * RATE
DRIFT = 80e-6
PCM, AAC = "pcm_s16le", "aac"


@pytest.fixture(scope="module")
def take() -> np.ndarray:
    return conversation(17, 0, 24 * RATE, RATE).sum(axis=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, take: np.ndarray) -> Path:
    folder = tmp_path_factory.mktemp("clocks")
    soundfile.write(folder / "take.wav", take, RATE, subtype="PCM_24")
    return folder


def movie(path: Path, sound: np.ndarray, codec: str, late: Fraction = Fraction(0)) -> Path:
    """A movie by FFmpeg's muxer whose sound starts `late` after its picture, or before it."""
    sound_at, picture_at = max(late, Fraction(0)), max(-late, Fraction(0))
    with av.open(str(path), "w") as out:
        picture = out.add_stream("mpeg4", rate=25)
        picture.width, picture.height, picture.pix_fmt = 32, 32, "yuv420p"
        picture.time_base = Fraction(1, 25)
        track = out.add_stream(codec, rate=RATE, layout="mono")
        packets = [*_pictures(picture, round(picture_at * 25)), *_sounds(track, sound, sound_at)]
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            out.mux(packet)
    return path


def _pictures(stream: av.VideoStream, first: int) -> Iterator[av.Packet]:
    for number in range(first, first + 250):
        frame = av.VideoFrame(32, 32, "yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, 25)
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _sounds(stream: av.AudioStream, sound: np.ndarray, at: Fraction) -> Iterator[av.Packet]:
    form = "s16" if stream.codec.name == PCM else "fltp"
    for first in range(0, len(sound), 1024):
        part = sound[None, first : first + 1024]
        samples = np.round(part * 32767).astype(np.int16) if form == "s16" else part
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), form, "mono")
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = round(at * RATE) + first
        yield from stream.encode(frame)
    yield from stream.encode(None)


@pytest.mark.parametrize("late", [Fraction(0), Fraction(1, 2), Fraction(-2, 5)])
@pytest.mark.parametrize("name", ["pcm.mov", "aac.mov", "aac.mp4", "aac.mkv"])
def test_a_lag_is_that_of_the_first_sample_of_sound(
    folder: Path, take: np.ndarray, name: str, late: Fraction
) -> None:
    codec = PCM if name.startswith("pcm") else AAC
    path = movie(folder / f"{late.numerator}-{name}", take[AT : AT + LENGTH], codec, late)
    (found,) = align(folder / "take.wav", [path])
    near = 24 if name.endswith("mkv") else 0.1  # its clock counts whole milliseconds
    assert found.match.lag_samples == pytest.approx(AT, abs=near)
    assert float(found.begins) == pytest.approx(float(late), abs=0.001)


def test_with_a_drift_as_well(folder: Path, take: np.ndarray) -> None:
    slow = read_at(take, float(AT), 1 + DRIFT, LENGTH)
    path = movie(folder / "drift.mov", slow, PCM, Fraction(3, 4))
    (found,) = align(folder / "take.wav", [path])
    assert found.match.drift_ppm == pytest.approx(DRIFT * 1e6, abs=1)
    assert found.match.lag_samples == pytest.approx(AT, abs=0.5)


def test_a_reference_counts_from_its_picture(folder: Path, take: np.ndarray) -> None:
    late = Fraction(1, 2)
    path = movie(folder / "guide.mov", take[AT : AT + LENGTH], PCM, late)
    (found,) = align(path, [folder / "take.wav"])
    assert found.match.lag_samples == pytest.approx(late * RATE - AT, abs=0.1)
