"""What a command works on: one timeline of several, and outputs that are named as what they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from conform.errors import RenderError, TimelineError
from conform.timeline import Timeline


def chosen(timelines: Sequence[Timeline], name: str | None, path: Path) -> Timeline:
    """The timeline of a name, or the only one; raises `TimelineError` where that is not one."""
    wanted = [timeline for timeline in timelines if name in (None, timeline.name)]
    if len(wanted) == 1:
        return wanted[0]
    names = ", ".join(f"'{timeline.name}'" for timeline in timelines)
    raise TimelineError(f"choose one of its timelines with --timeline: {names}", path=path)


def named_as(path: Path, *suffixes: str) -> Path:
    """The path of an output, if it is named as one: no movie, roll or cut is taken for a report.

    Raises `RenderError` for a name that ends otherwise.
    """
    if path.suffix.lower() in suffixes:
        return path
    raise RenderError(f"name a file that ends in {' or '.join(suffixes)}", path=path)
