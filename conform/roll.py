"""What the production sound mixer recorded: one take on a field recorder, as a value.

A poly file is one file of many channels; a family of split mono files is one take as well. Either
way a `Roll` lists its recorded channels, each with the file and the channel in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from conform.findings import Finding
from conform.timecode import Rate
from conform.timeline import Metadata


@dataclass(frozen=True, slots=True)
class RollChannel:
    """One recorded channel: the mixer's name for it, its file, and its place there from 0."""

    name: str
    path: Path
    index: int


@dataclass(frozen=True, slots=True)
class Roll:
    """One take of one recorder.

    `start` is the first sample's time since midnight in exact seconds (the BWF TimeReference over
    the sample rate); `rate` is the recorder's timecode rate, where the file says. `length` counts
    samples. `bits` is the width of an integer sample; `floating` marks 32-bit float recordings.
    """

    name: str
    channels: tuple[RollChannel, ...]
    length: int
    sample_rate: int
    start: Fraction | None = None
    rate: Rate | None = None
    bits: int = 24
    floating: bool = False
    scene: str = ""
    take: str = ""
    tape: str = ""
    project: str = ""
    note: str = ""
    date: str = ""
    circled: bool | None = None
    umid: str = ""
    metadata: Metadata = ()
    findings: tuple[Finding, ...] = ()

    @property
    def path(self) -> Path:
        """The first file of the take."""
        return self.channels[0].path

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file of the take, once, in channel order."""
        return tuple(dict.fromkeys(channel.path for channel in self.channels))

    @property
    def files(self) -> tuple[tuple[Path, tuple[int, ...]], ...]:
        """Every file of the take with the places in `channels` of what it holds."""
        return tuple(
            (path, tuple(n for n, channel in enumerate(self.channels) if channel.path == path))
            for path in self.paths
        )

    @property
    def filmed(self) -> bool:
        """Whether it is the sound of a picture file: a camera's, or a movie's."""
        return any(name == "picture" for name, _ in self.metadata)

    @property
    def duration(self) -> Fraction:
        """The take's length in seconds of its own clock."""
        return Fraction(self.length, self.sample_rate)

    @property
    def timecode(self) -> str | None:
        """The label of the first sample at the recorder's rate; None where either is unknown."""
        if self.start is None or self.rate is None:
            return None
        first = self.start * self.sample_rate
        return self.rate.label(self.rate.frame_of_sample(int(first), self.sample_rate))
