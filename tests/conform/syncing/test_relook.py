"""An event measured again where it lies, against a guide that is a copy of it."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from conform.roll import Roll, RollChannel
from conform.synced import EventSync, Status, Sync
from conform.syncing.relook import guide_around, other_takes, relook
from conform.timecode import RATES
from conform.timeline import Clip, Timeline

_RATE = 48000
_ZERO = Fraction(3)  # the take's first sample lies three seconds into the picture


@pytest.fixture
def cut(tmp_path: Path) -> Sync:
    noise = np.random.default_rng(8).normal(0, 0.1, 12 * _RATE)
    swell = np.repeat(np.random.default_rng(9).random(120) ** 2, _RATE // 10)
    take = (noise * swell).astype(np.float32)
    guide = np.zeros(18 * _RATE, np.float32)
    guide[3 * _RATE : 15 * _RATE] = take
    soundfile.write(tmp_path / "take.wav", take, _RATE, subtype="PCM_24")
    soundfile.write(tmp_path / "guide.wav", guide, _RATE, subtype="PCM_24")
    roll = Roll("take", (RollChannel("Boom", tmp_path / "take.wav", 0),), len(take), _RATE)
    clip = Clip("1-1", Fraction(5), Fraction(12), Fraction(2), Fraction(9))
    event = EventSync("0001", clip, (1,), Status.MEASURED, roll=roll, zero=_ZERO)
    timeline = Timeline("cut", RATES["24"])
    return Sync(timeline, str(tmp_path / "guide.wav"), _RATE, Fraction(18), (event,), (roll,))


@pytest.mark.parametrize("moved", [0, 37, -480, 4804])
def test_the_lag_says_how_far_it_was_moved(moved: int, cut: Sync) -> None:
    """Sound that is laid later is late: its lag is the nudge, with the other sign."""
    event = cut.events[0]
    guide = guide_around(event, cut, Path(cut.picture))
    assert event.roll is not None
    found = relook(event, event.roll, _ZERO + Fraction(moved, _RATE), cut, guide)
    assert found.lag is not None
    assert found.lag * _RATE == pytest.approx(-moved, abs=0.1)
    assert found.correlation is not None
    assert found.correlation.peak[0] * _RATE == pytest.approx(-moved, abs=6)
    assert found.correlation.peak[1] > 3 * found.correlation.runner_up[1]
    assert found.correlation.channel == "Boom"


@pytest.mark.parametrize("moved", [0, 240, -960])
def test_a_short_event_is_heard_near_where_it_lies(moved: int, cut: Sync) -> None:
    event = cut.events[0]
    clip = replace(event.clip, record_out=Fraction(11, 2), source_out=Fraction(5, 2))
    short = replace(event, clip=clip)
    assert short.roll is not None
    guide = guide_around(short, cut, Path(cut.picture))
    found = relook(short, short.roll, _ZERO + Fraction(moved, _RATE), cut, guide)
    assert found.lag is not None
    assert found.lag * _RATE == pytest.approx(-moved, abs=0.5)


def test_another_take_is_not_measured_and_says_why(cut: Sync, tmp_path: Path) -> None:
    event = cut.events[0]
    other = np.random.default_rng(77).normal(0, 0.1, 12 * _RATE)
    soundfile.write(tmp_path / "other.wav", other, _RATE)
    roll = Roll("other", (RollChannel("Boom", tmp_path / "other.wav", 0),), len(other), _RATE)
    found = relook(event, roll, _ZERO, cut, guide_around(event, cut, Path(cut.picture)))
    assert found.lag is None
    assert found.reason


def test_without_timecode_no_other_take_is_named(cut: Sync) -> None:
    assert other_takes(cut.events[0], cut) == ()
