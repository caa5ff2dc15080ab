"""The stems as they lie on disk: read back, measured and hashed."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import soundfile

from conform.errors import MediaError
from conform.watch import Step, Watch, unwatched

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class StemOnDisk:
    """One written file; `length` and `time_reference` in samples, sums as hexadecimal digits."""

    path: Path
    length: int
    sample_rate: int
    channels: int
    form: str
    time_reference: int | None
    size: int
    sha256: str
    md5: str


def stem_files(paths: Iterable[Path], watch: Watch = unwatched) -> tuple[StemOnDisk, ...]:
    """Every stem, in the order given; raises `MediaError` for one that cannot be read."""
    stems = tuple(paths)
    files = []
    for done, path in enumerate(stems, 1):
        files.append(_stem(path))
        watch(Step("reading stems back", done, len(stems)))
    return tuple(files)


def _stem(path: Path) -> StemOnDisk:
    try:
        with soundfile.SoundFile(path) as sound:
            form = (sound.frames, sound.samplerate, sound.channels, sound.subtype)
        sums = _sums(path)
        size = path.stat().st_size
        reference = _time_reference(path)
    except (OSError, soundfile.SoundFileError) as fault:
        raise MediaError(f"the stem cannot be read back: {fault}", path=path) from fault
    length, rate, channels, subtype = form
    return StemOnDisk(path, length, rate, channels, subtype, reference, size, *sums)


def _sums(path: Path) -> tuple[str, str]:
    """SHA-256 and MD5; the second because delivery specifications ask for it, not for trust."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            sha256.update(block)
            md5.update(block)
    return sha256.hexdigest(), md5.hexdigest()


def _time_reference(path: Path) -> int | None:
    """The first sample's count since midnight, from the bext chunk (EBU Tech 3285, offset 338)."""
    with path.open("rb") as file:
        file.seek(12)
        while len(head := file.read(8)) == 8:
            name, size = struct.unpack("<4sI", head)
            if name == b"bext":
                body = file.read(min(size, 346))
                return struct.unpack_from("<Q", body, 338)[0] if len(body) == 346 else None
            if name == b"data":
                return None
            file.seek(size + size % 2, 1)
    return None
