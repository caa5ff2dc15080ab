"""The application: one window on one session."""

from __future__ import annotations

import sys

from PyQt6.QtWidgets import QApplication

from ui.review.session import Session
from ui.viewer.look import dress
from ui.viewer.window import Window


def run(session: Session) -> int:
    """Show a session until its window is closed."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("Picturelock")
    dress(app)
    window = Window(session)
    screen = app.primaryScreen()
    if screen is not None:
        room = screen.availableGeometry()
        window.resize(min(room.width(), max(1280, room.width() * 9 // 10)),
                      min(room.height(), max(760, room.height() * 9 // 10)))  # fmt: skip
    window.show()
    return app.exec()
