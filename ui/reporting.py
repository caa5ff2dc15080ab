"""The report's three files: the page for people, the table for sheets, the JSON for scripts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from conform import media
from conform.errors import MediaError
from conform.findings import Finding
from conform.laying.copied import Copied
from conform.laying.prove import Proof
from conform.media import Media
from conform.report import csv, html, json, report
from conform.review.decision import UNREVIEWED, Review
from conform.review.originals import sources as sources_of
from conform.synced import Sync
from conform.tolerance import TOLERANCES
from conform.watch import Watch
from conform.writing import refuse, write_text


def write_report(
    sync: Sync,
    page: Path,
    *,
    watch: Watch,
    review: Review = UNREVIEWED,
    stems: Iterable[Path] = (),
    proofs: Iterable[Proof] = (),
    same: Iterable[Copied] = (),
    sources: Iterable[Path] = (),
    tolerance: str = "conform",
    date: str = "",
    force: bool = False,
) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    """Write the page and, beside it under the same name, its CSV and JSON; all three are returned.

    The findings are those that the report prints. Raises `RenderError` where one of the files is in
    the way, or is one of `sources` or of the cut's own.
    """
    kept = (*sources_of(sync), *sources)
    paths = refuse_report(page, force=force, sources=kept)
    found = report(
        sync,
        tolerance=TOLERANCES[tolerance],
        review=review,
        date=date or f"{datetime.now().astimezone():%Y-%m-%d %H:%M}",
        picture=_picture(sync),
        stems=stems,
        proofs=proofs,
        same=same,
        watch=watch,
    )
    for path, write in zip(paths, (html, csv, json), strict=True):
        write_text(path, write(found), force=force, sources=kept)
    return paths, found.findings


def refuse_report(page: Path, *, force: bool, sources: Iterable[Path]) -> tuple[Path, ...]:
    """The report's three files; raises `RenderError` where one of them would lose something."""
    paths = (page, page.with_suffix(".csv"), page.with_suffix(".json"))
    kept = tuple(sources)
    for path in paths:
        refuse(path, force=force, sources=kept)
    return paths


def _picture(sync: Sync) -> Media | None:
    """The movie, where it is still there: a report outlives its media."""
    try:
        return media.probe(Path(sync.picture))
    except MediaError:
        return None
