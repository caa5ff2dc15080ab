"""Sync by hand with keys alone: mark a frame, mark the clap, pair, undo, keep, export."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from adapters import session as files
from conform.review.decision import Choice
from conform.review.pairing import Pair
from conform.roll import Roll, RollChannel
from conform.synced import Status, Sync
from ui.review.export import export
from ui.review.judging import Mark
from ui.review.session import Session
from ui.viewer import dialogs
from ui.viewer.window import Window

Room = Callable[..., Window]
Key = Qt.Key
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
CLAP = 3 * 48000 + 123


@pytest.fixture
def mos(true_sync: Sync, tmp_path: Path) -> Path:
    """A session whose missing event could be any take; one more take has nothing but a clap."""
    sound = np.random.default_rng(4).normal(0, 0.0005, 10 * 48000)
    sound[CLAP : CLAP + 1500] += 0.7 * np.exp(-np.arange(1500) / 300) * np.sin(np.arange(1500))
    sound[CLAP] = 0.6
    path = tmp_path / "slate.wav"
    soundfile.write(path, sound, 48000, subtype="PCM_24")
    roll = Roll("slate", (RollChannel("Boom", path, 0),), len(sound), 48000)
    session = tmp_path / "mos.otio"
    files.save(replace(true_sync, rolls=(*true_sync.rolls, roll)), session)
    return session


@pytest.fixture
def window(room: Room, mos: Path) -> Window:
    """The room on the event that nothing could measure, its take chosen."""
    window = room(Session.opened(mos, reviewer="R. Viewer"))
    session = window.session
    session.select(next(n for n, judge in enumerate(session.standing) if judge.flagged))
    dialog = dialogs.TakesDialog(session, window)
    dialog.choose("slate")
    return window


def pair(window: Window, qtbot: QtBot) -> Pair:
    """The clap on the event's thirteenth frame, by keys alone."""
    session = window.session
    qtbot.keyClick(window, Key.Key_Y)
    for _ in range(3):
        qtbot.keyClick(window, Key.Key_Right, CTRL)
    qtbot.keyClick(window, Key.Key_BracketRight)
    qtbot.keyClick(window, Key.Key_Tab)
    for _ in range(12):
        qtbot.keyClick(window, Key.Key_Right)
    qtbot.keyClick(window, Key.Key_BracketLeft)
    qtbot.keyClick(window, Key.Key_X)
    event = session.event
    assert event is not None
    frame = session.sync.timeline.rate.seconds(12)
    return Pair(event.clip.record_in + frame, Fraction(CLAP, 48000))


def test_marks_are_paired_by_keys_and_said_to_be_by_hand(window: Window, qtbot: QtBot) -> None:
    session = window.session
    place = session.state.selected
    assert session.mark_of(place) is Mark.NOT_MEASURED
    wanted = pair(window, qtbot)
    assert session.decision.pair == wanted
    assert (session.decision.by, session.decision.at[:2]) == ("R. Viewer", "20")
    assert session.mark_of(place) is Mark.BY_HAND
    model = window.worklist.model()
    assert model is not None
    assert model.index(place, 2).data() == "◆ by hand"
    regions = [r for r in session.layout().regions if r.path.name == "slate.wav"]
    first = round(wanted.place * 48000)
    assert {r.record_first - r.source_first for r in regions} == {first}


def test_pairing_is_undone_done_again_and_kept(window: Window, qtbot: QtBot, mos: Path) -> None:
    session = window.session
    wanted = pair(window, qtbot)
    qtbot.keyClick(window, Key.Key_Z, CTRL)
    assert session.decision.pair is None
    qtbot.keyClick(window, Key.Key_Z, CTRL | SHIFT)
    assert session.decision.pair == wanted
    qtbot.keyClick(window, Key.Key_Y)
    qtbot.keyClick(window, Key.Key_A)
    qtbot.waitUntil(lambda: session.state.saved, timeout=5000)
    (kept,) = Session.opened(mos).state.review.decisions
    assert (kept.pair, kept.choice, kept.by) == (wanted, Choice.ACCEPTED, "R. Viewer")


def test_what_was_paired_is_exported_and_reported(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    session = window.session
    wanted = pair(window, qtbot)
    qtbot.keyClick(window, Key.Key_A)
    sync = session.to_export()
    (event,) = [e for e in sync.events if e.status is Status.BY_HAND]
    stems, page = export(sync, tmp_path / "out", session.state.review)
    boom = next(stem.path for stem in stems if stem.path.stem == "Boom")
    first = round((event.clip.record_in - sync.picture_in) * 48000)
    heard, _ = soundfile.read(boom, start=first, frames=48000)
    clap = round(wanted.place * 48000) + CLAP - first
    assert int(np.argmax(np.abs(heard) > 0.3)) == pytest.approx(clap, abs=1)
    text = page.read_text()
    assert "by hand" in text
    assert "R. Viewer" in text


def test_the_same_keys_move_the_picture_or_the_take(window: Window, qtbot: QtBot) -> None:
    session = window.session
    before = session.state.playhead
    qtbot.keyClick(window, Key.Key_Y)
    steps = [
        (Key.Key_Right, Qt.KeyboardModifier.NoModifier, session.sync.timeline.rate.frame),
        (Key.Key_Period, ALT, Fraction(1, 1000)),
        (Key.Key_Greater, SHIFT, Fraction(1, 48000)),
        (Key.Key_Right, CTRL, Fraction(1)),
    ]
    at = Fraction(0)
    for key, held, by in steps:
        qtbot.keyClick(window, key, held)
        at += by
        assert session.state.hand is not None
        assert abs(session.state.hand.cursor - at) <= Fraction(1, 48000)
    assert session.state.playhead == before
    assert session.decision.nudge == 0
    qtbot.keyClick(window, Key.Key_Space)
    assert window.transport.auditioning
    qtbot.keyClick(window, Key.Key_Space)
    assert not window.transport.auditioning
    qtbot.keyClick(window, Key.Key_Tab)
    qtbot.keyClick(window, Key.Key_Right)
    assert session.state.playhead == before + 1


def test_the_pane_shows_the_take_and_takes_clicks(window: Window, qtbot: QtBot) -> None:
    session, pane = window.session, window.hand
    qtbot.keyClick(window, Key.Key_Y)
    assert pane.isVisible()
    assert not window.correlation.isVisible()
    path = session.laid_roll.path if session.laid_roll else Path()
    qtbot.waitUntil(lambda: window.waves.get(path) is not None, timeout=5000)
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=pane.rect().center())
    hand = session.state.hand
    assert hand is not None
    assert float(hand.cursor) == pytest.approx(5, abs=0.5)
    for _ in range(9):
        qtbot.keyClick(window, Key.Key_Equal)
        pane.grab()
    assert session.state.hand is not None
    assert session.state.hand.view.seconds < Fraction(1, 20)
    session.select(0)
    assert not pane.isVisible()


def test_without_marks_or_take_it_says_what_is_missing(room: Room, session_file: Path) -> None:
    session = room(Session.opened(session_file)).session
    session.select(next(n for n, judge in enumerate(session.standing) if judge.flagged))
    session.hand_toggle()
    assert "take first" in session.state.message
    session.select(0)
    session.pair_marks()
    assert "needs a mark" in session.state.message
    assert session.state.review.decisions == ()
