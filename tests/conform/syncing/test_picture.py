"""The movie lies on the cut's clock where its timecode says."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from conform.errors import MediaError
from conform.media import Media, VideoStream
from conform.syncing.picture import place_picture
from conform.timecode import RATES, Rate
from conform.timeline import Clip, Kind, Timeline, Track


def movie(rate: str = "25", frames: int = 1000, timecode: str | None = None) -> Media:
    known = RATES[rate]
    stream = VideoStream(0, "h264", 320, 180, known, Fraction(0), known.seconds(frames), frames)
    return Media(Path("guide.mov"), "mov", (), (stream,), known.seconds(frames), timecode)


def cut(rate: str = "25", start: str = "01:00:00:00", frames: int = 500) -> Timeline:
    known: Rate = RATES[rate]
    clip = Clip("A", Fraction(0), known.seconds(frames), Fraction(0), known.seconds(frames))
    return Timeline("Cut", known, known.time_of(start), (Track(Kind.AUDIO, 1, clips=(clip,)),))


def codes(timeline: Timeline, media: Media) -> list[str]:
    return [finding.code for finding in place_picture(timeline, media).findings]


@pytest.mark.parametrize("rate", ["23.976", "24", "25", "29.97", "29.97 DF", "59.94"])
def test_a_leader_puts_the_picture_before_the_cut(rate: str) -> None:
    mark = ";" if RATES[rate].drop else ":"
    media = movie(rate.removesuffix(" DF"), timecode=f"00:59:52{mark}00")
    timeline = cut(rate, f"01:00:00{mark}00", frames=200)
    placed = place_picture(timeline, media)
    assert placed.start == RATES[rate].time_of("00:59:52:00") - timeline.start
    assert placed.length == media.video[0].duration
    assert placed.findings == ()


def test_without_timecode_first_frames_meet_and_that_is_said() -> None:
    assert place_picture(cut(), movie()).start == 0
    assert codes(cut(), movie()) == ["picture.no-timecode"]


def test_a_timecode_of_another_hour_is_not_believed() -> None:
    assert place_picture(cut(), movie(timecode="05:00:00:00")).start == 0
    assert codes(cut(), movie(timecode="05:00:00:00")) == ["picture.timecode"]
    assert codes(cut(), movie(timecode="00:00:00:99")) == ["picture.timecode"]


def test_a_movie_that_counts_otherwise_than_the_cut_is_told() -> None:
    media = movie("29.97", timecode="00:00:00:00")
    placed = place_picture(cut("29.97 DF", "00:00:00;00"), media)
    assert placed.start == 0
    assert [finding.code for finding in placed.findings] == ["picture.drop"]


def test_a_picture_at_another_rate_is_an_error_with_its_size() -> None:
    placed = place_picture(cut("24"), movie("23.976", timecode="01:00:00:00"))
    (finding,) = [f for f in placed.findings if f.code == "picture.rate"]
    assert finding.level == "error"
    assert "3.60 s an hour" in finding.message


def test_a_cut_longer_than_the_picture_is_told() -> None:
    media = movie(frames=400, timecode="01:00:00:00")
    (finding,) = place_picture(cut(), media).findings
    assert finding.code == "picture.short"
    assert "100 frames" in finding.message


def test_a_cut_that_begins_before_the_picture_is_told() -> None:
    (finding,) = place_picture(cut(), movie(timecode="01:00:02:00")).findings
    assert finding.code == "picture.late"
    assert "50 frames" in finding.message


def test_a_guide_without_picture_is_as_long_as_its_sound() -> None:
    placed = place_picture(cut(), replace(movie(), video=()))
    assert placed.length == 40
    assert "picture.none" in [finding.code for finding in placed.findings]


def test_a_guide_of_unknown_length_is_refused() -> None:
    with pytest.raises(MediaError, match="how long"):
        place_picture(cut(), replace(movie(), video=(), duration=None))
