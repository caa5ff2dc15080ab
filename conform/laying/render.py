"""Stems out of regions: the only writer of sound.

All stems are written side by side, block by block, so that a poly file is read once. Every stem is
exactly as long as the picture. Before a stem takes its name it is read back through another decoder
(libsndfile) and compared with what was meant.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import soundfile

from conform.errors import RenderError
from conform.findings import Finding, warning
from conform.laying.bwf import Block, Format, Label, Writer, pack
from conform.laying.mix import Tally, mix
from conform.laying.sources import Sources, is_floating
from conform.region import Plan, Region
from conform.watch import Step, Watch, unwatched
from conform.writing import refuse, whole_file

_BLOCK = 1 << 16
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')


@dataclass(frozen=True, slots=True)
class StemSpec:
    """What every stem has in common. `length` counts samples; `label` dates and places the file.

    `poly` writes one file of all stems as channels, named `name` or after the label's project.
    Without `bits` stems are 24 bit, or 32-bit float where a source is.
    """

    sample_rate: int
    length: int
    label: Label = field(default_factory=Label)
    bits: int | None = None
    poly: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class StemFile:
    """A file that was written and read back: its channels, what they hold, and its checksum."""

    path: Path
    channels: tuple[str, ...]
    format: Format
    samples: int
    time_reference: int
    tallies: tuple[Tally, ...]
    sha256: str


class _Stem:
    """One open stem file: where its blocks go, and what was meant to be in it."""

    def __init__(self, path: Path, channels: tuple[str, ...], writer: Writer) -> None:
        self.path = path
        self.channels = channels
        self.writer = writer
        self.tallies = [Tally() for _ in channels]
        self.meant = hashlib.sha256()

    def write(self, sounds: Sequence[Block]) -> None:
        self.meant.update(self.writer.write(np.stack(sounds, axis=1)))


def render(
    plan: Plan,
    folder: Path,
    spec: StemSpec,
    *,
    sources: Iterable[Path] = (),
    force: bool = False,
    watch: Watch = unwatched,
) -> tuple[StemFile, ...]:
    """Write the plan's stems into a folder; all of them, or on any fault on the way none.

    Raises `RenderError` where a file exists (without `force`), is one of `sources` or of the plan's
    own, or does not fit the disk, and where reading back finds anything but what was meant.
    """
    reader = Sources()
    files = _files(plan, folder, spec)
    originals = (*sources, *{region.path for region in plan.regions})
    for path in files:
        refuse(path, force=force, sources=originals)
    _refuse_full_disk(plan, folder, spec)
    with ExitStack() as stack:
        stems = []
        for path, channels in files.items():
            temporary = stack.enter_context(whole_file(path, force=force, sources=originals))
            form = _format(plan, channels, spec, reader)
            label = replace(spec.label, tracks=channels)
            stems.append(_Stem(path, channels, stack.enter_context(Writer(temporary, form, label))))
        _write_all(stems, plan, spec, reader, watch)
        return tuple(_proved(stem, spec) for stem in stems)


def _files(plan: Plan, folder: Path, spec: StemSpec) -> dict[Path, tuple[str, ...]]:
    if not plan.stems:
        raise RenderError("no event has a take, so there is no stem to write", path=folder)
    if spec.poly:
        return {folder / f"{safe_name(spec.name or spec.label.project) or 'poly'}.wav": plan.stems}
    names = {stem: folder / f"{safe_name(stem)}.wav" for stem in plan.stems}
    if len({path.name.casefold() for path in names.values()}) < len(names):
        raise RenderError(f"two stems would have one name: {', '.join(plan.stems)}", path=folder)
    return {path: (stem,) for stem, path in names.items()}


def safe_name(name: str) -> str:
    """A name that every file system takes."""
    return _UNSAFE.sub("_", name).strip(" .")


def _format(plan: Plan, channels: tuple[str, ...], spec: StemSpec, sources: Sources) -> Format:
    if spec.bits is not None:
        return Format(spec.sample_rate, len(channels), spec.bits)
    paths = {region.path for region in plan.regions if region.stem in channels}
    if any(is_floating(sources.stream(path)) for path in paths):
        return Format(spec.sample_rate, len(channels), 32, floating=True)
    widest = max((sources.stream(path).bits or 24 for path in paths), default=24)
    return Format(spec.sample_rate, len(channels), max(24, widest))


def _refuse_full_disk(plan: Plan, folder: Path, spec: StemSpec) -> None:
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    need = spec.length * len(plan.stems) * 4
    free = shutil.disk_usage(existing).free
    if free < need * 1.05:
        raise RenderError(
            f"the stems need up to {_size(need)}, the disk has {_size(free)} free", path=folder
        )


def _size(count: int) -> str:
    """Bytes in the units that disks are sold by: `812 MB`, `14.2 GB`."""
    unit, name = next(((u, n) for u, n in _UNITS if count >= u), (1, "bytes"))
    return f"{count / unit:.3g} {name}"


_UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def _write_all(
    stems: Sequence[_Stem], plan: Plan, spec: StemSpec, sources: Sources, watch: Watch
) -> None:
    regions = {name: [r for r in plan.regions if r.stem == name] for name in plan.stems}
    for first in range(0, spec.length, _BLOCK):
        end = min(first + _BLOCK, spec.length)
        for stem in stems:
            stem.write([_channel(stem, n, regions, first, end, sources) for n in _numbers(stem)])
        sources.turn()
        watch(Step("render", end, spec.length))


def _numbers(stem: _Stem) -> range:
    return range(len(stem.channels))


def _channel(
    stem: _Stem,
    number: int,
    regions: dict[str, list[Region]],
    first: int,
    end: int,
    sources: Sources,
) -> Block:
    name = stem.channels[number]
    under = [r for r in regions[name] if r.record_first < end and r.record_end > first]
    sound, tally = mix(under, name, first, end, sources, stem.writer.form)
    stem.tallies[number] += tally
    return sound


def _proved(stem: _Stem, spec: StemSpec) -> StemFile:
    """Close the file, read it back with libsndfile, and compare it with what was meant."""
    stem.writer.close()
    form, path = stem.writer.form, stem.writer.path
    found = hashlib.sha256()
    kind = "float32" if form.floating else "int32"
    with soundfile.SoundFile(path) as file:
        length = file.frames
        for block in file.blocks(_BLOCK, dtype=kind, always_2d=True):
            found.update(pack(block, form.bits))
    if length != spec.length or found.digest() != stem.meant.digest():
        raise RenderError("what was read back is not what was written", path=stem.path)
    with path.open("rb") as written:
        checksum = hashlib.file_digest(written, "sha256").hexdigest()
    return StemFile(
        stem.path,
        stem.channels,
        form,
        length,
        spec.label.time_reference,
        tuple(stem.tallies),
        checksum,
    )


def clipped(stems: Sequence[StemFile]) -> tuple[Finding, ...]:
    """The stems in which sound over full scale was cut off, which integers cannot hold."""
    return tuple(
        warning("render.clipped", f"{tally.clipped} samples over full scale are clipped", name)
        for stem in stems
        for name, tally in zip(stem.channels, stem.tallies, strict=True)
        if tally.clipped
    )
