"""OpenTimelineIO files, in and out: the only package that knows `opentimelineio`.

    bytes -> gate -> OTIO objects -> reader -> Timeline -> writer -> OTIO objects -> text

OTIO's times are pairs of doubles. They become exact fractions at the border, with frame rates
snapped to those of the trade. What we write keeps its exact values in `metadata["picturelock"]`,
and they are believed on reading only as long as they agree with what the file says around them.
"""

from __future__ import annotations

from adapters.otio.bundle import unpack
from adapters.otio.reader import read, timeline_from
from adapters.otio.writer import timeline_to, write

__all__ = ["read", "timeline_from", "timeline_to", "unpack", "write"]
