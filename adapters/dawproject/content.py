"""What stands inside a clip: a file, maybe warped, maybe with a gain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from lxml import etree

from adapters.daw import decibels, number
from conform.timeline import Keyframe, TimePoint

Element = etree._Element  # noqa: SLF001  # lxml gives the type no other name
Time = Callable[[Element, str, str], Fraction]
"""How a time attribute of a unit becomes seconds."""


@dataclass(frozen=True, slots=True)
class Content:
    """A file in a clip. `warps` map the clip's content time to the file's, both in seconds."""

    media: Element
    warps: tuple[TimePoint, ...] = ()
    gain_db: float = 0.0
    gain_curve: tuple[Keyframe, ...] = ()

    def source_at(self, at: Fraction) -> Fraction:
        """The time in the file at a content time; beyond the warps their end slopes go on."""
        if len(self.warps) < 2:
            return at
        after = next((i for i, p in enumerate(self.warps) if p.record >= at), len(self.warps) - 1)
        one, two = self.warps[max(after, 1) - 1], self.warps[max(after, 1)]
        slope = (two.source - one.source) / (two.record - one.record)
        return one.source + (at - one.record) * slope


def content_of(clip: Element, time: Time) -> Content | None:
    """The file of a clip, through lanes and warps; None where there is none."""
    for inner in clip:
        if inner.tag in ("Audio", "Video"):
            return Content(inner)
        if inner.tag == "Warps":
            media = next((e for e in inner if e.tag in ("Audio", "Video")), None)
            return None if media is None else Content(media, _warps(inner, time))
        if inner.tag == "Lanes":
            return _with_gain(content_of(inner, time), inner, time)
    return None


def _warps(element: Element, time: Time) -> tuple[TimePoint, ...]:
    """The points of a warp in order, without those that would stand still or repeat."""
    unit, inner = element.get("timeUnit", "beats"), element.get("contentTimeUnit", "seconds")
    found = {
        time(point, "time", unit): time(point, "contentTime", inner)
        for point in element.iterfind("Warp")
    }
    return tuple(TimePoint(record, source) for record, source in sorted(found.items()))


def _with_gain(content: Content | None, lanes: Element, time: Time) -> Content | None:
    """The content with the clip's gain expression: one point is a gain, several a curve."""
    for points in lanes.iterfind("Points"):
        if content is None or text_of(points.find("Target"), "expression") != "gain":
            continue
        unit = points.get("timeUnit", "seconds")
        keys = [
            Keyframe(time(point, "time", unit), _level(point, points.get("unit", "linear")))
            for point in points.iterfind("RealPoint")
        ]
        if len(keys) == 1:
            return Content(content.media, content.warps, keys[0].value)
        return Content(content.media, content.warps, 0.0, tuple(keys))
    return content


def _level(point: Element, unit: str) -> float:
    value = float(number(point.get("value")) or 0)
    return value if unit == "decibel" else decibels(value)


def text_of(element: Element | None, name: str) -> str:
    """An attribute of an element that may not be there."""
    return "" if element is None else element.get(name, "")
