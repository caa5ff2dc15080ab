"""A track as a storyline: clips and gaps end to end, transitions at the cuts between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from lxml import etree

from adapters.fcpxml.bank import CROSSFADE, DISSOLVE, Bank
from adapters.fcpxml.elements import child, element
from adapters.fcpxml.usage import Place, local, marked, used
from conform.findings import Level
from conform.timecode import Rate
from conform.timeline import ZERO, Clip, Curve, Kind, Marker, Track, Transition


@dataclass(frozen=True, slots=True)
class Strip:
    """The clips of a track that can lie in one storyline, with its transitions and markers."""

    track: Track
    first: Fraction
    """The storyline's time at the timeline's start."""
    rate: Rate
    markers: tuple[Marker, ...] = ()
    length: Fraction = ZERO
    """The storyline is filled up to this length."""

    @property
    def begin(self) -> Fraction:
        """The adjusted clock of the first item, to which other storylines are anchored."""
        clips = self.track.clips
        return local(clips[0]) if clips and clips[0].record_in == 0 else ZERO


def layers(track: Track, bank: Bank) -> Iterator[Track]:
    """A track as tracks without overlaps; what lies before the start is refused."""
    rows: list[list[Clip]] = [[]]
    for clip in sorted(track.clips, key=lambda clip: clip.record_in):
        if clip.record_in < 0 or clip.duration <= 0:
            said = "a clip before the start or without a length is left out"
            bank.lose(Level.ERROR, "fcpxml.place", said, clip.name)
            continue
        row = next((r for r in rows if not r or r[-1].record_out <= clip.record_in), None)
        if row is None:
            row = []
            rows.append(row)
            said = "a clip that overlaps its neighbour is written in a lane of its own"
            bank.lose(Level.WARNING, "fcpxml.overlap", said, clip.name)
        row.append(clip)
    dealt = _dealt(track, rows, bank)
    for row, joints in zip(rows, dealt, strict=True):
        yield replace(track, clips=tuple(row), transitions=tuple(joints.values()))


def _dealt(track: Track, rows: list[list[Clip]], bank: Bank) -> list[dict[Fraction, Transition]]:
    """The transitions of each row by their cut: the first free row that cuts there takes it."""
    edges = [{edge for clip in row for edge in (clip.record_in, clip.record_out)} for row in rows]
    dealt: list[dict[Fraction, Transition]] = [{} for _ in rows]
    for joint in track.transitions:
        free = (
            taken
            for taken, cuts in zip(dealt, edges, strict=True)
            if joint.cut in cuts and joint.cut not in taken
        )
        taken = next(free, None)
        if taken is not None:
            taken[joint.cut] = joint
            continue
        said = "a transition that lies on no cut is left out"
        bank.lose(Level.WARNING, "fcpxml.transition", said, joint.name)
    return dealt


def items(strip: Strip, bank: Bank, connected: Iterable[etree._Element]) -> list[etree._Element]:
    """The elements of a storyline; `connected` storylines are anchored to its first item."""
    made: list[etree._Element] = []
    cuts = {joint.cut: joint for joint in strip.track.transitions}
    cursor, hanging = ZERO, tuple(connected)
    for clip in (*strip.track.clips, None):
        begin = max(strip.length, cursor) if clip is None else clip.record_in
        if begin > cursor:
            made += _joint(cuts.pop(cursor, None), strip, bank)
            made.append(_gap(strip, cursor, begin, hanging))
            hanging = ()
        made += _joint(cuts.pop(begin, None), strip, bank)
        if clip is not None:
            place = Place(strip.track, strip.first + begin, strip.rate)
            own = [m for m in strip.markers if clip.record_in <= m.at < clip.record_out]
            shown = tuple(replace(m, at=m.at - clip.record_in) for m in own)
            marks = replace(clip, markers=(*clip.markers, *shown))
            made.append(used(marks, place, bank, hanging))
            hanging = ()
            cursor = clip.record_out
    return made


def _gap(
    strip: Strip, begin: Fraction, end: Fraction, connected: tuple[etree._Element, ...]
) -> etree._Element:
    gap = element("gap", name="Gap", offset=strip.first + begin, start=ZERO, duration=end - begin)
    gap.extend(connected)
    for marker in strip.markers:
        if begin <= marker.at < end:
            marked(gap, replace(marker, at=marker.at - begin), ZERO)
    return gap


def _joint(joint: Transition | None, strip: Strip, bank: Bank) -> list[etree._Element]:
    if joint is None:
        return []
    offset = strip.first + joint.record_in
    made = element("transition", name=joint.name, offset=offset, duration=joint.duration)
    picture = strip.track.kind is Kind.VIDEO
    name, uid = DISSOLVE if picture else CROSSFADE
    child(
        made, "filter-video" if picture else "filter-audio", ref=bank.effect(name, uid), name=name
    )
    if joint.curve is not Curve.UNKNOWN or joint.metadata:
        said = f"curve and metadata of transition '{joint.name}' are not written"
        bank.lose(Level.INFO, "fcpxml.transition_curve", said, strip.track.name)
    return [made]
