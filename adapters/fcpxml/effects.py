"""What an item carries beside its timing: adjustments and filters that a cut has no place for.

Everything that is known and not carried over is counted by kind; what is not known at all gets a
finding of its own, with its line.
"""

from __future__ import annotations

from collections.abc import Container

from lxml import etree

from adapters.fcpxml.reading import Notebook, on
from conform.findings import Level

# fmt: off
_READ = frozenset((
    "note", "conform-rate", "timeMap", "adjust-volume", "adjust-panner", "mute", "marker",
    "chapter-marker", "rating", "keyword", "metadata", "audio-channel-source",
    "audio-role-source", "mc-source", "sync-source", "param", "text", "text-style-def",
    "transition", "bookmark", "reserved", "hidden-clip-marker", "analysis-marker",
))
"""Read elsewhere, or about the browser and the lettering of titles."""

_PICTURE = frozenset((
    "adjust-crop", "adjust-corners", "adjust-conform", "adjust-transform", "adjust-blend",
    "adjust-stabilization", "adjust-rollingShutter", "adjust-360-transform", "adjust-reorient",
    "adjust-orientation", "adjust-cinematic", "adjust-colorConform", "adjust-stereo-3D",
    "object-tracker", "filter-video", "filter-video-mask",
))
_SOUND = frozenset((
    "adjust-loudness", "adjust-noiseReduction", "adjust-humReduction", "adjust-EQ",
    "adjust-matchEQ", "adjust-voiceIsolation", "filter-audio",
))
# fmt: on
_PARTS = ("audio-channel-source", "audio-role-source", "mc-source", "sync-source")


def account(element: etree._Element, story: Container[str], notes: Notebook) -> None:
    """Note what of an item is not carried over; `story` are the children that are items."""
    for child in element:
        tag = str(child.tag)
        if tag in _SOUND and on(child, "enabled"):
            said = "sound processing is not carried over"
            notes.count("fcpxml.sound_effect", f"{said}, {child.get('name') or tag}", child)
        elif tag in _PICTURE:
            notes.count("fcpxml.picture_effect", "picture effects are not carried over", child)
        elif tag in _PARTS:
            account(child, story, notes)
        elif tag not in _READ and tag not in story and tag not in _SOUND:
            said = f"<{tag}> in <{element.tag}> is not understood and left out"
            notes.count("fcpxml.unknown", said, child, Level.WARNING)
