"""One timeline out of a file that may hold several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from conform.errors import TimelineError
from conform.timeline import Timeline


def chosen(timelines: Sequence[Timeline], name: str | None, path: Path) -> Timeline:
    """The timeline of a name, or the only one; raises `TimelineError` where that is not one."""
    wanted = [timeline for timeline in timelines if name in (None, timeline.name)]
    if len(wanted) == 1:
        return wanted[0]
    names = ", ".join(f"'{timeline.name}'" for timeline in timelines)
    raise TimelineError(f"choose one of its timelines with --timeline: {names}", path=path)
