"""DAWproject (`.dawproject`), the exchange format of Bitwig, Studio One, Cubase and others.

    zip -> project.xml -> timeline      (archive.py, reader.py; writer.py the other way)

It has no frame rate and no timecode: the rate is asked for, and the timeline starts at zero.
Source: github.com/bitwig/dawproject, Project.xsd 1.0.
"""

from __future__ import annotations

from adapters.dawproject.reader import read
from adapters.dawproject.writer import write

__all__ = ["read", "write"]
