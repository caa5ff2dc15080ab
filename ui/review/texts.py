"""How the room writes numbers: signed with a true minus, always with the word early or late."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from conform.match import early_or_late
from conform.synced import EventSync, Sync
from conform.timecode import feet_frames


@dataclass(frozen=True, slots=True)
class Offset:
    """An offset of sound against picture in every unit; positive samples = the sound is early."""

    samples: float
    frames: float
    ms: float

    @property
    def sense(self) -> str:
        """Early, late, or in sync."""
        return early_or_late(self.samples)

    @classmethod
    def of(cls, seconds: Fraction | float, sync: Sync) -> Offset:
        """An offset in seconds, in the units of a session."""
        value = float(seconds)
        return cls(value * sync.sample_rate, value * float(sync.timeline.rate.fps), value * 1000)


def signed(value: float, digits: int) -> str:
    """A number with its sign and a true minus."""
    rounded = round(value, digits)
    return f"{rounded:+,.{digits}f}".replace("-", "−") if rounded else f"{0:.{digits}f}"


def slip(event: EventSync, sync: Sync) -> Offset | None:
    """How far timecode was off, for an event that has a place."""
    seconds = event.slip_seconds
    return None if seconds is None else Offset.of(seconds, sync)


def spread(event: EventSync) -> str:
    """An event's uncertainty in samples."""
    match = event.match
    if match is None or match.uncertainty_samples is None:
        return ""
    return f"±{match.uncertainty_samples:.1f}"


def nudged(samples: int, sync: Sync) -> str:
    """A nudge in the unit that says it shortest: `+1 fr late`, `−3 smp early`."""
    if not samples:
        return ""
    word = early_or_late(-samples)
    frames = Fraction(samples, sync.sample_rate) * sync.timeline.rate.fps
    quarters = float(frames * 4)
    if abs(quarters - round(quarters)) < 0.004 and round(quarters):
        return f"{abs(round(quarters)) / 4:g} fr {word}"
    ms = Fraction(samples * 1000, sync.sample_rate)
    if ms.denominator == 1:
        return f"{abs(int(ms))} ms {word}"
    return f"{abs(samples)} smp {word}"


def footage(frame: int) -> str:
    """A frame as 35 mm footage."""
    return feet_frames(frame)


def source_timecode(event: EventSync, at: Fraction, sync: Sync) -> str:
    """The label that the event's source shows at a record time."""
    clip = event.clip
    rate = clip.source.rate or sync.timeline.rate
    since = max(at - clip.record_in, Fraction(0))  # a clip may begin within its first frame
    return rate.label_at(clip.source_in + since * clip.speed)


def confidence(event: EventSync) -> str:
    """The evidence for a place against that for the best other one, in powers of ten."""
    match = event.match
    if match is None or not match.score:
        return ""
    return f"{match.score:.0f} : {match.runner_up:.0f}"
