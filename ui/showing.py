"""The tables of the main job: events with their takes, and stems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from conform.laying.prove import Proof
from conform.laying.render import StemFile
from conform.match import early_or_late
from conform.synced import EventSync, Status, Sync
from ui.printing import row, table

_MARKS = {
    Status.MEASURED: "● measured",
    Status.METADATA: "◐ metadata",
    Status.BY_HAND: "◆ by hand",
    Status.NOT_MEASURED: "○ not measured",
}


def show_sync(sync: Sync, screen: Console) -> None:
    """Every event with its take, its slip against timecode, and how it is known."""
    made = table(
        f"{sync.timeline.name} under {sync.picture}",
        "event", "record in", "take", "found by", "slip", "", "frames", "± 95 %", "drift", "status",
        right=(4, 6, 7, 8),
    )  # fmt: skip
    for event in sync.events:
        row(
            made,
            event.id,
            sync.timeline.timecode(event.clip.record_in),
            event.roll.name if event.roll else "none",
            event.rung or "",
            *_slip(event, sync),
            *_spread(event),
            _MARKS[event.status] + (" (by its neighbours)" if event.leaned else ""),
        )
    screen.print(made)
    for event in sync.events:
        if event.reason:
            screen.print(f"  {event.id}: {event.reason}", style="dim", markup=False)


def _slip(event: EventSync, sync: Sync) -> tuple[str, str, str]:
    slip = event.slip_seconds
    if slip is None:
        return "", "", ""
    samples = float(slip * sync.sample_rate)
    frames = float(slip * sync.timeline.rate.fps)
    return f"{samples:+.1f} samples", early_or_late(samples), f"{frames:+.3f}"


def _spread(event: EventSync) -> tuple[str, str]:
    match = event.match
    if match is None or match.uncertainty_samples is None:
        return "", ""
    drift = "" if match.drift_ppm is None else f"{match.drift_ppm:+.2f} ppm"
    return f"{match.uncertainty_samples:.2f}", drift


def show_stems(stems: Sequence[StemFile], screen: Console, title: str = "Stems") -> None:
    """Every stem with its length and how much of it is a bit-exact copy."""
    made = table(
        title,
        "file", "samples", "format", "copied bit for bit", "faded or mixed", "silent", "SHA-256",
        right=(1, 3, 4, 5),
    )  # fmt: skip
    for stem in stems:
        total = sum(stem.tallies[1:], stem.tallies[0])
        form = stem.format
        kind = "float" if form.floating else "bit"
        row(
            made,
            stem.path.name,
            f"{stem.samples:,}",
            f"{form.channels} ch {form.bits} {kind} {form.sample_rate} Hz",
            f"{total.copied:,}",
            f"{total.mixed:,}",
            f"{total.silent:,}",
            stem.sha256[:12],
        )
    screen.print(made)


def show_proofs(proofs: Sequence[Proof], screen: Console) -> None:
    """How far the finished stems lie from the picture's own sound, in one line, and the worst."""
    known = [proof for proof in proofs if proof.residual is not None]
    if not proofs:
        return
    if known:
        worst = max(known, key=lambda proof: abs(proof.residual or 0))
        screen.print(
            f"Measured again on the stems: {len(known)} of {len(proofs)} events, at most "
            f"{abs(worst.residual or 0):.2f} samples off (event {worst.event})",
            markup=False,
        )
    for proof in proofs:
        if proof.residual is None:
            screen.print(f"  {proof.event}: not measured again: {proof.reason}", markup=False)


def stem_json(stem: StemFile) -> dict[str, Any]:
    """A written file: its form, and how many samples were copied, mixed and left silent."""
    return {
        "path": str(stem.path),
        "channels": list(stem.channels),
        "sample_rate": stem.format.sample_rate,
        "bits": stem.format.bits,
        "floating": stem.format.floating,
        "samples": stem.samples,
        "time_reference": stem.time_reference,
        "copied": sum(tally.copied for tally in stem.tallies),
        "mixed": sum(tally.mixed for tally in stem.tallies),
        "silent": sum(tally.silent for tally in stem.tallies),
        "sha256": stem.sha256,
    }
