"""What comes out of a sound device, against what should: samples, time, switches, loss.

    python -m tests.bench.output

A sound server of its own (PulseAudio with a null sink, `pulseaudio` and `parec` are needed) stands
in for a device; the sink's monitor is recorded and laid against the file that was played. Every
part is done through PortAudio, as the viewer plays; the first also through Qt.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "*=false")

from PyQt6.QtWidgets import QApplication

from tests.bench.soundserver import Recorder, Server, Sound
from tests.bench.watching import Reading
from ui.review.course import Course
from ui.review.layout import Layout
from ui.review.state import Listen
from ui.viewer.app import application
from ui.viewer.mixing import Monitor
from ui.viewer.output import Output
from ui.viewer.player import Player
from ui.viewer.portaudio import PortAudio
from ui.viewer.qtaudio import QtAudio

_RATE = 48000
_LENGTH = 60
"""Seconds of the file that is played."""

_FIND = 4800
"""Samples by which a place is found again: noise is like itself nowhere else."""


class Room:
    """A player on a device, and the recorder that listens to it."""

    def __init__(self, app: QApplication, wav: Path, sound: Sound, output: Output) -> None:
        self.app, self.sound = app, sound
        none = frozenset[str]()
        self.layout = Layout(_RATE, len(sound), (), (), wav, 2)
        self.monitor = Monitor(self.layout, Listen.GUIDE, none, none)
        self.player = Player(output, _RATE, lambda: self.monitor)
        self.recorder = Recorder()

    def play(self, course: Course, seconds: float) -> Heard:
        """Play a course for a while, and hear what came out and where the player said it was."""
        first = self.recorder.count()
        looks: list[tuple[float, float]] = []
        self.player.start(course)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            self.player.turn()
            looks.append((time.monotonic(), self.player.place() or 0.0))
            time.sleep(0.004)
        self.player.stop()
        time.sleep(0.3)
        return Heard(self.recorder.since(first), first, tuple(looks))

    def close(self) -> None:
        """Let the device go."""
        self.player.close()
        self.recorder.close()


@dataclass(frozen=True, slots=True)
class Heard:
    """What was recorded from sample `first` of the recording on, and the player's own word."""

    sound: Sound
    first: int
    looks: tuple[tuple[float, float], ...]

    @property
    def begins(self) -> int:
        """The first sample that is not silent."""
        return int(np.flatnonzero(self.sound.any(axis=1))[0])


def places(heard: Sound, sound: Sound) -> tuple[int, float]:
    """Where in a file a recording's first `_FIND` samples lie, and their correlation there."""
    from scipy.signal import fftconvolve  # noqa: PLC0415

    piece = heard[:_FIND, 0].astype(np.float64)
    found = fftconvolve(sound[:, 0].astype(np.float64), piece[::-1], "valid")
    at = int(np.abs(found).argmax())
    there = sound[at : at + _FIND, 0].astype(np.float64)
    return at, float(found[at] / np.sqrt((piece**2).sum() * (there**2).sum()))


def straight(room: Room, name: str, slack: float = 0) -> Iterator[Reading]:
    """Speed 1: the very samples, none left out, and the clock against what the sink gives out.

    `slack` is the part of a second that may be silent in between.
    """
    heard = room.play(Course(5 * _RATE, Fraction(1)), 6.0)
    begin = heard.begins + 4800
    part = heard.sound[begin : begin + 5 * _RATE]
    at, _ = places(part, room.sound)
    heard_samples = part[part.any(axis=1)]
    file = mono(room.sound[at : at + len(part)])
    wrong = not np.array_equal(heard_samples, file[file.any(axis=1)][: len(heard_samples)])
    yield Reading(f"{name}: sound that differs from the file in 5 s", float(wrong), "", 0)
    holes = (len(part) - len(heard_samples)) / _RATE * 1000
    yield Reading(f"{name}: silence within these 5 s", holes, "ms", slack * 1000)
    zero = room.recorder.moment() + (heard.first + begin) / _RATE
    off = [(place - at) / _RATE - (moment - zero) for moment, place in heard.looks[250:-25]]
    yield Reading(f"{name}: clock against the sink, median", abs(np.median(off)) * 1000, "ms", 20)
    yield Reading(f"{name}: clock against the sink, its wobble", np.ptp(off) * 1000, "ms", 20)


