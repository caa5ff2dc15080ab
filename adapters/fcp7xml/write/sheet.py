"""What is being written: small element builders, rounding that is told, and ids given out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from lxml import etree

from adapters.fcp7xml.book import Element, Oddities
from adapters.fcp7xml.clipitem import TICKS
from adapters.xmltext import clean
from conform.errors import TimelineError
from conform.findings import info, warning
from conform.timecode import Rate
from conform.timeline import Kind, Source, Timeline

_DIGITS = 15
_HALF = Fraction(1, 2)


def child(parent: Element, tag: str, value: object = None) -> Element:
    """A new element below a parent; flags become TRUE and FALSE, None stays empty."""
    element = etree.SubElement(parent, tag)
    if isinstance(value, bool):
        element.text = "TRUE" if value else "FALSE"
    elif value is not None:
        element.text = clean(str(value))
    return element


def decimal(value: Fraction) -> str:
    """A number in decimals, exact where that takes no more than 15 of them."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = floor(abs(value) * 10**_DIGITS + _HALF)
    whole, rest = divmod(scaled, 10**_DIGITS)
    digits = f"{whole}.{rest:0{_DIGITS}}".rstrip("0").rstrip(".")
    return f"-{digits}" if value < 0 else digits


def ticks(seconds: Fraction) -> int:
    """Premiere's ticks nearest to a time."""
    return floor(seconds * TICKS + _HALF)


def rate_element(parent: Element, rate: Rate) -> None:
    """`rate` with its timebase and ntsc flag; raises `TimelineError` for rates without them."""
    ntsc = rate.fps.denominator == 1001
    timebase = rate.fps * Fraction(1001, 1000) if ntsc else rate.fps
    if Fraction(decimal(timebase)) != timebase:
        raise TimelineError(f"FCP7 XML cannot hold {rate.fps} frames a second; choose another rate")
    element = child(parent, "rate")
    child(element, "timebase", decimal(timebase))
    child(element, "ntsc", ntsc)


@dataclass(slots=True)
class Sheet:
    """The timeline being written, its files by source, and what could not be held."""

    timeline: Timeline
    odd: Oddities = field(default_factory=Oddities)
    files: dict[Source, str] = field(default_factory=dict)
    kinds: set[tuple[str, str, Kind]] = field(default_factory=set)
    """Name and url of every source beside the kinds of track it is used on."""

    def __post_init__(self) -> None:
        for track, clip in self.timeline.clips():
            self.kinds.add((clip.source.name, clip.source.url, track.kind))

    @property
    def rate(self) -> Rate:
        """The rate of the sequence."""
        return self.timeline.rate

    def frame(self, seconds: Fraction, what: str, where: str) -> int:
        """The frame nearest to a time of the record; rounding is told."""
        exact = seconds * self.rate.fps
        frame = floor(exact + _HALF)
        if exact != frame:
            self.tell(
                "edge.rounded", f"{what} does not lie on a frame and was rounded to one", where
            )
        return frame

    def frame_after_zero(self, seconds: Fraction, what: str, where: str) -> int:
        """The same, and no frame before the timeline's first, which the format has none of."""
        if seconds < 0:
            self.tell("edge.early", f"{what} lies before the timeline and was moved to it", where)
        return self.frame(max(seconds, Fraction(0)), what, where)

    def tell(self, code: str, said: str, where: str, *, lost: bool = True) -> None:
        """Note what the format does not hold."""
        self.odd.add((warning if lost else info)(code, said, where))
