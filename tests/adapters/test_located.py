"""Where a cut's media is looked for."""

from pathlib import Path

import pytest

from adapters.located import present


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("sound/a b.wav", True),
        ("sound/a%20b.wav", False),  # no URL, so no escapes
        ("sound/shot.%04d.exr", True),
        ("pictures/shot.[1001-1010].exr", False),
        ("C:/sound/a b.wav", False),
        ("\0", False),
        ("x" * 5000, False),
    ],
)
def test_places_count_from_the_cut(url: str, there: bool, tmp_path: Path) -> None:
    (tmp_path / "sound").mkdir()
    (tmp_path / "sound" / "a b.wav").touch()
    assert present(url, tmp_path / "cut.xml") == there


def test_file_urls_are_unescaped(tmp_path: Path) -> None:
    (tmp_path / "a b.wav").touch()
    for start in ("file://", "file://localhost"):
        assert present(f"{start}{tmp_path}/a%20b.wav", Path("cut.xml"))
