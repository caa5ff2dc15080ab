"""The sheet of keys: every action with its keys, which can be changed."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.review.keymap import ACTIONS, Keymap, KeysError
from ui.viewer.dialogs import answers
from ui.viewer.keys import key_name


class KeysDialog(QDialog):
    """Every action with its keys; a chosen row takes the next key that is pressed."""

    def __init__(self, keymap: Keymap, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.keymap = keymap
        self._said = QLabel("Choose a row and press a key. Delete takes the keys away.", self)
        self._table = QTableWidget(len(ACTIONS), 3, self)
        self._table.setHorizontalHeaderLabels(["", "Action", "Keys"])
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        down, across = self._table.verticalHeader(), self._table.horizontalHeader()
        if down is not None and across is not None:
            down.hide()
            across.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        box = QVBoxLayout(self)
        box.addWidget(self._said)
        box.addWidget(self._table)
        box.addWidget(answers(self))
        self._fill()
        self.resize(620, 640)

    def _fill(self) -> None:
        before = ""
        for row, action in enumerate(ACTIONS):
            cells = (
                action.group if action.group != before else "",
                action.title,
                "   ".join(self.keymap.keys(action.name)),
            )
            before = action.group
            for column, text in enumerate(cells):
                self._table.setItem(row, column, QTableWidgetItem(text))
        self._table.resizeColumnToContents(0)
        self._table.setColumnWidth(2, 170)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Give the chosen action the key that is pressed."""
        row = self._table.currentRow()
        if event is None or row < 0 or event.key() == Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        self.assign(ACTIONS[row].name, key_name(event))

    def assign(self, name: str, key: str) -> None:
        """Give an action a key, or none; says so where the key is taken."""
        if not key:
            return
        try:
            self.keymap = self.keymap.with_keys(name, () if key in ("Del", "Backspace") else (key,))
            self._said.setText(f"{key} set")
        except KeysError as taken:
            self._said.setText(str(taken))
        self._fill()
