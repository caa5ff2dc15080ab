"""What every action of the keymap does, as one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any, Protocol

from conform.review.spotcheck import Answer
from ui.review.session import Session
from ui.review.state import Listen
from ui.viewer.handdeeds import hand_deeds, take_deeds
from ui.viewer.transport import Transport

Deed = Callable[[], object]


class Room(Protocol):
    """What a window does that a session cannot."""

    def go_to(self) -> None:
        """Ask for a place."""

    def write_comment(self) -> None:
        """Put the cursor in the comment."""

    def choose_take(self) -> None:
        """Offer other takes."""

    def edit_keys(self) -> None:
        """Show the keys."""

    def save_elsewhere(self) -> None:
        """Ask for a name, and go on there."""

    def make_proxy(self) -> None:
        """Make the picture quick to seek in."""

    def calibrate(self) -> None:
        """Show the flash and beep."""

    def export(self) -> None:
        """Ask where to, and write."""

    def name_marker(self) -> None:
        """Ask for a marker's name, and set it here."""

    def export_markers(self) -> None:
        """Ask for which program, and write the marker list."""

    def search(self) -> None:
        """Ask which events to show."""

    def snap(self) -> None:
        """Put the sound where it was measured last."""


def deeds(session: Session, transport: Transport, room: Room) -> dict[str, Deed]:
    """The function of every action's name."""
    room_deeds = _of_room(session, transport, room)
    taken = take_deeds(session, transport)
    return room_deeds | {
        name: partial(_either, session, deed, room_deeds[name]) for name, deed in taken.items()
    }


def _either(session: Session, in_take: Deed, otherwise: Deed) -> None:
    """Do one thing while keys move the take, else another."""
    (in_take if session.in_take else otherwise)()


def _of_room(session: Session, transport: Transport, room: Room) -> dict[str, Deed]:
    return {
        **hand_deeds(session),
        **_transport(session, transport),
        **_events(session, transport),
        **_decide(session, transport),
        **_look(session),
        "go_to": room.go_to,
        "comment": room.write_comment,
        "take": room.choose_take,
        "keys": room.edit_keys,
        "save_elsewhere": room.save_elsewhere,
        "proxy": room.make_proxy,
        "calibrate": room.calibrate,
        "export": room.export,
        "export_markers": room.export_markers,
        "name_marker": room.name_marker,
        "find": room.search,
        "snap": room.snap,
    }


def _transport(session: Session, transport: Transport) -> dict[str, Deed]:
    second = session.sync.timeline.rate.nominal
    return {
        "play": transport.toggle,
        "reverse": partial(transport.shuttle, -1),
        "stop": transport.stop,
        "forward": partial(transport.shuttle, 1),
        "frame_back": partial(transport.step, -1),
        "frame_on": partial(transport.step, 1),
        "ten_back": partial(transport.step, -10),
        "ten_on": partial(transport.step, 10),
        "second_back": partial(transport.step, -second),
        "second_on": partial(transport.step, second),
        "start": partial(transport.go, 0),
        "end": lambda: transport.go(session.frames - 1),
        "loop_in": session.loop_in,
        "loop_out": session.loop_out,
        "loop_toggle": session.loop_toggle,
        "loop_clear": session.loop_clear,
        "loop_event": partial(_loop_event, session, transport),
        "review": partial(_review, session, transport),
    }


def _loop_event(session: Session, transport: Transport) -> None:
    session.loop_event()
    transport.play()


def _review(session: Session, transport: Transport) -> None:
    first, end = session.review_stretch()
    session.go(first)
    transport.play(until=end)


def _events(session: Session, transport: Transport) -> dict[str, Deed]:
    def quietly(deed: Deed) -> Deed:
        def run() -> None:
            transport.stop()
            deed()

        return run

    def flip(name: str) -> None:
        shown = session.state.shown
        flipped: dict[str, Any] = {name: not getattr(shown, name)}
        session.filter(replace(shown, **flipped))

    return {
        "previous": quietly(partial(session.step_event, -1)),
        "next": quietly(partial(session.step_event, 1)),
        "previous_marker": quietly(partial(session.step_marker, -1)),
        "next_marker": quietly(partial(session.step_marker, 1)),
        "next_flagged": quietly(partial(session.step_flagged, 1)),
        "previous_flagged": quietly(partial(session.step_flagged, -1)),
        "hide_unchanged": partial(flip, "hide_unchanged"),
        "flagged_only": partial(flip, "flagged_only"),
        "undecided_only": partial(flip, "undecided_only"),
    }


def nudge_samples(session: Session, frames: Fraction) -> int:
    """A nudge in frames as the nearest number of samples."""
    return round(frames * session.sync.timeline.rate.frame * session.sync.sample_rate)


def _decide(session: Session, transport: Transport) -> dict[str, Deed]:
    one, quarter = (nudge_samples(session, Fraction(1, n)) for n in (1, 4))
    ms = round(Fraction(session.sync.sample_rate, 1000))
    sizes = {"nudge": one, "quarter": quarter, "ms": ms, "sample": 1}
    nudges: dict[str, Deed] = {
        f"{name}_{way}": partial(session.nudge, sign * size)
        for name, size in sizes.items()
        for way, sign in (("back", -1), ("on", 1))
    }
    return {
        **nudges,
        "accept": session.accept,
        "reject": session.reject,
        "reopen": session.reopen,
        "undo": session.undo,
        "redo": session.redo,
        "marker": session.mark,
        "spot_check": partial(_spot_check, session, transport),
        "heard_early": partial(session.answer, Answer.EARLY),
        "heard_sync": partial(session.answer, Answer.SYNC),
        "heard_late": partial(session.answer, Answer.LATE),
    }


def _spot_check(session: Session, transport: Transport) -> None:
    transport.stop()
    if session.state.spot is not None:
        session.stop_spot_check()
    elif session.start_spot_check():
        transport.play()


def _look(session: Session) -> dict[str, Deed]:
    ways = {
        "guide": Listen.GUIDE,
        "new": Listen.NEW,
        "sum": Listen.SUM,
        "split": Listen.SPLIT,
        "cancel": Listen.DIFFERENCE,
    }
    return {
        **{name: partial(session.hear, way) for name, way in ways.items()},
        "zoom_event": session.zoom_to_event,
        "zoom_in": partial(session.zoom, Fraction(1, 2)),
        "zoom_out": partial(session.zoom, Fraction(2)),
        "overlay": lambda: session.look(overlay=not session.state.overlay),
        "difference": lambda: session.look(difference=not session.state.difference),
        "compare": session.next_compare,
    }
