"""How fast the viewer is: seeks, redraws, opening a two-hour session, memory, a fluent window.

    python -m tests.bench.viewer [FOLDER]

Material is made in FOLDER (a temporary one by default). CPU milliseconds are those of the whole
process, so they hold on a busy machine; the UI thread's longest pause is wall time.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from adapters import session as files
from conform.match import Match, Verdict
from conform.media.frames import Frames, Shape
from conform.roll import Roll, RollChannel
from conform.synced import EventSync, Rung, Status, Sync
from conform.timecode import RATES
from conform.timeline import Clip, Kind, Timeline, Track

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "*=false")

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication

from ui.review.session import Session
from ui.viewer.look import dress
from ui.viewer.outputs import Silent
from ui.viewer.window import Window

_RATE = RATES["24"]
_HOURS = 2
_EVENTS = 1500
_ROLLS = 24
_PATIENCE = 120
"""Seconds that the waveforms of two hours may take to be read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure, its unit, and what it should stay under."""

    name: str
    value: float
    unit: str
    limit: float | None = None

    def __str__(self) -> str:
        state = "" if self.limit is None else "ok" if self.value <= self.limit else "TOO HIGH"
        bound = "" if self.limit is None else f"(limit {self.limit:g})"
        return f"{self.name:58} {self.value:9.2f} {self.unit:7} {bound:14} {state}"


def main(folder: Path) -> int:
    """Print every figure; 1 where one is above its limit."""
    app = QApplication([])
    dress(app)
    readings: list[Reading] = []
    for part in (seeking, long_session):
        for reading in part(folder, app):
            print(reading, flush=True)
            readings.append(reading)
    return int(any(r.limit is not None and r.value > r.limit for r in readings))


def seeking(folder: Path, app: QApplication) -> list[Reading]:
    """Random seeks in 1080p: all-intra, and in long groups."""
    intra = moving(folder / "intra.mov", "dnxhd", 240)
    group = moving(folder / "long.mp4", "libx264", 500)
    found = []
    for path, name, count, limit in (
        (intra, "seek, all-intra 1080p (DNxHR LB), decoded", 60, 10.0),
        (group, "seek, H.264 1080p with a key frame every 250", 12, None),
    ):
        cpu = seeks(path, count)
        found.append(Reading(f"{name}, median", statistics.median(cpu), "CPU-ms", limit))
    found.append(
        Reading("longest UI pause while seeking in long groups", pauses(group, app), "ms", 50)
    )
    return found


def seeks(path: Path, count: int) -> list[float]:
    """CPU milliseconds of random seeks, each decoded to grey at half size."""
    dice = random.Random(1)  # noqa: S311
    spent = []
    with Frames(path) as frames:
        total = 240 if "intra" in path.name else 500
        shape = Shape(frames.width // 2, frames.height // 2)
        frames.at(0, _RATE, shape)
        for _ in range(count):
            number = dice.randrange(total)
            start = time.process_time()
            frames.at(number, _RATE, shape)
            spent.append((time.process_time() - start) * 1000)
    return spent


def pauses(path: Path, app: QApplication) -> float:
    """The longest time between two turns of the event loop while every seek decodes a group."""
    sync = Sync(Timeline("pauses", _RATE), str(path), 48000, Fraction(500, 24), (), ())
    window = opened(Session(sync))
    dice = random.Random(2)  # noqa: S311
    seek = QTimer()
    seek.setInterval(120)
    seek.timeout.connect(lambda: window.session.go(dice.randrange(500)))
    spin(app, 1.0)
    seek.start()
    longest = spin(app, 4.0)
    seek.stop()
    window.close()
    return longest * 1000


def long_session(folder: Path, app: QApplication) -> list[Reading]:
    """Two hours with 1500 events: opening cold and cached, redraws, nudges, memory."""
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    path = two_hours(folder)
    cold, _, first = opening(path, app)
    first.close()
    shown, whole, window = opening(path, app)
    found = [
        Reading("open 2 h, 1500 events, nothing cached: window stands", cold, "s", 2.5),
        Reading("open 2 h, 1500 events, cached: guide drawn", shown, "s", 2.0),
        Reading("open 2 h, 1500 events, cached: every stem drawn", whole, "s"),
    ]
    longest = spin(app, 1.0)
    found += [
        Reading("longest UI pause just after opening", longest * 1000, "ms", 50),
        *redraws(window),
        nudging(window, app),
        Reading("longest UI pause while a decision is saved", saving(window, app), "ms", 50),
    ]
    dice = random.Random(3)  # noqa: S311
    for _ in range(60):
        window.session.go(dice.randrange(window.session.frames))
        spin(app, 0.02)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    window.close()
    return [*found, Reading("memory at its highest", peak, "MiB", 1500)]


def opening(path: Path, app: QApplication) -> tuple[float, float, Window]:
    """Seconds until a session's window stands, and until all its waveforms are drawn."""
    start = time.perf_counter()
    window = opened(Session.opened(path))
    done: list[bool] = []
    window.peaks.done.connect(lambda: done.append(True))
    app.processEvents()
    window.grab()
    shown = time.perf_counter() - start
    while not done and time.perf_counter() - start < _PATIENCE:
        app.processEvents()
        time.sleep(0.001)
    done.clear()
    window.assembler.ready.connect(lambda: done.append(True))
    window.assembler.ask()
    while not done:
        app.processEvents()
        time.sleep(0.001)
    return shown, time.perf_counter() - start, window


