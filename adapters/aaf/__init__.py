"""AAF, as Media Composer, Pro Tools, Resolve and Premiere exchange cuts with sound.

In: `load` takes a file out of pyaaf2 as the plain values of `structure`; `components` walks a
composition down to its `leaves`, with the time maps of `windows` composed; `mobs` follows them to
file and tape; `clips` and `tracks` make them a timeline; `protools` folds rendered fades back.
Out: `compose` puts the mobs together (`masters` for media, `arrange` and `segments` for tracks),
`store` writes them. `essence` takes embedded sound out.
"""

from adapters.aaf.essence import extract
from adapters.aaf.reader import read
from adapters.aaf.writer import write

__all__ = ["extract", "read", "write"]
