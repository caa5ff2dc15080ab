"""Whether the media that a cut names is where it names it."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.fcp7xml.source import path_of

_SEQUENCE = re.compile(r"%0?\d*d|#+|\[\d+-\d+\]")
"""How frame numbers stand in the names of image sequences."""


def present(url: str, cut: Path) -> bool:
    """Whether a URL leads to a file here; a relative one counts from the folder of the cut.

    Of an image sequence only the folder is looked for. A place that cannot be asked is not there.
    """
    path = cut.parent / path_of(url)
    try:
        return path.parent.is_dir() if _SEQUENCE.search(path.name) else path.exists()
    except (OSError, ValueError):  # a name too long, or one with a null in it
        return False
