"""Lets OTIO files from strangers in: bounded in size and depth before OpenTimelineIO sees them.

OpenTimelineIO's parser takes cubic time in the nesting depth and overruns the stack near 25 000
levels; a bundle may hold a gigabyte of JSON in a megabyte of zip.
"""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import opentimelineio

from adapters.text import read_bytes
from conform.errors import TimelineError
from conform.findings import Finding, warning

_BYTES = 256 * 2**20
_RATIO = 100
_DEPTH = 200
_CONTENT = "content.otio"
_INF = re.compile(r"(?<=[:,\[\s])(-?)Inf(?=[\s,\]}])")
_VALUES = {
    name: {"OTIO_SCHEMA", *fields}
    for name, fields in {
        "RationalTime": ("rate", "value"),
        "TimeRange": ("start_time", "duration"),
        "TimeTransform": ("offset", "rate", "scale"),
        "V2d": ("x", "y"),
        "Box2d": ("min", "max"),
    }.items()
}
"""Plain values and all that they hold: OpenTimelineIO 0.18 crashes on objects nested in them."""
_REQUIRED: dict[str, dict[str, Any]] = {
    "Clip.2": {"media_references": {}, "active_media_reference_key": "DEFAULT_MEDIA"},
    "Transition.1": {"transition_type": "SMPTE_Dissolve"},
    "Effect.1": {"effect_name": ""},
    "TimeEffect.1": {"effect_name": ""},
    "LinearTimeWarp.1": {"effect_name": "", "time_scalar": 1.0},
    "FreezeFrame.1": {"effect_name": "", "time_scalar": 0.0},
}
"""Fields without which OpenTimelineIO refuses a whole file, and what their lack means."""
_MANGLED = re.compile(r" \(of type '[^']*'\)| \(near line 1\)")
_SCHEMA = re.compile(r"(\w{1,80})\.([1-9]\d{0,3})", re.ASCII)


def load(path: Path) -> tuple[Any, tuple[Finding, ...]]:
    """The root object of an `.otio` file or of the `.otioz` or `.otiod` bundle that holds one.

    Raises `TimelineError` for what is no OTIO, too large or too deep.
    """
    try:
        text = _content(path).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise TimelineError("is not UTF-8, as OTIO files are", path=path) from fault
    tree = _checked(text, path)
    newer = _schemas(tree, path)
    findings = tuple(
        warning("otio.newer-schema", f"{schema} is newer than known; read as an older one", "")
        for schema in sorted(newer)
    )
    # what was checked is what is parsed: a second key of one name cannot slip past
    return _deserialized(json.dumps(tree), path), findings


def _content(path: Path) -> bytes:
    if path.is_dir() and (path / _CONTENT).is_file():
        return read_bytes(path / _CONTENT, _BYTES)
    raw = read_bytes(path, _BYTES)
    return _zipped(path) if raw.startswith(b"PK\3\4") else raw


def _zipped(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as bundle:
            entry = bundle.getinfo(_CONTENT)
            packed = max(entry.compress_size, 1)
            if entry.file_size > _BYTES or entry.file_size > _RATIO * packed:
                raise TimelineError(f"{_CONTENT} is packed too densely to be a cut", path=path)
            with bundle.open(entry) as file:
                return file.read(_BYTES)
    except KeyError as fault:
        raise TimelineError(f"the bundle holds no {_CONTENT}", path=path) from fault
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as fault:
        raise TimelineError(f"the bundle is damaged: {fault}", path=path) from fault


def _checked(text: str, path: Path) -> Any:
    """The JSON tree, with `Inf` allowed as OpenTimelineIO allows it."""
    try:
        try:
            tree = json.loads(text)
        except json.JSONDecodeError:
            tree = json.loads(_INF.sub(r"\1Infinity", text))
    except json.JSONDecodeError as fault:
        raise TimelineError(f"is no OTIO: {fault.msg}", path=path, line=fault.lineno) from fault
    except (RecursionError, ValueError) as fault:
        raise TimelineError("is nested too deeply to be a cut", path=path) from fault
    if _depth(tree) > _DEPTH:
        raise TimelineError(f"is nested deeper than {_DEPTH} levels", path=path)
    if not isinstance(tree, dict) or "OTIO_SCHEMA" not in tree:
        raise TimelineError("is JSON, but no OTIO: it names no OTIO_SCHEMA", path=path, line=1)
    return tree


def _depth(tree: object) -> int:
    """How many levels a JSON tree has, counted level by level."""
    depth, level = 0, [tree]
    while level and depth <= _DEPTH:
        depth += 1
        level = [
            child
            for one in level
            if isinstance(one, dict | list)
            for child in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def _schemas(tree: object, path: Path) -> set[str]:
    """Rewrite schemas that are newer than ours to the newest known; returns what was rewritten.

    OpenTimelineIO's main branch writes `Marker.3`, whose colour is a `Color.1` instead of a name.
    Raises `TimelineError` for a schema without a version: OpenTimelineIO 0.18 crashes on some.
    """
    known = opentimelineio.core.type_version_map()
    found: set[str] = set()
    stack = [tree]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            if "OTIO_SCHEMA" in one:
                match = _SCHEMA.fullmatch(str(one["OTIO_SCHEMA"]))
                if not match or match[1] == "UnknownSchema":  # it ends the whole process
                    raise TimelineError(f"'{one['OTIO_SCHEMA']}' is no OTIO schema", path=path)
                if not _VALUES.get(match[1], one.keys()) >= one.keys():
                    raise TimelineError(f"a {match[0]} holds more than its fields", path=path)
                for key, value in _REQUIRED.get(match[0], {}).items():
                    one.setdefault(key, value)
                if int(match[2]) > known.get(match[1], int(match[2])):
                    found.add(match[0])
                    _lower(one, f"{match[1]}.{known[match[1]]}")
            stack += one.values()
        elif isinstance(one, list):
            stack += one
    return found


def _lower(one: dict[str, Any], schema: str) -> None:
    one["OTIO_SCHEMA"] = schema
    if isinstance(one.get("color"), dict):
        one["color"] = str(one["color"].get("name", ""))


def _deserialized(text: str, path: Path) -> Any:
    try:
        return opentimelineio.core.deserialize_json_from_string(text)
    except (
        opentimelineio.exceptions.OTIOError,
        ValueError,
        TypeError,
        KeyError,
        RuntimeError,
    ) as fault:
        reason = _MANGLED.sub("", " ".join(str(fault).split())).strip("\"' ")
        raise TimelineError(f"OpenTimelineIO cannot read it: {reason}", path=path) from fault
