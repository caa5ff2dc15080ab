"""Laws of exact time, over a whole day at every rate of the trade."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conform.errors import TimecodeError
from conform.timecode import RATES, Rate, feet_frames, frames_of_feet, sample_at

rates = st.sampled_from(list(RATES.values()))
sample_rates = st.sampled_from([32000, 44100, 47952, 48000, 48048, 88200, 96000, 192000])


@st.composite
def moments(draw: st.DrawFn) -> tuple[Rate, int]:
    rate = draw(rates)
    return rate, draw(st.integers(0, rate.day - 1))


@given(moments())
def test_a_label_names_one_frame(moment: tuple[Rate, int]) -> None:
    rate, frame = moment
    assert rate.frames(rate.label(frame)) == frame


@given(moments())
def test_labels_run_in_order(moment: tuple[Rate, int]) -> None:
    rate, frame = moment
    if frame + 1 < rate.day:
        first, second = (re.split("[:;]", rate.label(count)) for count in (frame, frame + 1))
        assert [int(part) for part in first] < [int(part) for part in second]


@given(moments(), st.integers(-3, 3))
def test_the_clock_wraps_at_midnight(moment: tuple[Rate, int], days: int) -> None:
    rate, frame = moment
    assert rate.label(frame + days * rate.day) == rate.label(frame)


@given(moments(), sample_rates)
def test_a_frames_sample_belongs_to_that_frame(moment: tuple[Rate, int], sample_rate: int) -> None:
    rate, frame = moment
    sample = rate.sample(frame, sample_rate)
    assert rate.frame_of_sample(sample, sample_rate) == frame
    assert abs(sample - rate.seconds(frame) * sample_rate) <= Fraction(1, 2)


@given(moments())
def test_a_frame_is_on_screen_from_its_start_to_the_next(moment: tuple[Rate, int]) -> None:
    rate, frame = moment
    start = rate.seconds(frame)
    assert rate.frame_at(start) == frame
    assert rate.frame_at(start + rate.frame * Fraction(999, 1000)) == frame
    assert rate.nearest(start + rate.frame * Fraction(499, 1000)) == frame


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=50), rates)
def test_edges_rounded_once_never_drift(lengths: list[int], rate: Rate) -> None:
    edge = sum(lengths)
    assert abs(rate.sample(edge, 48000) - edge * 48000 / rate.fps) <= Fraction(1, 2)


@pytest.mark.parametrize("rate", ["29.97", "59.94", "119.88"])
def test_drop_frame_keeps_with_the_clock(rate: str) -> None:
    """A day of drop-frame labels is 86.4 ms short of a day; undropped, 86.4 s too long."""
    dropped, plain = RATES[f"{rate} DF"], RATES[rate]
    assert dropped.seconds(dropped.day) - 86400 == Fraction(-864, 10000)
    assert plain.seconds(plain.day) - 86400 == Fraction(864, 10)


@pytest.mark.parametrize(
    ("rate", "label", "frame"),
    [
        ("29.97 DF", "00:01:00;02", 1800),
        ("29.97 DF", "00:10:00;00", 17982),
        ("29.97 DF", "01:00:00;00", 107892),
        ("29.97", "01:00:00:00", 108000),
        ("59.94 DF", "00:01:00;04", 3600),
        ("59.94 DF", "01:00:00;00", 215784),
        ("119.88 DF", "01:00:00;00", 431568),
        ("23.976", "01:00:00:00", 86400),
        ("25", "23:59:59:24", 2159999),
        ("24", "24:00:00:00", 2073600),
    ],
)
def test_labels_of_the_standard(rate: str, label: str, frame: int) -> None:
    """Counts from SMPTE ST 12-1: 17,982 frames in ten drop-frame minutes at 30."""
    assert RATES[rate].frames(label) == frame


def test_an_hour_at_23976_is_more_than_an_hour_of_samples() -> None:
    """The TimeReference that recorders write for 01:00:00:00 at 23.976 and 48 kHz."""
    assert RATES["23.976"].sample(86400, 48000) == 172_972_800
    assert RATES["23.976"].label_at(Fraction(172_972_800, 48000)) == "01:00:00:00"


@pytest.mark.parametrize(
    ("rate", "label", "said"),
    [
        ("29.97 DF", "00:01:00;00", "drop frame"),
        ("29.97 DF", "00:59:00;01", "drop frame"),
        ("59.94 DF", "00:01:00;03", "drop frame"),
        ("24", "00:00:00:24", "above 23"),
        ("25", "00:60:00:00", "no time of day"),
        ("25", "24:00:00:01", "no time of day"),
        ("25", "ten past four", "no timecode"),
        ("25", "", "no timecode"),
    ],
)
def test_labels_that_do_not_exist_are_refused_by_name(rate: str, label: str, said: str) -> None:
    with pytest.raises(TimecodeError, match=said) as refusal:
        RATES[rate].frames(label)
    assert f"'{label}'" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("23.976", "23.976"),
        ("23.98", "23.976"),
        ("24000/1001", "23.976"),
        ("24", "24"),
        ("29.97", "29.97"),
        ("29.97 DF", "29.97 DF"),
        ("29.97df", "29.97 DF"),
        ("30000/1001-drop", "29.97 DF"),
        ("59.94ndf", "59.94"),
        ("25 fps", "25"),
    ],
)
def test_rates_are_known_by_the_names_people_write(text: str, name: str) -> None:
    assert Rate.named(text) == RATES[name]


@pytest.mark.parametrize("text", ["", "fast", "0", "24/0", "-25", "23.976 DF", "25df", "nan"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(TimecodeError):
        Rate.named(text)


@given(rates, st.floats(-0.0002, 0.0002))
def test_a_rounded_rate_snaps_to_its_own(rate: Rate, off: float) -> None:
    assert Rate.near(float(rate.fps) * (1 + off)) == Rate(rate.fps)


def test_nothing_snaps_across_a_thousandth() -> None:
    assert Rate.near(23.99) is None
    assert Rate.near(Fraction(15)) is None


@given(st.integers(-(10**7), 10**7))
def test_footage_counts_sixteen_frames_to_the_foot(frame: int) -> None:
    assert frames_of_feet(feet_frames(frame)) == frame


def test_footage_is_written_as_on_the_leader() -> None:
    assert feet_frames(100) == "6+04"
    assert frames_of_feet("12+00") == 192
    for wrong in ("6+16", "6", "a+b", ""):
        with pytest.raises(TimecodeError):
            frames_of_feet(wrong)


@given(st.fractions(-100, 100), sample_rates)
def test_the_nearest_sample_is_at_most_half_a_sample_away(time: Fraction, rate: int) -> None:
    assert abs(sample_at(time, rate) - time * rate) <= Fraction(1, 2)
