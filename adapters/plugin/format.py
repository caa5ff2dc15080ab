"""One OTIO adapter for every format: OTIO loads this file once under each name it registers.

What a reader found odd stands in the result's metadata, under `picturelock`, `findings`.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import opentimelineio as otio

from adapters.checks import validate
from adapters.cut import Cut
from adapters.otio import timeline_from, timeline_to
from conform.timecode import Rate

_FORMAT = __name__.rpartition("picturelock_")[2]


def read_from_file(filepath: str, rate: str | None = None) -> Any:
    """The file's timeline; a collection where it holds several. `rate` as in `29.97df`."""
    path = Path(filepath)
    known = Rate.named(rate) if rate else None
    cut: Cut = import_module(f"adapters.{_FORMAT}").read(path, rate=known)
    findings = [*cut.findings]
    made = []
    for timeline in cut.timelines:
        root, odd = timeline_to(timeline)
        findings += [*validate(timeline, path), *odd]
        made.append(root)
    result = made[0] if len(made) == 1 else otio.schema.SerializableCollection(path.stem, made)
    if "picturelock" not in result.metadata:
        result.metadata["picturelock"] = {}
    result.metadata["picturelock"]["findings"] = [str(one) for one in findings]
    return result


def write_to_file(input_otio: Any, filepath: str) -> None:
    """Write a timeline over `filepath`, as OTIO's adapters do."""
    timeline, _ = timeline_from(input_otio)
    import_module(f"adapters.{_FORMAT}").write(timeline, Path(filepath), force=True)
