"""A REAPER project as a timeline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from adapters.cut import Cut
from adapters.daw import crossfades, decibels, ratio, snapped
from adapters.reaper.nodes import Node, parse
from adapters.reaper.shapes import CURVES, channels_of, rate_of
from conform.errors import TimelineError
from conform.findings import Finding, warning
from conform.timecode import Rate
from conform.timeline import (
    ZERO,
    Clip,
    Curve,
    Fade,
    Keyframe,
    Kind,
    Marker,
    Source,
    Timeline,
    Track,
)

_TAKE_LINES = ("NAME", "SOFFS", "PLAYRATE", "CHANMODE", "SOURCE", "VOLENV", "SM", "TAKEVOLPAN")
_SILENT = ("EMPTY", "MIDI", "MIDIPOOL", "CLICK", "VIDEOEFFECT", "LTC")


def read(path: Path, *, rate: Rate | None = None) -> Cut:
    """The project of a file as one timeline; `rate` outranks the rate that it states.

    Raises `TimelineError` where the file is no project, or its frame rate is not known.
    """
    project, findings = parse(path)
    known = rate or _rate(project)
    if known is None:
        raise TimelineError("has a frame rate that is not known; give --rate", path=path)
    reader = _Reader(path, known, int(project.value("SAMPLERATE", default=48000)) or 48000)
    start = reader.time(project.value("PROJOFFS"))
    tracks = [
        replace(reader.track(node), index=index)
        for index, node in enumerate(project.all("TRACK"), 1)
    ]
    if start < 0:
        reader.note("reaper.start", "the project starts before midnight", project)
        start += known.seconds(known.day)
    title = project.first("TITLE")
    timeline = Timeline(
        (title.text() if title else "") or path.stem,
        known,
        start,
        tuple(tracks),
        tuple(reader.markers(project)),
    )
    return Cut((timeline,), (*findings, *reader.findings))


def _rate(project: Node) -> Rate | None:
    mode = project.first("TIMEMODE")
    if mode is None or mode.number(3) is None:
        return rate_of(Fraction(30), Fraction(0))  # what REAPER takes for a project without it
    return rate_of(mode.number(3), mode.number(4))


@dataclass(slots=True)
class _Reader:
    """Nodes on their way into values, with the grids that decimals are snapped to."""

    path: Path
    rate: Rate
    sample_rate: int
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: str, message: str, node: Node) -> None:
        """Keep something odd, with its line."""
        self.findings.append(warning(code, message, f"{self.path.name}:{node.line}"))

    def time(self, seconds: Fraction) -> Fraction:
        """Decimal seconds on the sample or frame that they mean."""
        return snapped(seconds, self.rate, self.sample_rate)

    def track(self, node: Node) -> Track:
        """One track with the clips of its items."""
        name = node.first("NAME")
        lanes = node.first("LANESOLO")
        clips = [
            clip if lanes is None or _plays(lanes, item) else replace(clip, enabled=False)
            for item in node.all("ITEM")
            if (clip := self._item(item))
        ]
        placed, joints = crossfades(clips)
        volume = node.value("VOLPAN", 0, 1)
        return Track(
            Kind.AUDIO,
            0,
            name.text() if name else "",
            placed,
            joints,
            enabled=node.value("MUTESOLO") == 0,
            soloed=node.value("MUTESOLO", 1) != 0,
            metadata=(("volume_db", str(decibels(float(volume)))),) if volume != 1 else (),
        )

    def _item(self, item: Node) -> Clip | None:
        """The active take of an item, or None where it holds no recorded sound."""
        start, length = self.time(item.value("POSITION")), self.time(item.value("LENGTH"))
        take = _active_take(item)
        source = next((node for node in take if node.name == "SOURCE"), None)
        if source is None or source.text() in _SILENT or length <= 0:
            kind = source.text() if source and length > 0 else "empty"
            self.note("reaper.item", f"an item without recorded sound ({kind}) left out", item)
            return None
        lines = Node("", [], item.line, take)
        speed = ratio(lines.value("PLAYRATE", default=1))
        if speed <= 0:
            self.note("reaper.speed", f"an item plays at {speed}; read as 1", item)
            speed = Fraction(1)
        first, last, speed = self._span(source, lines, length, speed)
        trim, gain = item.value("VOLPAN", 0, 1), _take_gain(item, lines)
        if any(True for _ in lines.all("SM")):
            self.note("reaper.stretch", "stretch markers are not read: places inside drift", item)
        name = lines.first("NAME")
        return Clip(
            name.text() if name else "",
            start,
            start + length,
            first,
            last,
            _source(source),
            speed,
            channels=channels_of(int(lines.value("CHANMODE"))),
            gain_db=decibels(abs(float(trim * gain))),
            gain_curve=tuple(self._envelope(lines)),
            fade_in=self._fade(item.first("FADEIN")),
            fade_out=self._fade(item.first("FADEOUT")),
            enabled=item.value("MUTE") == 0,
        )

    def _span(
        self, source: Node, lines: Node, length: Fraction, speed: Fraction
    ) -> tuple[Fraction, Fraction, Fraction]:
        """The used span of the file in seconds, and the speed with its sign."""
        used = length * speed
        skip = self.time(lines.value("SOFFS"))
        if source.text() != "SECTION":
            return skip, skip + used, speed
        first = self.time(source.value("STARTPOS"))
        whole = self.time(source.value("LENGTH"))
        if not int(source.value("MODE")) & 2:
            return first + skip, first + skip + used, speed
        if whole <= 0:
            said = "a reversed item does not say how long its file is: its place there is not known"
            self.note("reaper.reverse", said, source)
            whole = skip + used
        last = first + whole - skip
        return last - used, last, -speed

    def _fade(self, node: Node | None) -> Fade | None:
        """A fade; an automatic one (third value) outranks the one that was drawn."""
        if node is None:
            return None
        drawn, automatic = node.number(1) or ZERO, node.number(2) or ZERO
        duration = self.time(automatic if automatic > 0 else drawn)
        shape = int(node.number(0) or 0)
        return Fade(duration, CURVES.get(shape, Curve.UNKNOWN)) if duration > 0 else None

    def _envelope(self, lines: Node) -> Iterator[Keyframe]:
        """The take's volume envelope, in dB."""
        envelope = lines.first("VOLENV")
        for point in envelope.all("PT") if envelope else ():
            at, level = point.number(0), point.number(1)
            if at is not None and level is not None:
                yield Keyframe(self.time(at), decibels(float(level)))

    def markers(self, project: Node) -> Iterator[Marker]:
        """Markers and regions; a region is two lines of one number."""
        regions: dict[str, tuple[Fraction, Node]] = {}
        for node in project.all("MARKER"):
            at = self.time(node.number(1) or ZERO)
            if int(node.number(3) or 0) & 1 == 0:
                yield Marker(at, node.text(2), color=_colour(node))
            elif node.text(0) in regions:
                start, head = regions.pop(node.text(0))
                yield Marker(
                    start, head.text(2), color=_colour(head), duration=max(at - start, ZERO)
                )
            else:
                regions[node.text(0)] = (at, node)
        for _, node in regions.values():
            self.note("reaper.region", f"region '{node.text(2)}' has no end; left out", node)


