"""What every reader returns and every writer takes."""

from __future__ import annotations

from dataclasses import dataclass

from conform.findings import Finding
from conform.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Cut:
    """The timelines that a file holds, in its order, and what was odd about them."""

    timelines: tuple[Timeline, ...]
    findings: tuple[Finding, ...] = ()
