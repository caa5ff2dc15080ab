"""Sequences as timelines: tracks, Premiere's exploded channels folded, nests resolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NoReturn

from adapters.fcp7xml.book import Book, Element, flag, number, text
from adapters.fcp7xml.clipitem import clip_of
from adapters.fcp7xml.markers import markers_of
from adapters.fcp7xml.nest import leaves, target_of
from adapters.fcp7xml.placing import row_of
from adapters.fcp7xml.rates import overridden, rate_of, timecode_of
from adapters.xmlgate import line_of
from conform.errors import TimelineError
from conform.findings import info, warning
from conform.timecode import Rate
from conform.timeline import ZERO, Clip, Kind, Metadata, Timeline, Track, Transition

MAX_NESTS = 32
MAX_CLIPS = 500_000
_DIGITS = 6  # of a second: a twentieth of a sample
_UNSTATED = Rate(Fraction(30))  # FCP's own default, where a file states no rate anywhere


@dataclass(frozen=True, slots=True)
class _Shell:
    """A clip item read, and the element whose tracks it shows where it is a nest."""

    clip: Clip
    nest: Element | None


@dataclass(frozen=True, slots=True)
class _Lane:
    """One track element: its shells, its transitions and its place among exploded channels."""

    element: Element
    shells: tuple[_Shell, ...]
    transitions: tuple[Transition, ...]


@dataclass(slots=True)
class Sequences:
    """Reads sequences of one book, each once, however often it is nested."""

    book: Book
    asked: Rate | None = None
    _read: dict[Element, Timeline] = field(default_factory=dict)
    _open: list[Element] = field(default_factory=list)
    _clips: int = 0

    def timeline(self, element: Element, inherited: Rate | None = None) -> Timeline:
        """The timeline of a sequence, or of any element with media tracks.

        Raises `TimelineError` where sequences nest in themselves, too deep or into too many clips.
        """
        if element in self._read:
            return self._read[element]
        if element in self._open or len(self._open) >= MAX_NESTS:
            self._refuse("a sequence is nested in itself or deeper than 32 levels", element)
        self._open.append(element)
        try:
            self._read[element] = self._timeline(element, inherited)
        finally:
            self._open.pop()
        return self._read[element]

    def _timeline(self, element: Element, inherited: Rate | None) -> Timeline:
        book = self.book
        rate = self._rate(element, inherited)
        start = timecode_of(element, rate, book)
        if start is not None and start[1].nominal == rate.nominal:
            rate = rate.with_drop(start[1].drop)
        tracks = tuple(track for kind in Kind for track in self._tracks(element, kind, rate))
        stated = number(element, "duration")
        length = ZERO if stated is None else stated / rate.fps
        timeline = Timeline(
            name=text(element, "name"),
            rate=rate,
            start=ZERO if start is None else start[0],
            tracks=tracks,
            markers=markers_of(element, rate),
            metadata=_format(element),
        )
        return replace(timeline, length=length) if length > timeline.duration else timeline

    def _rate(self, element: Element, inherited: Rate | None) -> Rate:
        if inherited is None and element.find("rate") is None and self.asked is None:
            said = f"the sequence states no rate; {_UNSTATED} was assumed: give the rate"
            self.book.note(warning, "rate.missing", said, element)
        rate = rate_of(element, inherited or self.asked or _UNSTATED, self.book)
        return overridden(rate, self.asked, self.book, element)

    def _tracks(self, element: Element, kind: Kind, rate: Rate) -> Iterator[Track]:
        lanes = [self._lane(track, kind, rate) for track in element.iterfind(f"media/{kind}/track")]
        for index, together in enumerate(_exploded(lanes), 1):
            shells = _folded([lane.shells for lane in together])
            clips, crossings = self._resolved(shells, kind, rate)
            crossings += [cross for lane in together for cross in lane.transitions]
            first = together[0].element
            yield Track(
                kind=kind,
                index=index,
                name=first.get("MZ.TrackName") or text(first, "name"),
                clips=tuple(sorted(clips, key=lambda clip: (clip.record_in, clip.record_out))),
                transitions=_distinct(crossings),
                enabled=flag(first, "enabled", True),
                metadata=_routing(together),
            )

    def _lane(self, track: Element, kind: Kind, rate: Rate) -> _Lane:
        row = row_of(track, kind, rate, self.book)
        shells = []
        for placed in row.items:
            file, nest = target_of(placed.element, kind, self.book)
            clip = clip_of(placed, file, kind, rate, self.book)
            if file is None and nest is None and placed.element.tag == "clipitem":
                said = f"'{clip.name}' names no media"
                self.book.note(warning, "clip.media", said, placed.element)
            shells.append(_Shell(clip, nest))
        return _Lane(track, tuple(shells), row.transitions)

    def _resolved(
        self, shells: Iterable[_Shell], kind: Kind, rate: Rate
    ) -> tuple[list[Clip], list[Transition]]:
        clips: list[Clip] = []
        crossings: list[Transition] = []
        for shell in shells:
            if shell.nest is None:
                clips.append(shell.clip)
                continue
            found, moved = self._opened(shell, kind, rate)
            clips += found
            crossings += moved
            self._clips += len(found)
            if self._clips > MAX_CLIPS:
                self._refuse(f"its nests unfold into more than {MAX_CLIPS} clips", shell.nest)
        return clips, crossings

    def _opened(
        self, shell: _Shell, kind: Kind, rate: Rate
    ) -> tuple[tuple[Clip, ...], list[Transition]]:
        """The leaves of a nest; the nest's own clip where it cannot be opened or is empty."""
        nest, clip = shell.nest, shell.clip
        assert nest is not None  # noqa: S101 (the caller asked)
        if clip.time_map:
            said = f"the keyframed retime of nest '{clip.name}' keeps it closed"
            self.book.note(warning, "nest.retime", said, nest)
            return (clip,), []
        found, moved = leaves(clip, self.timeline(nest, rate), kind)
        if not found:
            said = f"nest '{clip.name}' holds nothing where it is used"
            self.book.note(info, "nest.empty", said, nest)
        return found or (clip,), moved

    def _refuse(self, said: str, at: Element) -> NoReturn:
        raise TimelineError(
            f"{said}; export the sequence without nests",
            path=self.book.document.path,
            line=line_of(at),
        )