def _active_take(item: Node) -> list[Node]:
    """The lines of the take that is heard: the one marked SEL, else the first."""
    takes: list[list[Node]] = [[]]
    active = 0
    for node in item.inside:
        if node.name == "TAKE":
            takes.append([])
            if "SEL" in node.values:
                active = len(takes) - 1
        elif node.name in _TAKE_LINES:
            takes[-1].append(node)
    return takes[active]


def _plays(lanes: Node, item: Node) -> bool:
    """Whether an item's fixed lane is among those that play, one bit each, 32 to a value.

    YPOS states the lane's top edge and height as shares of the track.
    """
    height = item.value("YPOS", 1)
    if height <= 0:
        return True
    lane = int(item.value("YPOS") / height + Fraction(1, 2))
    playing = int(lanes.number(lane // 32) or 0)
    return bool(playing >> lane % 32 & 1)


def _take_gain(item: Node, lines: Node) -> Fraction:
    """The take's own gain: the item's third value for the first take, TAKEVOLPAN for others."""
    if lines.first("TAKEVOLPAN"):
        return lines.value("TAKEVOLPAN", 1, 1)
    return item.value("VOLPAN", 2, 1)


def _source(node: Node) -> Source:
    """The file of a source, through sections of it."""
    while node.text() == "SECTION" and (inner := node.first("SOURCE")):
        node = inner
    file = node.first("FILE")
    place = file.text() if file else ""
    return Source(place.replace("\\", "/").rpartition("/")[2], place)


def _colour(node: Node) -> str:
    return node.text(4) if node.text(4) not in ("", "0") else ""
