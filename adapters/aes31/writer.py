"""A timeline as an audio decision list."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import conform
from adapters.aes31.fades import fade_text
from adapters.aes31.records import quoted
from adapters.aes31.tcf import SAMPLE_MARKS, Clock, base_of
from adapters.daw import extended, losses, offset, overlapped
from conform.errors import TimelineError
from conform.findings import Finding
from conform.timeline import ZERO, Clip, Curve, Kind, Source, Timeline
from conform.writing import write_text

_SILENCE = -200.0  # dB: below the last bit of any sample
_IDENTITY = "06,64,43,52,01,01,01,04,01,02,03,04"  # the label of AES31-3 itself


def write(
    timeline: Timeline,
    path: Path,
    *,
    force: bool = False,
    sources: Iterable[Path] = (),
    sample_rate: int = 48000,
) -> tuple[Finding, ...]:
    """Write the sound tracks of a timeline whole to a path, every edge on its nearest sample.

    Raises `TimelineError` for rates that the format has no mark for, `RenderError` where the path
    is taken or cannot be written. The findings say what the format cannot hold.
    """
    base = base_of(timeline.rate)
    if base is None or sample_rate not in SAMPLE_MARKS:
        what = f"{timeline.rate.name} frames a second at {sample_rate} Hz"
        raise TimelineError(f"an audio decision list has no mark for {what}", path=path)
    sheet = _Sheet(timeline, Clock(base, sample_rate))
    write_text(path, "\n".join([*sheet.lines(), ""]), force=force, sources=sources)
    return losses(_losses(timeline, base.fps != timeline.rate.fps), "aes31", path.name)


class _Sheet:
    """One timeline on its way into lines."""

    def __init__(self, timeline: Timeline, clock: Clock) -> None:
        self._timeline, self._clock = timeline, clock
        self._sources: dict[Source, int] = {}
        for track in timeline.audio:
            for clip in track.clips:
                if _held(clip):
                    self._sources.setdefault(clip.source, len(self._sources) + 1)

    def lines(self) -> Iterator[str]:
        """The whole list."""
        yield "<ADL>"
        yield from _section("VERSION", self._version())
        yield from _section("PROJECT", self._project())
        yield from _section("SEQUENCE", self._sequence())
        names = [track.name for track in self._timeline.audio]
        yield from _section(
            "TRACKLIST", (f"(Track) {n} {quoted(name)}" for n, name in enumerate(names, 1))
        )
        yield from _section("SOURCE_INDEX", self._index())
        yield from _section("EVENT_LIST", self._events())
        if self._timeline.markers:
            yield from _section("MARK_LIST", self._markers())
        yield "</ADL>"

    def _version(self) -> Iterator[str]:
        name = f"{self._timeline.name} {self._timeline.start} {self._timeline.duration}"
        yield f"(ADL_ID) {_IDENTITY}"
        yield f"(ADL_UID) {uuid.uuid5(uuid.NAMESPACE_OID, name)}"
        yield "(VER_ADL_VERSION) 01"
        yield '(VER_CREATOR) "Picturelock"'
        yield f'(VER_CRTR) "{conform.__version__}"'

    def _project(self) -> Iterator[str]:
        yield f"(PROJ_TITLE) {quoted(self._timeline.name)}"
        yield '(PROJ_ORIGINATOR) "Picturelock"'

    def _sequence(self) -> Iterator[str]:
        yield f"(SEQ_SAMPLE_RATE) S{self._clock.sample_rate}"
        yield f"(SEQ_FRAME_RATE) {self._clock.rate.nominal}"
        yield "(SEQ_ADL_LEVEL) 1"
        yield "(SEQ_CLEAN) FALSE"
        yield "(SEQ_MULTICHAN) FALSE"
        yield f"(SEQ_DEST_START) {self._clock.text(self._timeline.start)}"

    def _index(self) -> Iterator[str]:
        for source, number in self._sources.items():
            times = (source.start, source.duration)
            start, length = ("_" if at is None else self._clock.text(at) for at in times)
            umid = source.umid if source.umid and not set(source.umid) & set(' "()<>') else "_"
            url = f'"URL:{_url(source)}"'
            yield f"(Index) {number:04} (F) {url} {umid} {start} {length} {quoted(source.name)} N"

    def _events(self) -> Iterator[str]:
        number = 0
        for lane, track in enumerate(self._timeline.audio, 1):
            for clip in overlapped(track):
                if _held(clip):
                    number += 1
                    yield from self._event(number, lane, _inside(clip))

    def _event(self, number: int, lane: int, clip: Clip) -> Iterator[str]:
        first, last = (self._timeline.start + at for at in (clip.record_in, clip.record_out))
        times = (self._clock.text(at) for at in (clip.source_in, first, last))
        source = self._sources[clip.source]
        channel = clip.channels[0] if clip.channels else 1
        yield f"(Entry) {number:04} (Cut) I {source:04} {channel} {lane} {' '.join(times)} R"
        for word, fade in (("Infade", clip.fade_in), ("Outfade", clip.fade_out)):
            if fade:
                yield f"    ({word}) {fade_text(fade, self._clock)}"
        if clip.gain_db:
            yield f"    (Gain) _ {max(clip.gain_db, _SILENCE):.6f}"
        yield f"    (Rem) NAME {quoted(clip.name)}"

    def _markers(self) -> Iterator[str]:
        for marker in self._timeline.markers:
            at = self._timeline.start + marker.at
            end = self._clock.text(at + marker.duration) if marker.duration else "_"
            yield f"(MK) 0 {self._clock.text(at)} {end} {quoted(marker.name)}"


def _section(name: str, lines: Iterator[str]) -> Iterator[str]:
    yield f"<{name}>"
    yield from (f"    {line}" for line in lines)
    yield f"</{name}>"


def _url(source: Source) -> str:
    """The file as the absolute URL that AES31-3 asks for."""
    if source.url.startswith("file:"):
        return source.url.replace('"', "%22")
    place = (source.url or source.name).replace("\\", "/").lstrip("/")
    return "file://localhost/" + quote(place, safe="/:")


def _held(clip: Clip) -> bool:
    """Whether a list can play a clip: it knows no speeds and no mutes."""
    return clip.speed == 1 and not clip.time_map and clip.enabled


def _inside(clip: Clip) -> Clip:
    """A clip without the silence before its file, which a crossfade may have led it into."""
    before = min(offset(clip), ZERO)
    return extended(clip, clip.record_in - before, clip.record_out) if before else clip


def _losses(timeline: Timeline, other_labels: bool) -> Iterator[str]:
    """What an audio decision list cannot hold of this timeline."""
    if other_labels:
        yield f"labels at {timeline.rate.name} (slower ones are written; places are exact)"
    for track in timeline.tracks:
        if track.kind is Kind.VIDEO:
            yield f"picture tracks ({len(track.clips)} clips left out)"
            continue
        if not track.enabled or track.soloed:
            yield "the mute or solo of a track"
        for clip in track.clips:
            yield from _clip_losses(clip)
    if any(marker.comment or marker.color for marker in timeline.markers):
        yield "a marker's comment and colour"


def _clip_losses(clip: Clip) -> Iterator[str]:
    if not clip.enabled:
        yield "a muted clip (left out)"
    elif not _held(clip):
        yield "a clip at another speed (left out)"
    if len(clip.channels) > 1:
        yield "several channels on one track (the first is written)"
    if not clip.channels:
        yield "a clip that names no channel (the first is written)"
    if clip.gain_curve:
        yield "gain automation"
    if clip.markers:
        yield "markers on clips"
    source = clip.source
    if any((source.reel, source.tape, source.scene, source.take)):
        yield "reel, scene and take"
    if any(fade and fade.curve is Curve.UNKNOWN for fade in (clip.fade_in, clip.fade_out)):
        yield "a fade without a curve (a straight one is written)"
