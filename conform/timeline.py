"""What the picture department said: a cut as frozen values, in exact seconds.

Record times count from the timeline's start (add `Timeline.start` for the clock on the wall).
Source times count from the source's own zero, its start timecode included: a clip taken from
01:00:00:00 at 25 has `source_in == 3600`. Where a source has no timecode, its zero is its first
frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from conform.timecode import Rate

Metadata = tuple[tuple[str, str], ...]
"""Names and values that a format carried and we keep, in the order it carried them."""

ZERO = Fraction(0)


class Kind(StrEnum):
    """What runs on a track."""

    VIDEO = "video"
    AUDIO = "audio"


class Curve(StrEnum):
    """How a fade moves between silence and full level."""

    LINEAR = "linear"
    EQUAL_POWER = "equal_power"
    S_CURVE = "s_curve"
    LOGARITHMIC = "logarithmic"
    EXPONENTIAL = "exponential"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fade:
    """A fade from or to silence at a clip's edge, inside the clip, in seconds."""

    duration: Fraction
    curve: Curve = Curve.UNKNOWN


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A value at a time that counts from the clip's record in, in seconds."""

    at: Fraction
    value: float


@dataclass(frozen=True, slots=True)
class TimePoint:
    """One point of a keyframed retime: seconds after record in -> seconds of the source."""

    record: Fraction
    source: Fraction


@dataclass(frozen=True, slots=True)
class Marker:
    """A note at a time; on a timeline it counts from its start, on a clip from record in."""

    at: Fraction
    name: str = ""
    comment: str = ""
    color: str = ""
    duration: Fraction = ZERO


@dataclass(frozen=True, slots=True)
class Source:
    """The material behind a clip, as the cut names it; whether it can be found is another matter.

    `start` is the source's start timecode as exact seconds since its midnight, counted at `rate`;
    both are None where the cut does not say. `generated` marks black, bars, titles, generators.
    """

    name: str = ""
    url: str = ""
    reel: str = ""
    tape: str = ""
    scene: str = ""
    take: str = ""
    umid: str = ""
    start: Fraction | None = None
    duration: Fraction | None = None
    rate: Rate | None = None
    channels: int | None = None
    sample_rate: int | None = None
    generated: bool = False
    metadata: Metadata = ()


@dataclass(frozen=True, slots=True)
class Clip:
    """One event of a cut: a stretch of a source under a stretch of the record.

    `source_in <= source_out` always holds: they bound the material that is used. `speed` is source
    seconds per record second: 1 forward, -1 reverse (it starts at `source_out`), 0 a freeze of
    `source_in`. A keyframed retime has its curve in `time_map` and its mean in `speed`.
    `channels` are the source channels that are heard, counted from 1; empty = the cut does not say.
    """

    name: str
    record_in: Fraction
    record_out: Fraction
    source_in: Fraction
    source_out: Fraction
    source: Source = Source()
    speed: Fraction = Fraction(1)
    time_map: tuple[TimePoint, ...] = ()
    channels: tuple[int, ...] = ()
    gain_db: float = 0.0
    gain_curve: tuple[Keyframe, ...] = ()
    fade_in: Fade | None = None
    fade_out: Fade | None = None
    enabled: bool = True
    event: str = ""
    markers: tuple[Marker, ...] = ()
    metadata: Metadata = ()

    @property
    def duration(self) -> Fraction:
        """The record duration in seconds."""
        return self.record_out - self.record_in


@dataclass(frozen=True, slots=True)
class Transition:
    """A dissolve, wipe or crossfade across the cut between two clips of one track.

    The clips on either side meet at `cut`; the outgoing one is heard on until `record_out`, the
    incoming one already from `record_in`, both out of their handles.
    """

    record_in: Fraction
    cut: Fraction
    record_out: Fraction
    name: str = "dissolve"
    curve: Curve = Curve.UNKNOWN
    metadata: Metadata = ()

    @property
    def duration(self) -> Fraction:
        """The length in seconds."""
        return self.record_out - self.record_in


@dataclass(frozen=True, slots=True)
class Track:
    """Clips of one kind in record order; they may leave gaps, and in odd lists overlap.

    `index` counts from 1 among the tracks of its kind. A muted track is not `enabled`.
    """

    kind: Kind
    index: int
    name: str = ""
    clips: tuple[Clip, ...] = ()
    transitions: tuple[Transition, ...] = ()
    enabled: bool = True
    soloed: bool = False
    metadata: Metadata = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """A cut: its rate, the clock at its first frame in exact seconds, and its tracks."""

    name: str
    rate: Rate
    start: Fraction = ZERO
    tracks: tuple[Track, ...] = ()
    markers: tuple[Marker, ...] = ()
    metadata: Metadata = ()
    length: Fraction | None = None
    """The length that the format states, where it states one that the tracks do not show."""

    @property
    def duration(self) -> Fraction:
        """Seconds from the start to the end of the last event, or the stated length."""
        ends = [clip.record_out for track in self.tracks for clip in track.clips]
        return max([*ends, self.length or ZERO])

    @property
    def video(self) -> tuple[Track, ...]:
        """The picture tracks, lowest first."""
        return tuple(track for track in self.tracks if track.kind is Kind.VIDEO)

    @property
    def audio(self) -> tuple[Track, ...]:
        """The sound tracks, first first."""
        return tuple(track for track in self.tracks if track.kind is Kind.AUDIO)

    def clips(self) -> Iterator[tuple[Track, Clip]]:
        """Every clip with its track, track by track."""
        return ((track, clip) for track in self.tracks for clip in track.clips)

    def timecode(self, at: Fraction) -> str:
        """The label on the record clock at a time that counts from the start."""
        return self.rate.label_at(self.start + at)
