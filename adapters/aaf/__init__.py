"""AAF, as Media Composer, Pro Tools, Resolve and Premiere exchange cuts with sound."""

from adapters.aaf.reader import read

__all__ = ["read"]
