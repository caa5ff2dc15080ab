"""Where a storyline stands: its clock against the record, and what its holders pass on to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from lxml import etree

from adapters.fcpxml.level import UNITY, Level
from adapters.fcpxml.warp import Warp
from conform.timecode import Rate
from conform.timeline import Clip, Kind, Metadata, TimePoint

BOTH = frozenset(Kind)
PASSES = {"all": BOTH, "video": frozenset({Kind.VIDEO}), "audio": frozenset({Kind.AUDIO})}
"""What `srcEnable` lets through; `none` and anything else lets nothing."""

Lanes = tuple[int, ...]


def passes(element: etree._Element) -> frozenset[Kind]:
    """Which of picture and sound an element lets through."""
    return PASSES.get(element.get("srcEnable", "all"), frozenset())


def role_name(role: str) -> str:
    """A role with its subrole spelled out: `dialogue` is `dialogue.dialogue-1`."""
    plain = role.partition("?")[0].strip().lower()
    return plain if "." in plain or not plain else f"{plain}.{plain}-1"


@dataclass(frozen=True, slots=True)
class RoleGate:
    """What a holder says about the sound of one role inside it."""

    role: str
    enabled: bool
    level: Level = UNITY


@dataclass(frozen=True, slots=True)
class Part:
    """What a clip says about some of the sound channels inside it (`audio-channel-source`).

    An inactive part is a channel that the clip does not use; a disabled one is used and muted.
    """

    channels: tuple[int, ...]
    role: str
    active: bool
    enabled: bool
    level: Level = UNITY


@dataclass(frozen=True, slots=True)
class Frame:
    """One storyline as the record sees it.

    `warp` leads from the record to the storyline's clock, and ends where the holder cuts it off.
    `lanes` stacks the picture; `bus` sorts the sound, and is closed inside a clip, whose inner
    lanes share its tracks. `anchored_gates` replace `gates` for what is connected in a sync clip.
    """

    warp: Warp
    rate: Rate | None
    lanes: Lanes = ()
    bus: Lanes = ()
    bus_closed: bool = False
    kinds: frozenset[Kind] = BOTH
    enabled: bool = True
    level: Level = UNITY
    gates: tuple[RoleGate, ...] = ()
    anchored_gates: tuple[RoleGate, ...] | None = None
    parts: tuple[Part, ...] = ()
    holders: tuple[int, ...] = ()
    media: frozenset[str] = frozenset()
    depth: int = 0
    storyline: str = ""
    title: str = ""
    inside: Metadata = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a storyline: where it lies there, its own adjusted clock, and its time map."""

    element: etree._Element
    number: int
    at: Fraction
    start: Fraction
    duration: Fraction
    conform: Fraction
    curve: tuple[TimePoint, ...] = ()

    def anchor(self, offset: Fraction) -> Fraction:
        """The storyline time of a time on the item's adjusted clock."""
        return self.at + (offset - self.start) / self.conform

    @property
    def end(self) -> Fraction:
        """Where the item ends on the storyline's clock."""
        return self.at + self.duration


@dataclass(frozen=True, slots=True)
class Piece:
    """A clip with its place in the layout: its lanes, its component, and all items that hold it."""

    clip: Clip
    kind: Kind
    lanes: Lanes
    component: int
    holders: tuple[int, ...]
    storyline: str = ""


@dataclass(frozen=True, slots=True)
class Joint:
    """A transition of a storyline in record time, with the items on either side of its cut."""

    record_in: Fraction
    cut: Fraction
    record_out: Fraction
    name: str
    kinds: frozenset[Kind]
    before: int | None
    after: int | None
    where: etree._Element
    metadata: Metadata = field(default=())
