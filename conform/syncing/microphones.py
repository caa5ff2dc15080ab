"""The microphones of one take: which of them it is placed by, and how far in time the others stand.

All channels of a take are laid together, as they were recorded. So an event that only a lavalier
was heard in is laid where its boom would have been heard, which other events of the take show.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import hypot
from statistics import fmean, median

from conform.hearing.poly import leading
from conform.hearing.refine import Fine
from conform.roll import Roll
from conform.syncing.placing import Place

_MOVES = 0.0005  # seconds: half a foot, by which talkers and booms move from event to event


@dataclass(frozen=True, slots=True)
class Microphones:
    """The channel that a take is placed by, and how much later each hears the same: seconds."""

    channel: str
    away: Mapping[str, float] = field(default_factory=dict)

    def fine(self, place: Place) -> Fine | None:
        """The measurement of the take's channel; what another one says of it, where it is silent.

        How far apart they stand is then part of the uncertainty. A channel that was never heard
        beside the take's own speaks for itself.
        """
        own = _heard(place).get(self.channel)
        best = place.best
        if own is not None or best is None or best.fine is None:
            return own
        away = self.away.get(best.channel)
        if away is None:
            return best.fine
        half = hypot(best.fine.half_width, _MOVES)
        return replace(best.fine, lag=best.fine.lag - away, half_width=half)


def microphones(roll: Roll, places: Sequence[Place]) -> Microphones:
    """The microphones of a take as the events tell that it was heard in."""
    channel = _explaining(roll, places)
    away: dict[str, list[float]] = defaultdict(list)
    for heard in map(_heard, places):
        for name, fine in heard.items() if channel in heard else ():
            away[name].append(fine.lag - heard[channel].lag)
    return Microphones(channel, {name: median(found) for name, found in away.items()})


def _heard(place: Place) -> dict[str, Fine]:
    return {one.channel: one.fine for one in place.channels if one.fine is not None}


def _explaining(roll: Roll, places: Sequence[Place]) -> str:
    """The channel that explains the guide best over a take's events, beside the best of each.

    One that is heard in few of them is none that the take can be placed by.
    """
    shares: dict[str, list[float]] = {channel.name: [] for channel in roll.channels}
    for heard in map(_heard, places):
        most = max((fine.explains for fine in heard.values()), default=0.0) or 1.0
        for name, fine in heard.items():
            shares[name].append(fine.explains / most)
    often = max(map(len, shares.values())) / 2
    known = [(name, fmean(some)) for name, some in shares.items() if some and len(some) >= often]
    return leading(known) or roll.channels[0].name
