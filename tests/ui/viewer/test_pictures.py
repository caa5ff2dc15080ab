"""The picture under the playhead is the right one, read from its own barcode."""

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from conform.synced import Sync
from conform.timecode import RATES
from conform.timeline import Timeline
from fixtures.barcode import frame_number
from tests.numbered import COUNT, movie
from ui.review.programme import Programme
from ui.review.session import Session
from ui.review.state import Compare
from ui.viewer.window import Window

Room = Callable[..., Window]


def bare(path: Path, name: str, **more: Path) -> Session:
    """A session of a picture alone."""
    rate = RATES[name]
    return Session(
        Sync(Timeline("bare", rate), str(path), 48000, rate.seconds(COUNT), (), ()), **more
    )


def number(image: QImage | None) -> int:
    assert image is not None
    bits = image.constBits()
    assert bits is not None
    bits.setsize(image.sizeInBytes())
    pixels = np.frombuffer(bits, np.uint8).reshape(image.height(), image.width(), 4)
    return frame_number(pixels[..., :3])


def seen(qtbot: QtBot, window: Window, frame: int) -> None:
    """Wait for a frame's picture, and read its number."""
    qtbot.waitUntil(lambda: window.picture.shown == frame, timeout=5000)
    assert number(window.picture.image) == frame


CASES = [
    ("23.976", ".mov", 0, 0),
    ("24", ".mp4", 3, 0),
    ("25", ".mov", 2, 40),
    ("29.97", ".mkv", 2, 12),
]


@pytest.mark.parametrize(("name", "suffix", "bframes", "first"), CASES)
def test_seek_step_and_play(
    name: str, suffix: str, bframes: int, first: int, tmp_path: Path, room: Room, qtbot: QtBot
) -> None:
    path = movie(tmp_path / f"m{suffix}", RATES[name], bframes=bframes, first=first)
    window = room(bare(path, name))
    dice = random.Random(3)  # noqa: S311  (any order will do)
    for frame in dice.sample(range(COUNT), 8):
        window.transport.go(frame)
        seen(qtbot, window, frame)
    window.transport.go(60)
    for key, frame in ((Qt.Key.Key_Right, 61), (Qt.Key.Key_Left, 60), (Qt.Key.Key_Left, 59)):
        qtbot.keyClick(window, key)
        seen(qtbot, window, frame)
    qtbot.keyClick(window, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: window.session.state.playhead >= 66, timeout=5000)
    assert number(window.picture.image) == window.picture.shown
    qtbot.keyClick(window, Qt.Key.Key_K)
    stopped = window.session.state.playhead
    seen(qtbot, window, stopped)


def test_playing_keeps_time(tmp_path: Path, room: Room, qtbot: QtBot) -> None:
    window = room(bare(movie(tmp_path / "m.mov", RATES["25"]), "25"))
    window.transport.play()
    qtbot.wait(600)
    heard = window.transport.player.place()
    frame = window.session.state.playhead
    window.transport.stop()
    assert heard is not None
    assert abs(heard / 48000 * 25 - frame) < 4


def test_playing_stops_on_the_last_frame_and_backward_on_the_first(
    tmp_path: Path, room: Room, qtbot: QtBot
) -> None:
    window = room(bare(movie(tmp_path / "m.mov", RATES["25"]), "25"))
    window.transport.go(COUNT - 6)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not window.transport.playing, timeout=3000)
    seen(qtbot, window, COUNT - 1)
    window.transport.go(6)
    qtbot.keyClick(window, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: not window.transport.playing, timeout=3000)
    seen(qtbot, window, 0)


def test_a_loop_is_played_round(tmp_path: Path, room: Room, qtbot: QtBot) -> None:
    window = room(bare(movie(tmp_path / "m.mov", RATES["25"]), "25"))
    for frame, key in ((20, Qt.Key.Key_I), (27, Qt.Key.Key_O)):
        window.transport.go(frame)
        qtbot.keyClick(window, key)
    window.transport.go(25)
    frames: set[int] = set()
    window.session.listen_to(lambda before, now: frames.add(now.playhead))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.wait(700)
    qtbot.keyClick(window, Qt.Key.Key_K)
    assert frames <= set(range(20, 28))
    assert {20, 27} <= frames | {20}
    assert len(frames) > 4


def test_pressing_again_doubles_the_speed(window: Window, qtbot: QtBot) -> None:
    speeds = []
    for _ in range(5):
        qtbot.keyClick(window, Qt.Key.Key_L)
        speeds.append(window.session.state.speed)
    assert speeds == [1, 2, 4, 8, 8]
    qtbot.keyClick(window, Qt.Key.Key_J)
    assert window.session.state.speed == -1


