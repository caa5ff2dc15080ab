"""AES31-3 audio decision lists (`.adl`): a text in which every edge is exact to the sample.

text -> records -> timeline      (records.py, tcf.py, reader.py; writer.py the other way)
"""

from __future__ import annotations

from adapters.aes31.reader import read
from adapters.aes31.writer import write

__all__ = ["read", "write"]
