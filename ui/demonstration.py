"""The demo: a film whose truth is known, conformed, and its answers beside the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapters import formats, rolls, session
from conform import media
from conform.laying.copied import copies
from conform.laying.plan import plan
from conform.laying.prove import Proof, prove
from conform.laying.render import StemFile, render
from conform.laying.stems import stem_spec
from conform.match import early_or_late
from conform.review.originals import marks_of
from conform.synced import Sync
from conform.syncing.sync import sync
from conform.watch import Watch
from fixtures.film import Film, make_film
from fixtures.spec import FilmSpec
from fixtures.truth import Expected
from fixtures.verdict import EventVerdict, StemVerdict, event_verdicts, stem_verdicts
from ui.printing import console, row, table
from ui.reporting import write_report
from ui.showing import show_proofs, show_stems


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a demo made and measured."""

    film: Film
    sync: Sync
    events: tuple[EventVerdict, ...]
    stems: tuple[StemFile, ...]
    copies: tuple[StemVerdict, ...]
    proofs: tuple[Proof, ...]
    session: Path
    report: Path

    @property
    def right(self) -> bool:
        """Whether every event is where it truly is, and every copied sample the recorder's."""
        return all(e.right for e in self.events) and all(c.right for c in self.copies)


def run(folder: Path, spec: FilmSpec, watch: Watch) -> Outcome:
    """Make the film of a spec in a folder, conform it, and measure what came out."""
    film = make_film(folder, spec, watch=watch)
    timeline = formats.read(film.edl, rate=spec.rate).timelines[0]
    takes, _ = rolls.scan([film.rolls], watch=watch)
    answer = sync(timeline, media.probe(film.movie), takes, watch=watch)
    answer = replace(answer, marks=marks_of(answer), cut=str(film.edl))
    target = folder / "session.otio"
    session.save(answer, target)
    layout = plan(answer)
    stems = render(layout, folder / "stems", stem_spec(answer), watch=watch)
    report = folder / "report.html"
    proofs = prove(answer, layout, stems, watch=watch)
    paths = [stem.path for stem in stems]
    same = copies(layout, stems, watch=watch)
    write_report(answer, report, stems=paths, proofs=proofs, same=same, watch=watch)
    return Outcome(
        film,
        answer,
        event_verdicts(film, answer),
        stems,
        stem_verdicts(film, layout, stems),
        proofs,
        target,
        report,
    )


def show(outcome: Outcome) -> None:
    """Print the answers beside the truth."""
    screen = console()
    screen.print(_event_table(outcome))
    show_stems(outcome.stems, screen)
    show_proofs(outcome.proofs, screen)
    screen.print(_copied(outcome.copies))
    right = sum(item.right for item in outcome.events)
    screen.print(f"{right} of {len(outcome.events)} events as they truly are", style="bold")
    screen.print(f"session: {outcome.session}", markup=False)
    screen.print(f"report:  {outcome.report}", markup=False)


def _event_table(outcome: Outcome) -> Any:
    rate = outcome.sync.timeline.rate
    made = table(
        f"A film at {rate}: measured against truth",
        "event", "scene/take", "timecode off by", "", "error", "± 95 %", "drift error",
        "found by", "",
        right=(2, 4, 5, 6),
    )  # fmt: skip
    for item in outcome.events:
        row(made, f"{item.truth.number:03}", *_cells(item, outcome.sync))
    return made


def _cells(item: EventVerdict, sync: Sync) -> tuple[str, ...]:
    name = f"{item.truth.scene}/{item.truth.take}"
    mark = "✓" if item.right else "✗ WRONG"
    event = item.event
    if event is None or item.error is None:
        why = {Expected.NO_ROLL: "no such take", Expected.SILENT: "silent", Expected.MEASURED: ""}
        said = event.status.value.replace("_", " ") if event else "not in the cut"
        return name, "", "", said, "", "", why[item.truth.expected], mark
    slip = float((event.slip_seconds or 0) * sync.sample_rate)
    frames = slip / sync.sample_rate * float(sync.timeline.rate.fps)
    spread = event.match.uncertainty_samples if event.match else None
    return (
        name,
        f"{frames:+.2f} frames",
        early_or_late(slip),
        f"{item.error:+.3f} samples",
        "" if spread is None else f"{spread:.3f}",
        "" if item.drift_error is None else f"{item.drift_error:+.2f} ppm",
        str(event.rung or ""),
        mark,
    )


def _copied(copies: Sequence[StemVerdict]) -> str:
    long = sum(item.samples == item.wanted for item in copies)
    compared = sum(item.compared for item in copies)
    differing = sum(item.differing for item in copies)
    return (
        f"{long} of {len(copies)} stems as long as the picture to the sample; "
        f"of {compared:,} copied samples {differing:,} differ from the recorder's"
    )


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The same for a script."""
    return {
        "right": outcome.right,
        "events": [
            {
                "event": f"{item.truth.number:03}",
                "expected": str(item.truth.expected),
                "status": str(item.event.status) if item.event else None,
                "error_samples": item.error,
                "drift_error_ppm": item.drift_error,
                "right": item.right,
            }
            for item in outcome.events
        ],
        "stems": [
            {
                "name": item.name,
                "samples": item.samples,
                "wanted": item.wanted,
                "compared": item.compared,
                "differing": item.differing,
            }
            for item in outcome.copies
        ],
        "session": str(outcome.session),
        "report": str(outcome.report),
    }
