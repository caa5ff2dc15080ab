"""Markers of sequences and clips."""

from __future__ import annotations

from fractions import Fraction

from adapters.fcp7xml.book import Element, number, text
from conform.timecode import Rate
from conform.timeline import ZERO, Marker


def markers_of(
    parent: Element, rate: Rate, first: Fraction = ZERO, last: Fraction | None = None
) -> tuple[Marker, ...]:
    """The markers of an element between two frames of its own count.

    A clip carries the markers of all its media, which count like its `in`; those outside of what
    the clip shows are nobody's markers on this record and are left out.
    """
    found = []
    for marker in parent.iterfind("marker"):
        start, end = number(marker, "in"), number(marker, "out")
        if start is None or start < first or (last is not None and start >= last):
            continue
        length = end - start if end is not None and end > start else ZERO
        found.append(
            Marker(
                (start - first) / rate.fps,
                text(marker, "name"),
                text(marker, "comment"),
                _color(marker),
                length / rate.fps,
            )
        )
    return tuple(sorted(found, key=lambda marker: marker.at))


def _color(marker: Element) -> str:
    """`#rrggbb` of FCP's and Resolve's color element, or Premiere's number as written."""
    parts = [number(marker, f"color/{name}") for name in ("red", "green", "blue")]
    if None in parts:
        return text(marker, "pproColor")
    return "#" + "".join(f"{min(max(int(part or 0), 0), 255):02x}" for part in parts)
