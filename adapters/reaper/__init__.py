"""REAPER projects (`.rpp`), in and out.

    lines -> nodes -> timeline      (nodes.py, reader.py; writer.py the other way)

Every track is a sound track, every item a clip of its active take. Items count from the project's
first second; `PROJOFFS` puts a clock to it.
"""

from __future__ import annotations

from adapters.reaper.reader import read
from adapters.reaper.writer import write

__all__ = ["read", "write"]
