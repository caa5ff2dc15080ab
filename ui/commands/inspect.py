"""`conform inspect`: what cuts, movies and field recordings hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from adapters import formats, rolls
from adapters.located import present
from conform import media
from conform.errors import ConformError, MediaError, TimelineError
from conform.findings import Finding, error
from conform.jsonable import findings_json, media_json, roll_json, timeline_json
from conform.lint.cut import counted, lint, offline
from conform.lint.rolls import lint_rolls
from conform.media import Media
from conform.roll import Roll
from conform.timecode import Rate
from conform.timeline import Clip, Timeline, Track, Transition
from ui.options import FILE, examples, json_option, rate_option
from ui.printing import console, exit_code, print_findings, print_json, row, table


@dataclass(slots=True)
class _Seen:
    """What has been read so far, in the order of the command line."""

    timelines: list[tuple[Path, Timeline, tuple[Finding, ...]]] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    rolls: list[Roll] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@click.command(
    epilog=examples(
        "conform inspect REEL1.edl --rate 23.976",
        "conform inspect GUIDE.mov SOUND/12A-T03.WAV",
        "conform inspect REEL1.edl --json | jq '.timelines[0].tracks[].clips[].name'",
    )
)
@click.argument("files", nargs=-1, required=True, type=FILE)
@rate_option
@json_option
def command(files: Sequence[Path], rate: Rate | None, as_json: bool) -> int:
    """Show what FILES hold (cuts, movies, field recordings) and what is odd about them.

    A file that cannot be read is a finding; the others are shown all the same.
    """
    seen = _Seen()
    for path in files:
        try:
            _look(path, rate, seen)
        except ConformError as fault:
            where = str(path) if fault.line is None else f"{path}:{fault.line}"
            seen.findings.append(error("inspect.unreadable", fault.message, where))
    seen.findings += lint_rolls(seen.rolls)
    if as_json:
        print_json(_as_json(seen))
    else:
        _print(seen, console())
    return exit_code(seen.findings)


def _look(path: Path, rate: Rate | None, seen: _Seen) -> None:
    """Read a file as what its content says it is: a cut, a movie, or a recording."""
    try:
        formats.recognised(path)
    except TimelineError as no_cut:
        _look_at_media(path, seen, no_cut)
        return
    cut = formats.read(path, rate=rate)
    told = {finding.code.partition(".")[2] for finding in cut.findings}
    for timeline in cut.timelines:
        odd = _odd(timeline, path, told)
        seen.timelines.append((path, timeline, (*cut.findings, *odd)))
        seen.findings += odd
    seen.findings += cut.findings


def _odd(timeline: Timeline, path: Path, told: set[str]) -> tuple[Finding, ...]:
    """What the rules find that the reader, who names the line, has not told already."""
    found = (
        *lint(timeline, path.name),
        *offline(timeline, path.name, lambda url: present(url, path)),
    )
    return tuple(finding for finding in found if finding.code.partition(".")[2] not in told)


def _look_at_media(path: Path, seen: _Seen, no_cut: TimelineError) -> None:
    try:
        probed = media.probe(path)
    except MediaError as no_media:
        named_as_cut = path.suffix.lower() in formats.SUFFIXES
        raise (no_cut if named_as_cut else no_media) from None
    if probed.video:
        seen.media.append(probed)
        seen.findings += probed.findings
    else:
        roll = rolls.read(path)
        seen.rolls.append(roll)
        seen.findings += roll.findings


def _as_json(seen: _Seen) -> dict[str, Any]:
    return {
        "timelines": [
            {"path": str(path), **timeline_json(timeline), "findings": findings_json(findings)}
            for path, timeline, findings in seen.timelines
        ],
        "media": [media_json(item) for item in seen.media],
        "rolls": [roll_json(roll) for roll in seen.rolls],
        "findings": findings_json(seen.findings),
    }


def _print(seen: _Seen, screen: Console) -> None:
    for path, timeline, _ in seen.timelines:
        _print_timeline(path, timeline, screen)
    for item in seen.media:
        _print_media(item, screen)
    if seen.rolls:
        _print_rolls(seen.rolls, screen)
    print_findings(seen.findings, screen)


def _print_timeline(path: Path, timeline: Timeline, screen: Console) -> None:
    events = sum(len(track.clips) for track in timeline.tracks)
    screen.print(
        f"{path.name}: '{timeline.name}' at {timeline.rate}, "
        f"{counted(len(timeline.tracks), 'track')}, {counted(events, 'event')}, "
        f"{timeline.timecode(timeline.duration * 0)} to "
        f"{timeline.timecode(timeline.duration)}",
        style="bold",
        markup=False,
    )
    for track in timeline.tracks:
        made = _track_table(timeline, track)
        screen.print(made if track.clips else made.title, markup=False)
    if timeline.markers:
        screen.print(_marker_table(timeline))


def _marker_table(timeline: Timeline) -> Any:
    made = table("Markers", "record", "length", "name", "comment", "colour")
    for marker in timeline.markers:
        at = timeline.timecode(marker.at)
        lasting = (
            marker.duration > timeline.rate.frame
        )  # a frame or a sample is Apple's "no length"
        length = _length(marker.duration, timeline.rate) if lasting else ""
        row(made, at, length, marker.name, marker.comment, marker.color)
    return made


def _track_table(timeline: Timeline, track: Track) -> Any:
    place = f"{track.kind.value[0].upper()}{track.index}"
    name = "" if track.name == place else f" {track.name}"
    state = ", ".join(
        word
        for word, holds in (
            ("empty", not track.clips), ("muted", not track.enabled), ("solo", track.soloed)
        )
        if holds
    )  # fmt: skip
    made = table(
        f"{place}{name}{f' ({state})' if state else ''}",
        "event", "record in", "record out", "source in", "source out", "reel", "name", "notes",
    )  # fmt: skip
    crossings = {crossing.cut: crossing for crossing in track.transitions}
    for clip in track.clips:
        rate = clip.source.rate or timeline.rate
        row(
            made,
            clip.event,
            timeline.timecode(clip.record_in),
            timeline.timecode(clip.record_out),
            rate.label_at(clip.source_in),
            rate.label_at(clip.source_out),
            clip.source.reel or clip.source.tape,
            clip.name,
            _notes(clip, crossings.get(clip.record_in), timeline.rate),
            style="" if clip.enabled else "dim",
        )
    return made


def _notes(clip: Clip, crossing: Transition | None, rate: Rate) -> str:
    """What is not plain about a clip, in a few words; a transition is the incoming clip's."""
    notes = [
        f"{crossing.name} {_length(crossing.duration, rate)}" if crossing else "",
        f"scene {clip.source.scene}" if clip.source.scene else "",
        f"take {clip.source.take}" if clip.source.take else "",
        f"ch {','.join(map(str, clip.channels))}" if clip.channels else "",
        f"speed {float(clip.speed):g}" if clip.speed != 1 and not clip.time_map else "",
        f"speed by {len(clip.time_map)} keyframes" if clip.time_map else "",
        f"{clip.gain_db:+.1f} dB" if clip.gain_db else "",
        f"gain by {len(clip.gain_curve)} keyframes" if clip.gain_curve else "",
        f"fade in {_length(clip.fade_in.duration, rate)}" if clip.fade_in else "",
        f"fade out {_length(clip.fade_out.duration, rate)}" if clip.fade_out else "",
        *(f"marker {marker.name or marker.comment}".rstrip() for marker in clip.markers[:1]),
        f"and {len(clip.markers) - 1} more" if len(clip.markers) > 1 else "",
        "disabled" if not clip.enabled else "",
    ]
    return ", ".join(note for note in notes if note)


