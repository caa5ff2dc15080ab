"""`conform inspect`: what cuts, movies and field recordings hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from adapters import formats, rolls
from conform import media
from conform.errors import ConformError, MediaError, TimelineError
from conform.findings import Finding, error
from conform.jsonable import findings_json, media_json, roll_json, timeline_json
from conform.media import Media
from conform.roll import Roll
from conform.timecode import Rate
from conform.timeline import Clip, Timeline, Track
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
            seen.findings.append(error("inspect.unreadable", fault.message, str(path)))
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
    seen.timelines += [(path, timeline, cut.findings) for timeline in cut.timelines]
    seen.findings += cut.findings


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
        f"{path.name}: '{timeline.name}' at {timeline.rate}, {len(timeline.tracks)} tracks, "
        f"{events} events, {timeline.timecode(timeline.duration * 0)} to "
        f"{timeline.timecode(timeline.duration)}",
        style="bold",
        markup=False,
    )
    for track in timeline.tracks:
        screen.print(_track_table(timeline, track))


def _track_table(timeline: Timeline, track: Track) -> Any:
    letter = track.kind.value[0].upper()
    state = "" if track.enabled else " (muted)"
    made = table(
        f"{letter}{track.index} {track.name}{state}".rstrip(),
        "event", "record in", "record out", "source in", "source out", "reel", "name", "notes",
    )  # fmt: skip
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
            _notes(clip),
            style="" if clip.enabled else "dim",
        )
    return made


def _notes(clip: Clip) -> str:
    """What is not plain about a clip, in a few words."""
    notes = [
        f"scene {clip.source.scene}" if clip.source.scene else "",
        f"take {clip.source.take}" if clip.source.take else "",
        f"ch {','.join(map(str, clip.channels))}" if clip.channels else "",
        f"speed {float(clip.speed):g}" if clip.speed != 1 else "",
        f"{clip.gain_db:+.1f} dB" if clip.gain_db else "",
        "disabled" if not clip.enabled else "",
    ]
    return " ".join(note for note in notes if note)


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
