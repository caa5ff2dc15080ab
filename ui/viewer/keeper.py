"""The keeper: writes the session in the background a moment after every decision.

It also looks at the file every few seconds, for what another window has decided meanwhile.
"""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from adapters import reviews
from adapters.reviews import Held, ReplacedError
from conform.errors import ConformError
from conform.review.decision import Review
from ui.review.session import Session
from ui.review.state import State

_PAUSE = 300  # ms without another change before it is written
_AGAIN = 5000  # ms before what could not be written is tried again
_LOOK = 2000  # ms between looks at the file

_Work = tuple[Path, Held, Review | None]
"""A file, what it held last, and a review to put there; None to look only."""

_Answer = Held | ConformError | None
"""What the file holds after the work, or what went wrong; None where all is as it was."""


class Keeper(QObject):
    """Saves what was decided; `failed` says why it cannot, and it is tried again."""

    failed = pyqtSignal(str)
    _done = pyqtSignal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._work: _Work | None = None
        self._answers: deque[tuple[Review | None, _Answer]] = deque()
        self._busy = self._stop = False
        self._seen: tuple[int, int] | None = None
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()
        self._done.connect(self._take)
        self._save, self._look = QTimer(self), QTimer(self)
        self._save.setSingleShot(True)
        self._save.timeout.connect(self._start)
        self._look.timeout.connect(self._start_look)
        self._look.start(_LOOK)
        session.listen_to(self._changed)

    def finish(self) -> str:
        """Write what is still to be written, now; why that failed, or nothing."""
        self._save.stop()
        with self._wake:
            self._wake.wait_for(lambda: self._work is None)
        self._take()
        session = self._session
        if session.state.saved or not session.writable or session.path is None:
            return ""
        try:
            session.save()
        except ReplacedError:
            return self._replaced()
        except ConformError as fault:
            return str(fault)
        return ""

    def close(self) -> None:
        """Stop the thread."""
        self._look.stop()
        self._save.stop()
        with self._wake:
            self._stop = True
            self._wake.notify_all()
        self._thread.join(timeout=10)

    def _changed(self, before: State, now: State) -> None:
        if before.review is not now.review and self._session.writable:
            self._save.start(_PAUSE)

    def _start(self) -> None:
        if self._busy:
            self._save.start(_PAUSE)
        else:
            self._ask(self._session.state.review)

    def _start_look(self) -> None:
        if not self._busy and self._session.state.saved:
            self._ask(None)

    def _ask(self, review: Review | None) -> None:
        """Have the thread work; its answer is taken before it is asked again."""
        session = self._session
        if session.path is None or not session.writable:
            return
        with self._wake:
            self._busy, self._work = True, (session.path, session.held, review)
            self._wake.notify_all()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._work is not None or self._stop)
                work = self._work
            if work is None:
                return
            self._answers.append((work[2], self._answer(*work)))
            with self._wake:
                self._work = None
                self._wake.notify_all()
            if self._stop:
                return
            self._done.emit()

    def _answer(self, path: Path, last: Held, review: Review | None) -> _Answer:
        """Write the review, or look whether the file has changed."""
        try:
            if review is not None:
                return reviews.keep(review, path, last)
            state = path.stat()
            seen = (state.st_mtime_ns, state.st_size)
            if seen == self._seen:
                return None
            found = reviews.held(path)
        except ConformError as fault:
            return fault
        except OSError:
            return None  # it is on its way; saving would say so
        self._seen = seen
        return None if found == last else found

    def _take(self) -> None:
        """Go on with what came of the work, in the window's thread."""
        if not self._answers:
            return
        review, answer = self._answers.popleft()
        self._busy, session = False, self._session
        if isinstance(answer, ReplacedError):
            self._replaced()
        elif isinstance(answer, ConformError):
            if review is not None:
                self.failed.emit(str(answer))
                self._save.start(_AGAIN)
        elif answer is not None and review is not None:
            session.saved(review, answer)
        elif answer is not None and answer.body == session.held.body:
            session.take_in(answer)
        elif answer is not None:
            session.say("Another program has written this session anew: open it again")

    def _replaced(self) -> str:
        """Go on in a file of its own beside a session that was written anew."""
        session, path = self._session, self._session.path
        if path is None:
            return ""
        names = (path.with_stem(f"{path.stem} (kept {n})") for n in range(1, 1000))
        other = next(name for name in names if not name.exists())
        try:
            session.move_to(other)
        except ConformError as fault:
            return str(fault)
        session.say(
            f"Another program has written {path.name} anew. Your decisions are in {other.name}: "
            f"open the new one with --carry '{other.name}'"
        )
        return ""