def _length(seconds: Fraction, rate: Rate) -> str:
    """A short length as editors say it: whole frames, else milliseconds."""
    frames = seconds * rate.fps
    return f"{frames} fr" if frames.denominator == 1 else f"{float(seconds) * 1000:.1f} ms"


def _print_media(item: Media, screen: Console) -> None:
    made = table(
        f"{item.path.name}  {item.timecode or 'no timecode'}", "stream", "what", "from", "length"
    )
    for video in item.video:
        rate = video.rate.name if video.rate else "variable rate"
        what = f"{video.codec} {video.width}x{video.height} at {rate}"
        row(made, f"picture {video.index}", what, _at(video.start), _at(video.duration))
    for sound in item.audio:
        bits = f" {sound.bits} bit" if sound.bits else ""
        what = f"{sound.codec}{bits} {sound.sample_rate} Hz, {sound.channels} ch ({sound.layout})"
        row(made, f"sound {sound.index}", what, _at(sound.start), _at(sound.duration))
    screen.print(made)


def _at(seconds: Any) -> str:
    return "unknown" if seconds is None else f"{float(seconds):.6f} s"


def _print_rolls(seen: Sequence[Roll], screen: Console) -> None:
    made = table(
        "Field recordings",
        "file", "timecode", "rate", "length", "scene", "take", "tape", "channels",
    )  # fmt: skip
    for roll in seen:
        row(
            made,
            roll.name,
            roll.timecode or "none",
            roll.rate or "unknown",
            _at(roll.duration),
            roll.scene,
            roll.take,
            roll.tape,
            ", ".join(channel.name or f"Ch {n}" for n, channel in enumerate(roll.channels, 1)),
        )
    screen.print(made)
