"""From a reviewed cut to its files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from conform.laying.copied import copies
from conform.laying.plan import plan
from conform.laying.prove import prove
from conform.laying.render import StemFile, render, safe_name
from conform.laying.stems import apart_from_takes, stem_spec
from conform.review.decision import UNREVIEWED, Review
from conform.review.originals import refuse_changed
from conform.review.originals import sources as sources_of
from conform.synced import Sync
from conform.watch import Watch, unwatched
from ui.reporting import refuse_report, write_report


def export(
    sync: Sync,
    folder: Path,
    review: Review = UNREVIEWED,
    *,
    force: bool = False,
    sources: Iterable[Path] = (),
    watch: Watch = unwatched,
) -> tuple[tuple[StemFile, ...], Path]:
    """Write stems and report of a cut as it was decided, and prove them; raises `ConformError`.

    `review` is what was decided, for the report; `sync` has it done already.
    """
    apart_from_takes(sync, folder)
    refuse_changed(sync)
    kept = (*sources_of(sync), *sources)
    page = folder / f"{safe_name(sync.timeline.name) or 'session'}.report.html"
    refuse_report(page, force=force, sources=kept)
    layout, spec = plan(sync), stem_spec(sync)
    stems = render(layout, folder, spec, sources=kept, force=force, watch=watch)
    proofs = prove(sync, layout, stems, watch=watch)
    same = copies(layout, stems, watch=watch)
    paths = [stem.path for stem in stems]
    write_report(
        sync,
        page,
        watch=watch,
        review=review,
        stems=paths,
        proofs=proofs,
        same=same,
        sources=kept,
        force=force,
    )
    return stems, page
