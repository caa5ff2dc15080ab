"""`conform convert`: a cut from one format into another, saying what is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from adapters import formats
from conform.jsonable import findings_json, timeline_json
from conform.timecode import Rate
from conform.timeline import Kind, Timeline, Track
from conform.writing import refuse
from ui.choosing import chosen
from ui.options import FILE, examples, force_option, json_option, rate_option
from ui.printing import console, exit_code, print_findings, print_json

_OF_FORMAT = {"embed": "aaf", "reel_width": "edl", "form": "markers"}
_OPTION = {"embed": "--embed", "reel_width": "--reels", "form": "--form"}
_MARKERS = ("resolve", "protools", "avid", "reaper", "audition")
_MOST_TRACKS = 1000
_RANGE = re.compile(r"([AV])(\d+)(?:-[AV]?(\d+))?", re.IGNORECASE)


class TracksType(click.ParamType[frozenset[tuple[Kind, int]], str]):
    """Tracks by kind and number: `V1,A1-A4`."""

    name = "tracks"

    def convert(
        self,
        value: str | frozenset[tuple[Kind, int]],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> frozenset[tuple[Kind, int]]:
        """The set of kinds and numbers."""
        if not isinstance(value, str):
            return value
        wanted: set[tuple[Kind, int]] = set()
        for part in value.replace(" ", "").split(","):
            match = _RANGE.fullmatch(part)
            if match is None:
                self.fail(f"'{part}' names no tracks; write V1,A1-A4", param, ctx)
            kind = Kind.VIDEO if match[1].upper() == "V" else Kind.AUDIO
            first, last = int(match[2]), int(match[3] or match[2])
            if not 0 < first <= last < _MOST_TRACKS:
                self.fail(f"'{part}' is no range of tracks; write A1-A4", param, ctx)
            wanted |= {(kind, n) for n in range(first, last + 1)}
        return frozenset(wanted)


@click.command(
    epilog=examples(
        "conform convert REEL1.xml REEL1.aaf",
        "conform convert REEL1.aaf REEL1.edl --tracks A1-A4",
        "conform convert CUT.edl CUT.otio --rate 29.97df",
        "conform convert CUT.otio NOTES.csv --form reaper",
    )
)
@click.argument("source", metavar="IN", type=FILE)
@click.argument("target", metavar="OUT", type=FILE)
@click.option("--to", "form", metavar="FORMAT", help="The format, where OUT's suffix does not say.")
@click.option("--timeline", "name", help="Which timeline, where IN holds several.")
@click.option("--tracks", type=TracksType(), help="Only these tracks: V1,A1-A4.")
@click.option("--embed", is_flag=True, help="AAF: put the sound itself into the file.")
@click.option(
    "--reels",
    type=click.Choice(["8", "16", "32", "128"]),
    help="EDL: the longest reel name that the reader takes.  [default: 8]",
)
@click.option(
    "--form", "markers", type=click.Choice(list(_MARKERS)), help="Marker lists: whose form."
)
@rate_option
@force_option
@json_option
def command(
    source: Path,
    target: Path,
    form: str | None,
    name: str | None,
    tracks: frozenset[tuple[Kind, int]] | None,
    embed: bool,
    reels: str | None,
    markers: str | None,
    rate: Rate | None,
    force: bool,
    as_json: bool,
) -> int:
    """Convert the cut IN into OUT, in the format of OUT's suffix, and say what it cannot hold."""
    refuse(target, force=force, sources=(source,))
    cut = formats.read(source, rate=rate)
    timeline = _only(chosen(cut.timelines, name, source), tracks)
    asked = {
        "embed": embed or None,
        "reel_width": int(reels) if reels else None,
        "form": markers,
    }
    options = _fit(asked, target, form)
    lost = formats.write(timeline, target, format=form, force=force, sources=(source,), **options)
    findings = (*cut.findings, *lost)
    if as_json:
        answer = {"path": str(target), **timeline_json(timeline)}
        print_json({**answer, "lost": findings_json(lost), "findings": findings_json(cut.findings)})
    else:
        print_findings(findings, console())
        console().print(f"written: {target}", markup=False)
    return exit_code(findings)


def _fit(asked: dict[str, Any], target: Path, form: str | None) -> dict[str, Any]:
    """The options that are given, if the format to be written knows them."""
    given = {name: value for name, value in asked.items() if value is not None}
    found = formats.written_as(target, form)
    for name in given:
        if found.name != _OF_FORMAT[name]:
            raise click.UsageError(f"{_OPTION[name]} is for {_OF_FORMAT[name]}, not {found.name}")
    return given


def _only(timeline: Timeline, tracks: frozenset[tuple[Kind, int]] | None) -> Timeline:
    """The timeline with the tracks that are asked for, numbered anew."""
    if tracks is None:
        return timeline
    kept = [track for track in timeline.tracks if (track.kind, track.index) in tracks]
    return replace(timeline, tracks=tuple(_renumbered(kept)))


def _renumbered(tracks: list[Track]) -> list[Track]:
    count = dict.fromkeys(Kind, 0)
    numbered = []
    for track in tracks:
        count[track.kind] += 1
        numbered.append(replace(track, index=count[track.kind]))
    return numbered
