"""Files written under a reference: what `conform align -o` does after it has measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from rich.console import Console

from adapters import rolls
from conform import media
from conform.clocks.align import Aligned
from conform.errors import AlignError, ConformError, MediaError
from conform.findings import Finding, error, info, warning
from conform.laying.bwf import Label
from conform.laying.render import StemFile, StemSpec, clipped, render, safe_name
from conform.laying.whole import Correct, Laying, lay, seconds_of
from conform.laying.written import Ground, Playback, verdict
from conform.roll import Roll
from conform.timecode import sample_at
from conform.watch import Watch
from conform.writing import refuse, refuse_file
from ui.showing import show_stems, stem_json


@dataclass(frozen=True, slots=True)
class Written:
    """One other file: what was written of it and how it was heard again, or why nothing was."""

    findings: tuple[Finding, ...]
    stem: StemFile | None = None
    laying: Laying | None = None
    heard: Playback | None = None


class Layer:
    """Writes other files under a reference into a folder, each by a name of its own.

    Raises `RenderError` at once where a file is in the way, and `MediaError` and `AlignError` for a
    reference that cannot be laid under.
    """

    def __init__(
        self, reference: Path, others: Sequence[Path], folder: Path, *, force: bool
    ) -> None:
        self._reference = reference
        self._sources = (reference, *others)
        self._folder, self._force = folder, force
        self._names = _names(others)
        refuse_file(folder)
        for name in self._names:
            refuse(folder / f"{name}.wav", force=force, sources=self._sources)
        self._seconds = seconds_of(media.probe(reference))
        self._roll = _roll(reference)

    def write(self, found: Sequence[Aligned], correct: Correct, watch: Watch) -> list[Written]:
        """Every file that was measured, at its own rate; heard again where it was laid."""
        ground = Ground(self._reference)
        return [
            self._one(name, item, correct, ground, watch)
            for name, item in zip(self._names, found, strict=True)
        ]

    def _one(
        self, name: str, item: Aligned, correct: Correct, ground: Ground, watch: Watch
    ) -> Written:
        try:
            roll = rolls.read(item.path)
            laying = lay(roll, item, self._seconds, correct)
        except AlignError as why:
            return Written((warning("laid.not-written", why.message, str(item.path)),))
        except MediaError as fault:
            lost = f"is not written: {fault.message}"
            return Written((error("laid.not-written", lost, str(item.path)),))
        spec = StemSpec(
            laying.sample_rate, laying.length, self._label(roll, laying), poly=True, name=name
        )
        (stem,) = render(
            laying.plan, self._folder, spec, sources=self._sources, force=self._force, watch=watch
        )
        heard = ground.hear(stem, laying)
        findings = (*verdict(heard, laying, stem.path), *clipped((stem,)), *self._timeless(stem))
        return Written(findings, stem, laying, heard)

    def _label(self, roll: Roll, laying: Laying) -> Label:
        """The other file's own scene and take, at the reference's time of day."""
        start = self._roll.start if self._roll else None
        how = "resampled" if laying.corrected else "copied"
        return Label(
            time_reference=sample_at(start or Fraction(0), laying.sample_rate),
            rate=self._roll.rate if self._roll else None,
            description=f"{roll.path.name} under {self._reference.name}, {how}",
            project=roll.project,
            scene=roll.scene,
            take=roll.take,
            tape=roll.tape,
            note=roll.note,
        )

    def _timeless(self, stem: StemFile) -> tuple[Finding, ...]:
        if self._roll is not None and self._roll.start is not None:
            return ()
        message = f"{self._reference.name} states no time of day: the file's is midnight"
        return (info("laid.no-timecode", message, str(stem.path)),)


def _roll(reference: Path) -> Roll | None:
    try:
        return rolls.read(reference)
    except ConformError:
        return None


def _names(others: Sequence[Path]) -> list[str]:
    """A name for each file: its own, with a number where another has it already."""
    names: list[str] = []
    for path in others:
        own = name = safe_name(path.stem) or "sound"
        number = 1
        while name.casefold() in (taken.casefold() for taken in names):
            number += 1
            name = f"{own} ({number})"
        names.append(name)
    return names


def written_json(written: Written) -> dict[str, Any] | None:
    """What was written of a file; null where nothing was, with the reason among the findings."""
    if written.stem is None or written.laying is None or written.heard is None:
        return None
    heard = written.heard
    return {
        **stem_json(written.stem),
        "resampled": written.laying.corrected,
        "off_seconds": written.laying.left,
        "proof": {
            "residual_samples": heard.residual,
            "uncertainty_samples": heard.uncertainty,
            "places": heard.places,
            "reason": heard.reason,
        },
    }


def show_written(written: Sequence[Written], screen: Console) -> None:
    """The files that were written, how, and how far off they were heard again."""
    stems = [one.stem for one in written if one.stem is not None]
    if stems:
        show_stems(stems, screen, title="Under the reference")
    for one in written:
        if one.stem is not None and one.laying is not None and one.heard is not None:
            screen.print(
                f"  {one.stem.path.name}: {_how(one.laying)}; {_again(one.heard)}", markup=False
            )


def _how(laying: Laying) -> str:
    if laying.corrected:
        return "resampled along its measured time"
    return f"copied at the nearest sample, {1000 * laying.left:.3f} ms off at worst"


def _again(heard: Playback) -> str:
    if heard.residual is None or heard.uncertainty is None:
        return f"not measured again: {heard.reason}"
    return (
        f"measured again in {heard.places} places: at most {heard.residual:+z.2f} samples off "
        f"(± {heard.uncertainty:.2f})"
    )
