"""The marker list by keys: named after the session, refused where it stands already."""

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ui.review.notes import FORMS
from ui.viewer.listing import ListDialog
from ui.viewer.window import Window


@pytest.mark.parametrize("form", FORMS)
def test_a_list_is_written_and_never_over_another(
    form: str,
    window: Window,
    session_file: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dialogs: list[ListDialog] = []

    def shown(dialog: ListDialog) -> int:
        dialogs.append(dialog)
        return 0

    monkeypatch.setattr(ListDialog, "exec", shown)
    qtbot.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = dialogs
    dialog.form_box.setCurrentIndex(dialog.form_box.findData(form))
    path = Path(dialog.path_box.text())
    assert path.parent == session_file.parent
    assert path.suffix == FORMS[form][1]
    dialog.accept()
    assert path.read_text()
    assert dialog.result() == ListDialog.DialogCode.Accepted
    assert f"markers are in {path.name}" in window.session.state.message
    again = ListDialog(window.session, window)
    again.form_box.setCurrentIndex(again.form_box.findData(form))
    again.accept()
    assert again.result() == ListDialog.DialogCode.Rejected
    assert "exists" in again.said
    again.replace_box.setChecked(True)
    again.accept()
    assert again.result() == ListDialog.DialogCode.Accepted
