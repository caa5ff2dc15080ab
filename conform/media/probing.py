"""What a sound or picture file holds: its streams, clocks, rates and timecode, by its header."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor
from pathlib import Path

import av
from av.audio.stream import AudioStream as AvAudio
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream as AvVideo

from conform.errors import MediaError
from conform.findings import info, warning
from conform.media.clocked import Clocked
from conform.media.opening import (
    decodable,
    duration_of,
    only,
    opened,
    pictures,
    start_of,
    translated,
    zero_of,
)
from conform.media.priming import counted, priming_finding
from conform.media.riff import wave
from conform.media.values import MILLISECONDS, AudioStream, Media, VideoStream
from conform.timecode import Rate

_FIRST_PACKETS = 2000  # interleaved streams start well before this many packets


def probe(path: Path) -> Media:
    """What a file holds; raises `MediaError` for what cannot be opened or is no media."""
    with opened(path) as container, translated(path):
        media = _Probe(path, container).media()
    if not media.audio and not media.video:
        raise MediaError("holds neither sound nor picture; name another file", path=path)
    return media


class _Probe:
    """One look at an open container; collects findings on the way."""

    def __init__(self, path: Path, container: InputContainer) -> None:
        self._path, self._container = path, container
        self._zero = zero_of(container)
        self._header = wave(path)
        self._findings = list(self._header.findings) if self._header else []

    def media(self) -> Media:
        """The whole file."""
        video = tuple(self._video(i, s) for i, s in enumerate(pictures(self._container)))
        audio = tuple(self._audio(i, s) for i, s in enumerate(self._container.streams.audio))
        audio = self._primed(audio)
        spans = [(s.start, s.duration) for s in audio] + [(s.start, s.duration) for s in video]
        return Media(
            path=self._path,
            container=self._container.format.name,
            audio=audio,
            video=video,
            duration=max((start + length for start, length in spans if length), default=None),
            timecode=self._timecode(),
            findings=tuple(self._findings),
        )

    def _audio(self, index: int, stream: AvAudio) -> AudioStream:
        context = stream.codec_context
        if not decodable(stream):
            self._note("media.codec-unknown", f"sound stream {index} is in no codec that is known")
            return AudioStream(index, "unknown", 0, 0, "", Fraction(0), None, None)
        return AudioStream(
            index=index,
            codec=context.name,
            sample_rate=context.sample_rate,
            channels=context.channels,
            layout=context.layout.name,
            start=start_of(stream) - self._zero,
            duration=self._audio_duration(stream),
            bits=_bits(stream),
        )

    def _audio_duration(self, stream: AvAudio) -> Fraction | None:
        if self._header is not None and self._header.pcm:
            return Fraction(self._header.length, self._header.sample_rate)
        return duration_of(stream) or self._container_duration(stream)

    def _container_duration(self, stream: Stream) -> Fraction | None:
        """The container's length, less what lies before the stream starts."""
        whole = self._container.duration
        if whole is None or whole <= 0:
            return None
        first = Fraction(self._container.start_time or 0, av.time_base)
        return max(Fraction(0), Fraction(whole, av.time_base) + first - start_of(stream))

    def _video(self, index: int, stream: AvVideo) -> VideoStream:
        context = stream.codec_context
        rate = self._rate(index, stream)
        duration = duration_of(stream) or self._container_duration(stream)
        counted = stream.frames or None
        if counted is None and rate and duration:
            counted = rate.nearest(duration)
        return VideoStream(
            index=index,
            codec=context.name if context else "unknown",
            width=context.width if context else 0,
            height=context.height if context else 0,
            rate=rate,
            start=start_of(stream) - self._zero,
            duration=duration,
            frames=counted,
        )

    def _rate(self, index: int, stream: AvVideo) -> Rate | None:
        steady = _steady_rate(stream)
        if steady is not None:
            rate = Rate.near(steady)
            if rate is None:
                self._note("media.rate-unknown", f"picture {index} runs at {steady}, no known rate")
            return rate
        self._note(
            "media.variable-rate",
            f"picture {index} has a variable frame rate (on average {stream.average_rate}): frame "
            "numbers do not tell the time; make a constant-rate copy",
        )
        return None

    def _timecode(self) -> str | None:
        streams = (*pictures(self._container), *self._container.streams.data)
        labels = [
            value
            for tags in (*(stream.metadata for stream in streams), self._container.metadata)
            for name, value in tags.items()
            if name.lower() == "timecode" and value
        ]
        if len(set(labels)) > 1:
            self._note("media.timecodes-differ", f"states several timecodes: {', '.join(labels)}")
        return labels[0] if labels else None

    def _primed(self, audio: tuple[AudioStream, ...]) -> tuple[AudioStream, ...]:
        """The streams with what their encoders put in front, by each one's first packet."""
        first = _first_packets(self._container)
        primed = []
        for value, stream in zip(audio, self._container.streams.audio, strict=True):
            packet = first.get(stream.index)
            if packet is None or not value.sample_rate:
                primed.append(value)
                continue
            where = f"{self._path}: sound stream {value.index}"
            found = priming_finding(self._container, stream, packet, value.start, where)
            self._findings.extend([found] if found else [])
            own = counted(self._container, stream, packet, value.start)
            head = self._first(value) if _coarse(stream) else 0
            primed.append(replace(value, priming=own, first=head))
        if self._container.format.name in MILLISECONDS and first:
            self._findings.append(
                info(
                    "media.coarse-clock",
                    "its timestamps are whole milliseconds: sound is placed within 24 samples",
                    str(self._path),
                )
            )
        return tuple(primed)

    def _first(self, value: AudioStream) -> int:
        """The first sample that decodes, by the clock of a container opened for it alone."""
        with opened(self._path) as container:
            stream = container.streams.audio[value.index]
            return Clocked(container, stream, self._path, lambda _: None).first()

    def _note(self, code: str, message: str) -> None:
        self._findings.append(warning(code, message, str(self._path)))


