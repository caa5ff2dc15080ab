"""Where the viewer keeps what it may lose (caches) and what it must not (settings)."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

_NAME = "picturelock"


def cache_folder() -> Path:
    """The user's cache folder by the custom of the system."""
    return _folder("XDG_CACHE_HOME", ".cache", "Library/Caches", "LOCALAPPDATA")


def settings_folder() -> Path:
    """The user's settings folder by the custom of the system."""
    return _folder("XDG_CONFIG_HOME", ".config", "Library/Application Support", "APPDATA")


def _folder(variable: str, plain: str, mac: str, windows: str) -> Path:
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get(windows) or home) / _NAME
    if sys.platform == "darwin":
        return home / mac / _NAME
    return Path(os.environ.get(variable) or home / plain) / _NAME


def cached(path: Path, kind: str) -> Path:
    """The name in the cache of something made from a file as it is now."""
    try:
        state = path.stat()
        facts = f"{path.resolve()}|{state.st_size}|{state.st_mtime_ns}"
    except OSError:
        facts = str(path)
    return cache_folder() / kind / hashlib.sha256(facts.encode()).hexdigest()[:40]
