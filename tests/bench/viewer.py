"""How fast the viewer is: seeks, redraws, opening a two-hour session, memory, a fluent window.

    python -m tests.bench.viewer [FOLDER] [--hours N]

Material is made in FOLDER (a temporary one by default). CPU milliseconds are those of the whole
process, so they hold on a busy machine. Every deed of a reviewer is watched: how long the event
loop stood still at most, from the deed to what it draws and through all that it sets off. That is
wall time, less what the window's thread waited for a core that other programs had (as Linux counts
it): what is left was its own computing, and waiting for threads of this program.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "*=false")

import numpy as np
from PyQt6.QtCore import QEvent, QTimer
from PyQt6.QtWidgets import QApplication

from conform.media.frames import Frames, Shape
from conform.review.peaks import pyramid_of
from conform.synced import Sync
from conform.timeline import Timeline
from tests.bench.deeds import deeds, saving
from tests.bench.reels import RATE, long_reel, moving
from tests.bench.watching import Pause, Reading, after, paused, spin, without_core
from ui.review.session import Session
from ui.viewer.app import application, settle
from ui.viewer.output import Silent
from ui.viewer.window import Window

_PATIENCE = 240
"""Seconds that the waveforms of hours may take to be read."""


def main(folder: Path, hours: int) -> int:
    """Print every figure; 1 where one is above its limit."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    app = application()
    bad = 0
    for part in (seeking(folder, app), long_session(folder, app, hours)):
        for reading in part:
            print(reading, flush=True)
            bad += reading.limit is not None and reading.value > reading.limit
    return int(bad > 0)


def seeking(folder: Path, app: QApplication) -> Iterator[Reading]:
    """Random seeks in 1080p: all-intra, and in long groups."""
    intra = moving(folder / "intra.mov", "dnxhd", 240)
    group = moving(folder / "long.mp4", "libx264", 500)
    for path, name, count, limit in (
        (intra, "seek, all-intra 1080p (DNxHR LB), decoded", 60, 10.0),
        (group, "seek, H.264 1080p with a key frame every 250", 12, None),
    ):
        cpu = seeks(path, count)
        yield Reading(f"{name}, median", statistics.median(cpu), "CPU-ms", limit)
    yield paused("seeking in long groups", while_seeking(group, app))


