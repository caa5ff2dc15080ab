"""Text as XML can hold it."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What is no character of a document (XML 1.0, 2.2)."""


def clean(text: str) -> str:
    """A text that XML can hold; what it cannot is replaced by the mark for such things."""
    return _FORBIDDEN.sub("\ufffd", text)
