"""`conform export`: stems and report out of a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from adapters import session
from conform.findings import Finding
from conform.jsonable import findings_json
from conform.laying.copied import copies, copy_findings
from conform.laying.plan import PlanOptions, plan
from conform.laying.prove import Proof, prove
from conform.laying.render import StemFile, clipped, render
from conform.laying.stems import apart_from_takes, stem_spec
from conform.review.decision import applied
from conform.review.originals import refuse_changed, sources
from ui.options import FILE, SECONDS, examples, force_option, jobs_option, json_option
from ui.printing import console, exit_code, print_findings, print_json
from ui.progress import progress
from ui.reporting import refuse_report, write_report
from ui.showing import show_proofs, show_stems, stem_json
from ui.workers import workers


@click.command(
    epilog=examples(
        "conform export REEL1.otio -o STEMS/",
        "conform export REEL1.otio -o STEMS/ --handles 2 --checkerboard",
        "conform export REEL1.otio -o STEMS/ --poly --bits 24 --force",
    )
)
@click.argument("session_file", metavar="SESSION", type=FILE)
@click.option("-o", "--output", "folder", required=True, type=FILE, help="The folder for stems.")
@click.option(
    "--handles",
    type=SECONDS,
    default="1",
    show_default=True,
    help="Sound beyond each event's edges, in seconds, where there is room.",
)
@click.option(
    "--fade",
    type=SECONDS,
    default="0.005",
    show_default=True,
    help="Fades at joins and outer edges, in seconds.",
)
@click.option("--checkerboard", is_flag=True, help="Whole handles, events on alternating stems.")
@click.option("--poly", is_flag=True, help="One poly file instead of a file for each channel.")
@click.option("--bits", type=click.Choice(["16", "24", "32"]), help="Width of the samples.")
@click.option("--correct-drift", is_flag=True, help="Resample takes whose clock drifts.")
@click.option(
    "--proof/--no-proof",
    "proved",
    default=True,
    show_default=True,
    help="Measure the finished stems against the picture again.",
)
@jobs_option("Events", "proved")
@click.option("--date", default="", help="The date to print in the report.  [default: now]")
@force_option
@json_option
def command(
    session_file: Path,
    folder: Path,
    handles: Fraction,
    fade: Fraction,
    checkerboard: bool,
    poly: bool,
    bits: str | None,
    correct_drift: bool,
    proved: bool,
    jobs: int,
    date: str,
    force: bool,
    as_json: bool,
) -> int:
    """Write the stems of SESSION, as long as the picture to the sample, and the report beside them.

    Every channel of every placed take goes on the stem of the mixer's name for it. Samples are
    copied bit for bit wherever nothing has to change; events without a take stay silent. What a
    reviewer decided in the viewer is done.
    """
    cut, review = session.load_reviewed(session_file)
    sync = applied(cut, review)
    beside = apart_from_takes(sync, folder)
    refuse_changed(sync)
    report = folder / f"{session_file.stem}.report.html"
    kept = (*sources(sync), session_file)
    refuse_report(report, force=force, sources=kept)
    options = PlanOptions(handles, fade, checkerboard, correct_drift)
    layout = plan(sync, options)
    spec = stem_spec(sync, bits=int(bits) if bits else None, poly=poly)
    with progress() as watch, workers(jobs) as executor:
        stems = render(layout, folder, spec, sources=kept, force=force, watch=watch)
        proofs = prove(sync, layout, stems, executor=executor, watch=watch) if proved else ()
        same = copies(layout, stems, watch=watch) if proved else ()
        paths = [stem.path for stem in stems]
        write_report(
            sync,
            report,
            watch=watch,
            review=review,
            stems=paths,
            proofs=proofs,
            same=same,
            sources=kept,
            date=date,
            force=force,
        )
    findings = (
        *sync.findings,
        *beside,
        *layout.findings,
        *clipped(stems),
        *copy_findings(same),
    )
    if as_json:
        print_json(_as_json(stems, proofs, report, findings))
    else:
        show_stems(stems, console())
        show_proofs(proofs, console())
        print_findings(findings, console())
        console().print(f"report: {report}", markup=False)
    return exit_code(findings)


def _as_json(
    stems: Sequence[StemFile], proofs: Sequence[Proof], report: Path, findings: Sequence[Finding]
) -> dict[str, Any]:
    return {
        "stems": [stem_json(stem) for stem in stems],
        "proof": [asdict(proof) for proof in proofs],
        "report": str(report),
        "findings": findings_json(findings),
    }
