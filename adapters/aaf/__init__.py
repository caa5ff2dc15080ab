"""AAF, as Media Composer, Pro Tools, Resolve and Premiere exchange cuts with sound."""

from adapters.aaf.essence import extract
from adapters.aaf.reader import read
from adapters.aaf.writer import write

__all__ = ["extract", "read", "write"]
