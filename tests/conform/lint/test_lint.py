"""Each rule finds the fault that is planted for it, once, and nothing in a clean cut."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from conform.findings import Level
from conform.lint.cut import RULES, lint, offline
from conform.lint.rolls import RULES as ROLL_RULES
from conform.lint.rolls import lint_rolls
from conform.roll import Roll, RollChannel
from conform.timecode import Rate
from conform.timeline import Clip, Kind, Source, Timeline, Track

R24, R23 = Rate(Fraction(24)), Rate(Fraction(24000, 1001))
R29, R29DF = Rate(Fraction(30000, 1001)), Rate(Fraction(30000, 1001), drop=True)
SOUND = Source(
    "101-1.wav", "/101-1.wav", reel="S1", scene="101", take="1", start=Fraction(36000),
    duration=Fraction(60), rate=R24, channels=2, sample_rate=48000,
)  # fmt: skip
OTHER = replace(SOUND, name="102-1.wav", url="/102-1.wav", scene="102", start=Fraction(37000))


def clip(at: int, source: Source = SOUND, **fields: Any) -> Clip:
    into = source.start or Fraction(0)
    made = Clip(
        source.name, Fraction(at), Fraction(at + 2), into, into + 2, source, channels=(1, 2)
    )
    return replace(made, **fields)


def cut(*clips: Clip, rate: Rate = R24, kind: Kind = Kind.AUDIO) -> Timeline:
    return Timeline("cut", rate, Fraction(3600), (Track(kind, 1, clips=clips),))


def test_a_clean_cut_yields_nothing() -> None:
    assert lint(cut(clip(0), clip(2), clip(6, OTHER)), "cut.aaf") == ()
    assert lint(cut(clip(0), clip(2), rate=Rate(Fraction(25))), "cut.aaf") == ()
    assert lint(Timeline("empty", R24), "cut.aaf") == ()


FAULTS: tuple[tuple[str, Timeline, str], ...] = (
    ("lint.rates", cut(clip(0), rate=R23), "1 clip with the source counted at 24"),
    (
        "lint.source-rates",
        cut(clip(0), clip(2, replace(SOUND, rate=Rate(Fraction(25))))),
        "'/101-1.wav': 24 and 25",
    ),
    (
        "lint.timecode-collision",
        cut(clip(0), clip(2, replace(OTHER, start=Fraction(36059)))),
        "reel 'S1': '101-1.wav' and '102-1.wav'",
    ),
    (
        "lint.drop-frame",
        cut(clip(0, replace(SOUND, rate=R29)), rate=R29DF),
        "a non-drop-frame source in a drop-frame timeline",
    ),
    (
        "lint.one-frame-gap",
        cut(clip(0), clip(2, record_in=Fraction(49, 24))),
        "1 hole of a frame or less on A1; first '101-1.wav' on A1 at 01:00:02:01",
    ),
    ("lint.overlap", cut(clip(0), clip(1), clip(2)), "2 clips on A1"),
    ("lint.channels", cut(clip(0, channels=(3,))), "first channel 3 of 2"),
    ("lint.sample-rate", cut(clip(0, replace(SOUND, sample_rate=47999))), "47999 Hz"),
    ("lint.blank", cut(clip(0), clip(2, replace(OTHER, take=" "))), "1 of 2 sound clips"),
)


@pytest.mark.parametrize(("code", "timeline", "text"), FAULTS, ids=[one[0] for one in FAULTS])
def test_a_planted_fault_is_found_once(code: str, timeline: Timeline, text: str) -> None:
    (finding,) = lint(timeline, "cut.aaf")
    assert (finding.code, finding.where) == (code, "cut.aaf")
    assert text in finding.message


def test_every_rule_has_its_fault() -> None:
    silent = [rule for rule in RULES if not any(list(rule(one, "")) for _, one, _ in FAULTS)]
    assert not silent


def test_one_source_counted_both_ways_is_a_warning() -> None:
    both = cut(clip(0, replace(SOUND, rate=R29)), clip(2, replace(SOUND, rate=R29DF)), rate=R29)
    levels = [one.level for one in lint(both, "") if one.code == "lint.drop-frame"]
    assert levels == [Level.INFO, Level.WARNING]


@pytest.mark.parametrize(
    "source",
    [
        replace(OTHER, start=Fraction(36060)),
        replace(OTHER, start=Fraction(36000)),  # as long: another mono file of the take
        replace(OTHER, start=Fraction(36001), reel="S2"),
        replace(OTHER, start=Fraction(36001), reel="", tape="Pro Tools:cut.ptx"),
    ],
)
def test_files_that_do_not_collide(source: Source) -> None:
    assert lint(cut(clip(0), clip(2, source)), "") == ()


def test_two_frames_are_no_hole_and_pulled_rates_are_only_told() -> None:
    assert lint(cut(clip(0), clip(2, record_in=Fraction(50, 24))), "") == ()
    (finding,) = lint(cut(clip(0, replace(SOUND, sample_rate=48048))), "")
    assert finding.level is Level.INFO


def test_offline_media_is_counted_once() -> None:
    timeline = cut(clip(0), clip(2), clip(6, OTHER))
    (finding,) = offline(timeline, "cut.aaf", lambda url: url == "/102-1.wav")
    assert finding.message == "1 of 2 media files not where the cut names them; first /101-1.wav"
    assert offline(timeline, "cut.aaf", lambda _: True) == ()


def roll(name: str = "T01.WAV", start: int = 36000, **fields: Any) -> Roll:
    path = Path(name)
    channels = (RollChannel("Boom", path, 0), RollChannel("Lav", path, 1))
    made = Roll(
        name, channels, 48000 * 60, 48000, Fraction(start), R24, scene="1", take=name, tape="S1",
        date="2026-05-04",
    )  # fmt: skip
    return replace(made, **fields)


def test_a_clean_shoot_yields_nothing() -> None:
    assert lint_rolls([roll(), roll("T02.WAV", 36060), roll("T03.WAV", 40000)]) == ()
    assert lint_rolls([roll(), roll(date="2026-05-05", tape="S2", take="9")]) == ()
    assert lint_rolls([roll(take="2"), roll("T02.WAV", 36060, take="2")]) == ()  # it continues
    assert lint_rolls([]) == ()


TWICE = tuple(RollChannel("Lav", Path("T01.WAV"), index) for index in (0, 1))
ROLL_FAULTS: tuple[tuple[str, list[Roll], str], ...] = (
    ("lint.sample-rate", [roll(sample_rate=47999)], "'T01.WAV' at 47999 Hz"),
    ("lint.roll-rates", [roll(), roll("T02.WAV", 40000, rate=R23)], "1 at 24, 1 at 23.976"),
    ("lint.timecode-collision", [roll(), roll("T02.WAV", 36059)], "tape 'S1' with T01.WAV"),
    ("lint.blank", [roll(), roll("T02.WAV", 40000, scene="")], "1 of 2 recordings without a scene"),
    (
        "lint.carried-over",
        [roll(), roll("T02.WAV", 40000, take="T01.WAV")],
        "'1' 'T01.WAV' of T01.WAV",
    ),
    ("lint.track-names", [roll(channels=TWICE)], "Lav, Lav"),
)


@pytest.mark.parametrize(
    ("code", "rolls", "text"), ROLL_FAULTS, ids=[one[0] for one in ROLL_FAULTS]
)
def test_a_planted_fault_of_a_shoot_is_found_once(code: str, rolls: list[Roll], text: str) -> None:
    (finding,) = lint_rolls(rolls)
    assert finding.code == code
    assert text in finding.message


def test_every_rule_of_a_shoot_has_its_fault() -> None:
    silent = [rule for rule in ROLL_RULES if not any(list(rule(one)) for _, one, _ in ROLL_FAULTS)]
    assert not silent
