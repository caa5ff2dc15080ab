r"""Locators of other machines as plain paths.

Windows drives come as `file:///C%3A/x`, `file:///C:/x` or `C:\x`, servers as `file://server/share`
or `file:////server/share`, Macs as `file://localhost/Volumes/x` or, before OS X, `Disk:Folder:x`.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import quote, unquote

_FILE = re.compile(r"file:(?://([^/\\]*))?(.*)", re.IGNORECASE | re.DOTALL)
_DRIVE = re.compile(r"/+([A-Za-z]:.*)", re.DOTALL)
_HFS = re.compile(r"[^:/\\]{2,}(?::[^:/\\]+)+")


def path_of(locator: str) -> str:
    """The path that a locator names, decoded; a relative one or another scheme stays as it is."""
    match = _FILE.fullmatch(locator)
    if match is None:
        return "/Volumes/" + locator.replace(":", "/") if _HFS.fullmatch(locator) else locator
    host, path = unquote(match[1] or ""), unquote(match[2])
    drive = _DRIVE.fullmatch(path)
    if drive:
        return drive[1]
    if host and host.lower() != "localhost":
        return host + path if re.fullmatch("[A-Za-z]:", host) else f"//{host}{path}"
    return "//" + path.lstrip("/") if path.startswith("//") else path


def name_of(path: str) -> str:
    """The file name at the end of a path of any system."""
    return PureWindowsPath(path).name or PurePosixPath(path).name


def url_of(path: str) -> str:
    """The `file://` locator of a path of any system; a relative path stays as it is."""
    if not path or "://" in path:
        return path  # a scheme of its own, such as https
    slashed = path.replace("\\", "/")
    if slashed.startswith("//"):
        return "file:" + quote(slashed)
    if re.match(r"[A-Za-z]:/", slashed):
        return "file:///" + quote(slashed, safe="/:")
    return "file://" + quote(slashed) if slashed.startswith("/") else path
