"""Unpacks an `.otioz` so that its media can be opened: into a new folder, and nowhere else."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath

from conform.errors import TimelineError

_CONTENT = "content.otio"


def unpack(path: Path, folder: Path) -> Path:
    """The `content.otio` of a bundle in `folder`, which is made for it, with its media beside it.

    Only `content.otio` and the files of `media/` are taken; media in a bundle is stored, so a
    packed file that grows is refused. Raises `TimelineError`; then the folder is not left behind.
    """
    try:
        folder.mkdir(parents=True)
    except FileExistsError as fault:
        raise TimelineError("exists already; name a new folder", path=folder) from fault
    except OSError as fault:
        raise TimelineError(f"cannot be made: {fault.strerror}", path=folder) from fault
    try:
        with zipfile.ZipFile(path) as bundle:
            _extract(bundle, folder, path)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as fault:
        shutil.rmtree(folder, ignore_errors=True)
        raise TimelineError(f"the bundle is damaged: {fault}", path=path) from fault
    except TimelineError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder / _CONTENT


def _extract(bundle: zipfile.ZipFile, folder: Path, path: Path) -> None:
    wanted = {entry.filename: entry for entry in bundle.infolist() if _safe(entry.filename)}
    if _CONTENT not in wanted:
        raise TimelineError(f"the bundle holds no {_CONTENT}", path=path)
    grown = sum(entry.file_size for entry in wanted.values())
    if grown > _GROWTH * path.stat().st_size:
        raise TimelineError("the bundle would grow a hundredfold; unpack it by hand", path=path)
    (folder / "media").mkdir()
    for name, entry in wanted.items():
        with bundle.open(entry) as packed, (folder / name).open("xb") as file:
            shutil.copyfileobj(packed, file)


_GROWTH = 100


def _safe(name: str) -> bool:
    """Whether an entry is the cut or a file directly in the bundle's media folder."""
    parts = PurePosixPath(name).parts
    plain = len(parts) == 2 and parts[0] == "media" and "\\" not in name and ":" not in name
    return name == _CONTENT or (plain and not parts[1].startswith("."))
