"""Sound as arrays: streamed at any rate through one filter graph, or sample for sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, gcd
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.filter import Graph
from numpy.typing import NDArray

from conform.errors import MediaError
from conform.media.clocked import Clocked, Report
from conform.media.opening import audio_stream, opened, start_of, translated, zero_of
from conform.media.values import Integers, Samples
from conform.timecode import sample_at

_GULP = 65536  # samples that go into a filter graph before what is ready is taken out
_WARM = Fraction(1, 10)  # seconds of sound before the stretch, so that a resampler starts settled


def blocks(
    path: Path,
    *,
    stream: int = 0,
    rate: int | None = None,
    channels: tuple[int, ...] | None = None,
    start: Fraction = Fraction(0),
    duration: Fraction | None = None,
    size: int = 65536,
    findings: Report | None = None,
) -> Iterator[Samples]:
    """A stretch of a sound stream as consecutive blocks of `size` samples, the last one shorter.

    Sample k of the stretch is the sound at `start + k / rate` on the file's clock, to the nearest
    sample of the file (exact where `start` falls on one); before the stream's first sample it is
    silence, behind its last there is no more, whatever `duration` asks for. `channels` picks
    channels from 0, in any order; None takes all. Memory is bounded by `size`.

    Raises `MediaError` for what cannot be opened, has no such stream or channel, or is damaged on
    the way; with `findings`, damage becomes silence of the right length and a finding.
    """
    with opened(path) as container, translated(path):
        source = audio_stream(container, stream, path)
        stretch = _Stretch(container, source, path, rate, start, duration)
        picked = _picked(channels, source.channels, path)
        sound = Clocked(container, source, path, findings)
        yield from stretch.through(sound, picked, size)


def read(
    path: Path,
    *,
    stream: int = 0,
    rate: int | None = None,
    channels: tuple[int, ...] | None = None,
    start: Fraction = Fraction(0),
    duration: Fraction | None = None,
    findings: Report | None = None,
) -> Samples:
    """A short stretch of a sound stream as one array; see `blocks`."""
    parts = list(
        blocks(
            path,
            stream=stream,
            rate=rate,
            channels=channels,
            start=start,
            duration=duration,
            findings=findings,
        )
    )
    if parts:
        return np.concatenate(parts)
    if channels is not None:
        return np.zeros((0, len(channels)), np.float32)
    with opened(path) as container:
        return np.zeros((0, audio_stream(container, stream, path).channels), np.float32)


def integers(
    path: Path, first: int, count: int, *, stream: int = 0, findings: Report | None = None
) -> Integers:
    """The file's own integer samples, untouched, by number from the stream's first sample.

    Shaped (at most `count`, channels): fewer where the stream ends. Raises `MediaError` for lossy
    or floating-point sound, and for damage (see `blocks`).
    """
    parts = _native(path, first, count, stream, findings, _WHOLE)
    return np.concatenate([_left_aligned(part) for part in parts])[:count]


def floats(
    path: Path, first: int, count: int, *, stream: int = 0, findings: Report | None = None
) -> Samples:
    """The file's own 32-bit floating-point samples, untouched; otherwise as `integers`."""
    return np.concatenate(list(_native(path, first, count, stream, findings, _FLOAT)))[:count]


_WHOLE: Mapping[str, type[np.generic]] = {"u8": np.uint8, "s16": np.int16, "s32": np.int32}
_FLOAT: Mapping[str, type[np.generic]] = {"flt": np.float32}


