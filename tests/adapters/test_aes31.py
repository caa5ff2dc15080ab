"""Audio decision lists: every edge to the sample, in and out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.aes31 import read, write
from adapters.aes31.tcf import FRAME_MARKS, Clock, base_of, marked_rate
from conform.errors import TimecodeError, TimelineError
from conform.timecode import RATES, Rate
from conform.timeline import (
    Clip,
    Curve,
    Fade,
    Kind,
    Marker,
    Source,
    Timeline,
    Track,
    Transition,
)

SR = 48000
BASES = [*FRAME_MARKS.values(), RATES["29.97 DF"], RATES["30 DF"]]

# as SADiE, Nuendo and the BBC's composer write them: tabs, `_` for unknown, careless marks
FOREIGN = """<ADL>
<VERSION>
\t(ADL_ID)\t1234
\t(VER_CREATOR)\t"Paper ""Edit"" 2"
</VERSION>
<PROJECT>
\t(PROJ_TITLE)\t"Test edit 1"
</PROJECT>
<SEQUENCE>
\t(SEQ_SAMPLE_RATE)\tS44100
\t(SEQ_FRAME_RATE)\t25
\t(SEQ_DEST_START)\t10:00:00:00/0000
</SEQUENCE>
<SOURCE_INDEX>
\t(Index)\t1\t(F)\t"URL:file://localhost/C:/Audio Files/one.wav"\tUID1\t_\t_\t"_"\t"_"
\t(Index)\t2\t(F)\t"URL:file://localhost/C:/two.wav"\t_\t01:00:00:00|0001\t00:01:00:00|0000\t_\tN
</SOURCE_INDEX>
<EVENT_LIST>
\t(Entry)\t1\t(Cut)\tI\t1\t1~2\t3~4\t00:00:30:00/0000\t10:00:00:00/0000\t10:00:05:00/0000\t_
\t\t(Rem) NAME "clip one"
\t(Entry)\t2\t(Cut)\tI\t2\t1\t3\t01:00:02:12|0441\t10:00:05:00|0441\t10:00:06:00|0000\t_
\t\t(Infade) 00:00:00:05/0000 CURVE -8.3 -3.0 -0.7
\t\t(Gain) _ -3.5
\t(Entry)\t3\t(Silence)\t1\t10:00:06:00\t10:00:07:00
</EVENT_LIST>
<MARK_LIST>
\t(MK) 0 10:00:01:00/0000 _ "pop"
</MARK_LIST>
</ADL>
"""


def test_lists_of_other_tools_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.adl"
    path.write_text(FOREIGN)
    cut = read(path)
    (timeline,) = cut.timelines
    assert (timeline.name, timeline.rate) == ("Test edit 1", RATES["25"])
    assert timeline.timecode(Fraction(0)) == "10:00:00:00"
    left, right = timeline.tracks
    assert [clip.name for clip in left.clips] == ["clip one", "two.wav"]
    assert [clip.channels for track in (left, right) for clip in track.clips] == [(1,), (1,), (2,)]
    one, two = left.clips
    assert (one.source_in, one.source_out) == (Fraction(30), Fraction(35))
    assert one.source.url == "file://localhost/C:/Audio Files/one.wav"
    assert two.record_in == 5 + Fraction(441, 44100)
    assert two.source_in == 3602 + Fraction(12, 25) + Fraction(441, 44100)
    assert two.source.start == 3600 + Fraction(1, 44100)
    assert two.fade_in == Fade(Fraction(1, 5), Curve.EQUAL_POWER)
    assert two.gain_db == -3.5
    assert timeline.markers == (Marker(Fraction(1), "pop"),)
    assert [odd.where for odd in cut.findings if odd.code == "aes31.entry"] == ["a.adl:24"]


@given(st.sampled_from(BASES), st.integers(0, 24 * 3600 * SR - 1))
def test_every_sample_of_the_day_has_its_own_time(rate: Rate, sample: int) -> None:
    clock = Clock(rate, SR)
    time = Fraction(sample, SR) % rate.seconds(rate.day)  # a day of 30 DF labels is 86.4 s short
    found = clock.seconds(clock.text(time))
    assert abs(found - time) * SR <= Fraction(1, 2)
    assert marked_rate(clock.text(time)) == rate


@pytest.mark.parametrize("text", ["", "_", "10:00:00", "10:00:00:99/0000", "99.00.00.00"])
def test_times_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(TimecodeError):
        Clock(RATES["25"], SR).seconds(text)


def test_fast_rates_are_labelled_at_the_rate_below() -> None:
    bases = {rate.name: base.name for rate in RATES.values() if (base := base_of(rate))}
    assert len(bases) == len(RATES)
    assert (bases["50"], bases["59.94 DF"], bases["47.952"]) == ("25", "29.97 DF", "23.976")
    assert base_of(Rate(Fraction(12))) is None


names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
samples = st.integers(0, 10 * 3600 * SR).map(lambda n: Fraction(n, SR))
curves = st.sampled_from([c for c in Curve if c is not Curve.UNKNOWN])
fades = st.one_of(st.none(), st.builds(Fade, st.just(Fraction(240, SR)), curves))
EXACT = [RATES[name] for name in ("23.976", "24", "25", "30")]  # a frame is whole samples


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    rate, number, tracks = draw(st.sampled_from(EXACT)), 0, []
    for index in range(1, draw(st.integers(1, 3)) + 1):
        at, clips = draw(samples), []
        for _ in range(draw(st.integers(0, 3))):
            number += 1
            length, begin = draw(st.integers(480, 60 * SR)) * Fraction(1, SR), draw(samples)
            name = f"{number}.wav"
            source = Source(
                name, f"file://localhost/{name}", start=draw(st.sampled_from([None, Fraction(0)])),
                sample_rate=SR,
            )  # fmt: skip
            source = replace(source, rate=None if source.start is None else rate)
            clips.append(
                Clip(
                    draw(names), at, at + length, begin, begin + length, source,
                    channels=(draw(st.integers(1, 64)),), gain_db=draw(st.integers(-60, 12)) / 4,
                    fade_in=draw(fades), fade_out=draw(fades), event=f"{number:04}",
                )
            )  # fmt: skip
            at += length
        tracks.append(Track(Kind.AUDIO, index, draw(names), tuple(clips)))
    marks = st.builds(Marker, samples, names, duration=st.sampled_from([Fraction(0), Fraction(2)]))
    start = rate.seconds(draw(st.integers(0, 3600 * 24 * 10)))
    found = tuple(draw(st.lists(marks, max_size=2)))
    return Timeline(draw(names), rate, start, tuple(tracks), found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(timelines())
def test_what_is_written_is_read_back_the_same(tmp_path: Path, timeline: Timeline) -> None:
    path = tmp_path / "t.adl"
    assert write(timeline, path, force=True) == ()
    cut = read(path)
    assert cut.timelines == (timeline,)
    assert cut.findings == ()


def clip(name: str, first: int, last: int) -> Clip:
    source = Source("a.wav", "file://localhost/a.wav", sample_rate=SR)
    return Clip(name, Fraction(first), Fraction(last), Fraction(10 + first), Fraction(10 + last),
                source, channels=(1,))  # fmt: skip


def test_crossfades_survive_and_never_reach_before_the_file(tmp_path: Path) -> None:
    one, two = replace(clip("a", 0, 4), event="0001"), replace(clip("b", 4, 8), event="0002")
    joint = Transition(Fraction(3), Fraction(4), Fraction(5), "crossfade", Curve.S_CURVE)
    track = Track(Kind.AUDIO, 1, "DX", (one, two), (joint,))
    path = tmp_path / "t.adl"
    write(Timeline("t", RATES["25"], tracks=(track,)), path)
    assert read(path).timelines == (Timeline("t", RATES["25"], tracks=(track,)),)
    edge = replace(two, source_in=Fraction(1, 2), source_out=Fraction(9, 2))
    write(Timeline("t", RATES["25"], tracks=(replace(track, clips=(one, edge)),)), path, force=True)
    last = read(path).timelines[0].tracks[0].clips[-1]
    assert (last.source_in, last.record_in) == (Fraction(0), Fraction(7, 2))


def test_what_cannot_be_held_is_told(tmp_path: Path) -> None:
    fast = replace(clip("fast", 0, 1), speed=Fraction(2), source_out=Fraction(12))
    mute = replace(clip("mute", 2, 3), enabled=False, channels=(1, 2))
    tracks = (Track(Kind.VIDEO, 1), Track(Kind.AUDIO, 1, "A", (fast, mute), (), enabled=False))
    path = tmp_path / "t.adl"
    told = " ".join(odd.message for odd in write(Timeline("t", RATES["50"], tracks=tracks), path))
    for lost in ("picture", "speed", "muted", "mute or solo", "several channels", "labels at 50"):
        assert lost in told
    assert [track.clips for track in read(path).timelines[0].tracks] == [()]
    with pytest.raises(TimelineError, match="22050"):
        write(Timeline("t", RATES["25"]), tmp_path / "u.adl", sample_rate=22050)


@pytest.mark.parametrize(
    "text", ["", "hello", "<ADL>", FOREIGN.replace("10:00:05:00/", "10:00:05:77/")]
)
def test_bad_lists_are_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.adl"
    path.write_text(text)
    with pytest.raises(TimelineError) as refusal:
        read(path)
    assert "\n" not in str(refusal.value)


@given(st.integers(0, len(FOREIGN)), st.text(max_size=30))
def test_no_damage_makes_it_fall_over(
    tmp_path_factory: pytest.TempPathFactory, place: int, junk: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.adl"
    text = FOREIGN[:place] + junk + FOREIGN[place + 10 :]
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        read(path)
    except TimelineError:
        return
