"""The transport: sound is the master clock, the picture chases it."""

from __future__ import annotations

from fractions import Fraction

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from conform.timeline import ZERO
from ui.review.course import Course, frame_of
from ui.review.layout import Layout
from ui.review.session import Session
from ui.review.state import Listen, State
from ui.viewer.mixing import Monitor
from ui.viewer.output import Output
from ui.viewer.player import Player

_FASTEST = 8
_TICK = 8  # ms between looks at the clock
_HEARD = ("review", "spot", "listen", "solo", "muted")
"""What of the state makes a difference to the ear."""

_REST = 5000
"""Milliseconds of standing still after which other programs may have the sound device."""

_BLIP = Fraction(1, 12)  # seconds of sound that a step plays: a frame alone is only a click


class Transport(QObject):
    """Play, shuttle, step and go, with sound; `dropped` counts frames that came too late."""

    ended = pyqtSignal()
    output = pyqtSignal(str)
    """Another output is played through: its name."""

    def __init__(self, session: Session, output: Output, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rate = session.sync.sample_rate
        self._monitor = _monitor(session)
        self.player = Player(output, self._rate, lambda: self._monitor)
        self._until: int | None = None
        self._stepping = False
        self.auditioning = False
        """Whether a stretch of another layout is heard, longer than a step's."""
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._tick)
        self._lost, self._fault = False, ""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._release)
        session.listen_to(self._changed)

    @property
    def playing(self) -> bool:
        """Whether sound and picture run."""
        return self._session.state.speed != 0

    def play(self, speed: Fraction = Fraction(1), *, until: int | None = None) -> None:
        """Run from the playhead, to frame `until` where one is given."""
        session = self._session
        frame = session.state.playhead
        if speed > 0 and frame >= session.frames - 1:
            frame = 0
        self._until, self._stepping, self.auditioning = until, False, False
        self._monitor = _monitor(session)
        loop = session.state.loop
        bounds: tuple[int | None, int | None] = (None, None)
        if loop is not None and loop.on and until is None:
            if not loop.first <= frame < loop.end:
                frame = loop.first
            bounds = (session.sample(loop.first), session.sample(loop.end))
        session.go(frame)
        session.set_speed(speed)
        self.player.start(Course(session.sample(frame), speed, *bounds))
        self._timer.start()

    def stop(self) -> None:
        """Stand still on the frame that is seen."""
        self._timer.stop()
        self._rest.start()
        self.player.stop()
        self._until, self._stepping, self.auditioning = None, False, False
        self._monitor = _monitor(self._session)
        self._session.set_speed(ZERO)

    def toggle(self) -> None:
        """Play, or stop."""
        if self.playing:
            self.stop()
        else:
            self.play()

    def shuttle(self, way: int) -> None:
        """Run forward (1) or backward (-1); once more in the same way: twice as fast."""
        speed = self._session.state.speed
        again = min(abs(speed) * 2, Fraction(_FASTEST)) * way
        self.play(again if speed * way > 0 else Fraction(way))

    def step(self, frames: int) -> None:
        """Go some frames on and hear where that is."""
        self.stop()
        session = self._session
        session.go(session.state.playhead + frames)
        start = session.sample(session.state.playhead)
        length = max(_BLIP, session.sync.timeline.rate.frame)
        self._stepping = True
        self.player.start(Course(start, Fraction(1), stop=int(length * self._rate)))
        self._timer.start()

    def audition(self, layout: Layout, start: int, seconds: Fraction = _BLIP) -> None:
        """Hear a stretch of another layout, from one of its samples; the picture stands still."""
        self.stop()
        self._monitor = Monitor(layout, Listen.NEW, frozenset(), frozenset())
        self._stepping, self.auditioning = True, seconds > _BLIP
        self.player.start(Course(start, Fraction(1), stop=int(seconds * self._rate)))
        self._timer.start()

    def go(self, frame: int) -> None:
        """Go to a frame, and play on from there where it played."""
        speed = self._session.state.speed
        self._session.go(frame)
        if speed:
            self.play(speed)

    def beep(self) -> None:
        """A short tone, at once."""
        self.player.beep()

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self.player.close()

    def _release(self) -> None:
        """Let the device go, unless it was taken again meanwhile."""
        if not self._timer.isActive():
            self.player.release()

    def _look_after_sound(self) -> None:
        """Begin what is mixed by now; tell what is silent, and when the device is lost or back."""
        self.player.turn()
        if self.player.fault != self._fault:
            self._fault = self.player.fault
            self._session.say(f"Silent: {self._fault}")
        if self.player.lost is not self._lost:
            self._lost = self.player.lost
            self.output.emit(self.player.output.name)
            if self._lost:
                self._session.say("The sound device does not play: the picture runs on in silence")

    def _tick(self) -> None:
        self._look_after_sound()
        if self._stepping:
            if self.player.over():
                self.stop()
            return
        place = self.player.place()
        if place is None:
            return
        session = self._session
        latency = session.state.review.latency or ZERO
        shift = latency * (1 if session.state.speed == 1 else 0)
        frame = frame_of(place, shift, self._rate, session.sync.timeline.rate.fps)
        last = session.frames if self._until is None else self._until
        if frame >= last or frame < 0:
            session.go(min(max(frame, 0), last - 1))
            self.stop()
            self.ended.emit()
            return
        if frame != session.state.playhead:
            session.go(frame)
            session.follow(frame)

    def _changed(self, before: State, now: State) -> None:
        """What is heard changes at once; so does a loop that is set or cleared while playing."""
        if any(getattr(before, name) is not getattr(now, name) for name in _HEARD):
            self._monitor = _monitor(self._session)
        if before.loop != now.loop and self.playing and self._until is None:
            self.play(now.speed)


def _monitor(session: Session) -> Monitor:
    """How the sound is heard now; the sound's own thread only reads it."""
    state = session.state
    return Monitor(session.layout(), state.listen, state.solo, state.muted)
