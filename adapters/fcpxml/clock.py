"""From an item's place in its storyline to stretches of record, levels and role gates."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from lxml import etree

from adapters.fcpxml.frame import Frame, Item, Part, RoleGate, role_name
from adapters.fcpxml.level import UNITY, Level, level
from adapters.fcpxml.reading import Notebook, on
from adapters.fcpxml.resources import Asset
from adapters.fcpxml.warp import Warp

Span = tuple[Fraction, Fraction]
"""A place and a length on a storyline's clock."""


def sound_span(item: Item, notes: Notebook, part: etree._Element | None = None) -> Span:
    """Where an item's sound lies: its component's range, its split edit, or the item itself."""
    start, duration = None, None
    if part is not None and part is not item.element:
        start, duration = notes.time(part, "start"), notes.time(part, "duration")
    if start is None:
        start = notes.time(item.element, "audioStart")
    if duration is None:
        duration = notes.time(item.element, "audioDuration")
    at = item.at if start is None else item.anchor(start)
    return at, item.duration if duration is None else duration


def material(item: Item, frame: Frame, span: Span) -> Iterator[Warp]:
    """The stretches of record that a span is seen in, against the item's material."""
    for seen in frame.warp.within(span[0], span[0] + span[1]):
        local = seen.shifted(item.at, item.start, item.conform)
        yield local.through(item.curve) if item.curve else local


def level_of(
    element: etree._Element, item: Item, frame: Frame, span: Span, notes: Notebook
) -> Level:
    """What an item, or a component of it, sets as level; its keyframes in record time."""
    if element.find("adjust-volume") is None and element.find("mute") is None:
        return UNITY
    edges = (frame.warp.record_of(span[0]), frame.warp.record_of(span[0] + span[1]))
    clock = frame.warp.extended()  # keyframes beyond a cut still shape the level up to it
    return level(element, edges, lambda at: clock.record_of(item.anchor(at)), notes)


def gates(
    element: etree._Element, item: Item, frame: Frame, notes: Notebook
) -> tuple[RoleGate, ...]:
    """What the `audio-role-source` children of an element say about the sound inside an item."""
    span = sound_span(item, notes)
    return tuple(
        RoleGate(
            role_name(told.get("role", "")),
            on(told, "enabled") and on(told, "active"),
            level_of(told, item, frame, span, notes),
        )
        for told in element.iterfind("audio-role-source")
    )


def parts(item: Item, frame: Frame, inside: tuple[int, ...], notes: Notebook) -> tuple[Part, ...]:
    """The `audio-channel-source` children of a clip, in its order.

    Their `srcCh` counts the sound channels that the clip holds, which are `inside` in ascending
    order (Apple, FCPXML reference, "audio-channel-source").
    """
    span = sound_span(item, notes)
    numbers = dict(enumerate(inside, 1))
    return tuple(
        Part(
            tuple(numbers.get(number, number) for number in channel_numbers(told, notes)),
            told.get("role", ""),
            on(told, "active"),
            on(told, "enabled"),
            level_of(told, item, frame, span, notes),
        )
        for told in item.element.iterfind("audio-channel-source")
    )


def heard(audio: etree._Element, asset: Asset, notes: Notebook) -> tuple[int, ...]:
    """The channels of an asset that a bare `audio` plays; `srcCh` counts inside stream `srcID`."""
    before = asset.first_channel(notes.number(audio, "srcID") or 1)
    told = tuple(before + channel for channel in channel_numbers(audio, notes))
    return told or asset.channels


def channel_numbers(element: etree._Element, notes: Notebook) -> tuple[int, ...]:
    """Source channels as a file lists them, `1, 2`; empty where it does not or is garbled."""
    text = element.get("srcCh") or ""
    numbers = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    if all(part.isdecimal() and len(part) < 5 and int(part) for part in numbers):
        return tuple(int(part) for part in numbers)
    notes.warn("fcpxml.channels", f"srcCh='{text}' of <{element.tag}> names no channels", element)
    return ()
