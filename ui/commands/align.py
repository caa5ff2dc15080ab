"""`conform align`: where other sounds lie against a reference."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from conform.align import Aligned, align
from conform.jsonable import findings_json, match_json
from conform.match import early_or_late
from ui.options import FILE, examples, json_option
from ui.printing import console, exit_code, print_findings, print_json, row, table
from ui.progress import progress


@click.command(
    epilog=examples(
        "conform align GUIDE.mov TAKE1.wav TAKE2.wav",
        "conform align OLD_TRANSFER.wav NEW_TRANSFER.wav --json",
    )
)
@click.argument("reference", metavar="REF", type=FILE)
@click.argument("others", metavar="OTHER...", nargs=-1, required=True, type=FILE)
@json_option
def command(reference: Path, others: Sequence[Path], as_json: bool) -> int:
    """Measure where each OTHER sound lies against REF.

    The lag is the place in REF at which the other file's first sample falls: positive means that,
    played from a common zero, the other file is early. What cannot be measured says why.
    """
    with progress() as watch:
        found = align(reference, others, watch=watch)
    findings = [finding for item in found for finding in item.findings]
    if as_json:
        print_json({"reference": str(reference), "files": [_json(item) for item in found]})
    else:
        _print(found)
        print_findings(findings, console())
    return exit_code(findings)


def _json(item: Aligned) -> dict[str, Any]:
    return {
        "path": str(item.path),
        **match_json(item.match),
        "findings": findings_json(item.findings),
    }


def _print(found: Sequence[Aligned]) -> None:
    made = table(
        "", "file", "lag", "samples", "± 95 %", "drift", "score", "next best", "verdict",
        right=range(1, 7),
    )  # fmt: skip
    for item in found:
        row(made, item.path.name, *_cells(item))
    console().print(made)


def _cells(item: Aligned) -> tuple[str, ...]:
    match = item.match
    if match.lag_samples is None or match.lag_seconds is None:
        scores = (f"{match.score:.2f}", f"{match.runner_up:.2f}")
        return ("not measured", "", "", "", *scores, match.reason or str(match.verdict))
    drift = "" if match.drift_ppm is None else f"{match.drift_ppm:+.2f} ppm"
    return (
        f"{match.lag_seconds:+.6f} s",
        f"{match.lag_samples:+.2f}",
        f"{match.uncertainty_samples:.2f}",
        drift,
        f"{match.score:.2f}",
        f"{match.runner_up:.2f}",
        f"{early_or_late(match.lag_samples)}{' (inverted)' if match.polarity < 0 else ''}",
    )
