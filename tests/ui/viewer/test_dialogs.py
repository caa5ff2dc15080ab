"""The small windows: keys, takes, latency, export, go to."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from conform.review.decision import Choice
from ui.review.keymap import Keymap
from ui.viewer import dialogs
from ui.viewer.keysheet import KeysDialog
from ui.viewer.latency import CalibrationDialog
from ui.viewer.window import Window

Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


def test_keys_are_changed_and_conflicts_refused(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(dialog: KeysDialog) -> int:
        dialog.assign("accept", "R")
        assert dialog.keymap == Keymap()
        dialog.assign("accept", "Ctrl+Return")
        return 1

    monkeypatch.setattr(KeysDialog, "exec", change)
    qtbot.keyClick(window, Key.Key_F1)
    window.session.select(0)
    qtbot.keyClick(window, Key.Key_A)
    assert window.session.state.review.decisions == ()
    qtbot.keyClick(window, Key.Key_Return, CTRL)
    assert window.session.state.review.of("0001").choice is Choice.ACCEPTED
    saved = json.loads((tmp_path / "config" / "picturelock" / "keys.json").read_text())
    assert saved == {"accept": ["Ctrl+Return"]}


def test_export_is_refused_until_flagged_events_are_decided(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dialogs.ExportDialog(window.session, window)
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    fine = box.button(QDialogButtonBox.StandardButton.Ok)
    assert fine is not None
    assert not fine.isEnabled()
    dialog.reason.setText("director waits")
    assert fine.isEnabled()
    dialog.folder_box.setText(str(tmp_path / "stems"))
    dialog.accept()
    with qtbot.waitSignal(window.exporter.said, timeout=20_000) as said:
        window.exporter.export(dialog.folder, replaced=False)
    assert "3 stems" in said.args[0]
    assert "director waits" in next((tmp_path / "stems").glob("*.html")).read_text()


def test_go_to_timecode_and_footage(window: Window) -> None:
    assert dialogs.frame_of("01:00:02:00", window.session) == 48
    assert dialogs.frame_of("3+00", window.session) == 48


def test_other_takes_are_offered(window: Window) -> None:
    window.session.select(0)
    dialog = dialogs.TakesDialog(window.session, window)
    dialog.accept()
    assert window.session.decision.take == ""


def test_calibration_keeps_the_mean_of_its_readings(window: Window) -> None:
    dialog = CalibrationDialog(window.session, lambda: None, window)
    for ms in (20.0, 30.0):
        dialog.size_box.setValue(ms)
        dialog.read()
    dialog.accept()
    assert window.session.state.review.latency == Fraction(25, 1000)
