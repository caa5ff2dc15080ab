"""`conform sync`: find and measure every event's take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from adapters import formats, rolls, session
from adapters.cut import Cut
from conform import media
from conform.findings import info
from conform.jsonable import event_json, findings_json, time_json
from conform.media import Media
from conform.review.originals import marks_of
from conform.synced import Sync
from conform.syncing.sync import SyncOptions, sync
from conform.timecode import Rate
from conform.writing import refuse
from ui.choosing import chosen, named_as
from ui.options import (
    FILE,
    SECONDS,
    examples,
    force_option,
    jobs_option,
    json_option,
    rate_option,
)
from ui.printing import console, exit_code, print_findings, print_json
from ui.progress import progress
from ui.showing import show_sync
from ui.workers import workers


@click.command(
    epilog=examples(
        "conform sync REEL1.edl --picture REEL1.mov --rolls DAY01/ --rolls DAY02/ -o REEL1.otio",
        "conform sync REEL1.otio --picture REEL1.mov --rolls SOUND/ --json > sync.json",
        "conform sync FEATURE.aaf --picture FEATURE.mov --rolls SOUND/ --jobs 8",
    )
)
@click.argument("cut", type=FILE)
@click.option("--picture", required=True, type=FILE, help="The guide movie of this cut.")
@click.option(
    "--rolls",
    "folders",
    required=True,
    multiple=True,
    type=FILE,
    help="A folder of field recordings, or one file; may be given again.",
)
@click.option(
    "-o", "--output", type=FILE, help="The session to write.  [default: CUT.session.otio]"
)
@click.option("--timeline", "name", help="Which timeline, where the cut holds several.")
@click.option(
    "--search",
    type=SECONDS,
    default="2",
    show_default=True,
    help="How far timecode may be wrong, in seconds.",
)
@jobs_option("Events")
@rate_option
@force_option
@json_option
def command(
    cut: Path,
    picture: Path,
    folders: Sequence[Path],
    output: Path | None,
    name: str | None,
    search: Fraction,
    jobs: int,
    rate: Rate | None,
    force: bool,
    as_json: bool,
) -> int:
    """Find each event's take by timecode and metadata, then measure it against the guide.

    Every sound event of CUT (or every picture event, where the cut has no sound) is given the take
    that its timecode, scene, roll and name point to; the take's place is then measured by
    correlating each of its channels with the movie's own sound. An event that they do not name, or
    name wrongly, is searched by its sound in all rolls. What cannot be measured says so.
    """
    target = named_as(output or cut.with_suffix(".session.otio"), ".otio")
    refuse(target, force=force, sources=(cut, picture))  # before takes are read, which lasts
    movie = media.probe(picture)
    read = _read(cut, rate, movie)
    timeline = chosen(read.timelines, name, cut)
    options = SyncOptions(search=search)
    with progress() as watch, workers(jobs) as executor:
        takes, odd = rolls.scan(folders, watch=watch)
        recorded = (path for take in takes for path in take.paths)
        refuse(target, force=force, sources=(cut, picture, *recorded))
        answer = sync(timeline, movie, takes, options, executor=executor, watch=watch)
    findings = (*read.findings, *odd, *answer.findings)
    answer = replace(answer, findings=findings, marks=marks_of(answer), cut=str(cut))
    session.save(answer, target, force=force)
    if as_json:
        print_json(_as_json(answer, target))
    else:
        show_sync(answer, console())
        print_findings(answer.findings, console())
        console().print(f"session: {target}", markup=False)
    return exit_code(answer.findings)


def _read(cut: Path, rate: Rate | None, movie: Media) -> Cut:
    """The cut; a list that cannot tell 23.976 from 24, or 29.97 from 30, is told by its movie."""
    read = formats.read(cut, rate=rate)
    shown = movie.video[0].rate if movie.video else None
    guessed = any(finding.code == "edl.rate-assumed" for finding in read.findings)
    if rate is not None or shown is None or not guessed:
        return read
    assumed = read.timelines[0].rate
    if assumed.nominal != shown.nominal or assumed.fps == shown.fps:
        return read
    said = info(
        "sync.rate-from-picture",
        f"the list does not say whether it runs at {assumed} or {shown}: the movie runs at {shown}",
        cut.name,
    )
    again = formats.read(cut, rate=shown.with_drop(assumed.drop))
    return replace(again, findings=(*again.findings, said))


def _as_json(answer: Sync, target: Path) -> dict[str, Any]:
    return {
        "session": str(target),
        "timeline": answer.timeline.name,
        "picture": answer.picture,
        "picture_in": time_json(answer.picture_in, answer.timeline.timecode(answer.picture_in)),
        "sample_rate": answer.sample_rate,
        "length": str(answer.length),
        "events": [event_json(event, answer) for event in answer.events],
        "findings": findings_json(answer.findings),
    }
