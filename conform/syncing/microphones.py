"""The microphones of one take: which of them it is placed by, and how far in time the others stand.

All channels of a take are laid together, as they were recorded. So an event that only a lavalier
was heard in is laid where its boom would have been heard, which other events of the take show. They
show it for their own talker: where another speaks, the same lavalier may be as far on the other
side.
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
_OTHER_SIDE = 2.0  # times the distance: a talker at the one microphone, another at the other


@dataclass(frozen=True, slots=True)
class Microphones:
    """The channel that a take is placed by, and how much later each hears the same: seconds.

    `moves` is by how much that may differ in another event.
    """

    channel: str
    away: Mapping[str, float] = field(default_factory=dict)
    moves: Mapping[str, float] = field(default_factory=dict)

    def fine(self, place: Place) -> Fine | None:
        """The measurement of the take's channel; what another one says of it, where it is silent.

        That is the one that says it most surely: how far apart they stand is part of the
        uncertainty. A channel that was never heard beside the take's own speaks for itself.
        """
        heard = _heard(place)
        if self.channel in heard or place.best is None:
            return heard.get(self.channel)
        told = [self._told(name, fine) for name, fine in heard.items() if name in self.away]
        return min(told, key=lambda fine: fine.half_width, default=place.best.fine)

    def _told(self, name: str, fine: Fine) -> Fine:
        """What another channel says of the take's own."""
        half = hypot(fine.half_width, self.moves.get(name, _MOVES))
        return replace(fine, lag=fine.lag - self.away[name], half_width=half)


def microphones(roll: Roll, places: Sequence[Place]) -> Microphones:
    """The microphones of a take as the events tell that it was heard in."""
    channel = _explaining(roll, places)
    away: dict[str, list[float]] = defaultdict(list)
    for heard in map(_heard, places):
        for name, fine in heard.items() if channel in heard else ():
            away[name].append(fine.lag - heard[channel].lag)
    middles = {name: median(found) for name, found in away.items()}
    moves = {
        name: max(_MOVES, _OTHER_SIDE * abs(middles[name]), max(found) - min(found))
        for name, found in away.items()
    }
    return Microphones(channel, middles, moves)


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
