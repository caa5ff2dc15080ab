"""Options that several verbs share, and the types behind them."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import click

from conform.errors import TimecodeError
from conform.timecode import RATES, Rate

F = TypeVar("F", bound=Callable[..., Any])


_SECONDS = re.compile(r"\d{1,6}(\.\d{1,9})?|\d{1,9}/\d{1,9}")


class RateType(click.ParamType[Rate, str]):
    """A frame rate as the trade writes it."""

    name = "rate"

    def convert(
        self, value: str | Rate, param: click.Parameter | None, ctx: click.Context | None
    ) -> Rate:
        """The rate of a name such as `29.97df`."""
        if isinstance(value, Rate):
            return value
        try:
            return Rate.named(value)
        except TimecodeError as wrong:
            self.fail(str(wrong), param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """The rates that begin with what is typed."""
        names = (name.replace(" ", "").lower() for name in RATES)
        return [
            click.shell_completion.CompletionItem(name)
            for name in names
            if name.startswith(incomplete.lower())
        ]


class SecondsType(click.ParamType[Fraction, str]):
    """A length of time in seconds, kept exact: `1`, `0.5`, `1001/24000`."""

    name = "seconds"

    def convert(
        self, value: str | Fraction, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fraction:
        """The exact number of seconds."""
        if isinstance(value, str) and not _SECONDS.fullmatch(value.strip()):
            self.fail(f"'{value}' is no number of seconds", param, ctx)
        try:
            seconds = Fraction(value)
        except (ValueError, ZeroDivisionError):
            self.fail(f"'{value}' is no number of seconds", param, ctx)
        if seconds < 0:
            self.fail(f"'{value}' is below zero", param, ctx)
        return seconds


def examples(*lines: str) -> str:
    """The examples under a verb's options, as click keeps lines apart."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


FILE = click.Path(exists=False, path_type=Path)
RATE = RateType()
SECONDS = SecondsType()


def json_option(function: F) -> F:
    """`--json`: the answer as one JSON object on standard output."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print the answer as JSON, for scripts."
    )(function)


def jobs_option(pieces: str, done: str = "measured") -> Callable[[F], F]:
    """`--jobs`: how many processes work at once; `pieces` names what each is given."""
    return click.option(
        "--jobs",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        metavar="N",
        help=f"{pieces} {done} at once, each by a process of its own.",
    )


def force_option(function: F) -> F:
    """`--force`: replace what stands in the way."""
    return click.option("--force", is_flag=True, help="Replace files that exist.")(function)


def rate_option(function: F) -> F:
    """`--rate`: the frame rate of a cut that does not state one."""
    return click.option(
        "--rate",
        type=RATE,
        metavar="FPS",
        help="Frame rate of a cut that does not say: 23.976, 24, 25, 29.97, 29.97df, 30 ...",
    )(function)
