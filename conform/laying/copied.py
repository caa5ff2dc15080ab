"""Proof that samples were copied: every event's stretch of a stem against the recorder's own file.

Both are read by libsndfile, which wrote neither, and hashed: the report can name the very samples.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import soundfile

from conform.errors import MediaError
from conform.findings import Finding, error
from conform.laying.mix import fits
from conform.laying.render import StemFile
from conform.laying.sources import Sources
from conform.region import Plan, Region
from conform.watch import Step, Watch, unwatched

_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class Copied:
    """One event: samples that were copied on all its stems, and how many of them differ.

    `sha256` is of the recorder's samples, stem after stem, in hexadecimal digits.
    """

    event: str
    stems: int
    samples: int
    differing: int
    sha256: str


def copies(
    plan: Plan, stems: Sequence[StemFile], *, watch: Watch = unwatched
) -> tuple[Copied, ...]:
    """Compare every event that was copied, outside its fades; in the order of the plan.

    Events that had to be changed (another rate, a gain, more bits than the stem has) have no entry,
    nor have takes that libsndfile cannot read. Raises `MediaError` for a stem that cannot be read.
    """
    events: dict[str, list[Region]] = defaultdict(list)
    for region in plan.regions:
        if region.event:
            events[region.event].append(region)
    sources, found = Sources(), []
    for done, (event, regions) in enumerate(events.items(), 1):
        copied = _event(event, regions, plan, stems, sources)
        found += [copied] if copied else []
        watch(Step("comparing copies", done, len(events)))
    return tuple(found)


def copy_findings(found: Iterable[Copied]) -> tuple[Finding, ...]:
    """The events in which samples that were to be copied are not the recorder's."""
    return tuple(
        error(
            "export.differs",
            f"{one.differing} of {one.samples} copied samples are not the take's: export it again",
            f"event {one.event}",
        )
        for one in found
        if one.differing
    )


def _event(
    event: str,
    regions: Sequence[Region],
    plan: Plan,
    stems: Sequence[StemFile],
    sources: Sources,
) -> Copied | None:
    digest = hashlib.sha256()
    samples = differing = 0
    for region in regions:
        stem = next(file for file in stems if region.stem in file.channels)
        if not region.exact or not fits(region, sources, stem.format):
            return None
        for first, end in _alone(region, plan):
            try:
                for ours, theirs in _both(region, stem, first, end):
                    digest.update(theirs.tobytes())
                    samples += len(theirs)
                    differing += int(np.count_nonzero(ours != theirs))
            except soundfile.SoundFileError:
                return None
    return Copied(event, len(regions), samples, differing, digest.hexdigest()) if samples else None


def _alone(region: Region, plan: Plan) -> Iterator[tuple[int, int]]:
    """The stem samples that are this region's alone: outside its fades, and beside every other."""
    others = sorted(
        (other.record_first, other.record_end)
        for other in plan.regions
        if other.stem == region.stem and other is not region
    )
    first, last = region.record_first + region.fade_in, region.record_end - region.fade_out
    for low, high in others:
        if high <= first or low >= last:
            continue
        if low > first:
            yield first, low
        first = max(first, high)
    if first < last:
        yield first, last


def _both(
    region: Region, stem: StemFile, first: int, end: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Stretches of the stem and of the take, sample beside sample."""
    kind = "float32" if stem.format.floating else "int32"
    number = stem.channels.index(region.stem)
    try:
        written = soundfile.SoundFile(stem.path)
    except soundfile.SoundFileError as fault:
        raise MediaError(f"the stem cannot be read back: {fault}", path=stem.path) from fault
    with written, soundfile.SoundFile(region.path) as take:
        written.seek(first)
        take.seek(region.source_first + first - region.record_first)
        for start in range(first, end, _BLOCK):
            count = min(_BLOCK, end - start)
            ours = written.read(count, dtype=kind, always_2d=True)[:, number]
            theirs = take.read(count, dtype=kind, always_2d=True)[:, region.channel]
            yield ours[: len(theirs)], theirs
