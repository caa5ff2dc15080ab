"""Refuses files whose own counts would keep the AAF library busy for ever.

pyaaf2 1.7 believes the counts in a file: one changed byte in the index of a set makes it ask for
gigabytes. The layout is that of [MS-CFB]: a header, sectors chained by a table, a directory of
128-byte entries, and small streams packed into one of the big ones.
"""

from __future__ import annotations

import mmap
import struct
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aaf2.cfb import CompoundFileBinary

_DIFAT_COUNT = 72  # header offset of the number of DIFAT sectors
_SECTOR_SHIFT = 30
_ENTRY = struct.Struct("<64sHB49sIQ")
_STREAM = 2
_SMALL = 4096  # shorter streams lie in the mini stream
_MINI = 64
_KEY = 4  # the least that one element of an index takes


class GuardError(ValueError):
    """A count in a file that its size cannot hold."""


def check(path: Path) -> None:
    """Raise `GuardError` where a header or an index counts more than its bytes can hold."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        _check_header(data)
        binary = CompoundFileBinary(file, "rb")
        for start, size in _index_streams(binary, data):
            where = _place(binary, start, size)
            if where is None or where + 4 > len(data):
                continue  # the library reads nothing there, or says so
            (count,) = struct.unpack_from("<I", data, where)
            if count > size // _KEY:
                raise GuardError("an index counts more than it holds")


def _check_header(data: mmap.mmap) -> None:
    if len(data) < 512:
        raise GuardError("the header is cut short")
    (shift,) = struct.unpack_from("<H", data, _SECTOR_SHIFT)
    (tables,) = struct.unpack_from("<I", data, _DIFAT_COUNT)
    if shift not in (9, 12) or tables > len(data) >> shift:
        raise GuardError("the header counts more sectors than there are")


def _index_streams(binary: Any, data: mmap.mmap) -> Iterator[tuple[int, int]]:
    """The first sector and the size of every stream that indexes a list or set."""
    for sector in binary.dir_fat_chain:
        first = (sector + 1) * binary.sector_size
        for at in range(first, min(first + binary.sector_size, len(data) - _ENTRY.size + 1), 128):
            name, length, kind, _, start, size = _ENTRY.unpack_from(data, at)
            if kind == _STREAM and name[: max(0, length - 2)].endswith(_SUFFIX):
                yield start, min(size & 0xFFFFFFFF, len(data))


_SUFFIX = " index".encode("utf-16-le")


def _place(binary: Any, start: int, size: int) -> int | None:
    """Where in the file a stream begins."""
    sector: int = binary.sector_size
    if size >= _SMALL:
        return (start + 1) * sector
    chain: list[int] | array[int] = binary.mini_stream_chain
    index, rest = divmod(start * _MINI, sector)
    return (chain[index] + 1) * sector + rest if index < len(chain) else None
