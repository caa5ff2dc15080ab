"""Decoded sound, laid end to end by its timestamps: no gaps, no overlaps, no lost samples.

A sample's number counts from the stream's first sample by the stream's clock. Timestamps that
wander by less than 2 ms are the rounding of a container's clock and are not followed; a wider gap
is a hole and becomes silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from statistics import fmean, median_low
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from conform.errors import MediaError
from conform.findings import Finding, error, warning
from conform.media.opening import duration_of, only, start_of
from conform.timecode import sample_at

Report = Callable[[Finding], None]
"""Where the findings of a reading go."""

Raw = np.ndarray[tuple[int, int], np.dtype[Any]]

_HALF = Fraction(1, 2)
_HOLE = Fraction(2, 1000)  # seconds
_PREROLL = Fraction(1, 2)  # a decoder's memory: AAC overlaps, MP3's bit reservoir, Opus's 80 ms
_LONGEST_HOLE = 24 * 3600  # seconds; a longer one is a damaged timestamp
_ABSURD = 1e10  # of full scale: no sound, even where 32-bit integers were written as floats
_SILENCE = 65536  # samples of silence at a time
_UNTIMED = {"wav", "w64", "aiff", "caf", "au", "flac"}  # samples follow each other by definition
_DECLARED = {  # seconds by which sound may end before the length that its container states
    **dict.fromkeys((*_UNTIMED, "mov,mp4,m4a,3gp,3g2,mj2", "mxf"), _HOLE),
    "matroska,webm": Fraction(1, 10),
}


class Clocked:
    """One sound stream of an open container, sample by sample."""

    def __init__(
        self, container: InputContainer, stream: AudioStream, path: Path, report: Report | None
    ) -> None:
        if not stream.time_base:
            raise MediaError("its sound has no clock; convert it to WAV", path=path)
        self._container, self._stream, self._path, self._report = container, stream, path, report
        self._rate = stream.sample_rate
        self._tick = stream.time_base
        self._start = start_of(stream)
        self._hole = int(_HOLE * self._rate)
        self._unit = Fraction(1, self._rate)
        scale, zero = self._tick * self._rate, _HALF - self._start * self._rate
        self._scale, self._zero = (  # of numbers by timestamp, in integers: films have a million
            scale.numerator * zero.denominator,
            zero.numerator * scale.denominator,
        )
        self._parts = scale.denominator * zero.denominator
        self._floats, self._told = stream.codec_context.name.startswith("pcm_f"), False
        only(container, (stream,))
        if stream.codec_context.name == "flac":  # else a broken frame sounds, and nobody is told
            stream.codec_context.options = {"err_detect": "crccheck+explode"}

    def frames(self, first: int) -> Iterator[AudioFrame]:
        """Frames from sample number `first` to the stream's end, gapless; `pts` is their number.

        `first` may be negative: before the stream's own first sample there is silence.
        """
        wanted, place = first, first
        shape: tuple[str, int, int] | None = None
        for number, frame in self._anchored(self._decoded_from(first)):
            if shape is None:
                shape, place = _shape(frame), number or 0
                if place - max(first, 0) > self._hole:
                    self._gap(max(first, 0), place)
            elif _shape(frame) != shape:
                raise self._changed(shape, frame)
            if number is not None and abs(number - place) > self._hole:
                if max(place, number) > wanted:  # before the stretch it is no matter
                    self._gap(place, number)
                place = number
            if place > wanted:
                yield from self._silence(frame, wanted, place)
            end = place + frame.samples
            if end > wanted:
                wanted = max(wanted, place)
                sane = self._finite(frame, place) if self._floats else frame
                yield self._numbered(_cut(sane, wanted - place), wanted)
                wanted = end
            place = end
        self._complete(place)

    def first(self) -> int:
        """The number of the first sample that decodes; 0 where nothing does, or has no timestamp.

        Other than 0 where a decoder keeps its first packet, or where a coarse clock is rounded.
        """
        return next((number or 0 for number, _ in self._anchored(self._decoded_from(0))), 0)

    def _anchored(self, frames: Iterator[AudioFrame]) -> Iterator[tuple[int | None, AudioFrame]]:
        """Frames with their number by timestamp, None where they have no timestamp.

        Where the container's clock is coarser than a sample, the first half second's timestamps
        are averaged, so that a clock of milliseconds is right to a few samples.
        """
        early: list[AudioFrame] = []
        if self._tick * self._rate > 1:
            for frame in frames:
                early.append(frame)
                if sum(f.samples for f in early) >= _PREROLL * self._rate:
                    break
        correction = self._correction(early)
        for frame in chain(early, frames):
            number = self._number(frame)
            yield (None if number is None else number + correction), frame

    def _correction(self, frames: list[AudioFrame]) -> int:
        """How far the first timestamp's sample number is off, by the mean of those after it."""
        errors, count = [], 0
        for frame in frames:
            number = self._number(frame)
            if number is not None:
                errors.append(number - count)
            count += frame.samples
        if not errors:
            return 0
        middle = median_low(errors)
        return round(fmean(e for e in errors if abs(e - middle) <= self._hole)) - errors[0]

    def _decoded_from(self, first: int) -> Iterator[AudioFrame]:
        """Decoded frames from some place at or before sample number `first`."""
        target = self._start + Fraction(first, self._rate) - _PREROLL
        if target > self._start and self._seek(target):
            frames = self._decoded(first)
            head = next(frames, None)
            number = None if head is None else self._number(head)
            if head is None:
                return frames
            if number is not None and number <= first:
                return chain([head], frames)
            self._seek(self._start)  # the file's index is wrong, or it has no timestamps
        return self._decoded(first)

    def _seek(self, time: Fraction) -> bool:
        try:
            self._container.seek(int(time / self._tick), stream=self._stream)
        except av.error.FFmpegError:
            return False
        return True

    def _decoded(self, first: int) -> Iterator[AudioFrame]:
        for packet in self._packets():
            try:
                frames = packet.decode()
            except av.error.FFmpegError as fault:
                self._undecoded(packet, first, fault)
                continue
            yield from frames

    def _packets(self) -> Iterator[Packet[AudioStream]]:
        try:
            yield from self._container.demux(self._stream)
        except av.error.FFmpegError as fault:
            self._damage(f"it cannot be read to its end ({fault.__class__.__name__})")

    def _number(self, frame: AudioFrame) -> int | None:
        """The sample nearest to a frame's timestamp, halves up."""
        stamp = frame.pts
        return None if stamp is None else (stamp * self._scale + self._zero) // self._parts

    def _changed(self, shape: tuple[str, int, int], frame: AudioFrame) -> MediaError:
        return MediaError(
            f"its sound changes from {shape} to {_shape(frame)} on the way (sample format, "
            "channels, rate); convert it to one WAV",
            path=self._path,
        )

    def _numbered(self, frame: AudioFrame, number: int) -> AudioFrame:
        frame.pts = number
        frame.time_base = self._unit
        return frame

    def _silence(self, like: AudioFrame, begin: int, end: int) -> Iterator[AudioFrame]:
        """Silent frames of the same shape for the sample numbers from `begin` to `end`."""
        channels = like.layout.nb_channels
        dtype: np.dtype[Any] = like.to_ndarray().dtype
        for place in range(begin, end, _SILENCE):
            count = min(_SILENCE, end - place)
            size = (channels, count) if like.format.is_planar else (1, count * channels)
            middle = 128 if like.format.name.startswith("u8") else 0
            yield self._numbered(_like(like, np.full(size, middle, dtype)), place)

    def _gap(self, place: int, number: int) -> None:
        length = Fraction(number - place, self._rate)
        if abs(length) > _LONGEST_HOLE:
            raise MediaError(
                f"its timestamps jump by {float(length):.0f} s at {self._at(place)}; remux it",
                path=self._path,
            )
        if self._container.format.name in _UNTIMED:
            self._damage(f"{float(length):.4f} s of sound are missing at {self._at(place)}")
        elif self._report:
            what = "leaves {:.4f} s without sound" if length > 0 else "overlaps itself by {:.4f} s"
            self._report(
                warning(
                    "media.hole",
                    f"its sound {what.format(abs(float(length)))} at {self._at(place)}",
                    str(self._path),
                )
            )

    def _finite(self, frame: AudioFrame, place: int) -> AudioFrame:
        """A frame of floats, silent where they are no numbers or no level that sound has."""
        sound: Raw = frame.to_ndarray()
        sane = np.abs(sound) < _ABSURD
        if sane.all():
            return frame
        if not self._told:
            at = self._at(place + int(np.argmin(sane)) // (sound.size // frame.samples))
            self._damage(f"it holds values that are no sound, from {at} on")
            self._told = True
        return _like(frame, np.where(sane, sound, 0).astype(sound.dtype))

    def _undecoded(self, packet: Packet[AudioStream], first: int, fault: Exception) -> None:
        where = "an unknown place"
        if packet.pts is not None:
            begin = packet.pts * self._tick - self._start
            if sample_at(begin + (packet.duration or 0) * self._tick, self._rate) <= first:
                return  # a decoder that starts in the middle may stumble before it is needed
            where = f"{float(begin):.3f} s"
        self._damage(f"sound at {where} does not decode ({fault.__class__.__name__})")

    def _complete(self, place: int) -> None:
        allowed = _DECLARED.get(self._container.format.name)
        duration = duration_of(self._stream)
        if allowed is None or duration is None:
            return
        missing = duration - Fraction(place, self._rate)
        if missing > allowed:
            self._damage(f"its sound ends {float(missing):.4f} s before its header says")

    def _damage(self, message: str) -> None:
        if self._report is None:
            raise MediaError(
                f"is damaged: {message}; copy it again from the original", path=self._path
            )
        self._report(error("media.damaged", f"is damaged: {message}", str(self._path)))

    def _at(self, place: int) -> str:
        return f"{place / self._rate:.3f} s"


def _shape(frame: AudioFrame) -> tuple[str, int, int]:
    return frame.format.name, frame.layout.nb_channels, frame.sample_rate


def _cut(frame: AudioFrame, count: int) -> AudioFrame:
    """The frame without its first samples."""
    if count == 0:
        return frame
    step = 1 if frame.format.is_planar else frame.layout.nb_channels
    array = np.ascontiguousarray(frame.to_ndarray()[:, count * step :])
    return _like(frame, array)


def _like(frame: AudioFrame, array: Raw) -> AudioFrame:
    made = AudioFrame.from_ndarray(array, frame.format.name, frame.layout.name)
    made.sample_rate = frame.sample_rate
    return made
