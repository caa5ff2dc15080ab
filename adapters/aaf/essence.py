"""Takes the sound that travels inside an AAF file out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.aaf.describe import wave_head
from adapters.aaf.layout import source_clips
from adapters.aaf.load import load, opened
from adapters.aaf.structure import Contents, Descriptor, Mob, Role
from conform.errors import TimelineError
from conform.writing import whole_file

_BLOCK = 1 << 20
_UNSAFE = re.compile(r"[^\w .()+-]+")
_LONGEST = 80  # characters of a file name, well under the 255 bytes of every file system
_CONTAINERS = {b"RIFF": ".wav", b"RF64": ".wav", b"FORM": ".aif"}
_PCM = frozenset({"PCMDescriptor", "WAVEDescriptor", "SoundDescriptor"})
_RIFF_LIMIT = 2**32 - 64


def extract(path: Path, folder: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write every embedded sound of an AAF file to a folder, and return the files in file order.

    WAV and AIFF come out as they are, raw PCM gets the head of a WAV file; picture stays inside.
    Raises `TimelineError` where the file cannot be read, and `RenderError` where a file cannot be
    written.
    """
    contents, _ = load(path)
    written: list[Path] = []
    with opened(path) as file:
        for mob, data in _embedded(file, contents):
            stream = data.open("r")
            head = bytes(stream.read(12))
            suffix = _CONTAINERS.get(head[:4], ".wav" if _is_pcm(mob) else "")
            if not suffix:
                continue
            target = _free(folder, _name(mob, contents), suffix, written)
            with whole_file(target, force=force, sources=[path]) as temporary:
                _copy(stream, head, mob.descriptor, temporary, path)
            written.append(target)
    return tuple(written)


def _embedded(file: Any, contents: Contents) -> Iterator[tuple[Mob, Any]]:
    """The mobs with essence in file order, each with pyaaf2's object of its data."""
    held = {str(data.mob_id): data for data in file.content.essencedata} if _has(file) else {}
    for mob_id, mob in contents.mobs.items():
        if mob_id in held:
            yield mob, held[mob_id]


def _has(file: Any) -> bool:
    return "EssenceData" in file.content


def _is_pcm(mob: Mob) -> bool:
    return mob.descriptor is not None and mob.descriptor.name in _PCM


def _name(mob: Mob, contents: Contents) -> str:
    """The name of a mob, or of the clip that plays it; Premiere leaves its file mobs without."""
    masters = (
        other.name
        for other in contents.mobs.values()
        if other.role is Role.MASTER and _plays(other, mob)
    )
    name = mob.name or next(masters, "") or "sound"
    stem = name.rsplit(".", 1)[0] if name.lower().endswith((".wav", ".aif", ".aiff")) else name
    return _UNSAFE.sub("_", stem).strip(" .")[:_LONGEST] or "sound"


def _plays(master: Mob, mob: Mob) -> bool:
    clips = (clip for slot in master.slots for clip in source_clips(slot.segment))
    return any(clip.mob == mob.id for clip in clips)


def _free(folder: Path, name: str, suffix: str, written: list[Path]) -> Path:
    """A name that no other sound of this file has taken."""
    taken = {path.name.lower() for path in written}
    number = 1
    while (candidate := f"{name}{'' if number == 1 else f'_{number}'}{suffix}").lower() in taken:
        number += 1
    return folder / candidate


def _copy(
    stream: Any, head: bytes, descriptor: Descriptor | None, target: Path, path: Path
) -> None:
    """The rest of a stream behind its first bytes, behind the head of a WAV file where needed."""
    with target.open("wb") as file:
        wrapped = head[:4] not in _CONTAINERS
        if wrapped:
            file.write(bytes(44))
        size = file.write(head)
        while block := stream.read(_BLOCK):
            size += file.write(block)
        if wrapped and descriptor is not None:
            if size > _RIFF_LIMIT:
                raise TimelineError("holds a sound over 4 GiB, which no WAV can", path=path)
            file.write(bytes(size % 2))
            file.seek(0)
            file.write(wave_head(descriptor, size))
