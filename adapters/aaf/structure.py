"""What an AAF file holds, as plain values: mobs, slots, segments and effect parameters.

Lengths and positions are integers in edit units of the slot that holds them (SMPTE-registered AAF
Object Specification 1.1, sections 5 to 7). Nothing here knows the library that reads the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from conform.timeline import Metadata


class Essence(StrEnum):
    """What a slot or segment carries."""

    PICTURE = "picture"
    SOUND = "sound"
    TIMECODE = "timecode"
    DATA = "data"


class Role(StrEnum):
    """What a mob stands for: a cut, a clip in a bin, or a file, tape or import."""

    COMPOSITION = "composition"
    MASTER = "master"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Point:
    """A keyframe as stored: its time is in whatever unit its parameter counts."""

    at: Fraction
    value: Fraction
    proportional: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """One control of an effect: a constant, or keyframes with their interpolation."""

    auid: str
    value: Fraction | None = None
    points: tuple[Point, ...] = ()
    interpolation: str = ""


@dataclass(frozen=True, slots=True)
class Filler:
    """Nothing for a while: black or silence."""

    length: int


@dataclass(frozen=True, slots=True)
class SourceClip:
    """A stretch of another mob's slot; `mob` is empty at the end of a chain."""

    length: int
    start: int
    mob: str
    slot: int
    attributes: Metadata = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """An effect over its inputs. `warp` says that it changes time."""

    length: int
    auid: str
    name: str
    warp: bool
    inputs: tuple[Segment, ...]
    parameters: tuple[Parameter, ...] = ()
    attributes: Metadata = ()

    def parameter(self, auid: str) -> Parameter | None:
        """The parameter of an AUID, where the effect carries it."""
        return next((p for p in self.parameters if p.auid == auid), None)


@dataclass(frozen=True, slots=True)
class Transition:
    """An overlap of the segments before and after it; `cut` counts from its start."""

    length: int
    cut: int
    operation: Operation | None


@dataclass(frozen=True, slots=True)
class Sequence:
    """Segments and transitions, one after the other."""

    length: int
    components: tuple[Segment, ...]
    attributes: Metadata = ()


@dataclass(frozen=True, slots=True)
class Selector:
    """A choice: what is selected, and what else there is."""

    length: int
    selected: Segment | None
    alternates: tuple[Segment, ...]
    attributes: Metadata = ()


@dataclass(frozen=True, slots=True)
class Group:
    """One clip in several resolutions or formats (EssenceGroup)."""

    length: int
    choices: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """Layers, lowest first, that may refer to each other; the last one is seen (NestedScope)."""

    length: int
    layers: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class ScopeReference:
    """A look through to a layer below: `scope` levels out, `layer` steps down."""

    length: int
    scope: int
    layer: int


@dataclass(frozen=True, slots=True)
class Timecode:
    """A run of timecode: its first frame, its labels a second, and drop frame."""

    length: int
    start: int
    fps: int
    drop: bool


@dataclass(frozen=True, slots=True)
class Event:
    """A marker at a position of an event slot."""

    length: int
    position: int
    comment: str
    color: str
    slots: tuple[int, ...]
    attributes: Metadata = ()
    user: str = ""


@dataclass(frozen=True, slots=True)
class Pulldown:
    """A segment seen through film pulldown."""

    length: int
    segment: Segment | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A segment of a class that carries no cut, such as edge code."""

    length: int
    name: str


Segment = (
    Filler
    | SourceClip
    | Operation
    | Transition
    | Sequence
    | Selector
    | Group
    | Scope
    | ScopeReference
    | Timecode
    | Event
    | Pulldown
    | Unknown
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A track of a mob. `number` is its PhysicalTrackNumber, None where it has none."""

    id: int
    name: str
    rate: Fraction
    origin: int
    number: int | None
    essence: Essence
    segment: Segment
    attributes: Metadata = ()


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What a source mob says about its essence; counts are None where it does not say."""

    name: str
    length: int | None = None
    sample_rate: Fraction | None = None
    channels: int | None = None
    bits: int | None = None
    sampling: int | None = None
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mob:
    """A mob with its slots in file order."""

    id: str
    name: str
    role: Role
    usage: str
    slots: tuple[Slot, ...]
    descriptor: Descriptor | None = None
    comments: Metadata = ()
    attributes: Metadata = ()

    def slot(self, number: int) -> Slot | None:
        """The slot of an id, where there is one."""
        return next((slot for slot in self.slots if slot.id == number), None)


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole file: its maker (`Media Composer ...`), and its mobs by id in file order."""

    maker: str
    mobs: dict[str, Mob]
    embedded: frozenset[str]
    """The ids of the mobs whose essence lies in the file."""
