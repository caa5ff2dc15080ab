"""Questions about where decisions are kept."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from PyQt6.QtWidgets import QFileDialog, QMessageBox, QWidget

from ui.review.session import Session


class Unsaved(Enum):
    """What becomes of decisions that cannot be written when the window closes."""

    AGAIN = auto()
    ELSEWHERE = auto()
    STAY = auto()
    LOSE = auto()


_BUTTONS = (
    (Unsaved.AGAIN, "Try again", QMessageBox.ButtonRole.AcceptRole),
    (Unsaved.ELSEWHERE, "Save elsewhere…", QMessageBox.ButtonRole.AcceptRole),
    (Unsaved.STAY, "Stay", QMessageBox.ButtonRole.RejectRole),
    (Unsaved.LOSE, "Close and lose them", QMessageBox.ButtonRole.DestructiveRole),
)


def ask_unsaved(fault: str, parent: QWidget) -> Unsaved:
    """What to do about decisions that are not on disk."""
    box = QMessageBox(parent)
    box.setWindowTitle("Not saved")
    box.setText("Your last decisions are not on disk.")
    box.setInformativeText(fault)
    buttons = [(box.addButton(text, role), answer) for answer, text, role in _BUTTONS]
    box.exec()
    pressed = box.clickedButton()
    return next((answer for button, answer in buttons if button is pressed), Unsaved.STAY)


def ask_name(session: Session, parent: QWidget) -> Path | None:
    """The name of another session file."""
    here = session.path or Path.cwd() / f"{session.sync.timeline.name or 'session'}.otio"
    name, _ = QFileDialog.getSaveFileName(
        parent, "Save the session as", str(here), "Sessions (*.otio)"
    )
    return Path(name).with_suffix(".otio") if name else None
