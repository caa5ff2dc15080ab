"""A progress bar on standard error, fed by the engine's steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from conform.watch import Step, Watch


@contextmanager
def progress() -> Iterator[Watch]:
    """A watcher that draws a bar a stage; silent where standard error is no terminal."""
    console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description:>12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    stages: dict[str, TaskID] = {}

    def watch(step: Step) -> None:
        if step.stage not in stages:
            stages[step.stage] = bars.add_task(step.stage, total=step.total)
        bars.update(stages[step.stage], completed=step.done, total=step.total)

    with bars:
        yield watch
