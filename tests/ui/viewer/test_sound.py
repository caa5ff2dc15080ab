"""The way of the sound from mixing to device: nothing lost, no clicks, a device that fails."""

import sys
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from ui.review.course import Course
from ui.review.programme import Programme
from ui.review.session import Session
from ui.review.state import Listen
from ui.viewer.devices import best_output
from ui.viewer.mixing import BLOCK, FADE, Monitor, mixed_block
from ui.viewer.output import OutputError, Silent
from ui.viewer.player import Player
from ui.viewer.portaudio import PortAudio
from ui.viewer.ring import Ring
from ui.viewer.runs import Run, Runs

NONE = frozenset[str]()


def counted(first: int, count: int) -> np.ndarray:
    return np.repeat(np.arange(first, first + count, dtype=np.float32)[:, None], 2, axis=1)


@given(st.lists(st.tuples(st.sampled_from(["put", "take", "forget"]), st.integers(0, 40))))
def test_what_is_put_comes_out_once_and_in_order(steps: list[tuple[str, int]]) -> None:
    ring, put, taken = Ring(64), 0, 0
    for deed, count in steps:
        if deed == "put":
            fits = min(count, ring.room)
            ring.put(counted(put, fits))
            put += fits
        elif deed == "take":
            ready, missed = ring.ready, ring.missed
            out = ring.take(count)
            got = min(ready, count)
            assert np.array_equal(out[:got], counted(taken, got))
            assert not out[got:].any()
            assert ring.missed == missed + count - got
            taken += got
        else:
            back = ring.forget(count)
            assert np.array_equal(back, counted(put - len(back), len(back)))
            put -= len(back)
        assert ring.ready == put - taken


def test_runs_come_and_go_without_a_step() -> None:
    runs = Runs()
    ones: Callable[[int], np.ndarray] = lambda n: np.ones((n, 2), np.float32)  # noqa: E731
    silent = runs.fill(200, 0.0)
    runs.now = first = Run(ones)
    sound = [silent, runs.fill(200, 1.0), runs.fill(200, 2.0)]
    runs.now = Run(ones)
    sound.append(runs.fill(200, 3.0))
    assert first.mark == (2.0, 200)
    runs.now = None
    sound += [runs.fill(200, 4.0), runs.fill(200, 5.0)]
    heard = np.concatenate(sound)[:, 0]
    assert np.abs(np.diff(heard)).max() < 0.011
    assert heard[599] == 1.0
    assert np.allclose(heard[600:800], 1.0)  # one run gives way to an equal one
    assert not heard[1000:].any()


def test_a_steps_short_sound_ends_softly(session_file: Path) -> None:
    session = Session.opened(session_file)
    layout = session.layout()
    programme = Programme(layout)
    monitor = Monitor(layout, Listen.GUIDE, NONE, NONE)
    whole = mixed_block(programme, Course(200_000, Fraction(1)), 0, monitor)
    short = mixed_block(programme, Course(200_000, Fraction(1), stop=600), 0, monitor)
    assert np.array_equal(short[: 600 - FADE], whole[: 600 - FADE])
    assert not short[600:].any()
    assert np.abs(short[590:600]).max() <= np.abs(whole[590:600]).max() * 11 / FADE
    assert len(short) == BLOCK


class Plug:
    """A device that can be pulled out, at a hundredth of a second at a time."""

    name = "plug"

    def __init__(self) -> None:
        self.kept: list[np.ndarray] = []
        self.gone = False
        self._pull: Callable[[int], np.ndarray] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._sent = 0

    def _run(self) -> None:
        while not self._stop.wait(0.01):
            pull = self._pull
            if pull is not None and not self.gone:
                self.kept.append(pull(480))
                self._sent += 1

    def start(self, pull: Callable[[int], np.ndarray]) -> None:
        if self.gone:
            raise OutputError("the plug is pulled")
        self._sent, self._pull = 0, pull

    def stop(self) -> None:
        self._pull = None

    def heard(self) -> float:
        return self._sent * 0.01

    def failed(self) -> bool:
        return self.gone

    def close(self) -> None:
        self._pull = None

    def end(self) -> None:
        self._stop.set()
        self._thread.join()


@pytest.fixture
def plug():  # type: ignore[no-untyped-def]
    made = Plug()
    yield made
    made.end()


