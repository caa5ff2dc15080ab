"""`conform view`: the reviewer's room."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from conform.errors import ConformError, SessionError
from ui.options import FILE, examples
from ui.progress import progress
from ui.review.desk import probed
from ui.review.loose import loose
from ui.review.session import Session

_PACKAGES = "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0"


def _login_name() -> str:
    """The name of the computer's user; empty where the system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # Python 3.13 raises the latter where there is no such account
        return ""


@click.command(
    epilog=examples(
        "conform view REEL1.otio",
        "conform view REEL1_v2.otio --carry REEL1_v1.otio --second REEL1_v1.mov",
        "conform view REEL1.mov --sound BOOM.wav --sound LAV.wav",
    )
)
@click.argument("session_file", metavar="[SESSION]", required=False, type=FILE)
@click.option("--picture", type=FILE, help="A movie, where there is no session.")
@click.option("--guide", type=FILE, help="The guide sound.  [default: the movie's own]")
@click.option("--sound", "sounds", multiple=True, type=FILE, help="New sound; again for more.")
@click.option("--second", type=FILE, help="Another movie, beside or over the first.")
@click.option("--carry", type=FILE, help="A session whose decisions are carried over.")
@click.option(
    "--reviewer",
    default=_login_name,
    help="Who decides, as the report names them.  [default: your login name]",
)
def command(
    session_file: Path | None,
    picture: Path | None,
    guide: Path | None,
    sounds: Sequence[Path],
    second: Path | None,
    carry: Path | None,
    reviewer: str,
) -> int:
    """Review SESSION: picture, guide and new sound, every event's offset, decisions that are kept.

    F1 shows the keys; the whole work is done by them. Decisions are saved in SESSION as they are
    made. Without a session, a movie and sound files are laid by their sound and shown alike.
    """
    run = _viewer()
    movie = probed(session_file) if picture is None else None
    if movie is not None and movie.video:
        picture, session_file = session_file, None
    if session_file is not None and picture is None:
        _refuse_cut(session_file)
        opened = Session.opened(session_file, carried=carry, second=second, reviewer=reviewer)
        return run(opened)
    if picture is None or session_file is not None:
        raise click.UsageError(
            "name a SESSION (conform sync makes one of a cut), or a movie and its --sound"
        )
    with progress() as watch:
        made = loose(picture, guide, sounds, second=second, reviewer=reviewer, watch=watch)
    return run(made)


def _refuse_cut(path: Path) -> None:
    """Raise `SessionError` for a cut that was not synced as yet, with the way to a session."""
    if path.is_file() and not path.suffix.lower().startswith(".otio"):
        way = f"conform sync {path.name} --picture MOVIE --rolls FOLDER -o {path.stem}.otio"
        raise SessionError(f"is no session; of a cut, this makes one: {way}", path=path)


def _viewer() -> Callable[[Session], int]:
    """The viewer's entry; raises `ConformError` with the remedy where Qt is not there."""
    try:
        from ui.viewer.app import run  # noqa: PLC0415  (Qt is an optional extra)
    except ModuleNotFoundError as missing:
        if missing.name and missing.name.split(".")[0] == "PyQt6":
            raise ConformError(
                "the viewer needs PyQt6: pip install 'picturelock[viewer]'"
            ) from missing
        raise
    except ImportError as missing:
        raise ConformError(
            f"Qt's system libraries are missing ({missing}): apt-get install {_PACKAGES}"
        ) from missing
    return run
