"""What a review has to say, as markers on the cut's clock for the programs that go on with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from adapters import marker_lists
from conform.findings import Finding
from conform.review.decision import Choice, Decision, Review, how_placed, signed_by
from conform.review.originals import sources as sources_of
from conform.synced import EventSync, Sync
from conform.timeline import Marker, Timeline
from ui.review.judging import Judged, Mark

FORMS = {
    "resolve": ("DaVinci Resolve", ".edl"),
    "protools": ("Pro Tools", ".txt"),
    "avid": ("Avid Media Composer", ".txt"),
    "reaper": ("REAPER", ".csv"),
    "audition": ("Audition", ".csv"),
}
"""The marker lists that can be written: whose they are, and the suffix they go by."""

_HUES = {Choice.OPEN: "Yellow", Choice.ACCEPTED: "Green", Choice.REJECTED: "Red"}
_WORDS = {Choice.OPEN: "undecided", Choice.ACCEPTED: "accepted", Choice.REJECTED: "rejected"}


def write_notes(
    sync: Sync,
    review: Review,
    standing: Sequence[Judged],
    path: Path,
    form: str | None = None,
    *,
    force: bool = False,
    sources: Iterable[Path] = (),
) -> tuple[int, tuple[Finding, ...]]:
    """Write a review's marker list whole: how many markers, and what the form cannot hold.

    Without `form` the path's suffix tells whose it is. Raises `RenderError` where the path is
    taken, is a source, or cannot be written, `TimelineError` for a suffix that tells nothing.
    """
    noted = noted_cut(sync, review, standing)
    kept = (*sources_of(sync), *sources)
    lost = marker_lists.write(noted, path, form=form, force=force, sources=kept)
    return len(noted.markers), lost


def noted_cut(sync: Sync, review: Review, standing: Sequence[Judged]) -> Timeline:
    """The cut with its markers, the reviewer's, and one for every event that something is said of.

    That is every event that is flagged, decided, moved or commented on.
    """
    said = [*_events(sync, review, standing), *review.markers, *sync.timeline.markers]
    return replace(sync.timeline, markers=tuple(sorted(said, key=lambda marker: marker.at)))


def _events(sync: Sync, review: Review, standing: Sequence[Judged]) -> Iterator[Marker]:
    decisions = review.by_event()
    for event, judge in zip(sync.events, standing, strict=True):
        decision = decisions.get(event.id, Decision(event.id))
        if judge.flagged or decision.decided or decision.moves or decision.comment:
            yield _note(event, decision, judge, sync)


def _note(event: EventSync, decision: Decision, judge: Judged, sync: Sync) -> Marker:
    """One event: what it is and how it stands in the name, everything else in the comment."""
    mark = Mark.BY_HAND if decision.moves else judge.mark
    take = Path(decision.take).stem if decision.take else ""
    words = [
        decision.comment,
        how_placed(decision, sync, take),
        "; ".join(judge.flags),
        signed_by(decision),
    ]
    return Marker(
        event.clip.record_in,
        f"{event.id} {event.clip.name}: {mark}, {_WORDS[decision.choice]}",
        "; ".join(word for word in words if word),
        _HUES[decision.choice],
    )
