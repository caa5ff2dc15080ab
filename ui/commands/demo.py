"""`conform demo`: the whole job on a film whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, count
from pathlib import Path

import click

from conform.errors import RenderError
from conform.timecode import RATES, Rate
from conform.writing import refuse_file
from fixtures.spec import demo_spec
from ui.options import FILE, RATE, examples, json_option
from ui.printing import print_json
from ui.progress import progress


@click.command(
    epilog=examples(
        "conform demo",
        "conform demo ~/films --rate 29.97df --seconds 120 --snr 6",
        "conform inspect picturelock-demo/film.edl",
    )
)
@click.argument("folder", metavar="[DIR]", required=False, type=FILE)
@click.option("--seconds", type=click.IntRange(60, 3 * 3600), help="Length of the film.")
@click.option("--rate", type=RATE, metavar="FPS", help="Frame rate of the film.")
@click.option(
    "--snr",
    type=click.FloatRange(-60, 100),
    help="Dialogue above music and noise in the guide, in dB.",
)
@click.option("--seed", type=click.IntRange(0), help="Another film of the same kind.")
@json_option
def command(
    folder: Path | None,
    seconds: int | None,
    rate: Rate | None,
    snr: float | None,
    seed: int | None,
    as_json: bool,
) -> int:
    """Make a film in DIR and conform it: rolls that jam-synced wrongly and drift, a noisy guide.

    Everything about the film is known to the sample, so the answer is printed beside the truth.
    Without DIR a new folder picturelock-demo is made.
    """
    from ui import demonstration  # noqa: PLC0415  (the film maker takes half a second to import)

    place = _empty(folder) if folder else _free(Path("picturelock-demo"))
    if rate is not None and rate not in RATES.values():
        raise click.UsageError(f"a film is made at one of: {', '.join(RATES)}")
    spec = demo_spec()
    spec = replace(
        spec,
        seconds=seconds or spec.seconds,
        events=spec.events if seconds is None else None,
        rate=rate or spec.rate,
        snr_db=spec.snr_db if snr is None else snr,
        seed=spec.seed if seed is None else seed,
    )
    with progress() as watch:
        outcome = demonstration.run(place, spec, watch)
    if as_json:
        print_json(demonstration.as_json(outcome))
    else:
        demonstration.show(outcome)
    return 0 if outcome.right else 1


def _empty(folder: Path) -> Path:
    refuse_file(folder)
    if folder.exists() and any(folder.iterdir()):
        raise RenderError("is not empty; name another folder, or remove it", path=folder)
    return folder


def _free(folder: Path) -> Path:
    """The folder, or the first of its name with a number that is not there yet."""
    numbered = (folder.with_name(f"{folder.name}-{n}") for n in count(2))
    return next(place for place in chain([folder], numbered) if not place.exists())
