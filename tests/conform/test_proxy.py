"""Proxies: half the size, every frame for itself, and every frame at its own time."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from conform.errors import MediaError, RenderError
from conform.media.frames import Frames, Shape
from conform.media.proxy import write_proxy
from conform.timecode import RATES
from conform.watch import Cancelled, Step
from fixtures.barcode import frame_number
from tests.numbered import COUNT, movie

CASES = [
    ("23.976", ".mov", 0, 0),
    ("24", ".mp4", 3, 0),
    ("25", ".mov", 2, 40),
    ("29.97", ".mkv", 2, 12),
    ("25", ".ts", 2, 10),
]


@pytest.mark.parametrize(("name", "suffix", "bframes", "first"), CASES)
def test_every_frame_keeps_its_time(
    name: str, suffix: str, bframes: int, first: int, tmp_path: Path
) -> None:
    rate = RATES[name]
    source = movie(tmp_path / f"m{suffix}", rate, bframes=bframes, first=first, gop=250)
    write_proxy(source, tmp_path / "proxy")
    with Frames(tmp_path / "proxy") as frames:
        assert (frames.width, frames.height) == (80, 48)
        assert frames.key_gap(rate) == 1
        grey = Shape(80, 48, "gray")
        numbers = [*range(0, COUNT, 7), COUNT - 1]
        assert [frame_number(frames.at(n, rate, grey)) for n in numbers] == numbers


def test_a_cancelled_proxy_leaves_nothing(tmp_path: Path) -> None:
    def stop(step: Step) -> None:
        raise Cancelled

    source = movie(tmp_path / "m.mov", RATES["24"])
    (tmp_path / "out").mkdir()
    with pytest.raises(Cancelled):
        write_proxy(source, tmp_path / "out" / "proxy", watch=stop)
    assert not list((tmp_path / "out").iterdir())


def test_sound_alone_gives_no_proxy(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(480), 48000)
    with pytest.raises(MediaError, match="no picture"):
        write_proxy(tmp_path / "a.wav", tmp_path / "proxy")


def test_a_proxy_never_replaces_its_source(tmp_path: Path) -> None:
    source = movie(tmp_path / "m.mov", RATES["24"])
    before = source.read_bytes()
    with pytest.raises(RenderError):
        write_proxy(source, source)
    assert source.read_bytes() == before
