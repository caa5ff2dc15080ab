"""The command `conform`: picks a verb, and turns what stops it into one line and an exit code.

Verbs live in `ui.commands`, one module each, and are imported only when they are asked for.
Exit codes: 0 fine, 1 findings at error level, 2 usage or failure.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module

import click

from conform import __version__
from conform.errors import ConformError
from conform.watch import Cancelled
from ui.options import examples

EXIT_FAILED = 2

VERBS: dict[str, str] = {
    "demo": "Make the demo film and run the whole job on it, measured against truth.",
    "inspect": "Show what cuts, movies and field recordings hold, and what is odd about them.",
    "align": "Measure where other sounds lie against a reference, whole files.",
    "sync": "Find and measure every event's take, and write a session.",
    "view": "Review a session: picture, sound, offsets, decisions.",
    "export": "Write stems and report from a session.",
    "convert": "Convert a cut from one format into another, and say what is lost.",
    "extract": "Take the sound out of an AAF or an OTIO bundle.",
    "report": "Write the sync report of a session.",
    "completion": "Print the script that completes `conform` in your shell.",
}


class Verbs(click.Group):
    """A group whose commands are imported when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of the work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb, from the module of its name."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"ui.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "conform sync CUT.edl --picture MOVIE.mov --rolls SOUND/ -o REEL1.otio",
        "conform export REEL1.otio -o STEMS/",
    ),
)
@click.version_option(__version__, prog_name="conform")
def cli() -> None:
    """Lock sound to picture: conform production sound to a cut, to the sample, and prove it."""


def main() -> None:
    """Run the command line; never a traceback for what a person can mend."""
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        code = _failed(wrong.format_message())
    except ConformError as fault:
        click.echo(f"conform: {fault}", err=True)
        code = _failed(str(fault))
    except (Cancelled, KeyboardInterrupt, click.Abort):
        click.echo("conform: stopped; no file is half-written", err=True)
        code = _failed("stopped")
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    except OSError as fault:
        place = f"{fault.filename}: " if fault.filename else ""
        click.echo(f"conform: {place}{fault.strerror}", err=True)
        code = _failed(f"{place}{fault.strerror}")
    sys.exit(code if isinstance(code, int) else 0)


def _failed(why: str) -> int:
    """The exit code of a failure; scripts that asked for JSON are told in JSON."""
    if "--json" in sys.argv:
        click.echo(json.dumps({"error": why}, ensure_ascii=False))
    return EXIT_FAILED
