"""Pictures by frame number: the frame on screen in that number's interval, and no other.

A `Frames` belongs to one thread. Frame `n` is the picture whose time on the file's clock holds the
middle of `n / rate .. (n + 1) / rate`, found by its timestamp in exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import av
import numpy as np
from av.codec.context import ThreadType
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream
from numpy.typing import NDArray

from conform.errors import MediaError
from conform.media.opening import only, opened, pictures, start_of, translated
from conform.timecode import Rate

Image = NDArray[np.uint8]
"""A picture, shaped (height, width, 4) as blue, green, red, alpha, or (height, width) in grey."""

_HALF = Fraction(1, 2)
_NEAR = 8
"""Frames ahead that are reached by decoding on; farther ones are sought, where key frames allow."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of decoded pictures, and whether they are in colour."""

    width: int
    height: int
    form: Literal["bgra", "gray"] = "bgra"


class Frames:
    """The first picture stream of a movie, open for reading, as a context manager.

    Raises `MediaError` for what has no picture, cannot be opened, or does not decode.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stack = ExitStack()
        try:
            container = self._stack.enter_context(opened(path))
            self._container: InputContainer = container
            self._stream = _stream(container, path)
        except MediaError:
            self._stack.close()
            raise
        self._tick: Fraction = self._stream.time_base or Fraction(1, 1000)
        self._start = start_of(self._stream)
        context = self._stream.codec_context
        self.width, self.height = context.width, context.height
        self._decoder: Iterator[VideoFrame] = iter(())
        self._held: VideoFrame | None = None
        self._next: VideoFrame | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._decoder, self._held, self._next = iter(()), None, None
        self._stack.close()

    def key_gap(self, rate: Rate) -> int:
        """The most frames between two key frames, by the file's index; 0 where it has none."""
        keys = sorted(e.timestamp for e in self._stream.index_entries if e.is_keyframe)
        gap = max((b - a for a, b in pairwise(keys)), default=0)
        return round(gap * self._tick * rate.fps)

    def at(self, number: int, rate: Rate, shape: Shape) -> Image:
        """The picture that is on screen in frame `number`."""
        with translated(self.path):
            return _drawn(self._frame((number + _HALF) * rate.frame, rate), shape)

    def run(self, first: int, last: int, rate: Rate, shape: Shape) -> Iterator[tuple[int, Image]]:
        """The pictures of frames `first .. last`, in order, decoded in one go."""
        for number in range(first, last + 1):
            yield number, self.at(number, rate, shape)

    def _frame(self, moment: Fraction, rate: Rate) -> VideoFrame:
        """The frame whose stretch of time holds a moment of the file's clock."""
        target = moment + self._start
        if not self._reachable(target, rate):
            self._seek(target)
        while True:
            if self._held is not None and self._lasts(self._held, target, rate):
                break
            ahead = self._peek()
            if ahead is None or (self._held is not None and self._time(ahead) > target):
                break
            self._held, self._next = ahead, None
        if self._held is None:
            raise MediaError("holds no picture that decodes here", path=self.path)
        return self._held

    def _lasts(self, frame: VideoFrame, target: Fraction, rate: Rate) -> bool:
        """Whether a frame's own length says that it is on screen at a time."""
        length = (frame.duration or 0) * (frame.time_base or self._tick)
        return length <= 2 * rate.frame and self._time(frame) <= target < self._time(frame) + length

    def _reachable(self, target: Fraction, rate: Rate) -> bool:
        """Whether decoding on is the shorter way to a time."""
        if self._held is None or self._time(self._held) > target:
            return False
        far = target - self._time(self._held)
        return far <= _NEAR * rate.frame or self._same_group(target)

    def _same_group(self, target: Fraction) -> bool:
        """Whether no key frame lies between the frame held and a time."""
        entries = self._stream.index_entries
        if self._held is None or not len(entries):
            return False
        place = entries.search_timestamp(int(target / self._tick), backward=True)
        return place >= 0 and entries[place].timestamp <= (self._held.pts or 0)

    def _seek(self, target: Fraction) -> None:
        """Decode from a key frame at or before a time; farther back where that is not enough."""
        back = Fraction(0)
        while True:
            place = target - back
            self._container.seek(int(place / self._tick), stream=self._stream)
            self._decoder, self._held, self._next = self._decoded(), None, None
            head = self._peek()
            if head is not None and self._time(head) <= target:
                return
            if place < self._start - 1:  # a second before the start: transport streams count so
                return
            back = max(2 * back, Fraction(1))

    def _peek(self) -> VideoFrame | None:
        if self._next is None:
            self._next = next(self._decoder, None)
        return self._next

    def _decoded(self) -> Iterator[VideoFrame]:
        for packet in self._container.demux(self._stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:  # a damaged picture: the one before stays on screen
                continue
            yield from (frame for frame in frames if frame.pts is not None)

    def _time(self, frame: VideoFrame) -> Fraction:
        return (frame.pts or 0) * (frame.time_base or self._tick)


def _stream(container: InputContainer, path: Path) -> VideoStream:
    seen = pictures(container)
    if not seen:
        raise MediaError("has no picture", path=path)
    only(container, (seen[0],))
    seen[0].thread_type = ThreadType.SLICE  # frame threads triple the cost of a seek
    return seen[0]


def _drawn(frame: VideoFrame, shape: Shape) -> Image:
    """A frame as an array of its own: frames kept alive hold a scaler each."""
    made = frame.reformat(
        shape.width, shape.height, format=shape.form, interpolation=Interpolation.FAST_BILINEAR
    )
    return np.ascontiguousarray(made.to_ndarray(), np.uint8)
