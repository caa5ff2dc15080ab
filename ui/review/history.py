"""Undo and redo: the reviews before and after, with what was done in a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from conform.review.decision import Review

_DEEPEST = 1000


@dataclass(frozen=True, slots=True)
class Past:
    """One thing that was done, the review before it, and the event where it happened."""

    label: str
    review: Review
    selected: int
    merge: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What can be undone and redone, latest last."""

    done: tuple[Past, ...] = ()
    undone: tuple[Past, ...] = ()

    def did(self, past: Past) -> History:
        """One thing more; of a run that merges (nudges of one event) only the first is kept."""
        last = self.done[-1] if self.done else None
        if past.merge and last is not None and last.merge == past.merge:
            return replace(self, undone=())
        return History((*self.done[-_DEEPEST:], past), ())

    def closed(self) -> History:
        """No more merging into what was done last."""
        if not self.done or not self.done[-1].merge:
            return self
        return replace(self, done=(*self.done[:-1], replace(self.done[-1], merge="")))

    def with_others(self, merge: Callable[[Review], Review]) -> History:
        """The same history, with what another window decided in every one of its reviews."""

        def seen(steps: tuple[Past, ...]) -> tuple[Past, ...]:
            return tuple(replace(past, review=merge(past.review)) for past in steps)

        return History(seen(self.done), seen(self.undone))

    def undo(self, now: Review) -> tuple[Past, History] | None:
        """The last thing done, and the history without it."""
        if not self.done:
            return None
        last = self.done[-1]
        ahead = Past(last.label, now, last.selected)
        return last, History(self.done[:-1], (*self.undone, ahead))

    def redo(self, now: Review) -> tuple[Past, History] | None:
        """The last thing undone, and the history with it."""
        if not self.undone:
            return None
        last = self.undone[-1]
        behind = Past(last.label, now, last.selected)
        return last, History((*self.done, behind), self.undone[:-1])