def _coarse(stream: AvAudio) -> bool:
    """Whether the container's clock is coarser than a sample."""
    tick = stream.time_base
    return tick is not None and tick * stream.codec_context.sample_rate > 1


def _first_packets(container: InputContainer) -> dict[int, Packet[Stream]]:
    """Each sound stream's first packet, by stream index."""
    wanted = {stream.index for stream in container.streams.audio}
    first: dict[int, Packet[Stream]] = {}
    if not wanted:
        return first
    only(container, container.streams.audio)
    for count, packet in enumerate(container.demux(*container.streams.audio)):
        if packet.size:
            first.setdefault(packet.stream.index, packet)
        if wanted <= first.keys() or count > _FIRST_PACKETS:
            break
    return first


def _steady_rate(stream: AvVideo) -> Fraction | None:
    """The frame rate, where all frames last equally long; None where they do not."""
    base = stream.base_rate or stream.guessed_rate
    average = stream.average_rate or base  # a few frames of a transport stream have no average
    if not average or not base or not stream.time_base:
        return None
    stamps = [entry.timestamp for entry in stream.index_entries]
    if len(stamps) > 2 and len(stamps) == stream.frames:
        return base if _regular(stamps, 1 / (base * stream.time_base)) else None
    if abs(average / base - 1) < Fraction(1, 1000) or base == 2 * average:
        return average  # interlaced picture has a base of fields
    stretched = abs(average / base - 1) < Fraction(1, 100)  # by a first frame, see _regular
    return base if stretched and Rate.near(base) else None


def _regular(stamps: list[int], step: Fraction) -> bool:
    """Whether all frames but the first follow each other by a constant step.

    The first may be stretched: muxers without edit lists hide the priming of the sound there.
    """
    slack = max(Fraction(1), step / 20)
    parts, whole = step.numerator, step.denominator  # in integers: a feature has 170,000 frames
    most, first = floor(slack * whole), stamps[1]
    return all(
        abs((stamp - first) * whole - index * parts) <= most
        for index, stamp in enumerate(stamps[1:])
    )


def _bits(stream: AvAudio) -> int | None:
    """The width of an integer sample, from the codec's name or its header."""
    name, header = stream.codec_context.name, stream.codec_context.extradata or b""
    if name.startswith(("pcm_s", "pcm_u")):
        return int("".join(c for c in name[5:7] if c.isdigit()) or 0) or None
    if name == "flac" and len(header) >= 14:  # RFC 9639, 8.2: five bits, less one, from bit 103
        return ((header[12] & 1) << 4 | header[13] >> 4) + 1
    if name == "alac" and len(header) >= 18:  # ALACSpecificConfig.bitDepth
        return header[17]
    return None
