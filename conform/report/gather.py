"""Everything that a report says, gathered once as a value; pages and tables only print it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import conform
from conform.errors import MediaError
from conform.findings import Finding, warning
from conform.laying.copied import Copied, copy_findings
from conform.laying.prove import Proof
from conform.media import Media
from conform.report.drift import TakeDrift, Trend, take_drifts, trend
from conform.report.files import StemOnDisk, stem_files
from conform.report.waves import Waves, event_waves
from conform.review.decision import UNREVIEWED, Choice, Decision, Review
from conform.review.leader import PopCheck, checks, heard_files, pop_findings
from conform.synced import EventSync, Status, Sync
from conform.tolerance import TOLERANCES, Judgement, Tolerance, judge
from conform.watch import Step, Watch, unwatched


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with its slip in seconds, the slip's uncertainty, and what that means.

    Only what was measured has a slip: an event laid by timecode agrees with it by definition.
    `judgement` is of the slip, that is of timecode alone; `stem` is of the finished stem's residual
    in `proof`, where stems were proved, and `copied` compares its samples with the take's.
    `decision` is the reviewer's, open where there is none.
    """

    event: EventSync
    slip: float | None
    uncertainty: float | None
    judgement: Judgement
    decision: Decision
    proof: Proof | None = None
    stem: Judgement | None = None
    copied: Copied | None = None
    waves: Waves | None = None

    @property
    def flagged(self) -> bool:
        """Whether a person should look: outside the tolerance, straddling it, or not measured.

        What a person has decided was looked at. A stem that was proved is judged by its residual,
        whatever its timecode was worth.
        """
        if self.decision.decided:
            return False
        if self.event.status is not Status.MEASURED:
            return True
        odd = (Judgement.OUTSIDE, Judgement.UNDECIDED, Judgement.NOT_JUDGED)
        return self.stem in odd if self.stem else self.judgement in odd[:2]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many events one tolerance passes, flags and leaves open."""

    tolerance: Tolerance
    within: int
    outside: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Report:
    """A synced cut with its judgements, drifts, pictures of sound and files, ready to print."""

    title: str
    date: str
    tool: str
    sync: Sync
    tolerance: Tolerance
    entries: tuple[Entry, ...]
    counted: tuple[Counted, ...]
    drifts: tuple[TakeDrift, ...]
    trend: Trend | None
    picture: Media | None
    stems: tuple[StemOnDisk, ...]
    findings: tuple[Finding, ...]
    review: Review
    pops: tuple[PopCheck, ...]

    @property
    def reviewed(self) -> bool:
        """Whether a reviewer left anything to print."""
        return bool(self.review.decisions)

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Everybody who decided something, in the order of the events."""
        return tuple(dict.fromkeys(one.decision.by for one in self.entries if one.decision.by))

    def chosen(self, choice: Choice) -> int:
        """The number of events that were accepted, rejected, or left open."""
        return sum(entry.decision.choice is choice for entry in self.entries)

    def count(self, status: Status) -> int:
        """The number of events of a status."""
        return sum(entry.event.status is status for entry in self.entries)

    @property
    def flagged(self) -> int:
        """The number of events that a person should look at."""
        return sum(entry.flagged for entry in self.entries)