def seeks(path: Path, count: int) -> list[float]:
    """CPU milliseconds of random seeks, each decoded to grey at half size."""
    dice = random.Random(1)  # noqa: S311
    spent = []
    with Frames(path) as frames:
        total = 240 if "intra" in path.name else 500
        shape = Shape(frames.width // 2, frames.height // 2)
        frames.at(0, RATE, shape)
        for _ in range(count):
            number = dice.randrange(total)
            start = time.process_time()
            frames.at(number, RATE, shape)
            spent.append((time.process_time() - start) * 1000)
    return spent


def while_seeking(path: Path, app: QApplication) -> Pause:
    """The longest pause while every seek decodes a group."""
    sync = Sync(Timeline("pauses", RATE), str(path), 48000, Fraction(500, 24), (), ())
    window = opened(Session(sync))
    dice = random.Random(2)  # noqa: S311
    seek = QTimer()
    seek.setInterval(120)
    seek.timeout.connect(lambda: window.session.go(dice.randrange(500)))
    spin(app, 1.0)
    seek.start()
    longest = spin(app, 4.0)
    seek.stop()
    away(window, app)
    return longest


def long_session(folder: Path, app: QApplication, hours: int) -> Iterator[Reading]:
    """Hours with 750 events each: opening cold and cached, redraws, every deed, memory."""
    path = long_reel(folder, hours)
    name = f"open {hours} h, {hours * 750} events"
    cold, _, first = opening(path, app)
    away(first, app)
    del first
    shown, whole, window = opening(path, app)
    settle()
    yield Reading(f"{name}, nothing cached: window stands", cold, "s", 2.5)
    yield Reading(f"{name}, cached: window stands, guide drawn", shown, "s", 2.0)
    yield Reading(f"{name}, cached: every stem drawn", whole, "s")
    yield paused("just after opening", spin(app, 1.0))
    for said, do in deeds(window).items():
        yield paused(said, after(app, do))
    yield paused("saving", saving(window, app))
    dice = random.Random(3)  # noqa: S311
    for _ in range(60):
        window.session.go(dice.randrange(window.session.frames))
        spin(app, 0.02)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Reading("memory at its highest", peak, "MiB", 1000)
    yield nudging(window, app)
    yield from redraws(window)
    away(window, app)
    start = time.process_time()
    carried = Session.opened(path, carried=path)
    spent = time.process_time() - start
    yield Reading("open with the decisions of another cut", spent, "CPU-s")
    assert carried.state.review.decisions


def opening(path: Path, app: QApplication) -> tuple[float, float, Window]:
    """Seconds until a session's window stands, and until all its waveforms are drawn.

    Both less what the thread waited for a core that other programs had.
    """
    start = time.perf_counter() - without_core()
    window = opened(Session.opened(path))
    done: list[bool] = []
    window.peaks.done.connect(lambda: done.append(True))
    app.processEvents()
    window.grab()
    shown = time.perf_counter() - without_core() - start
    until(app, done)
    done.clear()
    window.assembler.ready.connect(lambda: done.append(True))
    window.assembler.ask()
    until(app, done)
    return shown, time.perf_counter() - without_core() - start, window


def until(app: QApplication, done: list[bool]) -> None:
    """Run the event loop until something is done, or patience ends."""
    end = time.perf_counter() + _PATIENCE
    while not done and time.perf_counter() < end:
        app.processEvents()
        time.sleep(0.001)


def redraws(window: Window) -> Iterator[Reading]:
    """CPU of drawing the lanes at 1600 px and at 4K: everything anew, and the playhead alone."""
    lanes, session = window.lanes, window.session
    loudly(window)
    zooms = [session.sync.length / 3**n for n in range(9)]

    def anew(number: int) -> None:
        session.show(Fraction(3600), zooms[number % len(zooms)] + Fraction(number, 1000))

    def playhead(number: int) -> None:
        session.go(90_000 + number)

    for width, limit in ((1600, 2.0), (3840, None)):
        lanes.resize(width, 200 if width == 1600 else 440)
        spent, many = drawn(lanes.grab, anew), len(lanes.ground().lanes)
        yield Reading(f"redraw of all lanes at another zoom, {width} px", spent, "CPU-ms")
        yield Reading(f"redraw per lane, {width} px", spent / many, "CPU-ms", limit)
        moved = drawn(lanes.grab, playhead)
        yield Reading(f"redraw with the playhead moved, {width} px", moved, "CPU-ms", limit)


def loudly(window: Window) -> None:
    """Noise in every waveform: silence is drawn sooner than sound."""
    dice = np.random.default_rng(5)
    layout = window.session.layout()
    for path in {window.session.guide, *(region.path for region in layout.regions)}:
        held = window.waves.get(path)
        if path is not None and held is not None:
            noise = dice.uniform(-1, 1, held.levels[0].shape).astype(np.float32)
            made = pyramid_of(np.sort(noise), held.base, held.sample_rate, held.length)
            window.waves.put(path, made)
    window.waves.assemble(layout)


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
    return Reading("nudge an event: plan and draw", cpu, "CPU-ms")


def opened(session: Session) -> Window:
    """A window on a session, without sound."""
    window = Window(session, output=Silent(session.sync.sample_rate))
    window.resize(1600, 900)
    window.show()
    return window


def away(window: Window, app: QApplication) -> None:
    """Close a window, and have Qt delete it in this thread: Python may collect in any."""
    window.close()
    window.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@contextmanager
def place(folder: Path | None) -> Iterator[Path]:
    """The folder for the material, or one that goes away."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", nargs="?", type=Path)
    asked.add_argument("--hours", type=int, default=2)
    given = asked.parse_args()
    with place(given.folder) as here:
        raise SystemExit(main(here, given.hours))
