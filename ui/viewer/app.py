"""The application: one window on one session."""

from __future__ import annotations

import gc
import sys
from functools import partial
from types import TracebackType

from PyQt6.QtWidgets import QApplication

from ui.review.session import Session
from ui.viewer.look import dress
from ui.viewer.window import Window

_TURN = 0.0005
"""Seconds that another thread computes while the window waits for its turn: one drawing takes many
turns, and Python's own 5 ms each would be felt."""


def application() -> QApplication:
    """The application in its colours, to whose window every other thread gives way."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("Picturelock")
    sys.setswitchinterval(_TURN)
    dress(app)
    return app


def settle() -> None:
    """Keep Python's collector off a session that lives as long as its window.

    Going through the objects of 1,500 events would stop the window for tens of milliseconds.
    """
    gc.collect()
    gc.freeze()


def _survive(
    session: Session, kind: type[BaseException], fault: BaseException, trace: TracebackType | None
) -> None:
    """Go on after a fault of the viewer's own, which would else end it, and say so."""
    sys.__excepthook__(kind, fault, trace)
    if issubclass(kind, KeyboardInterrupt):
        QApplication.quit()
    else:
        session.say(f"A fault in the viewer ({kind.__name__}: {fault}); decisions are kept")


def run(session: Session) -> int:
    """Show a session until its window is closed."""
    app = application()
    sys.excepthook = partial(_survive, session)
    window = Window(session)
    screen = app.primaryScreen()
    if screen is not None:
        room = screen.availableGeometry()
        window.resize(min(room.width(), max(1280, room.width() * 9 // 10)),
                      min(room.height(), max(760, room.height() * 9 // 10)))  # fmt: skip
    window.show()
    settle()
    return app.exec()
