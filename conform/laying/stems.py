"""What every stem of a synced cut has in common: its length, its clock and its label."""

from __future__ import annotations

from conform.laying.bwf import Label
from conform.laying.render import StemSpec
from conform.synced import Sync
from conform.timecode import sample_at


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
