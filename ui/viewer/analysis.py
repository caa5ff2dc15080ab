"""The analysis pool: events measured anew, one at a time, the newest request first."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fractions import Fraction

from PyQt6.QtCore import QObject, pyqtSignal

from conform.errors import ConformError
from conform.hearing.sound import Sound
from conform.roll import Roll
from conform.synced import EventSync
from conform.syncing.relook import Relook, guide_around, relook
from ui.review.session import Session

_KEPT = 200


@dataclass(frozen=True, slots=True)
class Question:
    """An event, the take that lies under it, and where."""

    event: EventSync
    roll: Roll
    zero: Fraction


class Analysis(QObject):
    """Answers with a `Relook`; what was measured once is kept."""

    ready = pyqtSignal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._known: dict[tuple[str, str, Fraction], Relook] = {}
        self._wanted: Question | None = None
        self._wake = threading.Condition()
        self._stop = False
        self._thread = threading.Thread(target=self._run, name="analysis", daemon=True)
        self._thread.start()

    def ask(self, question: Question) -> Relook | None:
        """What is known of it; otherwise it is measured, and `ready` tells."""
        known = self._known.get(_key(question))
        if known is None:
            with self._wake:
                self._wanted = question
                self._wake.notify()
        return known

    def close(self) -> None:
        """Stop the thread."""
        with self._wake:
            self._stop = True
            self._wake.notify()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        heard: tuple[str, tuple[Sound, ...]] = ("", ())
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._wanted is not None or self._stop)
                question, self._wanted = self._wanted, None
                if self._stop or question is None:
                    return
            if heard[0] != question.event.id:
                heard = (question.event.id, self._guide(question.event))
            self._answer(question, heard[1])

    def _guide(self, event: EventSync) -> tuple[Sound, ...]:
        if self._session.guide is None:
            return ()
        try:
            return guide_around(event, self._session.sync, self._session.guide)
        except ConformError:
            return ()

    def _answer(self, question: Question, guide: tuple[Sound, ...]) -> None:
        event, zero = question.event, question.zero
        try:
            found = (
                relook(event, question.roll, zero, self._session.sync, guide)
                if guide
                else Relook(event.id, zero, None, reason="the guide has no sound here")
            )
        except ConformError as fault:
            found = Relook(event.id, zero, None, reason=fault.message)
        while len(self._known) >= _KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[_key(question)] = found
        if not self._stop:
            self.ready.emit(found)


def _key(question: Question) -> tuple[str, str, Fraction]:
    return question.event.id, str(question.roll.path), question.zero
