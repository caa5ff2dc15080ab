"""Movies and sessions that are long or heavy, for measuring: a film of hours with many events."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from adapters import session as files
from conform.match import Match, Verdict
from conform.roll import Roll, RollChannel
from conform.synced import EventSync, Rung, Status, Sync
from conform.timecode import RATES
from conform.timeline import Clip, Kind, Timeline, Track

RATE = RATES["24"]

_EACH = Fraction(24, 5)
"""Seconds of an event: 1500 of them are two hours."""

_TAKE = 300
"""Seconds of a take."""


def moving(path: Path, codec: str, frames: int) -> Path:
    """A 1080p movie with something in it that moves."""
    if path.exists():
        return path
    texture = np.random.default_rng(0).integers(16, 235, (1080 * 3 // 2, 1920 + frames), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=24)
        stream.width, stream.height = 1920, 1080
        if codec == "dnxhd":
            stream.pix_fmt = "yuv422p"
            stream.options = {"profile": "dnxhr_lb"}
        else:
            stream.pix_fmt = "yuv420p"
            stream.gop_size = 250
            stream.options = {"preset": "ultrafast", "crf": "28", "sc_threshold": "0"}
        for number in range(frames):
            picture = np.ascontiguousarray(texture[:, number : number + 1920] // 8 * 4 + 60)
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = number, RATE.frame
            container.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
        container.mux(stream.encode(None))
    return path


def long_reel(folder: Path, hours: int = 2) -> Path:
    """A session of some hours, 750 measured events an hour: one picture, sparse sound."""
    path = folder / f"reel-{hours}h.otio"
    if path.exists():
        return path
    picture = one_picture(folder / f"reel-{hours}h.mov", hours)
    length = Fraction(hours * 3600)
    takes = tuple(take(folder / f"take{n:02}.wav", n) for n in range(hours * 3600 // _TAKE))
    clips = tuple(
        Clip(f"{n // 30 + 1}A-{n % 5 + 1}", n * _EACH, (n + 1) * _EACH, n * _EACH, (n + 1) * _EACH)
        for n in range(int(length / _EACH))
    )
    found = tuple(event(n, clip, takes) for n, clip in enumerate(clips))
    timeline = Timeline(f"{hours} HOURS", RATE, tracks=(Track(Kind.AUDIO, 1, "A1", clips),))
    files.save(Sync(timeline, str(picture), 48000, length, found, takes), path)
    return path


def event(number: int, clip: Clip, takes: tuple[Roll, ...]) -> EventSync:
    """A measured event that lies in the middle of its take; every ninth has a near runner-up."""
    rival = 28.0 if number % 9 == 0 else 0.0
    match = Match(Verdict.MATCH, 48000, "", 0.0, 0.5, 0.1, 0.3, 30.0, rival, 1e-20)
    zero = clip.record_in - (number * 5 % 200)
    roll = takes[int(clip.record_in) // _TAKE]
    return EventSync(
        f"{number + 1:04}", clip, (1,), Status.MEASURED, "", roll, Rung.TIMECODE_ROLL,
        zero, zero - Fraction(number % 7, 240), match,
    )  # fmt: skip


def take(path: Path, number: int) -> Roll:
    """Five minutes of three channels at 24 bits: a header, and a hole for the sound."""
    samples = _TAKE * 48000
    size = samples * 9
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 3, 48000,
        48000 * 9, 9, 24, b"data", size,
    )  # fmt: skip
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + size)
    channels = tuple(
        RollChannel(name, path, n) for n, name in enumerate(("Boom", "Lav 1", "Lav 2"))
    )
    return replace(Roll(path.stem, channels, samples, 48000), start=Fraction(number * _TAKE))


def one_picture(path: Path, hours: int) -> Path:
    """Hours of one all-intra picture over and over, with mono sound."""
    frames = hours * 3600 * 24
    with av.open(str(path), "w") as container:
        video = container.add_stream("mjpeg", rate=24)
        video.width, video.height, video.pix_fmt = 640, 360, "yuvj420p"
        video.time_base = RATE.frame
        sound = container.add_stream("pcm_s16le", rate=48000, layout="mono")
        still = av.VideoFrame.from_ndarray(np.full((540, 640), 90, np.uint8), format="yuv420p")
        still.pts, still.time_base = 0, RATE.frame
        (packet,) = video.encode(still.reformat(format="yuvj420p"))
        picture = bytes(packet)
        silence = bytes(96_000)
        for number in range(frames):
            copy = av.Packet(picture)
            copy.stream, copy.time_base = video, RATE.frame
            copy.pts = copy.dts = number
            copy.is_keyframe = True
            container.mux(copy)
            if number % 24 == 0:
                block = av.Packet(silence)
                block.stream, block.time_base = sound, Fraction(1, 48000)
                block.pts = block.dts = number // 24 * 48000
                container.mux(block)
    return path
