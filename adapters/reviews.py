"""A reviewer's decisions inside a session file: read and written without the rest of it.

They are one text in the session's metadata, so that they can change while every other byte of a
long session stays as it is.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from adapters.exact import MismatchError, pack, unpack
from conform.errors import SessionError
from conform.review.decision import Review
from conform.review.merging import merged
from conform.writing import locked, whole_file

KEY = "picturelock_review"
"""The name of that text in the session's metadata."""

_NAME = f'"{KEY}"'.encode()
_TEXT = re.compile(rb'\s*:\s*("(?:[^"\\]|\\.)*+")')


class ReplacedError(SessionError):
    """A session that another program wrote anew: decisions on the old one do not belong there."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a session file held when it was last read or written.

    `body` is a hash of everything but the decisions; empty where nobody has read it.
    """

    review: Review
    body: str


def as_text(review: Review) -> str:
    """A review as one text."""
    return json.dumps(pack(review), ensure_ascii=True)


def from_text(text: str, path: Path) -> Review:
    """The review of a text; raises `SessionError` where it is damaged."""
    try:
        return unpack(Review, json.loads(text or "{}"))
    except (TypeError, ValueError, MismatchError) as fault:
        raise SessionError(f"its decisions are damaged: {fault}", path=path) from fault


def held(path: Path) -> Held:
    """What a session file holds now; raises `SessionError`."""
    raw, start, end = _place(path)
    return Held(_review(raw[start:end], path), _body(raw, start, end))


def keep(review: Review, path: Path, last: Held) -> Held:
    """Put a review into a session, with what others put there since `last`.

    A link leads to the session that is written. Raises `ReplacedError` where the rest of the file
    is another one, `SessionError` or `RenderError` where it cannot be read or written; the file is
    then as it was.
    """
    path = path.resolve()
    with locked(path):
        raw, start, end = _place(path)
        body = _body(raw, start, end)
        if last.body and body != last.body:
            raise ReplacedError("another program has written this session anew", path=path)
        both = merged(last.review, review, _review(raw[start:end], path))
        text = json.dumps(as_text(both)).encode()
        with whole_file(path, force=True) as temporary:
            temporary.write_bytes(raw[:start] + text + raw[end:])
    return Held(both, body)


def _place(path: Path) -> tuple[bytes, int, int]:
    """A session's bytes, and where in them the decisions stand."""
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise SessionError(f"cannot be read: {fault.strerror}", path=path) from fault
    if not raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        raise SessionError("is a bundle: save it as an .otio to keep decisions", path=path)
    # `find` is a hundred times quicker through megabytes than the expression is
    at = raw.find(_NAME)
    found = _TEXT.match(raw, at + len(_NAME)) if at >= 0 else None
    if found is None or raw.find(_NAME, found.end()) >= 0:
        raise SessionError("has no place for decisions; sync the cut again", path=path)
    return raw, *found.span(1)


def _review(text: bytes, path: Path) -> Review:
    return from_text(json.loads(text), path)


def _body(raw: bytes, start: int, end: int) -> str:
    digest = hashlib.sha256(memoryview(raw)[:start])
    digest.update(memoryview(raw)[end:])
    return digest.hexdigest()
