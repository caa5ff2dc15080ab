"""Where the guide movie lies on the cut's own clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from conform.errors import MediaError, TimecodeError
from conform.findings import Finding, error, info, warning
from conform.media import Media
from conform.timecode import Rate
from conform.timeline import ZERO, Timeline


@dataclass(frozen=True, slots=True)
class Picture:
    """The movie on the record clock: `start` is its first frame's record time, in seconds."""

    start: Fraction
    length: Fraction
    findings: tuple[Finding, ...] = ()


def place_picture(timeline: Timeline, media: Media) -> Picture:
    """Lay the movie along the cut by its start timecode, or frame on frame where it has none.

    A guide without picture is as long as its sound. Raises `MediaError` where the length is not
    known.
    """
    length, odd = _length(timeline, media)
    start, why = _start(timeline, media, length)
    findings = [*odd, *why]
    findings += _overhangs(timeline, start, length, media.path.name)
    return Picture(start, length, tuple(findings))


def _overhangs(
    timeline: Timeline, start: Fraction, length: Fraction, name: str
) -> Iterator[Finding]:
    """What of the cut lies before or after the picture, and so under no picture at all."""
    for code, over, where in (
        ("picture.late", start, "begins {} frames before the picture's first"),
        ("picture.short", timeline.duration - (start + length), "runs on {} frames after its end"),
    ):
        if over > 0:
            frames = timeline.rate.nearest(over)
            yield warning(code, f"the cut {where.format(frames)}", name)


def _length(timeline: Timeline, media: Media) -> tuple[Fraction, list[Finding]]:
    name = media.path.name
    if not media.video:
        if media.duration is None:
            raise MediaError("does not say how long it is; rewrap it", path=media.path)
        text = "the guide has no picture: it is taken to be as long as its sound"
        return media.duration, [info("picture.none", text, name)]
    video = media.video[0]
    if video.rate is not None and video.frames:
        findings = _rate_against(timeline.rate, video.rate, name)
        return video.rate.seconds(video.frames), findings
    if video.duration is None:
        raise MediaError("does not say how long its picture is; rewrap it", path=media.path)
    return video.duration, [
        warning("picture.rate-unknown", "the picture's frame rate varies or is unknown", name)
    ]


def _rate_against(cut: Rate, picture: Rate, name: str) -> list[Finding]:
    if cut.fps == picture.fps:
        return []
    slide = abs(1 - cut.fps / picture.fps) * 3600
    return [
        error(
            "picture.rate",
            f"the picture runs at {picture}, the cut at {cut}: they part by {float(slide):.2f} s "
            "an hour; give the cut's true rate with --rate, or the right movie",
            name,
        )
    ]


def _counting(cut: Rate, movie: Rate, label: str, name: str) -> list[Finding]:
    """A finding where a movie and a cut of one frame rate count their labels differently."""
    if cut.fps != movie.fps or cut.drop == movie.drop:
        return []
    text = (
        f"its timecode {label} counts {_counts(movie)}, the cut {_counts(cut)}: each is read as it "
        "is written; an hour reads 3.6 s apart"
    )
    return [warning("picture.drop", text, name)]


def _counts(rate: Rate) -> str:
    return "drop frame" if rate.drop else "non-drop"


def _start(timeline: Timeline, media: Media, length: Fraction) -> tuple[Fraction, list[Finding]]:
    name = media.path.name
    if media.timecode is None:
        text = "the movie has no timecode: its first frame is taken for the cut's first frame"
        return ZERO, [info("picture.no-timecode", text, name)]
    rate = (media.video[0].rate if media.video else None) or timeline.rate
    rate = rate.with_drop(";" in media.timecode and rate.nominal % 30 == 0)
    try:
        clock = rate.time_of(media.timecode)
    except TimecodeError as wrong:
        return ZERO, [warning("picture.timecode", f"its timecode is passed over: {wrong}", name)]
    start = clock - timeline.start
    if -length < start < max(timeline.duration, timeline.rate.frame):
        return start, _counting(timeline.rate, rate, media.timecode, name)
    text = (
        f"its timecode {media.timecode} does not meet the cut, which starts at "
        f"{timeline.timecode(ZERO)}: first frame is taken for first frame"
    )
    return ZERO, [warning("picture.timecode", text, name)]
