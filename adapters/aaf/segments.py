"""Clips as AAF segments: a source clip, and around it channels, speed, level and mute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from adapters.aaf import auids
from adapters.aaf.arrange import Grid, Notes, Stretch
from adapters.aaf.effects import amplitude
from adapters.aaf.masters import Family
from adapters.aaf.structure import (
    Filler,
    Operation,
    Parameter,
    Point,
    Segment,
    Selector,
    Sequence,
    SourceClip,
)
from conform.timeline import ZERO, Clip, Kind, Source

_MUTED = (("_DISABLE_CLIP_FLAG", "1"), ("_AAF_SELECTED", "0"))


@dataclass(frozen=True, slots=True)
class Segments:
    """Builds the segment of a clip out of the mobs of its source."""

    families: Mapping[tuple[Source, Kind], Family]
    notes: Notes

    def build(self, stretch: Stretch, grid: Grid, kind: Kind) -> Segment:
        """The segment of a clip with its handles."""
        clip = stretch.clip
        family = self.families[clip.source, kind]
        if kind is Kind.VIDEO:
            clip = replace(clip, channels=())
        self._note_left_out(clip)
        segment: Segment
        if clip.speed == 1 and not clip.time_map:
            into = clip.source_in - (clip.source.start or ZERO)
            start = grid.at(into) - stretch.head
            segment = self._channels(clip, family, start, stretch.length)
        else:
            segment = self._retimed(stretch, grid, kind, family)
        if kind is Kind.AUDIO:
            segment = _leveled(segment, stretch, grid)
        if clip.enabled:
            return segment
        return Selector(stretch.length, Filler(stretch.length), (segment,), _MUTED)

    def _note_left_out(self, clip: Clip) -> None:
        if clip.event:
            self.notes.lost("aaf.event-numbers", "event numbers were left out")
        for name, _ in clip.metadata:
            self.notes.lost("aaf.clip-data", f"'{name}' of clips was left out")

    def _channels(self, clip: Clip, family: Family, start: int, length: int) -> Segment:
        """A source clip for each channel; several of them are combined."""
        if start < 0:
            self.notes.lost(
                "aaf.before-start", f"'{clip.name}' starts before its source; it starts with it"
            )
            start = 0
        master = family.master(clip)
        slots = [slot.id for slot in master.slots]
        wanted = clip.channels or tuple(slots[:1])
        held = [channel for channel in wanted if channel in slots]
        if len(held) < len(wanted) or not held:
            said = ", ".join(map(str, wanted))
            self.notes.lost(
                "aaf.channels",
                f"'{clip.source.name}' has {len(slots)} channels, not {said}; its first was taken",
            )
            held = held or slots[:1]
        clips = tuple(SourceClip(length, start, master.id, slot) for slot in held)
        if len(clips) == 1:
            return clips[0]
        name = "Audio Channel Combiner"
        return Operation(length, auids.CHANNEL_COMBINER, name, warp=False, inputs=clips)

    def _retimed(self, stretch: Stretch, grid: Grid, kind: Kind, family: Family) -> Segment:
        """A clip under Media Composer's motion effect, with the map that its own exports carry."""
        clip, rate = stretch.clip, grid.rate
        if kind is Kind.AUDIO:
            self.notes.lost(
                "aaf.sound-speed", "speed changes of sound are read by few; render them if in doubt"
            )
        points = _positions(stretch, rate)
        lowest = min(value for _, value in points)
        start = max(0, floor(lowest))
        length = max(1, ceil(max(value for _, value in points)) - start)
        # a frame played backwards is named by where it starts, not by where play begins
        back = 1 if kind is Kind.VIDEO and clip.speed < 0 and not clip.time_map else 0
        offsets = tuple(Point(Fraction(at), value - start - back) for at, value in points)
        ratio = Fraction(stretch.length, length) * (-1 if clip.speed < 0 else 1)
        return Operation(
            length=stretch.length,
            auid=auids.SPEED_CONTROL,
            name="Motion Control",
            warp=True,
            inputs=(Sequence(length, (self._channels(clip, family, start, length),)),),
            parameters=(
                Parameter(auids.SPEED_RATIO, _ratio(clip, ratio, stretch.length)),
                Parameter(auids.AVID_SPEED_OFFSET_MAP, points=offsets, interpolation=auids.LINEAR),
            ),
        )


def _ratio(clip: Clip, measured: Fraction, length: int) -> Fraction:
    """Output over input; a freeze has its own length, as Media Composer writes it."""
    if clip.time_map:
        return measured
    return 1 / clip.speed if clip.speed else Fraction(length)


def _positions(stretch: Stretch, rate: Fraction) -> list[tuple[Fraction, Fraction]]:
    """Edit units of the stretch against edit units of the source's slot, handles included."""
    clip = stretch.clip
    zero = clip.source.start or ZERO
    if clip.time_map:
        return [
            (stretch.head + point.record * rate, (point.source - zero) * rate)
            for point in clip.time_map
        ]
    begin = clip.source_out if clip.speed < 0 else clip.source_in
    units = (begin - zero) * rate
    return [(Fraction(at), units + clip.speed * (at - stretch.head)) for at in (0, stretch.length)]


def _leveled(segment: Segment, stretch: Stretch, grid: Grid) -> Segment:
    """A segment under a gain effect, where the clip has a level or automation.

    Both at once go as Media Composer sends them, a constant Amplitude and a curve of its own.
    """
    clip = stretch.clip
    parameters: list[Parameter] = []
    if clip.gain_db:
        parameters.append(Parameter(auids.AMPLITUDE, amplitude(clip.gain_db)))
    if clip.gain_curve:
        auid = auids.AVID_GAIN_CURVE if clip.gain_db else auids.AMPLITUDE
        points = tuple(
            Point(
                (stretch.head + point.at * grid.rate) / stretch.length,
                amplitude(point.value),
            )
            for point in clip.gain_curve
        )
        parameters.append(Parameter(auid, points=points, interpolation=auids.LINEAR))
    if not parameters:
        return segment
    return Operation(
        length=stretch.length,
        auid=auids.AUDIO_GAIN,
        name="Mono Audio Gain",
        warp=False,
        inputs=(segment,),
        parameters=tuple(parameters),
    )