def test_where_the_device_goes_a_silent_clock_goes_on(
    session_file: Path, qtbot: QtBot, plug: Plug
) -> None:
    layout = Session.opened(session_file).layout()
    player = Player(plug, 48000, lambda: Monitor(layout, Listen.GUIDE, NONE, NONE))
    player.start(Course(0, Fraction(1)))
    qtbot.waitUntil(lambda: player.turn() or (player.place() or 0) > 4800)
    plug.gone = True
    before = player.place() or 0.0
    player.turn()
    assert player.lost
    assert player.place() == pytest.approx(before, abs=4800)
    qtbot.waitUntil(lambda: (player.place() or 0) > before + 4800)
    player.start(Course(96_000, Fraction(1)))
    qtbot.waitUntil(lambda: player.turn() or (player.place() or 0) > 96_000)
    assert player.lost
    plug.gone = False
    player.start(Course(0, Fraction(1)))
    qtbot.waitUntil(lambda: player.turn() or (player.place() or 0) > 960)
    assert not player.lost
    player.close()


def test_another_way_of_listening_is_heard_soon_and_softly(
    session_file: Path, qtbot: QtBot, plug: Plug
) -> None:
    layout = Session.opened(session_file).layout()
    monitor = Monitor(layout, Listen.GUIDE, NONE, NONE)
    player = Player(plug, 48000, lambda: monitor)
    player.start(Course(200_000, Fraction(1)))
    qtbot.waitUntil(lambda: player.turn() or len(plug.kept) > 20)
    monitor = Monitor(layout, Listen.NEW, NONE, frozenset(layout.stems))
    at = len(plug.kept)
    qtbot.waitUntil(lambda: len(plug.kept) > at + 30)
    player.close()
    after = np.concatenate(plug.kept[at:])
    last = int(np.flatnonzero(after.any(axis=1))[-1])
    assert last < 48000 * 0.25
    assert player._ring.missed == 0


@pytest.mark.qt_log_ignore("PulseAudio", extend=True)
def test_without_a_device_the_silent_clock_runs() -> None:
    output = best_output(48000)
    output.start(lambda count: None)  # type: ignore[arg-type,return-value]
    assert output.name
    output.stop()


@pytest.mark.qt_log_ignore("PulseAudio", extend=True)
def test_portaudio_without_its_library_or_device_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(ImportError):
        PortAudio(48000)
    assert not isinstance(best_output(48000), PortAudio)


def test_the_sound_engine_plays_what_the_programme_says(session_file: Path) -> None:
    """The mixed ring against the stems themselves, at normal speed and backward."""
    layout = Session.opened(session_file).layout()
    programme = Programme(layout)
    monitor = Monitor(layout, Listen.NEW, frozenset({"Boom"}), frozenset())
    forward = mixed_block(programme, Course(100_000, Fraction(1)), 0, monitor)
    whole = programme.stretch(100_000, 101_024).stems[:, layout.stems.index("Boom")]
    assert np.allclose(forward[:, 0], whole, atol=1e-6)
    back = mixed_block(programme, Course(101_023, Fraction(-1)), 0, monitor)
    assert np.allclose(back[:, 0], whole[::-1], atol=1e-6)
    assert Silent(48000).heard() == 0.0


class Tape:
    """An output that keeps what it is given, a hundredth of a second at a time."""

    name = "tape"

    def __init__(self) -> None:
        self.kept: list[np.ndarray] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pull: Callable[[int], np.ndarray]) -> None:
        self.stop()
        self._stop.clear()

        def run() -> None:
            while not self._stop.wait(0.01):
                self.kept.append(pull(480))

        self._thread = threading.Thread(target=run)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._thread = None

    def heard(self) -> float:
        return len(self.kept) * 0.01

    def failed(self) -> bool:
        return False

    def close(self) -> None:
        self.stop()


def test_the_clock_waits_for_sound_that_comes_late(session_file: Path, qtbot: QtBot) -> None:
    session = Session.opened(session_file)
    layout = session.layout()
    tape = Tape()
    none = frozenset[str]()
    player = Player(tape, 48000, lambda: Monitor(layout, Listen.GUIDE, none, none))
    player.start(Course(200_000, Fraction(1)))
    qtbot.waitUntil(lambda: player.turn() or bool(tape.kept))
    qtbot.wait(500)
    tape.stop()
    place = player.place()
    player.close()
    sound = np.concatenate(tape.kept)[:, 0]
    first = int(np.flatnonzero(sound)[0])
    guide = Programme(layout).stretch(200_000, 200_000 + len(sound) - first).guide[:, 0]
    lead = int(np.flatnonzero(guide)[0])
    heard = sound[first : first + 4000]
    assert np.allclose(heard, guide[lead : lead + len(heard)], atol=1e-6)
    assert place == pytest.approx(200_000 + len(sound) - first + lead, abs=1)
