"""Speed: `conform-rate` between sequence and clip, `timeMap` between clip and material.

A clip's `start` and the offsets of what is anchored to it count on the clip's adjusted clock.
`duration` counts on the storyline's clock. With rate conforming the adjusted clock runs `conform`
times as fast as the storyline's; a `timeMap` leads from the adjusted clock (`time`) to the
material (`value`), and leaves the offsets of contained items alone (Apple, FCPXML reference,
pages "conform-rate" and "timeMap").
"""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from adapters.fcpxml.reading import Notebook, on
from conform.timecode import Rate
from conform.timeline import TimePoint

_F23, _F29 = Fraction(24000, 1001), Fraction(30000, 1001)
_F47, _F59 = _F23 * 2, _F29 * 2
_R24, _R25, _R30, _R48, _R50, _R60 = (Fraction(n) for n in (24, 25, 30, 48, 50, 60))

# Media rate -> sequence rate -> the rate that Final Cut Pro plays the media at. From the chart in
# Apple's reference. Its dashes for 23.98 are not what Final Cut Pro exports: connected clips in
# its own files at 30, 50, 59.94 and 60 lie on whole frames only if 23.98 is played at 24.
_CONFORMED: dict[Fraction, dict[Fraction, Fraction]] = {
    _F23: {_R24: _R24, _R48: _R24, _R25: _R25}
    | dict.fromkeys((_F29, _R30, _R50, _F59, _R60), _R24),
    _R24: {_F23: _F23, _F47: _F23, _R25: _R25, _R50: _R25},
    _R25: {_F23: _F23, _F47: _F23, _R24: _R24, _R48: _R24},
    _F29: {_R30: _R30, _R60: _R30},
    _R30: {_F29: _F29, _F59: _F29},
    _F47: {_R24: _R48, _R48: _R48},
    _R48: {_F23: _F47, _F47: _F47},
    _R50: {_F23: _F47, _F47: _F47, _R24: _R48, _R48: _R48},
    _F59: {_R30: _R60, _R60: _R60},
    _R60: {_F29: _F59, _F59: _F59},
}


def conform(
    element: etree._Element, media: Rate | None, sequence: Rate | None, notes: Notebook
) -> Fraction:
    """Seconds on a clip's adjusted clock per second of the storyline that holds it."""
    told = element.find("conform-rate")
    if told is None or not on(told, "scaleEnabled"):
        return Fraction(1)
    source = _source_rate(told, notes) or media
    if source is None or sequence is None:
        notes.warn("fcpxml.conform", "rate conforming without both rates is left out", told)
        return Fraction(1)
    if source.fps == sequence.fps:
        return Fraction(1)
    played = _CONFORMED.get(source.fps, {}).get(sequence.fps)
    if played is None:
        said = f"no rule conforms {source.name} to {sequence.name}; it plays at real speed"
        notes.warn("fcpxml.conform", said, told)
        return Fraction(1)
    return played / source.fps


def curve(element: etree._Element, begin: Fraction, notes: Notebook) -> tuple[TimePoint, ...]:
    """The points of an element's `timeMap` in rising time; empty where it has none that works.

    `begin` is where the element begins on its adjusted clock. Eased corners (`inTime`, `outTime`)
    are read as sharp ones, and maps that some tools count from the clip's own start instead of its
    clock's zero are moved there, both with a finding.
    """
    points = _points(element, notes)
    if points and points[0].record == 0 and points[-1].record <= begin:
        said = "a timeMap that ends before its clip begins is read as counted from the clip's start"
        notes.warn("fcpxml.timemap", said, element)
        return tuple(TimePoint(point.record + begin, point.source) for point in points)
    return points


def _points(element: etree._Element, notes: Notebook) -> tuple[TimePoint, ...]:
    told = element.find("timeMap")
    if told is None:
        return ()
    points: dict[Fraction, Fraction] = {}
    for point in told.iterfind("timept"):
        time, value = notes.time(point, "time"), notes.time(point, "value")
        if time is not None and value is not None:
            points.setdefault(time, value)
        if point.get("inTime") or point.get("outTime"):
            said = "the eased corner of a speed ramp is read as a sharp one"
            notes.count("fcpxml.ramp", said, point)
    if len(points) > 1:
        return tuple(TimePoint(time, value) for time, value in sorted(points.items()))
    if points:  # a single point says nothing about speed
        notes.warn("fcpxml.timemap", "a timeMap of one point is left out", told)
    return ()


def _source_rate(told: etree._Element, notes: Notebook) -> Rate | None:
    text = told.get("srcFrameRate")
    if text is None:
        return None
    try:
        return Rate.named(text)
    except ValueError:
        notes.warn("fcpxml.conform", f"srcFrameRate='{text}' is no frame rate", told)
        return None