def test_k_held_with_l_steps_one_frame(window: Window, qtbot: QtBot) -> None:
    window.transport.go(30)
    qtbot.keyPress(window, Qt.Key.Key_K)
    qtbot.keyClick(window, Qt.Key.Key_L)
    qtbot.keyClick(window, Qt.Key.Key_L)
    qtbot.keyClick(window, Qt.Key.Key_J)
    qtbot.keyRelease(window, Qt.Key.Key_K)
    assert window.session.state.playhead == 31
    qtbot.keyClick(window, Qt.Key.Key_L)
    assert window.session.state.speed == 1


def test_only_the_newest_request_is_answered(tmp_path: Path, room: Room, qtbot: QtBot) -> None:
    window = room(bare(movie(tmp_path / "m.mp4", RATES["25"], bframes=3, gop=250), "25"))
    seen(qtbot, window, 0)
    answered: list[int] = []
    window.picture.server.ready.connect(lambda frame, image: answered.append(frame))
    for frame in range(COUNT - 1, 1, -1):
        window.session.go(frame)
    seen(qtbot, window, 2)
    assert len(answered) < 30


def test_latency_holds_the_picture_back(tmp_path: Path, room: Room, qtbot: QtBot) -> None:
    window = room(bare(movie(tmp_path / "m.mov", RATES["25"]), "25"))
    window.session.set_latency(Fraction(1, 5))
    window.transport.go(20)
    window.transport.play()
    qtbot.wait(400)
    heard = window.transport.player.place()
    frame = window.session.state.playhead
    window.transport.stop()
    assert heard is not None
    assert 2.5 < heard / 48000 * 25 - frame < 9


def test_a_second_picture_beside_over_and_as_difference(
    tmp_path: Path, room: Room, qtbot: QtBot
) -> None:
    path = movie(tmp_path / "m.mov", RATES["25"])
    window = room(bare(path, "25", second=path))
    seen(qtbot, window, 0)
    for way in (Compare.BESIDE, Compare.OVER, Compare.DIFFERENCE):
        qtbot.keyClick(window, Qt.Key.Key_B)
        assert window.session.state.compare is way
        qtbot.wait(100)
    window.transport.go(33)
    seen(qtbot, window, 33)
    qtbot.wait(200)
    grabbed = window.picture.grab().toImage()
    middle = grabbed.pixelColor(grabbed.width() // 2, grabbed.height() // 2)
    assert middle.lightness() < 8  # the same picture twice: nothing is left


def test_a_proxy_shows_the_same_frames(tmp_path: Path, room: Room, qtbot: QtBot) -> None:
    path = movie(tmp_path / "m.mp4", RATES["25"], bframes=3, gop=60)
    window = room(bare(path, "25"))
    qtbot.waitUntil(lambda: "proxy" in window.session.state.message, timeout=5000)
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "from its half-size" in window.session.state.message, timeout=20_000)
    for frame in (77, 3, 76, 118):
        window.transport.go(frame)
        seen(qtbot, window, frame)
    assert window.picture.image is not None
    assert window.picture.image.width() == 80
    again = room(bare(path, "25"))
    qtbot.waitUntil(lambda: "from its half-size" in again.session.state.message, timeout=5000)


def test_a_movie_that_vanishes_shows_why_and_comes_back(
    tmp_path: Path, room: Room, qtbot: QtBot
) -> None:
    path = movie(tmp_path / "m.mov", RATES["25"])
    session = bare(path, "25")
    away = path.rename(tmp_path / "unplugged.mov")
    window = room(session)
    qtbot.waitUntil(lambda: "m.mov" in window.picture.words, timeout=5000)
    assert window.picture.image is None
    away.rename(path)
    window.transport.go(111)
    seen(qtbot, window, 111)


def test_sound_that_cannot_be_read_is_said(tmp_path: Path, session_file: Path) -> None:
    session = Session.opened(session_file)
    programme = Programme(replace(session.layout(), guide=tmp_path / "gone.wav"))
    heard = programme.stretch(0, 48000)
    assert not heard.guide.any()
    assert "gone.wav" in programme.fault


def test_frames_that_are_not_seen_are_counted(tmp_path: Path, room: Room, qtbot: QtBot) -> None:
    window = room(bare(movie(tmp_path / "m.mov", RATES["25"]), "25"))
    session = window.session
    seen(qtbot, window, 0)
    session.set_speed(Fraction(1))
    session.go(3)  # two frames were passed over
    assert window.picture.dropped == 2
    seen(qtbot, window, 3)
    session.go(60)  # a jump is none
    assert window.picture.dropped == 2
    session.set_speed(Fraction(0))
    session.set_speed(Fraction(1))
    assert window.picture.dropped == 0
    session.set_speed(Fraction(0))
