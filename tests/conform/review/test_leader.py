"""Leaders: where pops are due, and what is said of those that lie elsewhere."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conform.review.action import End, expected
from conform.review.leader import HeardFile, PopCheck, checks, pop_findings, told
from conform.timecode import RATES, Rate
from conform.timeline import Clip, Kind, Source, Timeline, Track
from fixtures.film import Film

SECONDS = 20
SR = 48000


def reel(rate: Rate, *, first: int = 8, last: int = 16, start: str = "00:59:52:00") -> Timeline:
    """A picture cut of labels: leader, two shots from second `first` to `last`, black behind."""
    at = [rate.seconds(second * rate.nominal) for second in (0, first, 12, last, SECONDS)]
    shots = [("HEAD LEADER", 0, 1), ("1-1", 1, 2), ("1-2", 2, 3)]
    clips = [Clip(name, at[a], at[b], at[a], at[b]) for name, a, b in shots]
    clips.append(Clip("black", at[3], at[4], at[3], at[4], Source(generated=True)))
    return Timeline("reel", rate, rate.time_of(start), (Track(Kind.VIDEO, 1, "V1", tuple(clips)),))


def sound(path: Path, rate: Rate, firsts: Sequence[int], channels: int = 1) -> HeardFile:
    """A file that starts with the reel, with a pop at each of some samples."""
    heard = np.zeros((SECONDS * SR, channels), np.float32)
    frame = round(rate.frame * SR)
    for first in firsts:
        wave = 0.1 * np.sin(2000 * np.pi * np.arange(frame) / SR)
        heard[first : first + frame] = wave[:, None]
    soundfile.write(path, heard, SR, subtype="PCM_24")
    return HeardFile(path, Fraction(0))


def of(timeline: Timeline, heard: HeardFile, end: End = End.HEAD) -> PopCheck:
    (found,) = [one for one in checks(timeline, [heard]) if one.end is end]
    return found


@pytest.mark.parametrize("name", ["23.976", "24", "25", "29.97", "29.97 DF"])
def test_the_two_pop_is_due_two_seconds_of_frames_before_the_action(
    name: str, tmp_path: Path
) -> None:
    rate = RATES[name]
    timeline = reel(rate, start="00:59:52;00" if rate.drop else "00:59:52:00")
    check = of(timeline, sound(tmp_path / "g.wav", rate, [rate.sample(6 * rate.nominal, SR)]))
    assert check.due is not None
    assert check.due.at == rate.seconds(6 * rate.nominal)
    assert check.samples == 0
    assert pop_findings([check], timeline) == ()
    assert "to the sample" in told(check, timeline)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
@given(off=st.integers(-30_000, 30_000))
def test_how_far_it_is_off_is_told_to_the_sample(off: int, tmp_path: Path) -> None:
    rate = RATES["24"]
    timeline = reel(rate)
    heard = sound(tmp_path / "g.wav", rate, [6 * SR + off])
    check = of(timeline, heard)
    assert check.samples == -off  # what comes later is late: below zero
    assert check.frames(rate) == pytest.approx(-off / 2000)
    assert bool(pop_findings([check], timeline)) == (abs(off) > 500)


def test_a_frame_off_is_a_warning_that_says_so(tmp_path: Path) -> None:
    rate = RATES["24"]
    timeline = reel(rate)
    check = of(timeline, sound(tmp_path / "guide.wav", rate, [6 * SR + 2000]))
    (finding,) = pop_findings([check], timeline)
    assert (finding.code, finding.where) == ("leader.pop", "guide.wav")
    assert "1.00 frames (2,000 samples) late" in finding.message
    assert "48 frames" in finding.message
    assert "00:59:58:00" in finding.message


def test_the_tail_pop_counts_from_the_last_frame_or_from_behind_it(tmp_path: Path) -> None:
    rate = RATES["25"]
    timeline = reel(rate)
    for frames, off in ((49, 0), (50, 0), (52, -2)):
        heard = sound(tmp_path / "t.wav", rate, [16 * SR + frames * 1920])
        check = of(timeline, heard, End.TAIL)
        assert check.samples == off * 1920


def test_action_may_begin_with_black(tmp_path: Path) -> None:
    """A fade up: the first shot is seen ten frames after the hour that it counts down to."""
    rate = RATES["24"]
    late = Fraction(10, 24)
    timeline = reel(rate)
    leader, first, *rest = timeline.video[0].clips
    told = [
        replace(leader, record_out=leader.record_out + late),
        replace(first, record_in=8 + late),
    ]
    heard = sound(tmp_path / "g.wav", rate, [6 * SR])
    by_hour = replace(timeline, tracks=(Track(Kind.VIDEO, 1, "V1", (*told, *rest)),))
    assert of(by_hour, heard).samples == 0
    black = Clip("black", leader.record_out, 8 + late, Fraction(0), late, Source(generated=True))
    told = [leader, black, told[1]]
    odd = replace(by_hour, start=rate.time_of("02:13:00:00"))
    stated = replace(odd, tracks=(Track(Kind.VIDEO, 1, "V1", (*told, *rest)),))
    assert of(stated, heard).samples == 0
    assert of(odd, heard).frames(rate) == pytest.approx(10)
    assert of(stated, sound(tmp_path / "h.wav", rate, [6 * SR - 2000])).frames(rate) == 1


def test_without_a_leader_there_is_nothing_to_say(tmp_path: Path) -> None:
    timeline = reel(RATES["24"])
    assert checks(timeline, [sound(tmp_path / "g.wav", RATES["24"], [])]) == ()
    assert checks(timeline, [HeardFile(tmp_path / "gone.wav", Fraction(0))]) == ()


def test_a_beep_far_from_its_place_is_not_judged(tmp_path: Path) -> None:
    timeline = reel(RATES["24"])
    check = of(timeline, sound(tmp_path / "g.wav", RATES["24"], [2 * SR]))
    assert check.off is None
    assert "nothing says" in told(check, timeline)
    assert pop_findings([check], timeline) == ()


def test_of_a_countdown_of_beeps_the_nearest_counts(tmp_path: Path) -> None:
    rate = RATES["24"]
    heard = sound(tmp_path / "g.wav", rate, [n * SR for n in (3, 4, 5, 6)])
    assert of(reel(rate), heard).samples == 0


def test_channels_that_disagree_are_told_apart(tmp_path: Path) -> None:
    rate = RATES["24"]
    heard = sound(tmp_path / "g.wav", rate, [6 * SR], channels=3)
    both, odd = soundfile.read(heard.path)[0], tmp_path / "odd.wav"
    both[:, 2] = np.roll(both[:, 2], 2000)
    soundfile.write(odd, both, SR, subtype="PCM_24")
    found = checks(reel(rate), [replace(heard, path=odd)])
    assert [(one.channels, one.held, one.samples) for one in found] == [(2, 3, 0), (1, 3, -2000)]


@pytest.mark.parametrize(("start", "second"), [("00:59:52:00", 6), ("01:00:00:00", 6)])
@pytest.mark.parametrize("name", ["24", "29.97 DF"])
def test_a_cut_of_sound_alone_goes_by_the_hour(
    start: str, second: int, name: str, tmp_path: Path
) -> None:
    """Two seconds before the hour, or six into a film leader that starts on it."""
    rate = RATES[name]
    start = start[:-3] + ";00" if rate.drop else start
    clip = Clip("wild", Fraction(11), Fraction(18), Fraction(0), Fraction(7))
    track = Track(Kind.AUDIO, 1, "A1", (clip,))
    timeline = Timeline("sound", rate, rate.time_of(start), (track,))
    at = rate.seconds(second * rate.nominal)
    assert at in [one.at for one in expected(timeline)]
    assert of(timeline, sound(tmp_path / "g.wav", rate, [round(at * SR)])).samples == 0


def test_the_demo_films_pop_is_in_its_place(film: Film) -> None:
    rate = film.spec.rate
    timeline = reel(rate, start="01:00:00:00")
    check = of(timeline, HeardFile(film.movie, Fraction(0)))
    assert check.samples == 0
    assert check.level == pytest.approx(-20, abs=0.1)
    assert check.length == Fraction(2002, SR)
