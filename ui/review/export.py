"""From a reviewed cut to its files."""

from __future__ import annotations

from pathlib import Path

from conform.plan import plan
from conform.render import StemFile, render
from conform.stems import stem_spec
from conform.synced import Sync
from conform.watch import Watch, unwatched
from ui.reporting import write_report


def export(
    sync: Sync, folder: Path, *, force: bool = False, watch: Watch = unwatched
) -> tuple[tuple[StemFile, ...], Path]:
    """Write stems and report of a cut as it was decided; raises `ConformError`."""
    stems = render(plan(sync), folder, stem_spec(sync), force=force, watch=watch)
    page = folder / f"{sync.timeline.name or 'session'}.report.html"
    write_report(sync, page, stems=[stem.path for stem in stems], force=force, watch=watch)
    return tuple(stems), page
