"""Files that appear whole or not at all.

Everything is written to a temporary name beside its place, synced, and only then given its name.
Without `force` an existing file is refused and stays as it was, even when two writers race.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from conform.errors import RenderError


@contextmanager
def whole_file(path: Path, *, force: bool = False, sources: Iterable[Path] = ()) -> Iterator[Path]:
    """A temporary path to write; when the block ends well, it takes the name `path`.

    Raises `RenderError` where `path` exists (without `force`), is one of `sources` by any name, or
    cannot be written. On any exception, a cancel included, nothing is left behind.
    """
    refuse(path, force=force, sources=sources)
    temporary = _beside(path)
    try:
        yield temporary
        _sync(temporary)
        _name(temporary, path, force=force)
    except OSError as fault:
        raise RenderError(f"cannot write: {fault.strerror or fault}", path=path) from fault
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, force: bool = False, sources: Iterable[Path] = ()) -> None:
    """Write a text file whole, in UTF-8 with plain newlines; see `whole_file`."""
    with whole_file(path, force=force, sources=sources) as temporary:
        temporary.write_bytes(text.encode())


def refuse(path: Path, *, force: bool = False, sources: Iterable[Path] = ()) -> None:
    """Raise `RenderError` where writing `path` would lose something.

    `sources` are never written over, by whatever name: a link, other capitals where the disk takes
    them for the same, a file inside a source that is a bundle.
    """
    if not path.exists() and not path.is_symlink():
        return
    if any(_belongs(path, source) for source in sources):
        raise RenderError("this is a source file; choose another name", path=path)
    if path.is_dir():
        raise RenderError("this is a folder; name a file", path=path)
    if not force:
        raise RenderError("exists already; give --force to replace it", path=path)


def refuse_file(folder: Path) -> None:
    """Raise `RenderError` where a folder is to be written into and a file has its name."""
    if folder.exists() and not folder.is_dir():
        raise RenderError("this is a file; name a folder", path=folder)


def _belongs(path: Path, source: Path) -> bool:
    """Whether a path is a source, or lies in one."""
    try:
        if source.is_dir():
            return path.resolve().is_relative_to(source.resolve())
        return path.samefile(source)
    except OSError:  # one of them is gone, so nothing of it can be lost
        return False


def _beside(path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}.", suffix=path.suffix, dir=path.parent
        )
    except OSError as fault:
        raise RenderError(
            f"cannot write here ({fault.strerror}); choose another folder", path=path
        ) from fault
    os.close(handle)
    mask = os.umask(0)
    os.umask(mask)
    temporary = Path(name)
    temporary.chmod(0o666 & ~mask)
    return temporary


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _name(temporary: Path, path: Path, *, force: bool) -> None:
    if force:
        temporary.replace(path)
    else:
        try:
            path.hardlink_to(temporary)
        except FileExistsError as fault:
            raise RenderError("exists already; give --force to replace it", path=path) from fault
        except OSError:  # a file system without hard links
            refuse(path)
            temporary.replace(path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other writers that ask likewise away from a file; they wait for seconds at most.

    Raises `RenderError` where the folder cannot be written. What a writer that crashed left behind
    is passed over after `_STALE` seconds.
    """
    lock = path.with_name(f".{path.name}.lock")
    _take(lock)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


_STALE = 10.0
"""Seconds after which a lock counts as left behind: a session is written within one."""


def _take(lock: Path) -> None:
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            _wait_for(lock)
        except OSError as fault:
            raise RenderError(f"cannot write here: {fault.strerror}", path=lock.parent) from fault
        else:
            return


def _wait_for(lock: Path) -> None:
    """A moment; a lock that is too old is taken away."""
    try:
        old = time.time() - lock.stat().st_mtime > _STALE
    except FileNotFoundError:
        return
    if old:
        lock.unlink(missing_ok=True)
    else:
        time.sleep(0.02)
