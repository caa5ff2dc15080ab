"""A timeline as a REAPER project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote, urlsplit

from adapters.daw import about_track, decimal, factor, losses, offset, overlapped
from adapters.reaper.nodes import quoted
from adapters.reaper.shapes import CURVE_CODES, mode_of, rate_code, ruler_of
from conform.errors import TimelineError
from conform.findings import Finding
from conform.timecode import Rate
from conform.timeline import Clip, Curve, Fade, Kind, Marker, Source, Timeline, Track
from conform.writing import write_text


def write(
    timeline: Timeline,
    path: Path,
    *,
    force: bool = False,
    sources: Iterable[Path] = (),
    sample_rate: int = 48000,
) -> tuple[Finding, ...]:
    """Write the sound tracks of a timeline whole to a path; the findings say what is lost.

    Raises `TimelineError` for a frame rate that REAPER has not, `RenderError` where the path is
    taken or cannot be written.
    """
    ruler = ruler_of(timeline.rate)
    code = rate_code(ruler) if ruler else None
    if ruler is None or code is None:
        raise TimelineError(f"REAPER knows no {timeline.rate.name} frames a second", path=path)
    lines = ['<REAPER_PROJECT 0.1 "7.0" 0']
    lines += [f"  {line}" for line in _project(timeline, code, sample_rate)]
    write_text(path, "\n".join([*lines, ">", ""]), force=force, sources=sources)
    return losses(_losses(timeline, ruler), "reaper", path.name)


def _project(timeline: Timeline, code: tuple[int, int], sample_rate: int) -> Iterator[str]:
    yield f"TITLE {quoted(timeline.name)}"
    yield f"PROJOFFS {decimal(timeline.start)} 0 0"
    yield f"TIMEMODE 1 5 -1 {code[0]} {code[1]} 0 -1"
    yield f"SAMPLERATE {sample_rate} 1 0"
    for number, marker in enumerate(timeline.markers, 1):
        yield from _marker(number, marker)
    for track in timeline.audio:
        yield from _track(track)


def _marker(number: int, marker: Marker) -> Iterator[str]:
    colour = marker.color if marker.color.isdigit() else "0"
    region = int(marker.duration > 0)
    yield f"MARKER {number} {decimal(marker.at)} {quoted(marker.name)} {region} {colour}"
    if region:
        yield f'MARKER {number} {decimal(marker.at + marker.duration)} "" {region}'


def _track(track: Track) -> Iterator[str]:
    yield "<TRACK"
    yield f"  NAME {quoted(track.name)}"
    yield f"  MUTESOLO {int(not track.enabled)} {int(track.soloed)} 0"
    for clip in overlapped(track):
        if clip.speed != 0:
            yield from (f"  {line}" for line in _item(clip))
    yield ">"


def _item(clip: Clip) -> Iterator[str]:
    reverse = clip.speed < 0
    yield "<ITEM"
    yield f"  POSITION {decimal(clip.record_in)}"
    yield f"  LENGTH {decimal(clip.duration)}"
    yield "  LOOP 0"
    yield f"  FADEIN {_fade(clip.fade_in)}"
    yield f"  FADEOUT {_fade(clip.fade_out)}"
    yield f"  MUTE {int(not clip.enabled)} 0"
    yield f"  NAME {quoted(clip.name)}"
    yield f"  VOLPAN {decimal(factor(clip.gain_db))} 0 1 -1"
    yield f"  SOFFS {decimal(Fraction(0) if reverse else offset(clip))}"
    yield f"  PLAYRATE {decimal(abs(clip.speed))} 0 0 -1"
    yield f"  CHANMODE {mode_of(clip.channels) or 0}"
    yield from (f"  {line}" for line in _source(clip))
    if clip.gain_curve:
        yield "  <VOLENV"
        yield "    ACT 1 -1"
        for key in clip.gain_curve:
            yield f"    PT {decimal(key.at)} {decimal(factor(key.value))} 0"
        yield "  >"
    yield ">"


def _fade(fade: Fade | None) -> str:
    """Shape, length, and no automatic length, which would outrank it."""
    if fade is None:
        return "1 0 0"
    return f"{CURVE_CODES.get(fade.curve, 1)} {decimal(fade.duration)} 0"


def _source(clip: Clip) -> Iterator[str]:
    """The file; a clip that runs backwards is a reversed section of it."""
    kind = _kind(clip.source)
    wave = [f"<SOURCE {kind}", f"  FILE {quoted(_place(clip.source))}", ">"]
    if clip.speed > 0:
        yield from wave
        return
    yield "<SOURCE SECTION"
    yield f"  LENGTH {decimal(clip.source_out - clip.source_in)}"
    yield "  MODE 2"
    yield f"  STARTPOS {decimal(offset(clip))}"
    yield from (f"  {line}" for line in wave)
    yield ">"


_KINDS = {".mp3": "MP3", ".flac": "FLAC", ".ogg": "VORBIS", ".mov": "VIDEO", ".mp4": "VIDEO",
          ".mxf": "VIDEO", ".mkv": "VIDEO"}  # fmt: skip


def _kind(source: Source) -> str:
    return _KINDS.get(Path(_place(source)).suffix.lower(), "WAVE")


def _place(source: Source) -> str:
    """The file as a path: REAPER knows no URLs."""
    parts = urlsplit(source.url) if source.url.startswith("file:") else None
    if parts is None:
        return source.url or source.name
    path = unquote(parts.path)
    return path[1:] if path[2:3] == ":" else path  # file:///C:/folder/file.wav


def _losses(timeline: Timeline, ruler: Rate) -> Iterator[str]:
    """What a project of REAPER cannot hold of this timeline."""
    if ruler != timeline.rate:
        yield f"{timeline.rate.name} frames a second (its ruler shows {ruler.name})"
    for track in timeline.tracks:
        if track.kind is Kind.VIDEO:
            yield f"picture tracks ({len(track.clips)} clips left out)"
            continue
        yield from about_track(track)
        for clip in track.clips:
            if clip.channels and mode_of(clip.channels) is None:
                yield f"the channels {clip.channels}"
            if clip.markers:
                yield "markers on clips"
            if any(fade and fade.curve is Curve.UNKNOWN for fade in (clip.fade_in, clip.fade_out)):
                yield "a fade without a curve (REAPER's own is written)"
    for marker in timeline.markers:
        if marker.comment:
            yield "a marker's comment"