def busy(room: Room) -> Iterator[Reading]:
    """Seven seeks in a row while another thread computes: each starts at its place, whole."""
    stop = threading.Event()

    def compute() -> None:
        while not stop.is_set():
            sum(number * number for number in range(1000))

    threading.Thread(target=compute, daemon=True).start()
    wrong, waits = 0, []
    for number in range(7):
        start = (3 + 5 * number) * _RATE
        asked = time.monotonic()
        heard = room.play(Course(start, Fraction(1)), 1.0)
        begin = heard.begins
        waits.append(room.recorder.moment() + (heard.first + begin) / _RATE - asked)
        part = heard.sound[begin + 480 : begin + 480 + _RATE // 2]
        at, _ = places(part, room.sound)
        wrong += abs(at - 480 - start) > 96  # 2 ms come in softly, so the first samples may be 0
        wrong += not np.array_equal(part, mono(room.sound[at : at + len(part)]))
    stop.set()
    yield Reading("seeks while computing that start elsewhere or have holes, of 7", wrong, "", 0)
    yield Reading("from a key to its sound, the longest of them", max(waits) * 1000, "ms", 200)


def looped(room: Room) -> Iterator[Reading]:
    """A loop of half a second, three times round: as the file has it, end to start."""
    first, end = 10 * _RATE, 10 * _RATE + _RATE // 2
    heard = room.play(Course(first, Fraction(1), first, end), 2.5)
    part = heard.sound[heard.begins + 480 : heard.begins + 480 + 3 * (end - first)]
    at, _ = places(part, room.sound)
    order = first + (at - first + np.arange(len(part))) % (end - first)
    wrong = float(np.mean(np.any(part != mono(room.sound[order]), axis=1)))
    yield Reading("a loop, three times round: samples that differ", wrong * 100, "%", 0)


def speeds(room: Room) -> Iterator[Reading]:
    """J and L: the sound at -1, 2 and 4 times, laid against the file resampled likewise."""
    for speed in (-1, 2, 4):
        heard = room.play(Course(30 * _RATE, Fraction(speed)), 1.5)
        part = heard.sound[heard.begins + 480 : heard.begins + 480 + _FIND]
        _, score = places(part, room.sound[::speed])
        yield Reading(f"speed {speed}: 1 - correlation", 1 - score, "", 0.001)


def switched(room: Room) -> Iterator[Reading]:
    """A switch from guide to silence and back: how soon, and the largest step between samples."""
    none = frozenset[str]()
    tone = Listen.GUIDE
    room.player.start(Course(0, Fraction(1)))
    wait(room, 1.0)
    first = room.recorder.count()
    asked = time.monotonic()
    room.monitor = Monitor(room.layout, Listen.NEW, none, none)
    wait(room, 0.5)
    room.monitor = Monitor(room.layout, tone, none, none)
    wait(room, 0.5)
    room.player.stop()
    wait(room, 0.2)
    heard = room.recorder.since(first)[:, 0].astype(np.float64)
    silent = int(np.flatnonzero(np.convolve(heard != 0, np.ones(64), "valid") == 0)[0])
    soon = room.recorder.moment() + (first + silent) / _RATE - asked
    yield Reading("from a switch of listening to its sound", soon * 1000, "ms", 200)
    steepest = float(np.abs(np.diff(heard)).max())
    own = float(np.abs(np.diff(room.sound[: 2 * _RATE, 0].astype(np.float64))).max())
    yield Reading(
        "steepest step at switches and stop, to that of the tone", steepest / own, "", 1.5
    )


def pulled(room: Room, server: Server) -> Iterator[Reading]:
    """The server is killed while it plays: the clock runs on, and the next play finds it again."""
    room.player.start(Course(0, Fraction(1)))
    wait(room, 1.0)
    before, at = room.player.place() or 0.0, time.monotonic()
    server.kill()
    turns = wait(room, 2.0)
    place = room.player.place() or 0.0
    yield Reading("longest turn of the window while the device vanishes", turns * 1000, "ms", 50)
    slow = abs((place - before) / _RATE - (time.monotonic() - at))
    yield Reading("the clock behind real time 2 s after that", slow * 1000, "ms", 400)
    room.player.stop()
    server.again()
    room.recorder.close()
    room.recorder = Recorder()
    heard = room.play(Course(5 * _RATE, Fraction(1)), 1.0)
    silent = not heard.sound.any() or room.player.lost
    yield Reading("silence once the device is back", float(silent), "", 0)


def wait(room: Room, seconds: float) -> float:
    """Let the player run; the longest single turn, in seconds."""
    end, longest = time.monotonic() + seconds, 0.0
    while (start := time.monotonic()) < end:
        room.player.turn()
        room.player.place()
        longest = max(longest, time.monotonic() - start)
        time.sleep(0.004)
    return longest


def mono(sound: Sound) -> Sound:
    """What the guide's channels are heard as, on both ears."""
    middle = sound.mean(axis=1).astype(np.float32)
    return np.stack([middle, middle], axis=1)


def noise(folder: Path) -> tuple[Path, Sound]:
    """A minute of noise, alike on both channels, that 24 bits and float32 hold exactly."""
    dice = np.random.default_rng(1)
    whole = dice.integers(-(2**21), 2**21, _LENGTH * _RATE) / 2**23
    sound = np.stack([whole, whole], axis=1)
    soundfile.write(folder / "noise.wav", sound, _RATE, subtype="PCM_24")
    return folder / "noise.wav", sound.astype(np.float32)


def tone(folder: Path) -> tuple[Path, Sound]:
    """Ten seconds of 200 Hz, in which a click would be seen."""
    whole = 0.5 * np.sin(2 * np.pi * 200 * np.arange(10 * _RATE) / _RATE)
    sound = np.stack([whole, whole], axis=1)
    soundfile.write(folder / "tone.wav", sound, _RATE, subtype="FLOAT")
    return folder / "tone.wav", sound.astype(np.float32)


@contextmanager
def room_with(
    app: QApplication, made: tuple[Path, Sound], kind: Callable[[int], Output]
) -> Iterator[Room]:
    """A room on the device, let go afterwards."""
    room = Room(app, *made, kind(_RATE))
    try:
        yield room
    finally:
        room.close()


def main(folder: Path) -> int:
    """Print every figure; 1 where one is above its limit."""
    if not all(map(shutil.which, ("pulseaudio", "parec"))):
        print("needs PulseAudio: apt-get install pulseaudio pulseaudio-utils libasound2-plugins")
        return 0
    server = Server(folder)
    app = application()
    bad = 0

    def tell(readings: Iterator[Reading]) -> None:
        nonlocal bad
        for reading in readings:
            print(reading, flush=True)
            bad += reading.value > reading.limit

    minute = noise(folder)
    with room_with(app, minute, PortAudio) as room:
        tell(straight(room, "PortAudio"))
        tell(busy(room))
        tell(looped(room))
        tell(speeds(room))
    with room_with(app, tone(folder), PortAudio) as room:
        tell(switched(room))
    with room_with(app, minute, QtAudio) as room:
        tell(straight(room, "Qt", slack=0.1))
    with room_with(app, minute, PortAudio) as room:
        tell(pulled(room, server))
    server.kill()
    return int(bad > 0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        sys.exit(main(Path(made)))
