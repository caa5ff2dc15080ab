"""The room worked by keys alone: select, nudge, decide, listen, filter, save, export."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QModelIndex, QPoint, Qt
from PyQt6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from adapters import session as files
from conform.review.decision import Choice
from conform.review.spotcheck import Answer
from conform.synced import Sync
from ui.review.keymap import ACTIONS
from ui.review.session import Session
from ui.review.state import Listen
from ui.viewer.columns import COLUMNS
from ui.viewer.events import EventModel
from ui.viewer.ground import mute_box, solo_box
from ui.viewer.window import Window

Room = Callable[..., Window]
Key = Qt.Key
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def placed(window: Window) -> list[int]:
    return [n for n, event in enumerate(window.session.sync.events) if event.zero is not None]


def test_every_action_has_a_deed_and_a_menu(window: Window) -> None:
    assert set(window.deeds) == {action.name for action in ACTIONS}


def test_a_whole_review_by_keys(window: Window, qtbot: QtBot, session_file: Path) -> None:
    session = window.session
    qtbot.keyClick(window, Key.Key_N)
    flagged = session.state.selected
    assert session.standing[flagged].flagged
    qtbot.keyClick(window, Key.Key_C)
    qtbot.keyClicks(window.inspector.comment, "ask the editor, jkl")
    qtbot.keyClick(window.inspector.comment, Key.Key_Return)
    assert session.decision.comment == "ask the editor, jkl"
    assert session.state.speed == 0
    qtbot.keyClick(window, Key.Key_R)
    assert session.state.review.of(session.sync.events[flagged].id).choice is Choice.REJECTED
    assert session.undecided() == []
    qtbot.waitUntil(lambda: session.state.saved, timeout=5000)
    kept = files.load_reviewed(session_file)[1]
    assert kept.of(session.sync.events[flagged].id).comment == "ask the editor, jkl"


@pytest.mark.parametrize(
    ("key", "held", "samples"),
    [
        (Key.Key_Period, Qt.KeyboardModifier.NoModifier, 2002),
        (Key.Key_Comma, Qt.KeyboardModifier.NoModifier, -2002),
        (Key.Key_Period, CTRL, 500),  # 500.5, to the even sample
        (Key.Key_Greater, SHIFT, 1),
        (Key.Key_Less, SHIFT, -1),
        (Key.Key_Period, ALT, 48),
    ],
)
def test_nudges(
    key: Key, held: Qt.KeyboardModifier, samples: int, window: Window, qtbot: QtBot
) -> None:
    window.session.select(placed(window)[0])
    qtbot.keyClick(window, key, held)
    qtbot.keyClick(window, key, held)
    assert window.session.decision.nudge == 2 * samples
    qtbot.keyClick(window, Key.Key_Z, CTRL)
    assert window.session.decision.nudge == 0
    qtbot.keyClick(window, Key.Key_Z, CTRL | SHIFT)
    assert window.session.decision.nudge == 2 * samples
    qtbot.keyClick(window, Key.Key_S)
    assert window.session.decision.nudge == 0


def test_a_nudge_is_measured_again(window: Window, qtbot: QtBot) -> None:
    window.session.select(placed(window)[0])
    window.session.nudge(-480)
    qtbot.waitUntil(lambda: window.correlation.found is not None, timeout=10_000)
    found = window.correlation.found
    assert found is not None
    assert found.correlation is not None
    assert found.correlation.peak[0] * 48000 == pytest.approx(480, abs=6)
    assert found.lag is None or found.lag * 48000 == pytest.approx(480, abs=6)


def test_listening(window: Window, qtbot: QtBot) -> None:
    for key, listen in zip(
        (Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_4, Key.Key_5), Listen, strict=True
    ):
        qtbot.keyClick(window, key)
        assert window.session.state.listen is listen


def test_filters_leave_the_rows_that_they_say(window: Window, qtbot: QtBot) -> None:
    model = window.worklist.model()
    assert model is not None
    everything = model.rowCount()
    qtbot.keyClick(window, Key.Key_F)
    assert model.rowCount() == len(window.session.shown()) < everything
    qtbot.keyClick(window, Key.Key_F)
    assert model.rowCount() == everything


def test_arrows_walk_the_events(window: Window, qtbot: QtBot) -> None:
    window.session.select(0)
    qtbot.keyClick(window.worklist, Key.Key_Down)
    assert window.session.state.selected == 1
    qtbot.keyClick(window.worklist, Key.Key_Up)
    assert window.session.state.selected == 0
    first, _ = window.session.span(window.session.sync.events[0])
    assert window.session.seconds(window.session.state.playhead) == first


def test_a_click_in_the_worklist_selects(window: Window, qtbot: QtBot) -> None:
    model = window.worklist.model()
    viewport = window.worklist.viewport()
    assert model is not None
    assert viewport is not None
    box = window.worklist.visualRect(model.index(3, 4))
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=box.center())
    assert window.session.state.selected == 3


def test_sorting_goes_by_number_not_by_text(window: Window) -> None:
    window.worklist.sortByColumn(7, Qt.SortOrder.AscendingOrder)
    model = window.worklist.model()
    assert model is not None
    assert COLUMNS[7].name == "Samples"
    shown = [model.index(row, 7).data() for row in range(model.rowCount())]
    numbers = [int(t.replace("−", "-").replace(",", "")) for t in shown if t]
    assert numbers == sorted(numbers)


def test_the_model_keeps_qts_rules(window: Window) -> None:
    mode = QAbstractItemModelTester.FailureReportingMode.Warning
    model = EventModel(window.session)
    QAbstractItemModelTester(model, mode, model)
    shown = window.worklist.model()
    assert shown is not None
    QAbstractItemModelTester(shown, mode, shown)
    window.session.select(1)
    window.session.accept()
    window.act("flagged_only")
    window.act("flagged_only")
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.rowCount(QModelIndex()) == len(window.session.sync.events)


def test_lanes_show_the_sound_and_take_clicks(window: Window, qtbot: QtBot) -> None:
    lanes = window.lanes
    qtbot.waitUntil(lambda: window.waves.get(window.session.guide) is not None, timeout=8000)
    ground = lanes.ground()
    x = ground.x(12.0)
    qtbot.mouseClick(lanes, Qt.MouseButton.LeftButton, pos=QPoint(round(x), 80))
    moment = float(window.session.seconds(window.session.state.playhead))
    assert moment == pytest.approx(12.0, abs=0.1)
    guide = ground.rows[0][1]
    grabbed = lanes.grab().toImage()
    blue = sum(
        grabbed.pixelColor(px, guide.center().y() - 6).blue() > 180
        for px in range(guide.left(), guide.right(), 3)
    )
    assert blue > 20


def test_solo_and_mute_by_their_buttons(window: Window, qtbot: QtBot) -> None:
    lane, row = window.lanes.ground().rows[1]
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(window.lanes, left, pos=solo_box(row).center().toPoint())
    assert window.session.state.solo == {lane.stem}
    qtbot.mouseClick(window.lanes, left, pos=mute_box(row).center().toPoint())
    assert window.session.state.muted == {lane.stem}


def test_peaks_come_from_the_cache_the_second_time(
    room: Room, session_file: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    first = room(Session.opened(session_file))
    with qtbot.waitSignal(first.peaks.done, timeout=8000):
        pass
    first.close()
    cached = sorted((tmp_path / "cache" / "picturelock" / "peaks").iterdir())
    assert len(cached) >= 2
    before = [path.stat().st_mtime_ns for path in cached]
    second = room(Session.opened(session_file))
    qtbot.waitUntil(lambda: second.waves.version >= len(cached), timeout=3000)
    assert [path.stat().st_mtime_ns for path in cached] == before


def test_a_blind_spot_check_hides_every_figure(window: Window, qtbot: QtBot) -> None:
    window.session.start_spot_check(6, seed=1)
    model = window.worklist.model()
    assert model is not None
    for row in range(model.rowCount()):
        assert {model.index(row, column).data() for column in range(6, 13)} == {""}
    for _ in range(6):
        qtbot.keyClick(window, Key.Key_F10)
    trials = window.session.state.review.trials
    assert [trial.answer for trial in trials] == [Answer.SYNC] * 6


def test_offline_media_are_shown_as_such(room: Room, true_sync: Sync, qtbot: QtBot) -> None:
    gone = Path("/nowhere/film.mov")
    rolls = {
        roll: replace(roll, channels=tuple(replace(c, path=gone) for c in roll.channels))
        for roll in true_sync.rolls
    }
    events = tuple(replace(e, roll=rolls[e.roll]) if e.roll else e for e in true_sync.events)
    sync = replace(true_sync, picture=str(gone), rolls=tuple(rolls.values()), events=events)
    window = room(Session(sync, guide=gone))
    assert window.picture.image is None
    assert "Offline" in window.picture.words
    model = window.worklist.model()
    assert model is not None
    assert "offline" in model.index(0, 2).data()
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.state.playhead > 3, timeout=3000)
    window.grab()


def test_a_read_only_session_opens_and_says_so(
    session_file: Path, room: Room, qtbot: QtBot
) -> None:
    session = Session.opened(session_file)
    session.writable = False
    before = session_file.read_bytes()
    window = room(session)
    assert "Read-only" in window.saved.text()
    session.select(0)
    session.accept()
    qtbot.wait(500)
    window.close()
    assert session_file.read_bytes() == before


def test_closing_ends_every_thread(room: Room, session_file: Path) -> None:
    before = threading.active_count()
    window = room(Session.opened(session_file))
    window.transport.play()
    assert threading.active_count() > before
    window.close()
    assert threading.active_count() == before


@pytest.mark.parametrize(("width", "height"), [(1024, 700), (1280, 800), (2560, 1440)])
def test_every_size_is_drawn(width: int, height: int, room: Room, session_file: Path) -> None:
    window = room(Session.opened(session_file), width, height)
    window.act("zoom_event")
    window.act("overlay")
    window.act("difference")
    grabbed = window.grab()
    assert grabbed.width() == width * window.devicePixelRatioF()
