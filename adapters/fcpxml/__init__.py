"""FCPXML 1.5 to 1.14, the exchange format of Final Cut Pro, and `.fcpxmld` bundles."""

from adapters.fcpxml.read import read
from adapters.fcpxml.write import write

__all__ = ["read", "write"]
