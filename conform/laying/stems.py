"""What every stem of a synced cut has in common: its length, clock and label, and its folder."""

from __future__ import annotations

from pathlib import Path

from conform.errors import RenderError
from conform.findings import Finding, warning
from conform.laying.bwf import Label
from conform.laying.render import StemSpec
from conform.synced import Sync
from conform.timecode import sample_at
from conform.writing import refuse_file


def stem_spec(sync: Sync, *, bits: int | None = None, poly: bool = False) -> StemSpec:
    """Stems as long as the picture, whose TimeReference is the picture's first frame."""
    timeline, rate = sync.timeline, sync.sample_rate
    day = timeline.rate.seconds(timeline.rate.day)
    first = (timeline.start + sync.picture_in) % day
    label = Label(
        time_reference=sample_at(first, rate),
        rate=timeline.rate,
        description=f"{timeline.name} from {timeline.rate.label_at(first)} at {timeline.rate}",
        project=timeline.name,
    )
    return StemSpec(rate, sample_at(sync.length, rate), label, bits, poly)


def apart_from_takes(sync: Sync, folder: Path) -> tuple[Finding, ...]:
    """A warning where stems in a folder would be found with the takes by the next sync.

    Raises `RenderError` where takes lie in that very folder, or where it is a file.
    """
    refuse_file(folder)
    place = folder.resolve()
    homes = {path.resolve().parent for roll in sync.rolls for path in roll.paths}
    if place in homes:
        raise RenderError(
            "takes lie here, and the next sync would take stems for takes; name another folder",
            path=folder,
        )
    above = [home for home in homes if place.is_relative_to(home)]
    text = "a sync of the folder above, in which takes lie, would take these stems for takes"
    return (warning("stems.below-takes", text, str(folder)),) if above else ()
