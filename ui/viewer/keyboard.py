"""The keyboard: every key of a window that is not typed into a text does what the keymap says."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget

from conform.errors import ConformError
from ui.review.keymap import Keymap, keymap_file, load_keymap, save_keymap
from ui.viewer.keys import key_name


class Keyboard(QObject):
    """Listens to the keys of `window`; `acted` names the action of each."""

    acted = pyqtSignal(str)
    failed = pyqtSignal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.keymap = load_keymap(keymap_file())
        self._window = window
        self._held_stop = False
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def close(self) -> None:
        """Listen no more."""
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def keep(self, keymap: Keymap) -> None:
        """Go by another keymap, now and the next time."""
        self.keymap = keymap
        try:
            save_keymap(keymap, keymap_file())
        except ConformError as fault:
            self.failed.emit(str(fault))

    def named(self, action: str) -> str:
        """The keys of an action, as a sentence has them."""
        return " or ".join(self.keymap.keys(action))

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Take a key that has an action; Qt sees every other event."""
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if watched.window() is not self._window:
            return False
        if isinstance(watched, QLineEdit | QAbstractSpinBox):
            return False
        action = self.keymap.action(key_name(event))
        if action is None:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # else Qt would look for a shortcut of its own
        elif event.type() == QEvent.Type.KeyRelease:
            self._held_stop = self._held_stop and action.name != "stop"
        else:
            self._press(action.name, repeated=event.isAutoRepeat())
        return True

    def _press(self, name: str, *, repeated: bool) -> None:
        """An action's key: with K held, J and L step a frame."""
        if name == "stop":
            self._held_stop = True
        if self._held_stop and name in ("reverse", "forward"):
            name = "frame_back" if name == "reverse" else "frame_on"
        elif repeated and name in ("reverse", "forward", "play"):
            return
        self.acted.emit(name)
