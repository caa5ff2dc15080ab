"""The resources that a document needs, each written once: formats, assets, effects.

Final Cut Pro knows the formats that it has names for; their picture size is ours to choose, since
a cut does not say it: 1920 by 1080.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import quote, urlsplit

from lxml import etree

from adapters.fcpxml import keys
from adapters.fcpxml.elements import child, element, metadata
from conform.findings import Finding, Level
from conform.timecode import Rate
from conform.timeline import Kind, Source

_NAMED = {
    "23.976": "2398", "24": "24", "25": "25", "29.97": "2997",
    "30": "30", "50": "50", "59.94": "5994", "60": "60",
}  # fmt: skip
DISSOLVE = ("Cross Dissolve", "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265")
CROSSFADE = ("Audio Crossfade", "FFAudioTransition")
_SOLID = ".../Generators.localized/Solids.localized/Custom.localized/Custom.motn"


@dataclass(slots=True)
class Bank:
    """Hands out ids for what clips refer to, and makes the `resources` element of it all."""

    made: list[etree._Element] = field(default_factory=list)
    _findings: dict[tuple[Level, str, str], list[str]] = field(default_factory=dict)
    _ids: dict[object, str] = field(default_factory=dict)
    _uses: dict[Source, set[Kind]] = field(default_factory=dict)

    def use(self, source: Source, kind: Kind) -> None:
        """Note that a source is seen or heard, before its asset is asked for."""
        self._uses.setdefault(source, set()).add(kind)

    def seen(self, source: Source) -> bool:
        """Whether a source is used for its picture anywhere."""
        return Kind.VIDEO in self._uses.get(source, ())

    def lose(self, level: Level, code: str, message: str, where: str) -> None:
        """Note what the format cannot hold; equal losses become one finding."""
        self._findings.setdefault((level, code, message), []).append(where)

    def findings(self) -> tuple[Finding, ...]:
        """What was noted, with how often and where first."""
        return tuple(
            Finding(level, code, said if len(at) == 1 else f"{said} ({len(at)} of these)", at[0])
            for (level, code, said), at in self._findings.items()
        )

    def format(self, rate: Rate) -> str:
        """The id of the format of a rate."""
        key = ("format", rate.fps)
        if key not in self._ids:
            name = _NAMED.get(Rate(rate.fps).name)
            named = name and f"FFVideoFormat1080p{name}"
            self._new(
                key,
                element("format", name=named, frameDuration=rate.frame, width=1920, height=1080),
            )
        return self._ids[key]

    def effect(self, name: str, uid: str) -> str:
        """The id of a built-in effect."""
        key = ("effect", name, uid)
        if key not in self._ids:
            self._new(key, element("effect", name=name, uid=uid))
        return self._ids[key]

    def generator(self, source: Source) -> str:
        """The id of a generator; all are written as the solid that every system has."""
        key = ("effect", source)
        if key not in self._ids:
            self._new(key, element("effect", name=source.name, uid=_SOLID, src=source.url))
            said = f"generator '{source.name}' is written as a solid"
            self.lose(Level.INFO, "fcpxml.generator", said, source.name)
        return self._ids[key]

    def asset(self, source: Source) -> str:
        """The id of the asset of a source."""
        key = ("asset", source)
        if key not in self._ids:
            self._new(key, self._asset(source))
        return self._ids[key]

    def _new(self, key: object, made: etree._Element) -> None:
        self._ids[key] = f"r{len(self._ids) + 1}"
        made.set("id", self._ids[key])
        self.made.append(made)

    def _asset(self, source: Source) -> etree._Element:
        kinds = self._uses.get(source, set())
        video, audio = Kind.VIDEO in kinds, Kind.AUDIO in kinds or bool(source.channels)
        told = dict(source.metadata)
        made = element(
            "asset",
            name=source.name,
            uid=told.get("uid"),
            start=source.start,
            duration=source.duration,
            hasVideo=1 if video else None,
            format=self.format(source.rate) if video and source.rate else None,
            videoSources=1 if video else None,
            hasAudio=1 if audio else None,
            audioSources=1 if audio else None,
            audioChannels=source.channels if audio else None,
            audioRate=source.sample_rate if audio else None,
        )
        child(made, "media-rep", kind="original-media").set("src", self._url(source))
        rate = None if video or source.rate is None else source.rate
        own = (
            (keys.REEL, source.reel),
            (keys.SCENE, source.scene),
            (keys.TAKE, source.take),
            (keys.TAPE, source.tape),
            (keys.UMID, source.umid),
            (keys.RATE, "" if rate is None else str(rate.fps)),
        )
        metadata(made, (*own, *(entry for entry in source.metadata if entry[0] != "uid")))
        return made

    def _url(self, source: Source) -> str:
        """Where the file lies; a source without a file is written as offline."""
        if not source.url:
            said = "this source has no file; it is written as offline"
            self.lose(Level.WARNING, "fcpxml.offline", said, source.name)
            return f"file:///offline/{quote(source.name)}"
        if len(urlsplit(source.url).scheme) > 1:
            return source.url
        path = PurePath(source.url)
        return path.as_uri() if path.is_absolute() else f"./{quote(source.url)}"
