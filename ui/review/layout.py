"""What lies where under the picture: the plan of the stems as decided, and the guide's place."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from conform.laying.plan import Planner
from conform.region import Region
from conform.review.decision import Choice, Review, applied
from conform.synced import Sync
from conform.timecode import sample_at


@dataclass(frozen=True, slots=True)
class Layout:
    """The regions of every stem in record order, and the guide, which starts with the picture."""

    sample_rate: int
    length: int
    stems: tuple[str, ...]
    regions: tuple[Region, ...]
    guide: Path | None
    guide_channels: int
    _by_stem: dict[str, list[Region]] = field(default_factory=dict, repr=False, compare=False)

    def of(self, stem: str) -> list[Region]:
        """The regions of a stem in record order."""
        return self._by_stem[stem]

    def under(self, stem: str, first: int, end: int) -> list[Region]:
        """The regions of a stem that sound between two samples."""
        held = self._by_stem[stem]
        # Handles overlap their neighbour by a fade at most, so two regions back is far enough.
        start = max(0, bisect_left(held, first, key=lambda region: region.record_first) - 2)
        found = []
        for region in held[start:]:
            if region.record_first >= end:
                break
            if region.record_end > first:
                found.append(region)
        return found


def layout(
    sync: Sync,
    review: Review,
    guide: Path | None,
    guide_channels: int,
    planner: Planner,
    stems: tuple[str, ...] = (),
) -> Layout:
    """The layout of a cut as its reviewer left it; `stems` that are known keep their places."""
    laid = planner.plan(applied(sync, review))
    by_stem: dict[str, list[Region]] = defaultdict(list)
    for region in sorted(laid.regions, key=attrgetter("record_first")):
        by_stem[region.stem].append(region)
    names = tuple(dict.fromkeys((*stems, *laid.stems)))
    for name in names:
        by_stem.setdefault(name, [])
    return Layout(
        sync.sample_rate,
        sample_at(sync.length, sync.sample_rate),
        names,
        laid.regions,
        guide,
        guide_channels,
        dict(by_stem),
    )


def laid_alike(before: Review, after: Review) -> bool:
    """Whether two reviews lay every sound at the same place."""
    return _laid(before) == _laid(after)


def _laid(review: Review) -> set[tuple[object, ...]]:
    """The decisions that move or silence something."""
    return {
        (one.event, one.nudge, one.take, one.place, one.pair, one.choice is Choice.REJECTED)
        for one in review.decisions
        if one.moves or one.choice is Choice.REJECTED
    }
