"""What stands under `resources`: formats with their rates, assets, effects, compounds, multicams.

The rate of a format is one over its `frameDuration`; where only a name such as
`FFVideoFormat1080p2398` is given, its ending says the rate. Interlaced names count fields.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePosixPath
from urllib.parse import unquote

from lxml import etree

from adapters.fcpxml import keys
from adapters.fcpxml.reading import Notebook, first, metadata
from conform.errors import TimecodeError
from conform.timecode import Rate
from conform.timeline import Metadata, Source

_ENDING = re.compile(r"(\d{3,4})?([pi])(\d{2,5})$")
_SOUND = frozenset(
    ["wav", "bwf", "aif", "aiff", "aifc", "caf", "mp3", "m4a", "aac", "flac", "w64", "rf64"]
)
_STILL = frozenset(["png", "jpg", "jpeg", "tif", "tiff", "psd", "gif", "bmp", "heic", "tga"])


@dataclass(frozen=True, slots=True)
class Asset:
    """Material with its source value, and which of picture and sound it holds."""

    source: Source
    video: bool
    audio: bool
    streams: int = 1

    @property
    def start(self) -> Fraction:
        """The start of the material on its own clock."""
        return self.source.start or Fraction(0)

    @property
    def channels(self) -> tuple[int, ...]:
        """All its sound channels; empty where the file does not say how many there are."""
        return tuple(range(1, (self.source.channels or 0) + 1))

    def first_channel(self, stream: int) -> int:
        """The number of channels before a stream, which `srcID` counts from 1."""
        return (stream - 1) * ((self.source.channels or 0) // self.streams)


class Resources:
    """The resources of a document, by id; references to nothing become findings."""

    def __init__(self, root: etree._Element, notes: Notebook) -> None:
        self.notes = notes
        self._by_id = {
            element.get("id", ""): element
            for holder in root.iter("resources")
            for element in holder
        }
        self._assets: dict[str, Asset] = {}

    def find(self, element: etree._Element, *tags: str) -> etree._Element | None:
        """The resource that `ref` names, if it is one of these kinds."""
        found = self._by_id.get(element.get("ref", ""))
        if found is not None and found.tag in tags:
            return found
        said = f"ref='{element.get('ref', '')}' of <{element.tag}> names no {' or '.join(tags)}"
        self.notes.warn("fcpxml.ref", said, element)
        return None

    def rate(self, element: etree._Element) -> Rate | None:
        """The rate of the format that an element names, with its `tcFormat`; None if unknown."""
        form = self._by_id.get(element.get("format", ""))
        if form is None:
            return None
        frame = self.notes.time(form, "frameDuration")
        fps = 1 / frame if frame and frame > 0 else _named_fps(form.get("name", ""))
        if fps is None:
            return None
        rate = Rate.near(fps) or Rate(fps)
        if element.get("tcFormat") != "DF":
            return rate
        if rate.nominal % 30 == 0:
            return rate.with_drop(True)
        self.notes.warn("fcpxml.drop", f"drop frame does not exist at {rate.name}", element)
        return rate

    def asset(self, element: etree._Element) -> Asset | None:
        """The asset that an element uses; the clip's own scene, take and reel go first."""
        resource = self._by_id.get(element.get("ref", ""))
        if resource is None or resource.tag != "asset":
            return None
        key = resource.get("id", "")
        if key not in self._assets:
            self._assets[key] = self._asset(resource)
        asset = self._assets[key]
        own = tuple(metadata(element))
        drop = element.get("tcFormat") == "DF"
        return replace(asset, source=_used(asset.source, own, drop)) if own or drop else asset

    def media(self, element: etree._Element) -> etree._Element | None:
        """The sequence or multicam that a ref-clip or mc-clip plays."""
        resource = self.find(element, "media")
        if resource is None:
            return None
        return next(iter(resource.iterchildren("sequence", "multicam")), None)

    def used_rate(self, element: etree._Element) -> Rate | None:
        """The rate of the material that a clip uses."""
        asset = self.asset(element)
        if asset is not None:
            return asset.source.rate
        media = self._by_id.get(element.get("ref", ""))
        played = [] if media is None else media.iterchildren("sequence", "multicam")
        return next((self.rate(sequence) for sequence in played), None)

    def common_rate(self) -> Rate | None:
        """The rate that most assets of the file have; None where none has one."""
        users = (element for element in self._by_id.values() if element.tag == "asset")
        rates = Counter(rate for user in users if (rate := self.rate(user)) is not None)
        return next((rate for rate, _ in rates.most_common(1)), None)

    def generator(self, element: etree._Element) -> Source:
        """The source of a title, a generator, or of material that the file does not describe."""
        effect = self.find(element, "effect")
        if effect is None:
            return Source(element.get("name", ""))
        return Source(effect.get("name", ""), effect.get("src") or "", generated=True)

    def _asset(self, element: etree._Element) -> Asset:
        entries = tuple(metadata(element))
        uid = (("uid", element.get("uid", "")),) if element.get("uid") else ()
        url = _url(element)
        source = Source(
            name=element.get("name") or unquote(PurePosixPath(url).name),
            url=url,
            reel=first(entries, keys.REEL),
            tape=first(entries, keys.TAPE),
            scene=first(entries, keys.SCENE),
            take=first(entries, keys.TAKE),
            umid=first(entries, keys.UMID),
            start=self.notes.time(element, "start"),
            duration=self.notes.time(element, "duration"),
            rate=self.rate(element) or _written_rate(first(entries, keys.RATE)),
            channels=_channels(element, self.notes),
            sample_rate=self.notes.number(element, "audioRate"),
            metadata=(*uid, *_others(entries)),
        )
        video, audio = self._holds(element, url)
        return Asset(source, video, audio, self.notes.number(element, "audioSources") or 1)

    def _holds(self, element: etree._Element, url: str) -> tuple[bool, bool]:
        video, audio = element.get("hasVideo"), element.get("hasAudio")
        if video is not None or audio is not None:
            return video == "1", audio == "1"
        suffix = PurePosixPath(url).suffix.lower().lstrip(".")
        said = f"asset '{element.get('name') or suffix}' does not say whether it holds sound"
        self.notes.count("fcpxml.streams", said, element)
        return suffix not in _SOUND, suffix not in _STILL


