"""What the verbs print: tables for people, JSON for scripts, findings for both."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conform.findings import Finding, Level, worst

_WIDTH_OF_A_PIPE = 160
_STYLE = {Level.INFO: "dim", Level.WARNING: "yellow", Level.ERROR: "bold red"}


def console() -> Console:
    """Standard output; wide where it is no terminal, so that nothing is cut off in a file."""
    screen = Console(highlight=False)
    return screen if screen.is_terminal else Console(highlight=False, width=_WIDTH_OF_A_PIPE)


def print_json(answer: dict[str, Any]) -> None:
    """One JSON object, readable and stable."""
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False))


def table(title: str, *columns: str, right: Iterable[int] = ()) -> Table:
    """An empty table; `right` are the columns of numbers, from 0."""
    made = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    numbers = set(right)
    for place, name in enumerate(columns):
        made.add_column(name, justify="right" if place in numbers else "left", overflow="fold")
    return made


def row(made: Table, *cells: object, style: str = "") -> None:
    """A row of plain text: a clip's name is never read as markup."""
    made.add_row(*(Text(str(cell)) for cell in cells), style=style or None)


def print_findings(findings: Iterable[Finding], screen: Console, *, most: int = 40) -> None:
    """The findings, worst first; after `most` of a code the rest is counted."""
    order = (Level.ERROR, Level.WARNING, Level.INFO)
    listed = sorted(findings, key=lambda finding: order.index(finding.level))
    for finding in listed[:most]:
        screen.print(Text(str(finding), style=_STYLE[finding.level]), soft_wrap=True)
    if len(listed) > most:
        screen.print(f"... and {len(listed) - most} more; --json lists them all", style="dim")


def exit_code(findings: Iterable[Finding]) -> int:
    """1 where a finding is an error, else 0."""
    return 1 if worst(findings) is Level.ERROR else 0