def _exploded(lanes: list[_Lane]) -> Iterator[list[_Lane]]:
    """Track elements grouped as Premiere's tracks: each of n channels is written as a track.

    PREMIERE: `totalExplodedTrackCount` n, `currentExplodedTrackIndex` 0 to n-1, one after another.
    """
    group: list[_Lane] = []
    for lane in lanes:
        index = _attribute(lane.element, "currentExplodedTrackIndex")
        if group and (index == 0 or index != len(group)):
            yield group
            group = []
        group.append(lane)
        if len(group) >= _attribute(group[0].element, "totalExplodedTrackCount"):
            yield group
            group = []
    if group:
        yield group


def _attribute(element: Element, name: str) -> int:
    value = element.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 6 else 0


def _folded(lanes: list[tuple[_Shell, ...]]) -> list[_Shell]:
    """The shells of exploded tracks: equal ones are one clip that plays several channels."""
    if len(lanes) == 1:
        return list(lanes[0])
    folded: dict[Hashable, list[_Shell]] = {}
    for shells in lanes:
        seen: Counter[Hashable] = Counter()
        for shell in shells:
            same = (_heard_alike(shell.clip), shell.nest)
            folded.setdefault((*same, seen[same]), []).append(shell)
            seen[same] += 1
    return [_as_one(same) for same in folded.values()]


def _heard_alike(clip: Clip) -> Hashable:
    """What must be equal in the channels of one clip; in points may differ by a tick's rounding."""
    return (
        *(clip.name, clip.source, clip.enabled, clip.gain_db, clip.gain_curve),
        *(clip.record_in, clip.record_out, clip.fade_in, clip.fade_out),
        *(round(value, _DIGITS) for value in (clip.source_in, clip.source_out, clip.speed)),
    )


def _as_one(same: list[_Shell]) -> _Shell:
    channels = tuple(dict.fromkeys(n for shell in same for n in shell.clip.channels))
    return replace(same[0], clip=replace(same[0].clip, channels=channels))


def _distinct(crossings: list[Transition]) -> tuple[Transition, ...]:
    return tuple(sorted(dict.fromkeys(crossings), key=lambda crossing: crossing.record_in))


def _routing(together: list[_Lane]) -> Metadata:
    """The output channels of a track, and Premiere's name for its kind."""
    outputs = [text(lane.element, "outputchannelindex") for lane in together]
    kept = [
        ("output", " ".join(output for output in outputs if output)),
        ("track type", together[0].element.get("premiereTrackType", "")),
        ("locked", "yes" if flag(together[0].element, "locked", False) else ""),
    ]
    return tuple((name, value) for name, value in kept if value)


_FORMAT = {
    "width": "media/video/format/samplecharacteristics/width",
    "height": "media/video/format/samplecharacteristics/height",
    "sample rate": "media/audio/format/samplecharacteristics/samplerate",
    "scene": "logginginfo/scene",
    "take": "logginginfo/shottake",
    "lognote": "logginginfo/lognote",
}


def _format(element: Element) -> Metadata:
    kept = [(name, text(element, path)) for name, path in _FORMAT.items()]
    return tuple((name, value) for name, value in kept if value)
