"""Pictures of the viewer in five states and two sizes, made offscreen.

    python -m tests.bench.screens FOLDER [SESSION]

Without SESSION the demo film is made and synced first. The states: a session as it opens, a
flagged event zoomed in with its correlation, a drifting take with the offset plot, a take that is
synced by hand, offline media.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "*=false")

from PyQt6.QtGui import QPixmap
from PyQt6.QtWidgets import QApplication

from adapters import formats, rolls, session
from conform.synced import Sync
from conform.syncing.sync import sync
from fixtures.film import make_film
from fixtures.spec import demo_spec
from ui.review.session import Session
from ui.review.state import Listen
from ui.viewer.look import dress
from ui.viewer.output import Silent
from ui.viewer.window import Window

SIZES = ((1280, 800), (2560, 1440))


def main(folder: Path, file: Path | None) -> None:
    """Write `STATE-WIDTHxHEIGHT.png` for every state and size."""
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    dress(app)
    with tempfile.TemporaryDirectory() as made:
        os.environ["XDG_CACHE_HOME"] = os.environ["XDG_CONFIG_HOME"] = made
        cut = session.load(file or demo(Path(made)))
        for name, (change, prepare) in STATES.items():
            for width, height in SIZES:
                reel = Path(made) / f"{name}.otio"
                session.save(change(cut), reel, force=True)
                picture = shot(app, reel, prepare, (width, height))
                target = folder / f"{name}-{width}x{height}.png"
                picture.save(str(target))
                print(target)


def demo(folder: Path) -> Path:
    """The demo film, synced."""
    film = make_film(folder / "film", demo_spec())
    timeline = formats.read(film.edl, rate=film.spec.rate).timelines[0]
    takes, _ = rolls.scan([film.rolls])
    session.save(sync(timeline, film.movie, takes), folder / "film.otio")
    return folder / "film.otio"


def shot(
    app: QApplication, reel: Path, prepare: Callable[[Window], None], size: tuple[int, int]
) -> QPixmap:
    """The window on a session, after it has come to rest."""
    room = Session.opened(reel)
    window = Window(room, output=Silent(room.sync.sample_rate))
    window.resize(*size)
    window.show()
    spin(app, 2.0)
    prepare(window)
    spin(app, 3.0)
    picture = window.grab()
    window.close()
    return picture


def fresh(window: Window) -> None:
    """As it opens, the first event chosen."""
    window.session.select(0)


def flagged(window: Window) -> None:
    """The last flagged event with sound, close up, guide and new over each other."""
    room = window.session
    places = [
        n for n, judge in enumerate(room.standing) if judge.flagged and room.sync.events[n].zero
    ]
    room.select(places[-1] if places else 0)
    room.zoom_to_event()
    room.nudge(-240)
    room.look(overlay=True, difference=True)
    room.hear(Listen.SPLIT)


def drifting(window: Window) -> None:
    """An event whose take drifts most."""
    room = window.session
    drifts = [abs(e.match.drift_ppm or 0) if e.match else 0 for e in room.sync.events]
    room.select(drifts.index(max(drifts)))
    room.accept()
    room.select(drifts.index(max(drifts)))
    room.loop_event()


def drifted(cut: Sync) -> Sync:
    """The cut with a take whose clock ran at 23.976 against 24."""
    roll = next(event.roll for event in cut.events if event.roll)
    events = tuple(
        replace(
            event,
            zero=event.zero + (event.clip.record_in - cut.events[0].clip.record_in) / 1001,
            match=replace(event.match, drift_ppm=999.0, drift_uncertainty_ppm=1.2),
        )
        if event.roll == roll and event.zero is not None and event.match is not None
        else event
        for event in cut.events
    )
    return replace(cut, events=events)


def by_hand(window: Window) -> None:
    """An event that nothing could measure, under marks that are paired."""
    room = window.session
    room.select(next(n for n, event in enumerate(room.sync.events) if event.zero is None))
    room.use_take(str(room.sync.rolls[0].path), None)
    room.hand_toggle()
    room.hand_go(Fraction(6))
    room.mark_sound()
    room.mark_frame()
    room.pair_marks()


def offline(cut: Sync) -> Sync:
    """The cut with its movie and one take on a drive that is not there."""
    roll = next(event.roll for event in cut.events if event.roll)
    channels = tuple(replace(c, path=Path("/Volumes/DAY01") / c.path.name) for c in roll.channels)
    gone = replace(roll, channels=channels)
    events = tuple(replace(e, roll=gone) if e.roll == roll else e for e in cut.events)
    takes = tuple(gone if take == roll else take for take in cut.rolls)
    return replace(cut, picture="/Volumes/DAY01/film.mov", events=events, rolls=takes)


def nothing(window: Window) -> None:
    """Only the first flagged event chosen."""
    window.session.step_flagged(1)
    window.session.show(Fraction(0), window.session.sync.length)


STATES: dict[str, tuple[Callable[[Sync], Sync], Callable[[Window], None]]] = {
    "fresh": (lambda cut: cut, fresh),
    "flagged": (lambda cut: cut, flagged),
    "drifting": (drifted, drifting),
    "hand": (lambda cut: cut, by_hand),
    "offline": (offline, nothing),
}


def spin(app: QApplication, seconds: float) -> None:
    """Let the window work for a while."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        app.processEvents()
        time.sleep(0.002)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
