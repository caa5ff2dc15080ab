"""The leader in the room: looked for once, told in the status bar, drawn at its place."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from adapters import formats
from conform.synced import Sync
from fixtures.film import Film
from ui.review.session import Session
from ui.viewer.window import Window

Room = Callable[..., Window]


@pytest.fixture
def led(film: Film) -> Sync:
    """The demo film's cut, whose movie has a leader with its 2-pop; nothing synced."""
    timeline = formats.read(film.edl, rate=film.spec.rate).timelines[0]
    length = film.spec.rate.seconds(film.spec.frames)
    return Sync(timeline, str(film.movie), film.spec.sample_rate, length, (), ())


def opened(sync: Sync, room: Room) -> Window:
    return room(Session(sync, guide=Path(sync.picture)))


def test_a_pop_in_its_place_is_said_so(led: Sync, room: Room, qtbot: QtBot) -> None:
    window = opened(led, room)
    qtbot.waitUntil(lambda: window.leader.text() == "2-pop ✓", timeout=8000)
    assert "to the sample" in window.leader.toolTip()
    (check,) = window.session.state.pops
    assert check.samples == 0
    window.grab()


def test_a_pop_that_is_a_frame_off_is_told(led: Sync, room: Room, qtbot: QtBot) -> None:
    """A movie whose leader was laid a frame late under the cut's own clock."""
    frame = led.timeline.rate.frame
    window = opened(replace(led, picture_in=frame), room)
    qtbot.waitUntil(lambda: "▲" in window.leader.text(), timeout=8000)
    assert window.leader.text() == "2-pop ▲ −1.00 fr late"
    assert "48 frames" in window.session.state.message
    window.grab()


def test_without_a_leader_nothing_is_claimed(
    led: Sync, room: Room, session_file: Path, qtbot: QtBot
) -> None:
    window = room(Session.opened(session_file))
    qtbot.waitUntil(lambda: window.leader.text() == "No 2-pop", timeout=8000)
    offline = opened(replace(led, picture="/nowhere/film.mov"), room)
    assert offline.leader.text() == ""
