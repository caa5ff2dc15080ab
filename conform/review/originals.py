"""The files that a sync was measured on, and whether they still are those files."""

from __future__ import annotations

from pathlib import Path

from conform.errors import SessionError
from conform.review.holding import mark_of
from conform.synced import Sync


def originals(sync: Sync) -> tuple[Path, ...]:
    """The picture, and every file of every take, in order."""
    takes = (path for roll in sync.rolls for path in roll.paths)
    return (Path(sync.picture), *takes)


def sources(sync: Sync) -> tuple[Path, ...]:
    """What is never written over: the cut's own file and the originals, those that are known."""
    known = [Path(name) for name in (sync.cut, sync.picture) if name]
    return (*known, *(path for roll in sync.rolls for path in roll.paths))


def marks_of(sync: Sync) -> tuple[str, ...]:
    """A mark of each original: size with a hash of head and tail; empty where it is gone."""
    return tuple(mark_of(path) for path in originals(sync))


def refuse_changed(sync: Sync) -> None:
    """Raise `SessionError` where the picture or a take is no longer the file that was measured."""
    files = originals(sync)
    if sync.marks and len(sync.marks) != len(files):
        raise SessionError(
            f"the session marks {len(sync.marks)} files and names {len(files)}; "
            "run conform sync again"
        )
    used = {path for event in sync.events if event.roll for path in event.roll.paths}
    used.add(Path(sync.picture))
    for path, mark in zip(files, sync.marks or ("",) * len(files), strict=True):
        if path not in used or not mark:
            continue
        found = mark_of(path)
        if not found:
            raise SessionError("is gone; bring it back, or run conform sync again", path=path)
        if found != mark:
            raise SessionError(
                "is not the file that was measured; run conform sync again", path=path
            )
