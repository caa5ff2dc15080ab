"""`conform completion`: tab completion for bash, zsh and fish."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from ui.options import examples


@click.command(
    epilog=examples(
        "conform completion bash >> ~/.bashrc",
        "conform completion fish > ~/.config/fish/completions/conform.fish",
    )
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that completes `conform` in SHELL."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(ctx.find_root().command, {}, "conform", "_CONFORM_COMPLETE").source())
