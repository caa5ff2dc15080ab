"""What `conform inspect` shows of a cut beyond its clips."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from adapters import formats
from conform.timecode import Rate
from conform.timeline import Clip, Fade, Kind, Marker, Source, Timeline, Track, Transition
from ui.cli import main

SOURCE = Source("a.wav", "/nowhere/a.wav", start=Fraction(3600), duration=Fraction(99), channels=1)
FIRST = Clip("a.wav", Fraction(0), Fraction(2), Fraction(3600), Fraction(3602), SOURCE)
SECOND = Clip("b.wav", Fraction(2), Fraction(4), Fraction(3602), Fraction(3604), SOURCE)
CUT = Timeline(
    "cut",
    Rate(Fraction(25)),
    Fraction(36000),
    (
        Track(
            Kind.AUDIO,
            1,
            "A1",
            (
                replace(FIRST, fade_in=Fade(Fraction(1, 5)), channels=(1,)),
                replace(SECOND, channels=(2,), markers=(Marker(Fraction(1), "bump"),)),
            ),
            (Transition(Fraction(48, 25), Fraction(2), Fraction(52, 25), "crossfade"),),
        ),
    ),
    (Marker(Fraction(1), "reel change", "ask Ann", "red", Fraction(2)),),
)


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    path = tmp_path / "cut.otio"
    formats.write(CUT, path)
    return path


def inspected(path: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["conform", "inspect", str(path), *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (0, None)


def test_transitions_fades_and_markers_are_shown(
    cut: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inspected(cut, monkeypatch)
    said = capsys.readouterr().out
    assert "1 track, 2 events, 10:00:00:00 to 10:00:04:00" in said
    assert "ch 1, fade in 5 fr" in said
    assert "crossfade 4 fr, ch 2, marker bump" in said
    shown = next(line for line in said.splitlines() if "reel change" in line)
    assert all(word in shown for word in ("10:00:01:00", "50 fr", "ask Ann", "red"))


def test_json_holds_all_that_is_shown_and_what_the_rules_find(
    cut: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inspected(cut, monkeypatch, "--json")
    (timeline,) = json.loads(capsys.readouterr().out)["timelines"]
    (track,) = timeline["tracks"]
    assert track["transitions"][0]["name"] == "crossfade"
    assert track["clips"][0]["fade_in"] == "1/5"
    assert [marker["name"] for marker in timeline["markers"]] == ["reel change"]
    codes = {finding["code"] for finding in timeline["findings"]}
    assert codes == {"lint.channels", "lint.offline"}
