"""`conform align`: where other sounds lie against a reference."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from conform.clocks.align import Aligned, align
from conform.findings import Finding
from conform.hearing.poly import PolyChannel
from conform.jsonable import findings_json, match_json
from conform.laying.whole import LEAVE, Correct
from conform.match import Match, early_or_late
from ui.laying import Layer, Written, show_written, written_json
from ui.options import FILE, examples, force_option, jobs_option, json_option
from ui.printing import console, exit_code, print_findings, print_json, row, table
from ui.progress import progress
from ui.workers import workers


@click.command(
    epilog=examples(
        "conform align GUIDE.mov TAKE1.wav TAKE2.wav",
        "conform align OLD_TRANSFER.wav NEW_TRANSFER.wav --json",
        "conform align GUIDE.mov CARD/*.wav --jobs 4",
        "conform align NEW_SCAN.wav OLD_TRANSFER.wav -o LAID/ --correct-drift always",
    )
)
@click.argument("reference", metavar="REF", type=FILE)
@click.argument("others", metavar="OTHER...", nargs=-1, required=True, type=FILE)
@click.option(
    "-o", "--output", "folder", type=FILE, help="A folder: write each OTHER under REF into it."
)
@click.option(
    "--correct-drift",
    "correct",
    type=click.Choice([str(when) for when in Correct]),
    default=str(Correct.AUTO),
    show_default=True,
    help=f"Resample along the measured time: where a copy would be over {1000 * LEAVE:.0f} ms off "
    "(auto), never, or always.",
)
@force_option
@jobs_option("Files")
@json_option
def command(
    reference: Path,
    others: Sequence[Path],
    folder: Path | None,
    correct: str,
    force: bool,
    jobs: int,
    as_json: bool,
) -> int:
    """Measure where each OTHER sound lies against REF.

    The lag is the place in REF at which the other file's first sample of sound falls: positive
    means that, played from a common zero, the other file is early. REF counts from its picture's
    first frame, where it has a picture. What cannot be measured says why.

    With -o, every OTHER that was measured is written as a broadcast WAV as long as REF, at its own
    rate with all its channels: copied bit for bit at the nearest sample, each part between two
    steps at its own place, or resampled. The files are then measured once more.
    """
    odd: list[Finding] = []
    layer = Layer(reference, others, folder, force=force) if folder else None
    with progress() as watch, workers(min(jobs, len(others))) as executor:
        found = align(reference, others, executor=executor, findings=odd.append, watch=watch)
        written = layer.write(found, Correct(correct), watch) if layer else []
    findings = [*odd, *(finding for item in found for finding in item.findings)]
    findings += [finding for one in written for finding in one.findings]
    if as_json:
        answer = {"reference": str(reference), "findings": findings_json(odd)}
        print_json({**answer, "files": _files_json(found, written)})
    else:
        _print(found)
        show_written(written, console())
        print_findings(findings, console())
    return exit_code(findings)


def _files_json(found: Sequence[Aligned], written: Sequence[Written]) -> list[dict[str, Any]]:
    if not written:
        return [_json(item) for item in found]
    return [
        {
            **_json(item),
            "written": written_json(one),
            "findings": findings_json((*item.findings, *one.findings)),
        }
        for item, one in zip(found, written, strict=True)
    ]


def _json(item: Aligned) -> dict[str, Any]:
    return {
        "path": str(item.path),
        **match_json(item.match),
        "sound_start": str(item.begins),
        "steps": [
            {
                "at_seconds": step.seconds,
                "samples": step.samples,
                "uncertainty_samples": step.uncertainty_samples,
            }
            for step in item.steps
        ],
        "map": [
            {
                "at_seconds": knot.seconds,
                "reference_seconds": knot.reference_seconds,
                "uncertainty_samples": knot.half_width * item.match.sample_rate,
            }
            for knot in item.map
        ],
        "wander": _wander_json(item),
        "channels": [_channel_json(channel) for channel in item.channels],
        "best_channel": item.best_channel,
        "speed": item.speed,
        "speed_name": item.speed_name,
        "findings": findings_json(item.findings),
    }


def _wander_json(item: Aligned) -> dict[str, Any] | None:
    """How a speed wanders; `off_line` and `off_map` are root mean squares, in samples."""
    wander, rate = item.wander, item.match.sample_rate
    if wander is None:
        return None
    return {
        "off_line_samples": wander.before * rate,
        "off_map_samples": wander.after * rate,
        "swing_samples": wander.swing * rate,
        "slowest_percent": 100 * wander.slowest,
        "fastest_percent": 100 * wander.fastest,
        "not_followed": [list(span) for span in wander.missed],
    }


def _channel_json(channel: PolyChannel) -> dict[str, Any]:
    match = channel.match
    return {
        "name": channel.name,
        "matched": match.matched,
        "lag_samples": match.lag_samples,
        "uncertainty_samples": match.uncertainty_samples,
        "polarity": match.polarity if match.matched else None,
        "score": match.score,
        "counterpart": channel.counterpart,
    }


def _print(found: Sequence[Aligned]) -> None:
    made = table(
        "", "file", "lag", "samples", "± 95 %", "drift", "score", "next best", "verdict",
        right=range(1, 7),
    )  # fmt: skip
    for item in found:
        row(made, item.path.name, *_cells(item.match))
        for channel in item.channels:
            best = " (explains it best)" if channel.name == item.best_channel else ""
            row(made, f"  {channel.name}{best}", *_cells(channel.match))
    console().print(made)


def _cells(match: Match) -> tuple[str, ...]:
    if match.lag_samples is None or match.lag_seconds is None:
        scores = (f"{match.score:.2f}", f"{match.runner_up:.2f}") if match.heard else ("", "")
        return ("not measured", "", "", "", *scores, match.reason or str(match.verdict))
    drift = "" if match.drift_ppm is None else f"{match.drift_ppm:+z.2f} ppm"
    return (
        f"{match.lag_seconds:+.6f} s",
        f"{match.lag_samples:+.2f}",
        f"{match.uncertainty_samples:.2f}",
        drift,
        f"{match.score:.2f}",
        f"{match.runner_up:.2f}",
        f"{early_or_late(match.lag_samples)}{' (inverted)' if match.polarity < 0 else ''}",
    )