class _Stretch:
    """Which samples of a stream make a stretch, and the filter graph that delivers them."""

    def __init__(
        self,
        container: InputContainer,
        stream: AudioStream,
        path: Path,
        rate: int | None,
        start: Fraction,
        duration: Fraction | None,
    ) -> None:
        self._path = path
        self._native = stream.sample_rate
        self._rate = rate or self._native
        if self._rate <= 0 or (duration is not None and duration < 0):
            raise MediaError("a stretch needs a positive rate and duration", path=path)
        common = gcd(self._native, self._rate)  # this many times a second both samplings meet
        warm = ceil(_WARM * common) if self._rate != self._native else 0
        offset = start - (start_of(stream) - zero_of(container))
        self._first = sample_at(offset, self._native) - warm * self._native // common
        self._dropped = warm * self._rate // common
        self._count = None if duration is None else sample_at(duration, self._rate)

    def through(self, sound: Clocked, picked: tuple[int, ...], size: int) -> Iterator[Samples]:
        """The stretch in blocks of `size` samples."""
        if self._count == 0:
            return
        line: _Line | None = None
        fed, waiting, enough = 0, 0, self._enough()
        for frame in sound.frames(self._first):
            line = line or self._line(frame, picked, size)
            frame.pts = fed
            fed += frame.samples
            waiting += frame.samples
            done = enough is not None and fed >= enough
            if not line.takes(frame) or done:
                break
            if waiting >= _GULP:
                yield from line.gives()
                waiting = 0
        if line is not None:
            line.takes(None)
            yield from line.gives()

    def _enough(self) -> int | None:
        """The samples of the file that the stretch takes, and what a resampler looks ahead."""
        if self._count is None:
            return None
        if self._rate == self._native:
            return self._count
        taken = Fraction(self._count + self._dropped, self._rate) + _WARM
        return ceil(taken * self._native)

    def _line(self, frame: AudioFrame, picked: tuple[int, ...], size: int) -> _Line:
        """What a frame goes through: the picked channels, the rate, the stretch's own samples."""
        end = "" if self._count is None else f":end_sample={self._dropped + self._count}"
        held = frame.layout.nb_channels
        pan = "|".join(f"c{place}=c{channel}" for place, channel in enumerate(picked))
        steps = [
            *([] if picked == tuple(range(held)) else [("pan", f"{len(picked)}C|{pan}")]),
            ("aresample", f"{self._rate}:internal_sample_fmt=fltp:out_sample_fmt=flt"),
            ("atrim", f"start_sample={self._dropped}{end}"),
            ("asetnsamples", f"n={size}:p=0"),
        ]
        return _Line(frame, steps, len(picked))


class _Line:
    """A filter graph from frames to arrays of (samples, channels)."""

    def __init__(self, frame: AudioFrame, steps: Sequence[tuple[str, str]], channels: int) -> None:
        self._channels = channels
        self._graph = Graph()
        self._source = self._graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format.name,
            layout=frame.layout.name,
            channels=frame.layout.nb_channels,
            time_base=Fraction(1, frame.sample_rate),
        )
        middle = [self._graph.add(name, options) for name, options in steps]
        self._sink = self._graph.add("abuffersink")
        self._graph.link_nodes(self._source, *middle, self._sink).configure()

    def takes(self, frame: AudioFrame | None) -> bool:
        """Put a frame in, None at the end; False once nothing more is wanted for the stretch."""
        try:
            self._source.push(frame)
        except av.error.EOFError:
            return False
        return True

    def gives(self) -> Iterator[Samples]:
        """What is ready."""
        while True:
            try:
                frame: Any = self._sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            yield np.asarray(frame.to_ndarray(), np.float32).reshape(-1, self._channels)


def _picked(channels: tuple[int, ...] | None, held: int, path: Path) -> tuple[int, ...]:
    picked = tuple(range(held)) if channels is None else channels
    wrong = [channel for channel in picked if not 0 <= channel < held]
    if wrong or not picked:
        raise MediaError(f"has channels 0 to {held - 1}, not {wrong}", path=path)
    return picked


def _native(
    path: Path,
    first: int,
    count: int,
    stream: int,
    findings: Report | None,
    formats: Mapping[str, type[np.generic]],
) -> Iterator[NDArray[Any]]:
    """Arrays (samples, channels) from sample `first` on, `count` or more, if the file has them."""
    if first < 0 or count < 0:
        raise MediaError(f"has no sample {min(first, count)}; count from 0", path=path)
    with opened(path) as container, translated(path):
        source = audio_stream(container, stream, path)
        dtype = formats.get(source.format.name.rstrip("p"))
        if dtype is None or not source.codec_context.name.startswith(_LOSSLESS):
            raise MediaError(
                f"holds {source.codec_context.name} sound, which is not stored as "
                f"{' or '.join(formats)} samples; decode it with blocks()",
                path=path,
            )
        yield np.empty((0, source.channels), dtype)
        held = 0
        for frame in Clocked(container, source, path, findings).frames(first):
            yield _interleaved(frame)
            held += frame.samples
            if held >= count:
                return


_LOSSLESS = ("pcm_", "flac", "alac")


def _interleaved(frame: AudioFrame) -> NDArray[Any]:
    array: NDArray[Any] = frame.to_ndarray()
    return array.T if frame.format.is_planar else array.reshape(-1, frame.layout.nb_channels)


def _left_aligned(samples: NDArray[Any]) -> Integers:
    shift = 32 - 8 * samples.dtype.itemsize
    middle = 128 if samples.dtype == np.uint8 else 0  # 8-bit WAV counts from 128
    whole: Integers = samples.astype(np.int32)
    return (whole - middle) << shift
