"""The clips at the bottom: one stretch of one source, with the affine maps above it composed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from lxml import etree

from adapters.fcpxml import keys
from adapters.fcpxml.clock import Span, channel_numbers, heard, level_of, material, sound_span
from adapters.fcpxml.frame import Frame, Item, Part, Piece, passes, role_name
from adapters.fcpxml.level import UNITY, Level
from adapters.fcpxml.notes import remarks
from adapters.fcpxml.reading import Notebook, first, metadata, on
from adapters.fcpxml.resources import Asset, Resources
from adapters.fcpxml.warp import Warp
from conform.findings import Level as Grade
from conform.timeline import Clip, Kind, Source, TimePoint

_FRAME = Fraction(1, 23)
"""Final Cut Pro rounds the ends of a retimed clip to whole frames of the sequence."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a clip uses: a source, which channels of it, under which role and at which level."""

    source: Source
    role: str = ""
    channels: tuple[int, ...] = ()
    component: int = 0
    enabled: bool = True
    level: Level = UNITY


def asset_clip(item: Item, frame: Frame, resources: Resources) -> Iterator[Piece]:
    """The picture of an asset, and each sound component that the clip uses of it."""
    element, notes = item.element, resources.notes
    asset = resources.asset(element)
    if asset is None:
        resources.find(element, "asset")  # says that there is none
        asset = Asset(Source(element.get("name", "")), video=True, audio=True)
    kinds = frame.kinds & passes(element)
    if asset.video and Kind.VIDEO in kinds:
        use = Use(asset.source, element.get("videoRole", ""))
        yield from _clips(Kind.VIDEO, item, frame, use, (item.at, item.duration), notes)
    if asset.audio and Kind.AUDIO in kinds:
        for part, use in _components(item, asset, notes):
            span = sound_span(item, notes, part)
            loud = level_of(element, item, frame, span, notes)
            if part is not element:
                loud = loud.plus(level_of(part, item, frame, span, notes))
            yield from _clips(Kind.AUDIO, item, frame, _at(use, loud), span, notes)


def primitive(item: Item, frame: Frame, resources: Resources) -> Iterator[Piece]:
    """A bare `video` or `audio` of an asset, a generator, or a title."""
    element, notes = item.element, resources.notes
    kind = Kind.AUDIO if element.tag == "audio" else Kind.VIDEO
    if kind not in frame.kinds:
        return
    asset = resources.asset(element)
    source = resources.generator(element) if asset is None else asset.source
    channels: tuple[int, ...] = ()
    if kind is Kind.AUDIO and asset is not None:
        channels = heard(element, asset, notes)
    span = (item.at, item.duration)
    loud = level_of(element, item, frame, span, notes)
    use = Use(source, element.get("role", ""), channels, level=loud)
    for part in _split(use, frame.parts):
        yield from _clips(kind, item, frame, part, span, notes)


def _components(item: Item, asset: Asset, notes: Notebook) -> Iterator[tuple[etree._Element, Use]]:
    """The active `audio-channel-source` children, or all channels where there are none.

    An inactive one is a channel that the clip does not use; a disabled one is used and muted.
    """
    element, role = item.element, item.element.get("audioRole", "")
    told = element.findall("audio-channel-source")
    if not told:
        yield element, Use(asset.source, role, asset.channels)
    for index, part in enumerate(part for part in told if on(part, "active")):
        channels = channel_numbers(part, notes)
        yield part, Use(asset.source, part.get("role", role), channels, index, on(part, "enabled"))


def _split(use: Use, parts: tuple[Part, ...]) -> Iterator[Use]:
    """A bare sound, or the parts of it that the clip around it treats each in its own way."""
    touched = [part for part in parts if set(part.channels) & set(use.channels)]
    for index, part in enumerate(part for part in touched if part.active):
        channels = tuple(channel for channel in part.channels if channel in use.channels)
        loud, role = part.level.plus(use.level), part.role or use.role
        yield Use(use.source, role, channels, index, use.enabled and part.enabled, loud)
    if not touched:
        yield use


def _at(use: Use, loud: Level) -> Use:
    return Use(use.source, use.role, use.channels, use.component, use.enabled, loud)


def _clips(
    kind: Kind, item: Item, frame: Frame, use: Use, span: Span, notes: Notebook
) -> Iterator[Piece]:
    enabled, level = frame.enabled and use.enabled and on(item.element, "enabled"), UNITY
    if kind is Kind.AUDIO:
        level = frame.level.plus(use.level)
        for gate in frame.gates:
            if gate.role == role_name(use.role):
                enabled, level = enabled and gate.enabled, level.plus(gate.level)
    lanes = frame.lanes if kind is Kind.VIDEO else frame.bus
    holders = (*frame.holders, item.number)
    for media in material(item, frame, span):
        clip = _clip(media.simplified(), item, frame, use, level, enabled)
        if (level.fade_in and not clip.fade_in) or (level.fade_out and not clip.fade_out):
            said = "a fade that does not begin or end with its clip is left out"
            notes.count("fcpxml.fade", said, item.element, Grade.WARNING)
        if _beyond(clip):
            said = "a clip uses more than its asset holds"
            notes.count("fcpxml.media_range", said, item.element, Grade.WARNING)
        yield Piece(clip, kind, lanes, use.component, holders, frame.storyline)


def _beyond(clip: Clip) -> bool:
    """Whether a clip leaves its source by more than a frame; stills have no length to leave."""
    source = clip.source
    if not source.duration or source.generated:
        return False
    begin = source.start or Fraction(0)
    return clip.source_in < begin - _FRAME or clip.source_out > begin + source.duration + _FRAME


def _clip(media: Warp, item: Item, frame: Frame, use: Use, level: Level, enabled: bool) -> Clip:
    inner = [point.source for point in media.points]
    speed, time_map = _speed(media)
    head, tail = level.fades(media.start, media.end)
    gain, curve = level.between(media.start, media.end)
    role = (("role", use.role),) if use.role else ()
    return Clip(
        name=item.element.get("name") or frame.title or use.source.name,
        record_in=media.start,
        record_out=media.end,
        source_in=min(inner),
        source_out=max(inner),
        source=use.source,
        speed=speed,
        time_map=time_map,
        channels=use.channels,
        gain_db=gain,
        gain_curve=curve,
        fade_in=head,
        fade_out=tail,
        enabled=enabled,
        event=first(tuple(metadata(item.element)), keys.EVENT),
        metadata=(*role, *remarks(item.element), *frame.inside),
    )


def _speed(media: Warp) -> tuple[Fraction, tuple[TimePoint, ...]]:
    """Source seconds per record second, and the curve where that is not one number."""
    first, last = media.points[0], media.points[-1]
    speed = (last.source - first.source) / (last.record - first.record)
    if len(media.points) == 2:
        return speed, ()
    return speed, tuple(TimePoint(p.record - first.record, p.source) for p in media.points)
