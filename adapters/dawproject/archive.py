"""The zip around a DAWproject: two small XML files and, maybe, sound."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from adapters import xmlgate
from adapters.xmlgate import Document
from conform.errors import TimelineError
from conform.writing import whole_file

PROJECT, METADATA = "project.xml", "metadata.xml"
_LIMIT = 64 * 2**20  # bytes of XML after unpacking; large sessions stay below a tenth of it
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date of a zip: the same project gives the same bytes


def open_archive(path: Path) -> tuple[Document, Document | None]:
    """The project and, where there is one, the metadata; raises `TimelineError`."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if PROJECT not in names:
                raise TimelineError(f"is no DAWproject: it holds no {PROJECT}", path=path)
            project = xmlgate.parse_bytes(_member(archive, PROJECT, path), path)
            if METADATA not in names:
                return project, None
            return project, xmlgate.parse_bytes(_member(archive, METADATA, path), path)
    except FileNotFoundError as fault:
        raise TimelineError("there is no such file", path=path) from fault
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
            ValueError, OSError) as fault:  # fmt: skip
        raise TimelineError(f"is no DAWproject that can be unpacked: {fault}", path=path) from fault


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    with archive.open(name) as member:
        data = member.read(_LIMIT + 1)
    if len(data) > _LIMIT:
        raise TimelineError(f"{name} is larger than {_LIMIT >> 20} MB unpacked", path=path)
    return data


def save_archive(
    path: Path, members: Mapping[str, bytes], *, force: bool, sources: Iterable[Path] = ()
) -> None:
    """Write a zip whole; raises `RenderError`."""
    with (
        whole_file(path, force=force, sources=sources) as temporary,
        zipfile.ZipFile(temporary, "w") as archive,
    ):
        for name, data in members.items():
            item = zipfile.ZipInfo(name, _EPOCH)
            item.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(item, data)