def redraws(window: Window) -> list[Reading]:
    """CPU of drawing the lanes at 1600 px: everything anew, and the playhead alone."""
    lanes, session = window.lanes, window.session
    lanes.resize(1600, 200)
    zooms = [Fraction(7200) / 3**n for n in range(9)]

    def anew(number: int) -> None:
        session.show(Fraction(3600), zooms[number % len(zooms)] + Fraction(number, 1000))

    def playhead(number: int) -> None:
        session.go(90_000 + number)

    return [
        Reading("redraw of all lanes at another zoom, 1600 px", drawn(lanes.grab, anew), "CPU-ms"),
        Reading("redraw per lane, 1600 px", drawn(lanes.grab, anew) / 4, "CPU-ms", 2.0),
        Reading(
            "redraw with the playhead moved, 1600 px", drawn(lanes.grab, playhead), "CPU-ms", 2
        ),
    ]


def drawn(draw: Callable[[], object], change: Callable[[int], None], count: int = 40) -> float:
    """The median CPU milliseconds of a drawing after a change."""
    spent = []
    for number in range(count):
        change(number)
        start = time.process_time()
        draw()
        spent.append((time.process_time() - start) * 1000)
    return statistics.median(spent)


def nudging(window: Window, app: QApplication) -> Reading:
    """CPU of one nudge: planning the stems again and drawing everything that shows it."""
    window.session.select(700)
    spin(app, 0.3)
    cpu = drawn(lambda: (window.session.nudge(1), window.lanes.grab()), lambda _: None, 10)
    return Reading("nudge an event of 1500: plan and draw", cpu, "CPU-ms")


def saving(window: Window, app: QApplication) -> float:
    """The longest pause of the event loop while the session is written."""
    window.session.comment("saved while you look")
    longest = spin(app, 0.2)
    while not window.session.state.saved:
        longest = max(longest, spin(app, 0.2))
    return longest * 1000


def opened(session: Session) -> Window:
    """A window on a session, without sound."""
    window = Window(session, output=Silent(session.sync.sample_rate))
    window.resize(1600, 900)
    window.show()
    return window


def spin(app: QApplication, seconds: float) -> float:
    """Run the event loop for a while; the longest single turn of it, in seconds."""
    end, longest = time.perf_counter() + seconds, 0.0
    while (start := time.perf_counter()) < end:
        app.processEvents()
        longest = max(longest, time.perf_counter() - start)
        time.sleep(0.001)
    return longest


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
            frame.pts, frame.time_base = number, _RATE.frame
            container.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
        container.mux(stream.encode(None))
    return path


def two_hours(folder: Path) -> Path:
    """A session of two hours: a movie of one picture, sparse sound, 1500 measured events."""
    path = folder / "two-hours.otio"
    if path.exists():
        return path
    picture = one_picture(folder / "two-hours.mov")
    takes = tuple(take(folder / f"take{n:02}.wav", n) for n in range(_ROLLS))
    length = Fraction(_HOURS * 3600)
    each = length / _EVENTS
    clips = tuple(
        Clip(f"{n // 30 + 1}A-{n % 5 + 1}", n * each, (n + 1) * each, n * each, (n + 1) * each)
        for n in range(_EVENTS)
    )
    found = tuple(event(n, clip, takes[n * _ROLLS // _EVENTS]) for n, clip in enumerate(clips))
    timeline = Timeline("TWO HOURS", _RATE, tracks=(Track(Kind.AUDIO, 1, "A1", clips),))
    files.save(Sync(timeline, str(picture), 48000, length, found, takes), path)
    return path


def event(number: int, clip: Clip, roll: Roll) -> EventSync:
    """A measured event that lies in the middle of its take."""
    match = Match(Verdict.MATCH, 48000, "", 0.0, 0.5, 0.1, 0.3, 30.0, 0.0, 1e-20)
    zero = clip.record_in - (number * 5 % 200)
    return EventSync(
        f"{number + 1:04}", clip, (1,), Status.MEASURED, "", roll, Rung.TIMECODE_ROLL,
        zero, zero - Fraction(number % 7, 240), match,
    )  # fmt: skip


def take(path: Path, number: int) -> Roll:
    """Five minutes of three channels at 24 bits: a header, and a hole for the sound."""
    samples = 300 * 48000
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
    return replace(Roll(path.stem, channels, samples, 48000), start=Fraction(number * 300))


def one_picture(path: Path) -> Path:
    """Two hours of one all-intra picture over and over, with mono sound."""
    frames = _HOURS * 3600 * 24
    with av.open(str(path), "w") as container:
        video = container.add_stream("mjpeg", rate=24)
        video.width, video.height, video.pix_fmt = 640, 360, "yuvj420p"
        video.time_base = _RATE.frame
        sound = container.add_stream("pcm_s16le", rate=48000, layout="mono")
        still = av.VideoFrame.from_ndarray(np.full((540, 640), 90, np.uint8), format="yuv420p")
        still.pts, still.time_base = 0, _RATE.frame
        (packet,) = video.encode(still.reformat(format="yuvj420p"))
        picture = bytes(packet)
        silence = bytes(96_000)
        for number in range(frames):
            copy = av.Packet(picture)
            copy.stream, copy.time_base = video, _RATE.frame
            copy.pts = copy.dts = number
            copy.is_keyframe = True
            container.mux(copy)
            if number % 24 == 0:
                block = av.Packet(silence)
                block.stream, block.time_base = sound, Fraction(1, 48000)
                block.pts = block.dts = number // 24 * 48000
                container.mux(block)
    return path


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
        sys.exit(main(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory() as made:
        sys.exit(main(Path(made)))
