"""The worklist under the hand: rows keep their event, empty lists say what to do."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from conform.synced import Sync
from ui.cli import main
from ui.review.session import Session
from ui.review.state import Filter
from ui.viewer import app
from ui.viewer.columns import COLUMNS
from ui.viewer.window import Window

Room = Callable[..., Window]


def current(window: Window) -> int:
    model = window.worklist.model()
    assert model is not None
    return int(model.index(window.worklist.currentIndex().row(), 1).data()) - 1


def test_sorting_keeps_the_event_that_is_selected(window: Window) -> None:
    window.session.select(2)
    for column in range(len(COLUMNS)):
        for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder):
            window.worklist.sortByColumn(column, order)
            assert window.session.state.selected == 2
            assert current(window) == 2


def test_rows_stay_where_they_are_while_events_are_decided(window: Window, qtbot: QtBot) -> None:
    window.worklist.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    model = window.worklist.model()
    assert model is not None
    before = [model.index(row, 1).data() for row in range(model.rowCount())]
    window.session.select(0)
    window.session.accept()
    assert [model.index(row, 1).data() for row in range(model.rowCount())] == before
    row = before.index("1")
    assert "accepted" in model.index(row, 3).data()


def pixels(window: Window) -> set[int]:
    viewport = window.worklist.viewport()
    assert viewport is not None
    seen = viewport.grab().toImage()
    return {seen.pixel(x, y) for x in range(0, seen.width(), 2) for y in range(seen.height())}


def test_an_empty_list_says_why(room: Room, true_sync: Sync, session_file: Path) -> None:
    window = room(Session.opened(session_file))
    window.session.filter(Filter(text="no such clip"))
    assert len(pixels(window)) > 3
    window = room(Session(replace(true_sync, events=())))
    assert len(pixels(window)) > 3


def test_a_fault_of_the_viewers_own_is_said_and_outlived(
    session_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = Session.opened(session_file)
    fault = ValueError("a nut fell out")
    app._survive(session, ValueError, fault, None)
    assert "a nut fell out" in session.state.message
    assert "ValueError" in capsys.readouterr().err


def test_a_cut_is_told_the_way_to_a_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "REEL.edl").write_text("TITLE: REEL\n")
    monkeypatch.setattr("sys.argv", ["conform", "view", str(tmp_path / "REEL.edl")])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "conform sync REEL.edl" in capsys.readouterr().err
