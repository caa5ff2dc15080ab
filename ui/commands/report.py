"""`conform report`: the sync report of a session."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from adapters import session
from conform.errors import RenderError
from conform.findings import Finding
from conform.jsonable import findings_json
from conform.review.decision import applied
from conform.review.originals import sources
from conform.tolerance import TOLERANCES
from ui.choosing import named_as
from ui.options import FILE, examples, force_option, json_option
from ui.printing import console, exit_code, print_findings, print_json
from ui.progress import progress
from ui.reporting import refuse_report, write_report
from ui.review.desk import offline
from ui.review.judging import judged
from ui.review.notes import FORMS, write_notes


@click.command(
    epilog=examples(
        "conform report REEL1.otio -o REEL1.report.html",
        "conform report REEL1.otio --tolerance netflix --stem STEMS/Boom.wav --force",
        "conform report REEL1.otio --markers REEL1.notes.txt --form protools",
    )
)
@click.argument("session_file", metavar="SESSION", type=FILE)
@click.option(
    "-o", "--output", "page", type=FILE, help="The page to write.  [default: SESSION.report.html]"
)
@click.option(
    "--tolerance",
    type=click.Choice(list(TOLERANCES)),
    default="conform",
    show_default=True,
    help="The window that events are judged by.",
)
@click.option("--stem", "stems", multiple=True, type=FILE, help="A stem to list; again for more.")
@click.option(
    "--markers", "listed", type=FILE, help="Also write flags and comments as a marker list."
)
@click.option(
    "--form", type=click.Choice(list(FORMS)), help="The marker list's form.  [default: by suffix]"
)
@click.option("--date", default="", help="The date to print.  [default: now]")
@force_option
@json_option
def command(
    session_file: Path,
    page: Path | None,
    tolerance: str,
    stems: Sequence[Path],
    listed: Path | None,
    form: str | None,
    date: str,
    force: bool,
    as_json: bool,
) -> int:
    """Write the sync report of SESSION: one HTML page, with its CSV and JSON beside it.

    With --markers, what was flagged, decided and commented on goes into a list as well that
    Resolve, Pro Tools, Media Composer, REAPER or Audition take in.
    """
    cut, review = session.load_reviewed(session_file)
    sync = applied(cut, review)
    target = named_as(page or session_file.with_suffix(".report.html"), ".html", ".htm")
    if form and not listed:
        raise click.UsageError("--form is for --markers FILE")
    lost: tuple[Finding, ...] = ()
    kept = (session_file, *sources(cut), *stems)
    paths = refuse_report(target, force=force, sources=kept)
    if listed:
        if listed.resolve() in (path.resolve() for path in paths):
            raise RenderError("the report takes this name; choose another", path=listed)
        standing = judged(cut, offline(cut))
        _, lost = write_notes(cut, review, standing, listed, form, force=force, sources=kept)
    with progress() as watch:
        paths, findings = write_report(
            sync,
            target,
            watch=watch,
            review=review,
            stems=stems,
            sources=kept,
            tolerance=tolerance,
            date=date,
            force=force,
        )
    findings += lost
    written = (*paths, *([listed] if listed else []))
    if as_json:
        print_json({"files": list(map(str, written)), "findings": findings_json(findings)})
    else:
        print_findings(findings, console())
        console().print(f"report: {paths[0]}", markup=False)
        if listed:
            console().print(f"markers: {listed}", markup=False)
    return exit_code(findings)
