"""What the header of a WAV declares against what the file holds.

FFmpeg and libsndfile read a truncated or unfinished WAV as a shorter one without a word; the
header knows better. Only the chunk headers are read: a few hundred bytes of any file.
Sources: EBU Tech 3306 (RF64), Microsoft Multimedia Programming Interface 1.0 (RIFF).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from conform.errors import MediaError
from conform.findings import Finding, error, warning

_UNSET = 0xFFFF_FFFF
_PCM, _FLOAT, _EXTENSIBLE = (
    1,
    3,
    0xFFFE,
)  # format tags; an extensible format has the true tag at byte 24
_METADATA_LIMIT = 16 << 20  # no recorder writes more; FFmpeg would load it whole
_LOADED = {b"bext", b"LIST", b"id3 ", b"ID3 ", b"iXML", b"axml", b"cart", b"_PMX"}
_CHUNKS = 4096  # a file with more chunks than this is no recording


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk that is not sound: its four letters, and where its bytes lie."""

    name: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Wave:
    """A WAV by its header: its sound, whether the stated length is true, its other chunks.

    `declared` and `available` count bytes of sound from `offset` on; `declared` is None where the
    recorder never came to write it. `frame` is the bytes of one sample of all channels.
    """

    path: Path
    offset: int
    declared: int | None
    available: int
    frame: int
    sample_rate: int
    channels: int
    bits: int
    wrapped: bool
    pcm: bool
    floating: bool
    chunks: tuple[Chunk, ...]
    findings: tuple[Finding, ...]

    @property
    def length(self) -> int:
        """The samples that can be read."""
        held = self.available if self.declared is None else min(self.declared, self.available)
        return held // self.frame

    def chunk(self, name: str) -> bytes | None:
        """The bytes of the first chunk of that name, as far as the file holds them, or None."""
        found = next((chunk for chunk in self.chunks if chunk.name == name), None)
        if found is None:
            return None
        with self.path.open("rb") as file:
            file.seek(found.offset)
            return file.read(found.size)

    @property
    def unreliable(self) -> bool:
        """Whether the header's length is not to be believed."""
        return self.declared is None or self.wrapped or self.declared > self.available


def wave(path: Path) -> Wave | None:
    """The sound of a WAV, RF64 or BW64 file by its header; None for any other file.

    Raises `MediaError` where the header cannot be that of a recording.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(12)
            if head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:12] != b"WAVE":
                return None
            return _Walk(path, file, size).wave()
    except OSError as fault:
        raise MediaError(f"{fault.strerror or fault}; check the path", path=path) from fault


class _Walk:
    """One walk over the chunk headers of a WAV."""

    def __init__(self, path: Path, file: BinaryIO, size: int) -> None:
        self._path, self._file, self._size = path, file, size
        self._long: int | None = None  # the data size that a ds64 chunk states
        self._format: bytes | None = None
        self._data: tuple[int, int] | None = None
        self._wraps = 0  # how often the length ran over the header's 32 bits
        self._chunks: list[Chunk] = []
        self._findings: list[Finding] = []

    def wave(self) -> Wave:
        """The first format and the first sound of the file."""
        self._walk()
        if self._format is None or len(self._format) < 16:
            raise self._broken("has no format chunk")
        if self._data is None:
            raise self._broken("holds no sound")
        tag, channels, rate, second, frame, bits = struct.unpack_from("<HHIIHH", self._format)
        if not (channels and rate and frame):
            raise self._broken(f"declares {channels} channels, {rate} Hz, {frame} bytes a sample")
        if tag == _EXTENSIBLE and len(self._format) >= 26:
            tag = struct.unpack_from("<H", self._format, 24)[0]
        if tag in (_PCM, _FLOAT):
            second = frame * rate
            if not channels * bits <= 8 * frame <= channels * 64 or not bits:
                raise self._broken(f"declares {bits} bits in {frame} bytes of {channels} channels")
        offset, stated = self._data
        available = self._size - offset
        declared = self._judge(stated, available, second or frame * rate)
        return Wave(
            path=self._path,
            offset=offset,
            declared=declared,
            available=available,
            frame=frame,
            sample_rate=rate,
            channels=channels,
            bits=bits,
            wrapped=self._wraps > 0,
            pcm=tag in (_PCM, _FLOAT),
            floating=tag == _FLOAT,
            chunks=tuple(self._chunks),
            findings=tuple(self._findings),
        )

    def _walk(self) -> None:
        place = 12
        for _ in range(_CHUNKS):
            self._file.seek(place)
            head = self._file.read(8)
            if len(head) < 8:
                return
            name, size = head[:4], struct.unpack_from("<I", head, 4)[0]
            true_size = self._chunk(name, size, place + 8)
            if true_size is None:
                return
            place += 8 + true_size + true_size % 2
        raise self._broken(f"has more than {_CHUNKS} chunks")

    def _chunk(self, name: bytes, size: int, place: int) -> int | None:
        """The true size of a chunk after noting what it says; None where the walk must end."""
        if name == b"ds64" and size >= 24:
            self._long = struct.unpack_from("<Q", self._file.read(24), 8)[0]
        elif name == b"fmt ":
            if self._format is not None:
                self._note("wav.two-formats", "has two format chunks; the first is used")
            else:
                self._format = self._file.read(min(size, 64))
        elif name == b"data":
            return self._sound(size, place)
        elif name in _LOADED and size > _METADATA_LIMIT:
            raise self._broken(f"has a {name.decode('latin-1')} chunk of {size} bytes")
        else:
            self._chunks.append(Chunk(name.decode("latin-1"), place, size))
        return size

    def _sound(self, size: int, place: int) -> int | None:
        if self._data is not None:
            self._note("wav.two-sounds", "has two data chunks; the first is used")
            return size
        true_size = self._long if size == _UNSET and self._long is not None else size
        if self._long is None and 0 < size < _UNSET - 1:
            self._wraps = max(0, self._size - place - size) >> 32
            true_size += self._wraps << 32
        self._data = (place, true_size)
        unset = true_size in (0, _UNSET) or place + true_size > self._size
        return None if unset else true_size

    def _judge(self, stated: int, available: int, second: int) -> int | None:
        if stated == 0 and available == 0:
            self._note("wav.empty", "holds no sound: the recorder wrote the header only")
            return 0
        if self._wraps:
            self._note("wav.wrapped", "is longer than its header can state (4 GiB) and no RF64")
        if stated in (0, _UNSET, _UNSET - 1) and stated != available:
            self._note(
                "wav.unfinished",
                "was never closed by its recorder: the header states no length, the sound is read "
                "to the end of the file",
            )
            return None
        missing = stated - available
        if missing * 10_000 > second:  # 0.1 ms
            self._findings.append(
                error(
                    "wav.truncated",
                    f"is cut short: {missing / second:.3f} s of the declared "
                    f"{stated / second:.3f} s are missing; copy it again from the original",
                    str(self._path),
                )
            )
        return stated

    def _note(self, code: str, message: str) -> None:
        self._findings.append(warning(code, message, str(self._path)))

    def _broken(self, what: str) -> MediaError:
        return MediaError(
            f"this WAV {what}; copy it again from the original, or repair its header",
            path=self._path,
        )
