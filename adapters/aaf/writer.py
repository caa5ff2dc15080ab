"""Writes a cut as an AAF file for Pro Tools and Media Composer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from adapters.aaf.compose import compose
from adapters.aaf.load import FAULTS
from adapters.aaf.store import store
from adapters.aaf.structure import Mob
from conform.errors import TimelineError
from conform.findings import Finding, warning
from conform.timeline import Timeline
from conform.writing import whole_file

_SAMPLING = 48000


def write(
    timeline: Timeline,
    path: Path,
    *,
    embed: bool = False,
    force: bool = False,
    sources: Iterable[Path] = (),
    sample_rate: int = _SAMPLING,
) -> tuple[Finding, ...]:
    """Write a timeline, and return what the file cannot hold of it.

    Sound lies on a grid of `sample_rate` samples a second, picture on frames. Sound files are
    linked; with `embed` those that can be opened travel inside the file. Raises `RenderError`
    where `path` cannot be written, and `TimelineError` where the cut does not fit the format.
    """
    composed = compose(timeline, sample_rate, path.name)
    files = composed.files if embed else ()
    named = (source for _, source in composed.files)
    with whole_file(path, force=force, sources=(*sources, *named)) as temporary:
        try:
            store(temporary, composed.mobs, files)
        except FAULTS as fault:
            raise TimelineError(
                f"the cut does not fit AAF ({type(fault).__name__}: {fault})", path=path
            ) from fault
    return (*composed.findings, *_not_embedded(composed.mobs, files, path, embed=embed))


def _not_embedded(
    mobs: tuple[Mob, ...], files: tuple[tuple[str, Path], ...], path: Path, *, embed: bool
) -> tuple[Finding, ...]:
    """The sound that should be in the file and could not be opened."""
    held = {mob_id for mob_id, _ in files}
    return tuple(
        warning("aaf.not-embedded", f"'{mob.name}' cannot be opened; it is linked", path.name)
        for mob in mobs
        if embed and mob.id not in held and _is_sound(mob)
    )


def _is_sound(mob: Mob) -> bool:
    return mob.descriptor is not None and mob.descriptor.channels is not None
