"""Sound and picture files: the one module that opens them with PyAV.

The clock of a file starts at its picture's first frame; a file without picture starts at its first
sample. Sound is placed by its timestamps on that clock, never by counting frames.
"""

from __future__ import annotations

from collections.abc import Iterator
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


@dataclass(frozen=True, slots=True)
class AudioStream:
    """One sound stream. `start` is its first sample's time on the file's clock, in seconds."""

    index: int
    codec: str
    sample_rate: int
    channels: int
    layout: str
    start: Fraction
    duration: Fraction | None
    bits: int | None
    """The width of an integer sample; None for lossy and floating-point sound."""


@dataclass(frozen=True, slots=True)
class VideoStream:
    """One picture stream. `rate` is None where the frame rate varies or is no known rate."""

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


def probe(path: Path) -> Media:
    """What a file holds; raises `MediaError` for what cannot be opened or is no media."""
    raise NotImplementedError


def blocks(
    path: Path,
    *,
    stream: int = 0,
    rate: int | None = None,
    channels: tuple[int, ...] | None = None,
    start: Fraction = Fraction(0),
    duration: Fraction | None = None,
    size: int = 65536,
) -> Iterator[Samples]:
    """A stretch of a sound stream as consecutive blocks of at most `size` samples."""
    raise NotImplementedError


def read(
    path: Path,
    *,
    stream: int = 0,
    rate: int | None = None,
    channels: tuple[int, ...] | None = None,
    start: Fraction = Fraction(0),
    duration: Fraction | None = None,
) -> Samples:
    """A short stretch of a sound stream as one array; see `blocks`."""
    raise NotImplementedError


def integers(path: Path, first: int, count: int, *, stream: int = 0) -> Integers:
    """The file's own integer samples, untouched; raises `MediaError` for other sound."""
    raise NotImplementedError