def report(
    sync: Sync,
    *,
    tolerance: Tolerance,
    review: Review = UNREVIEWED,
    date: str = "",
    picture: Media | None = None,
    stems: Iterable[Path] = (),
    proofs: Iterable[Proof] = (),
    same: Iterable[Copied] = (),
    thumbnails: int = 300,
    watch: Watch = unwatched,
) -> Report:
    """Judge every event, draw the sound of the first `thumbnails` of them, flagged ones first.

    `sync` is the cut as `review` left it (`conform.review.decision.applied`). `date` is printed as
    given, so that the same inputs give the same bytes. Stems are read back and hashed. Raises
    `MediaError` for a stem that cannot be read; a guide or take that cannot be drawn is a finding.
    """
    files, alike = tuple(stems), tuple(same)
    entries = _entries(sync, tolerance, review, proofs, alike)
    entries, undrawn = _drawn(entries, sync, thumbnails, watch)
    pops = checks(sync.timeline, heard_files(sync, files))
    findings = (
        *sync.findings,
        *(odd for roll in sync.rolls for odd in roll.findings),
        *pop_findings(pops, sync.timeline),
        *copy_findings(alike),
        *undrawn,
    )
    return Report(
        title=sync.timeline.name,
        date=date,
        tool=f"Picturelock {conform.__version__}",
        sync=sync,
        tolerance=tolerance,
        entries=entries,
        counted=tuple(_counted(entries, sync, each) for each in TOLERANCES.values()),
        drifts=take_drifts(sync),
        trend=trend(sync),
        picture=picture,
        stems=stem_files(files, watch),
        findings=tuple(dict.fromkeys(findings)),
        review=review,
        pops=pops,
    )


def _entries(
    sync: Sync,
    tolerance: Tolerance,
    review: Review,
    proofs: Iterable[Proof],
    same: Iterable[Copied],
) -> tuple[Entry, ...]:
    """Every event with what was decided of it, and what its stems prove."""
    decided = review.by_event()
    proved = {proof.event: proof for proof in proofs}
    alike = {copied.event: copied for copied in same}
    made = (
        _entry(event, sync, tolerance, decided.get(event.id, Decision(event.id)),
              proved.get(event.id))
        for event in sync.events
    )  # fmt: skip
    return tuple(replace(entry, copied=alike.get(entry.event.id)) for entry in made)


def _entry(
    event: EventSync, sync: Sync, tolerance: Tolerance, decision: Decision, proof: Proof | None
) -> Entry:
    measured = event.status is Status.MEASURED
    exact = event.slip_seconds if measured else None
    slip = None if exact is None else float(exact)
    samples = event.match.uncertainty_samples if event.match and measured else None
    rate = event.match.sample_rate if event.match else sync.sample_rate
    uncertainty = None if samples is None else samples / rate
    limits = _limits(sync, tolerance)
    judged = judge(slip, uncertainty, limits)
    return Entry(event, slip, uncertainty, judged, decision, proof, _stem(proof, sync, limits))


def _stem(proof: Proof | None, sync: Sync, limits: tuple[float, float]) -> Judgement | None:
    """What the finished stem's residual means; None where it was not proved."""
    if proof is None:
        return None
    if proof.residual is None or proof.uncertainty is None:
        return Judgement.NOT_JUDGED
    rate = sync.sample_rate
    return judge(proof.residual / rate, proof.uncertainty / rate, limits)


def _limits(sync: Sync, tolerance: Tolerance) -> tuple[float, float]:
    return tolerance.limits(sync.timeline.rate.frame, sync.sample_rate)


def _counted(entries: Iterable[Entry], sync: Sync, tolerance: Tolerance) -> Counted:
    limits = _limits(sync, tolerance)
    found = [judge(entry.slip, entry.uncertainty, limits) for entry in entries]
    kinds = (Judgement.WITHIN, Judgement.OUTSIDE, Judgement.UNDECIDED)
    return Counted(tolerance, *(found.count(kind) for kind in kinds))


def _drawn(
    entries: tuple[Entry, ...], sync: Sync, most: int, watch: Watch
) -> tuple[tuple[Entry, ...], list[Finding]]:
    """The entries with the sound of at most `most` of them, and what could not be drawn."""
    order = sorted(range(len(entries)), key=lambda i: (not entries[i].flagged, i))[:most]
    findings: list[Finding] = []
    waves: dict[int, Waves] = {}
    for done, index in enumerate(order, 1):
        event = entries[index].event
        try:
            waves[index] = event_waves(event, sync)
        except MediaError as fault:
            findings.append(warning("report-no-waveform", str(fault), f"event {event.id}"))
        watch(Step("drawing waveforms", done, len(order)))
    return tuple(
        replace(entry, waves=waves.get(index)) for index, entry in enumerate(entries)
    ), findings
