"""Progress and cancelling for long work, without a bar and without a thread.

An engine takes one keyword, `watch`, and hands it a `Step` whenever a piece is done. To cancel,
the watcher raises `Cancelled`; the engine never catches it, so nothing half-done is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """How far a stage has come: `done` of `total`, in whatever unit the stage counts."""

    stage: str
    done: int
    total: int


class Cancelled(Exception):  # noqa: N818  (a wish, not an error)
    """Raised by a watcher to stop the work, straight out of the call."""


Watch = Callable[[Step], None]


def unwatched(step: Step) -> None:
    """The watcher of those who do not look."""
