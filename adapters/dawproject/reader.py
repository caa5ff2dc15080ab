"""A DAWproject as a timeline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from lxml import etree

from adapters.cut import Cut
from adapters.daw import crossfades, extended, number, ratio, snapped
from adapters.dawproject.archive import open_archive
from adapters.dawproject.content import Content, content_of, text_of
from adapters.xmlgate import Document, line_of
from conform.errors import TimelineError
from conform.findings import Finding, warning
from conform.timecode import RATES, Rate
from conform.timeline import ZERO, Clip, Fade, Kind, Marker, Source, Timeline, TimePoint, Track

Element = etree._Element  # noqa: SLF001  # lxml gives the type no other name


def read(path: Path, *, rate: Rate | None = None) -> Cut:
    """The arrangement of a project as one timeline; `rate` labels it, as the format has none.

    Raises `TimelineError` where the file is no project, or where places are counted in beats of a
    tempo that changes.
    """
    project, metadata = open_archive(path)
    if project.root.tag != "Project":
        raise TimelineError(f"is no DAWproject: its root is {project.root.tag}", path=path)
    reader = _Reader(project, rate or RATES["24"], _beat(project.root))
    if rate is None:
        said = "a DAWproject has no frame rate; labels are at 24, places are exact in any case"
        reader.findings.append(warning("dawproject.rate", said, path.name))
    title = metadata.root.findtext("Title") if metadata is not None else None
    tracks = reader.tracks()
    timeline = Timeline(
        title or path.stem, reader.rate, ZERO, tuple(tracks), tuple(reader.markers())
    )
    return Cut((timeline,), (*project.findings, *reader.findings))


def _beat(root: Element) -> Fraction | None:
    """The length of a beat in seconds; None where the tempo changes."""
    tempo = root.find("Transport/Tempo")
    stated = [number(tempo.get("value"))] if tempo is not None else []
    points = root.iterfind("Arrangement/TempoAutomation/RealPoint")
    found = {value for value in [*stated, *(number(p.get("value")) for p in points)] if value}
    if len(found) > 1 or any(value <= 0 for value in found):
        return None
    return 60 / (found or {Fraction(120)}).pop()


@dataclass(slots=True)
class _Reader:
    """Elements on their way into values."""

    project: Document
    rate: Rate
    beat: Fraction | None
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: str, message: str, element: Element) -> None:
        """Keep something odd, with its line."""
        self.findings.append(warning(code, message, self.project.where(element)))

    def time(self, element: Element, name: str, unit: str) -> Fraction:
        """A time of an attribute in seconds, 0 where it is missing."""
        value = number(element.get(name)) or ZERO
        if unit == "beats":
            if self.beat is None:
                said = "places are counted in beats and the tempo changes; export in seconds"
                raise TimelineError(said, path=self.project.path, line=line_of(element))
            value *= self.beat
        return snapped(value, self.rate, 48000)

    def tracks(self) -> list[Track]:
        """Every track that can hold sound or picture, folders opened, in the project's order."""
        lanes: dict[str, list[Clip]] = {}
        root = self.project.root.find("Arrangement/Lanes")
        if root is not None:
            for track, clip in self._lane(root, "", "beats"):
                lanes.setdefault(track, []).append(clip)
        found: list[Track] = []
        for element in self.project.root.iterfind("Structure//Track"):
            content = element.get("contentType", "").split()
            clips = lanes.get(element.get("id", ""), [])
            if not clips and not {"audio", "video"} & set(content):
                continue  # folders, instruments, the master
            kind = Kind.VIDEO if "video" in content else Kind.AUDIO
            index = 1 + sum(track.kind is kind for track in found)
            found.append(self._track(element, kind, index, clips))
        return found

    def _track(self, element: Element, kind: Kind, index: int, clips: list[Clip]) -> Track:
        placed, joints = crossfades(clips)
        channel, mute = element.find("Channel"), element.find("Channel/Mute")
        return Track(
            kind,
            index,
            element.get("name", ""),
            placed,
            joints,
            enabled=mute is None or mute.get("value") != "true",
            soloed=channel is not None and channel.get("solo") == "true",
        )

    def _lane(self, element: Element, track: str, unit: str) -> Iterator[tuple[str, Clip]]:
        """The clips below a lane with the id of their track; unit and track are handed down."""
        unit, track = element.get("timeUnit", unit), element.get("track", track)
        for inner in element:
            if inner.tag == "Clip":
                yield from ((track, clip) for clip in self._clip(inner, unit))
            elif inner.tag in ("Lanes", "Clips"):
                yield from self._lane(inner, track, unit)

    def _clip(self, element: Element, unit: str) -> Iterator[Clip]:
        """A clip of sound or picture, or those inside it; nothing for notes and the like."""
        start, length = (self.time(element, name, unit) for name in ("time", "duration"))
        begin = self.time(element, "playStart", element.get("contentTimeUnit", unit))
        fades = element.get("fadeTimeUnit", unit)
        frame = Clip(
            element.get("name", ""),
            start,
            start + length,
            begin,
            begin + length,
            fade_in=self._fade(element, "fadeInTime", fades),
            fade_out=self._fade(element, "fadeOutTime", fades),
            enabled=element.get("enable", "true") != "false",
        )
        inside = element.find("Clips")
        content = content_of(element, self.time)
        if element.get("reference"):
            self.note("dawproject.alias", "a clip that repeats another was left out", element)
        elif length <= 0 and (content or inside is not None):
            self.note("dawproject.clip", "a clip without a length was left out", element)
        elif inside is not None:
            yield from self._nested(frame, inside, element.get("contentTimeUnit", unit))
        elif content:
            gain, curve = content.gain_db, content.gain_curve
            clip = replace(frame, source=_source(content.media), gain_db=gain, gain_curve=curve)
            yield self._warped(clip, content, begin)

    def _nested(self, frame: Clip, clips: Element, unit: str) -> Iterator[Clip]:
        """The clips inside a clip, as far as its frame shows them, on the frame's record time."""
        inner_unit = clips.get("timeUnit", unit)
        shift = frame.record_in - frame.source_in
        for element in clips.iterfind("Clip"):
            for clip in self._clip(element, inner_unit):
                first = max(clip.record_in, frame.source_in)
                last = min(clip.record_out, frame.source_out)
                if first >= last:
                    continue
                if clip.time_map and (first, last) != (clip.record_in, clip.record_out):
                    self.note("dawproject.bent", "a bent clip was cut at its mean speed", element)
                shown = extended(clip, first, last)
                yield replace(
                    shown,
                    name=clip.name or frame.name,
                    record_in=first + shift,
                    record_out=last + shift,
                    fade_in=frame.fade_in if first == frame.source_in else shown.fade_in,
                    fade_out=frame.fade_out if last == frame.source_out else shown.fade_out,
                    enabled=frame.enabled and clip.enabled,
                )

    def _warped(self, clip: Clip, content: Content, begin: Fraction) -> Clip:
        """The clip with the span of its source, through the points of a warp."""
        end = begin + clip.duration
        first, last = content.source_at(begin), content.source_at(end)
        first, last = (snapped(at, self.rate, 48000) for at in (first, last))
        speed = ratio((last - first) / clip.duration)
        bends = [point for point in content.warps if begin < point.record < end]
        points = (TimePoint(begin, first), *bends, TimePoint(end, last))
        curve = tuple(TimePoint(point.record - begin, point.source) for point in points)
        return replace(
            clip,
            source_in=min(first, last),
            source_out=max(first, last),
            speed=speed,
            time_map=curve if bends else (),
        )

    def _fade(self, element: Element, name: str, unit: str) -> Fade | None:
        duration = self.time(element, name, unit)
        return Fade(duration) if duration > 0 else None

    def markers(self) -> Iterator[Marker]:
        """The markers of the arrangement."""
        for ruler in self.project.root.iterfind("Arrangement/Markers"):
            unit = ruler.get("timeUnit", "beats")
            for element in ruler.iterfind("Marker"):
                at = self.time(element, "time", unit)
                name, comment, color = (
                    element.get(key, "") for key in ("name", "comment", "color")
                )
                yield Marker(at, name, comment, color)


def _source(media: Element) -> Source:
    """The file of an Audio or Video element."""
    place = text_of(media.find("File"), "path")
    channels, rate = (number(media.get(name)) for name in ("channels", "sampleRate"))
    seconds = number(media.get("duration"))
    return Source(
        place.replace("\\", "/").rpartition("/")[2],
        place,
        duration=seconds if seconds and media.get("timeUnit", "seconds") == "seconds" else None,
        channels=int(channels) if channels else None,
        sample_rate=int(rate) if rate else None,
    )
