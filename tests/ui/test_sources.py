"""Nothing that a cut was made from is ever written over, by whatever name and whatever command."""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from adapters import formats
from adapters import session as files
from conform.errors import RenderError
from conform.synced import Sync
from conform.timecode import RATES
from conform.timeline import Clip, Kind, Source, Timeline, Track
from ui.cli import cli
from ui.review.export import export
from ui.review.notes import write_notes
from ui.review.session import Session


def run(*words: object) -> None:
    done = CliRunner().invoke(cli, [*map(str, words), "--force"])
    if done.exception:
        raise done.exception


def sync(at: Session, out: Path) -> None:
    asked = ["--picture", at.sync.picture, "--rolls", at.sync.rolls[0].path]
    run("sync", at.sync.cut, "--rate", "23.976", *asked, "-o", out)


def markers(at: Session, out: Path) -> None:
    write_notes(at.sync, at.state.review, at.standing, out, "resolve", force=True)


WAYS: dict[str, tuple[str, Callable[[Session, Path], None]]] = {
    "sync": ("s.otio", sync),
    "report": ("r.html", lambda at, out: run("report", at.path, "-o", out)),
    "its table": ("r.csv", lambda at, out: run("report", at.path, "-o", out.with_suffix(".html"))),
    "its markers": ("n.edl", lambda at, out: run("report", at.path, "--markers", out)),
    "export": ("Boom.wav", lambda at, out: run("export", at.path, "-o", out.parent)),
    "the viewer's export": ("Boom.wav", lambda at, out: [export(at.sync, out.parent, force=True)]),
    "the viewer's markers": ("n.edl", markers),
    "the viewer's save": ("s.otio", lambda at, out: at.move_to(out, force=True)),
}
"""Commands, what they are asked to write, and how."""

SOURCES: dict[str, Callable[[Sync], str]] = {
    "cut": lambda sync: sync.cut,
    "picture": lambda sync: sync.picture,
    "take": lambda sync: str(sync.rolls[0].path),
}


@pytest.mark.parametrize("link", [os.symlink, os.link])
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("way", WAYS)
def test_a_source_is_never_written_over(
    way: str, source: str, link: Callable[[Path, Path], None], session_file: Path, tmp_path: Path
) -> None:
    opened = Session.opened(session_file)
    theirs = Path(SOURCES[source](opened.sync))
    name, write = WAYS[way]
    out = tmp_path / "out" / name
    out.parent.mkdir()
    link(theirs, out)
    before = theirs.stat()
    with pytest.raises(RenderError, match="this is a source file"):
        write(opened, out)
    assert out.samefile(theirs)
    assert theirs.stat().st_mtime_ns == before.st_mtime_ns
    assert [path.name for path in out.parent.iterdir()] == [name]


@pytest.mark.parametrize("name", ["--stem", "SESSION"])
def test_a_list_of_markers_takes_neither_a_stem_nor_the_session(
    name: str, session_file: Path, tmp_path: Path
) -> None:
    stem = tmp_path / "Boom.wav"
    stem.write_bytes(b"the only copy")
    listed = stem if name == "--stem" else session_file
    before = listed.read_bytes()
    with pytest.raises(RenderError, match="this is a source file"):
        run("report", session_file, "--stem", stem, "--markers", listed, "--form", "avid")
    assert listed.read_bytes() == before


@pytest.mark.parametrize("made", ["CUT.edl", "CUT_V2.edl"])
def test_no_list_of_several_is_written_over_the_cut(made: str, tmp_path: Path) -> None:
    clip = Clip("a", Fraction(0), Fraction(1), Fraction(0), Fraction(1), Source("A001"))
    tracks = tuple(Track(Kind.VIDEO, index, f"V{index}", (clip,)) for index in (1, 2))
    cut = tmp_path / "cut.otio"
    formats.write(Timeline("cut", RATES["25"], tracks=tracks), cut)
    before = cut.read_bytes()
    (tmp_path / made).symlink_to(cut)
    with pytest.raises(RenderError, match="this is a source file"):
        run("convert", cut, tmp_path / "CUT.edl")
    assert cut.read_bytes() == before
    assert (tmp_path / made).is_symlink()


def test_the_viewer_spares_the_session_that_decisions_came_from(
    session_file: Path, true_sync: Sync, tmp_path: Path
) -> None:
    old = tmp_path / "old.otio"
    files.save(true_sync, old)
    opened = Session.opened(session_file, carried=old)
    with pytest.raises(RenderError, match="this is a source file"):
        opened.move_to(old, force=True)


def test_stems_are_not_written_among_takes_nor_into_a_file(session_file: Path) -> None:
    take = files.load(session_file).rolls[0].path
    before = sorted(path.name for path in take.parent.iterdir())
    for place, why in ((take.parent, "takes lie here"), (take, "name a folder")):
        with pytest.raises(RenderError, match=why):
            run("export", session_file, "-o", place)
    assert sorted(path.name for path in take.parent.iterdir()) == before
