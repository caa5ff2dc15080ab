"""Stems lie apart from takes, so that the next sync does not find them as takes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from conform.errors import RenderError
from conform.laying.stems import apart_from_takes
from conform.roll import Roll, RollChannel
from conform.synced import Sync
from conform.timecode import RATES
from conform.timeline import Timeline


@pytest.fixture
def sync(tmp_path: Path) -> Sync:
    take = tmp_path / "show" / "DAY01" / "12A.wav"
    take.parent.mkdir(parents=True)
    take.write_bytes(b"x")
    roll = Roll("12A", (RollChannel("Boom", take, 0),), 48000, 48000)
    return Sync(Timeline("cut", RATES["25"]), "", 48000, Fraction(1), (), (roll,))


def linked(folder: Path) -> Path:
    link = folder.with_name("link")
    link.symlink_to(folder)
    return link


@pytest.mark.parametrize("name", [Path, linked, lambda folder: folder / ".." / "DAY01"])
def test_the_folder_of_takes_is_refused(
    name: Callable[[Path], Path], sync: Sync, tmp_path: Path
) -> None:
    with pytest.raises(RenderError, match="takes lie here"):
        apart_from_takes(sync, name(tmp_path / "show" / "DAY01"))


def test_a_file_is_no_folder(sync: Sync) -> None:
    with pytest.raises(RenderError, match="name a folder"):
        apart_from_takes(sync, sync.rolls[0].path)


def test_below_the_takes_it_is_said(sync: Sync, tmp_path: Path) -> None:
    (said,) = apart_from_takes(sync, tmp_path / "show" / "DAY01" / "STEMS")
    assert said.code == "stems.below-takes"


@pytest.mark.parametrize("name", ["STEMS", "DAY02", "."])
def test_beside_and_above_the_takes_it_is_fine(name: str, sync: Sync, tmp_path: Path) -> None:
    assert apart_from_takes(sync, tmp_path / "show" / name) == ()
