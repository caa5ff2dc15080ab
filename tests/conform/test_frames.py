"""Frame-accurate pictures, checked by the number that is drawn into every frame."""

import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from conform.errors import MediaError
from conform.media.frames import Frames, Shape
from conform.timecode import RATES, Rate
from fixtures.barcode import frame_number
from tests.numbered import COUNT, SIZE, movie

_GREY = Shape(*SIZE, "gray")


def shown(frames: Frames, number: int, rate: Rate) -> int:
    return frame_number(frames.at(number, rate, _GREY))


@pytest.mark.parametrize("name", ["23.976", "24", "25", "29.97", "59.94"])
@pytest.mark.parametrize(
    ("suffix", "bframes", "first"),
    [
        (".mov", 0, 0),
        (".mp4", 3, 0),  # B-frames: the file holds an edit list
        (".mov", 2, 50),  # starts late: an edit list with a gap
        (".mkv", 3, 25),  # milliseconds only
        (".ts", 2, 10),  # no index, a start that is not zero
    ],
)
def test_random_seeks_show_no_wrong_frame(
    name: str, suffix: str, bframes: int, first: int, tmp_path: Path
) -> None:
    rate = RATES[name]
    path = movie(tmp_path / f"m{suffix}", rate, bframes=bframes, first=first)
    dice = random.Random(7)  # noqa: S311  (any order will do)
    wanted = [dice.randrange(COUNT) for _ in range(25)] + [0, 1, 0, COUNT - 1, COUNT - 2]
    with Frames(path) as frames:
        assert [shown(frames, n, rate) for n in wanted] == wanted


def test_stepping_back_and_on_through_a_long_group(tmp_path: Path) -> None:
    rate = RATES["25"]
    path = movie(tmp_path / "long.mp4", rate, bframes=3, gop=250)
    with Frames(path) as frames:
        assert frames.key_gap(rate) == 0  # one key frame only: there is no gap to tell
        for number in (*range(60, 40, -1), *range(41, 60)):
            assert shown(frames, number, rate) == number


def test_the_gap_between_key_frames_is_told(tmp_path: Path) -> None:
    rate = RATES["24"]
    with Frames(movie(tmp_path / "m.mov", rate, gop=30)) as frames:
        assert frames.key_gap(rate) == 30


def test_all_intra_pictures_are_sought_alone(tmp_path: Path) -> None:
    rate = RATES["24"]
    with Frames(movie(tmp_path / "m.mov", rate, codec="mjpeg", gop=1)) as frames:
        assert frames.key_gap(rate) == 1
        assert [shown(frames, n, rate) for n in (100, 3, 99, 4)] == [100, 3, 99, 4]


def test_beyond_the_ends_the_last_and_first_pictures_stay(tmp_path: Path) -> None:
    rate = RATES["24"]
    with Frames(movie(tmp_path / "m.mov", rate)) as frames:
        assert shown(frames, COUNT + 500, rate) == COUNT - 1
        assert shown(frames, 5, rate) == 5


def test_another_clock_shows_what_is_on_screen_then(tmp_path: Path) -> None:
    """A movie at 25 in a cut at 24: the picture of the moment, not of the number."""
    path = movie(tmp_path / "m.mov", RATES["25"])
    with Frames(path) as frames:
        for number in (0, 24, 47, 96):
            moment = (number + Fraction(1, 2)) / 24
            assert shown(frames, number, RATES["24"]) == int(moment * 25)


def test_a_run_is_every_frame_in_order(tmp_path: Path) -> None:
    rate = RATES["29.97"]
    with Frames(movie(tmp_path / "m.mp4", rate, bframes=2)) as frames:
        got = [(n, frame_number(image)) for n, image in frames.run(31, 60, rate, _GREY)]
    assert got == [(n, n) for n in range(31, 61)]


def test_colour_pictures_are_blue_green_red_and_alpha(tmp_path: Path) -> None:
    with Frames(movie(tmp_path / "m.mov", RATES["24"])) as frames:
        image = frames.at(3, RATES["24"], Shape(80, 48))
    assert image.shape == (48, 80, 4)
    assert image[..., 3].min() == 255


def test_a_torn_movie_shows_the_pictures_before_the_tear(tmp_path: Path) -> None:
    whole = movie(tmp_path / "m.ts", RATES["24"]).read_bytes()
    torn = tmp_path / "torn.ts"
    torn.write_bytes(whole[: len(whole) // 2])
    with Frames(torn) as frames:
        assert shown(frames, 10, RATES["24"]) == 10
        assert shown(frames, COUNT - 1, RATES["24"]) < COUNT - 1


@pytest.mark.parametrize("content", [b"", b"no movie at all" * 50])
def test_what_is_no_movie_is_refused_in_a_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.mov"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=r"m\.mov"), Frames(path):
        pass


def test_sound_alone_has_no_pictures(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(4800), 48000)
    with pytest.raises(MediaError, match="no picture"), Frames(tmp_path / "a.wav"):
        pass
