"""Edit decision lists of the CMX3600 family, in and out.

    lines -> statements -> entries -> timeline      (statements, entries, clock, timeline)

The layout is that of the CMX3600 and its descendants (8-, 16-, 32- and 128-character reels, event
numbers of any width, Avid's, Final Cut's, Resolve's, Premiere's and Sony's additions). Lines are
read from the right, from their four timecodes: reels may hold spaces, and columns are rarely kept.
"""

from __future__ import annotations

from adapters.edl.reader import read
from adapters.edl.writer import write

__all__ = ["read", "write"]
