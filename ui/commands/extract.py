"""`conform extract`: the sound that travels inside a cut."""

from __future__ import annotations

from pathlib import Path

import click

from adapters import aaf, formats, otio
from conform.errors import TimelineError
from conform.writing import refuse_file
from ui.options import FILE, examples, force_option, json_option
from ui.printing import console, print_json


@click.command(
    epilog=examples(
        "conform extract TURNOVER.aaf -o SOUND/", "conform extract CUT.otioz -o CUT/ --json"
    )
)
@click.argument("source", metavar="FILE", type=FILE)
@click.option("-o", "--output", "folder", required=True, type=FILE, help="The folder for sound.")
@force_option
@json_option
def command(source: Path, folder: Path, force: bool, as_json: bool) -> int:
    """Write the sound embedded in an AAF, or a whole OTIO bundle, to a folder.

    An OTIO bundle is unpacked into a new folder only.
    """
    files = _extracted(source, folder, force=force)
    if as_json:
        print_json({"files": list(map(str, files))})
    else:
        for path in files:
            console().print(str(path), markup=False, soft_wrap=True)
        if not files:
            console().print("nothing is embedded: the cut names its sound by path")
    return 0


def _extracted(source: Path, folder: Path, *, force: bool) -> tuple[Path, ...]:
    refuse_file(folder)
    found = formats.recognised(source)
    if found.name == "aaf":
        return aaf.extract(source, folder, force=force)
    if found.name == "otio" and source.suffix.lower() == ".otioz":
        otio.unpack(source, folder)
        return tuple(sorted(path for path in folder.rglob("*") if path.is_file()))
    raise TimelineError("holds no sound; an AAF or .otioz may", path=source)
