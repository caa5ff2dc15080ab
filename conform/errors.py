"""What can stop a call.

    ConformError                  says what, where and the remedy; the command line exits with 2
    +-- TimecodeError             a label, rate or footage that does not exist (also a ValueError)
    +-- TimelineError             a cut that cannot be read or written; knows path and line
    +-- MediaError                a sound or picture file that cannot be read; knows path
    +-- AlignError                a request that no alignment can answer
    +-- RenderError               a stem that cannot be written; knows path
    +-- SessionError              a session file that is not ours, or no longer fits its sources

`conform.watch.Cancelled` stands outside this tree: it is the user's wish, not a fault.
What is merely odd about the material is a `conform.findings.Finding`, never an exception.
"""

from __future__ import annotations

from pathlib import Path


class ConformError(Exception):
    """The call cannot go on; the message names the thing, the place and the remedy."""

    def __init__(
        self, message: str, *, path: str | Path | None = None, line: int | None = None
    ) -> None:
        self.message = message
        self.path = path
        self.line = line
        super().__init__(str(self))

    def __str__(self) -> str:
        place = "" if self.path is None else f"{self.path}: "
        if self.line is not None:
            place += f"line {self.line}: "
        return place + self.message


class TimecodeError(ConformError, ValueError):
    """A timecode label, frame rate or footage that does not exist."""


class TimelineError(ConformError):
    """A cut that cannot be read or written."""


class MediaError(ConformError):
    """A sound or picture file that cannot be read."""


class AlignError(ConformError):
    """A request that no alignment can answer."""


class RenderError(ConformError):
    """A stem or report that cannot be written."""


class SessionError(ConformError):
    """A session file that cannot be used."""
