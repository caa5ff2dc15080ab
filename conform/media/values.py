"""What is known of a sound or picture file: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from conform.findings import Finding
from conform.timecode import Rate

Samples = NDArray[np.float32]
"""Sound as float32 in -1..1, shaped (samples, channels)."""

Integers = NDArray[np.int32]
"""Sound as the file's own integers, shaped (samples, channels), left-aligned in 32 bits."""

MILLISECONDS = frozenset({"matroska,webm", "flv"})
"""Containers whose timestamps are whole milliseconds, each rounded by up to half of one."""


@dataclass(frozen=True, slots=True)
class AudioStream:
    """One sound stream. `start` is its first sample's time on the file's clock, in seconds.

    `index` counts the sound streams of the file from 0, as `blocks(stream=...)` takes it.
    """

    index: int
    codec: str
    sample_rate: int
    channels: int
    layout: str
    start: Fraction
    duration: Fraction | None
    bits: int | None
    """The width of an integer sample; None for lossy and floating-point sound."""
    priming: int = 0
    """Samples of the encoder's own in front of the sound, where the clock counts them in."""
    first: int = 0
    """The first sample that decodes, counted from `start`: a decoder may keep its first packet."""

    @property
    def begins(self) -> Fraction:
        """The time of the sound's own first sample on the file's clock."""
        before = self.priming + self.first
        return self.start + (Fraction(before, self.sample_rate) if before else 0)


@dataclass(frozen=True, slots=True)
class VideoStream:
    """One picture stream. `rate` is None where the frame rate varies or is no known rate.

    `index` counts the picture streams of the file from 0; cover art is no picture.
    """

    index: int
    codec: str
    width: int
    height: int
    rate: Rate | None
    start: Fraction
    duration: Fraction | None
    frames: int | None


@dataclass(frozen=True, slots=True)
class Media:
    """A probed file. `timecode` is the label that the file states for its first frame."""

    path: Path
    container: str
    audio: tuple[AudioStream, ...]
    video: tuple[VideoStream, ...]
    duration: Fraction | None
    timecode: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def rounded(self) -> Fraction:
        """Seconds by which sound may lie off its picture where the container's clock is coarse."""
        return Fraction(1, 2000) if self.video and self.container in MILLISECONDS else Fraction(0)