def _used(source: Source, own: Metadata, drop: bool) -> Source:
    return replace(
        source,
        reel=first(own, keys.REEL) or source.reel,
        scene=first(own, keys.SCENE) or source.scene,
        take=first(own, keys.TAKE) or source.take,
        rate=source.rate.with_drop(True)
        if drop and source.rate and source.rate.nominal % 30 == 0
        else source.rate,
    )


def _others(entries: Metadata) -> Metadata:
    return tuple(entry for entry in entries if entry[0] not in keys.FIELDS)


def _url(element: etree._Element) -> str:
    """The original media before a proxy; up to version 1.8 the asset names its file itself."""
    copies = sorted(element.iterfind("media-rep"), key=lambda rep: rep.get("kind") == "proxy-media")
    return next((rep.get("src", "") for rep in copies), element.get("src") or "")


def _channels(element: etree._Element, notes: Notebook) -> int | None:
    """Channels in all: `audioSources` streams of `audioChannels` each."""
    each = notes.number(element, "audioChannels")
    return each and each * (notes.number(element, "audioSources") or 1)


def _written_rate(said: str) -> Rate | None:
    """The rate that our writer notes on sound without picture, for which there is no format."""
    try:
        return Rate.named(said) if said else None
    except TimecodeError:
        return None


def _named_fps(name: str) -> Fraction | None:
    match = _ENDING.search(name)
    if not match:
        return None
    digits = match[3]
    number = Fraction(int(digits), 1 if len(digits) < 4 else 100) / (2 if match[2] == "i" else 1)
    known = Rate.near(number)
    return known.fps if known else None
