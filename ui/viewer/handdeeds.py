"""What keys do while an event is synced by hand: the same ones move the picture, or the take."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from conform.timecode import sample_at
from ui.review.session import Session
from ui.viewer.transport import Transport

Deed = Callable[[], object]

_PLAYED = Fraction(4)  # seconds of a take that are heard from the cursor on


def hand_deeds(session: Session) -> dict[str, Deed]:
    """The functions of the actions that mark and pair."""
    return {
        "hand": session.hand_toggle,
        "hand_side": session.hand_side,
        "mark_frame": session.mark_frame,
        "mark_sound": session.mark_sound,
        "mark_exact": partial(session.mark_sound, snap=False),
        "pair": session.pair_marks,
    }


def take_deeds(session: Session, transport: Transport) -> dict[str, Deed]:
    """What actions do in the take that otherwise move the picture or its sound."""
    frame = session.sync.timeline.rate.frame
    sizes = {
        "frame": frame,
        "ten": 10 * frame,
        "second": Fraction(1),
        "nudge": frame,
        "quarter": frame / 4,
        "ms": Fraction(1, 1000),
        "sample": Fraction(1, session.sync.sample_rate),
    }
    steps: dict[str, Deed] = {
        f"{name}_{way}": partial(_step, session, transport, sign * size)
        for name, size in sizes.items()
        for way, sign in (("back", -1), ("on", 1))
    }
    return {
        **steps,
        "play": partial(_play, session, transport),
        "start": lambda: session.hand_go(Fraction(0)),
        "end": partial(_end, session),
        "zoom_in": partial(session.hand_zoom, Fraction(1, 2)),
        "zoom_out": partial(session.hand_zoom, Fraction(2)),
        "zoom_event": partial(session.hand_zoom, Fraction(10**6)),
    }


def _step(session: Session, transport: Transport, by: Fraction) -> None:
    """Move the cursor and hear where it is."""
    hand = session.state.hand
    if hand is not None:
        session.hand_go(hand.cursor + by)
        _hear(session, transport)


def _play(session: Session, transport: Transport) -> None:
    """Hear the take from the cursor on, or stop."""
    if transport.auditioning:
        transport.stop()
    else:
        _hear(session, transport, _PLAYED)


def _end(session: Session) -> None:
    roll = session.laid_roll
    if roll is not None:
        session.hand_go(roll.duration)


def _hear(session: Session, transport: Transport, seconds: Fraction | None = None) -> None:
    hand, layout = session.state.hand, session.hand_layout()
    if hand is None or layout is None:
        return
    start = sample_at(hand.cursor, layout.sample_rate)
    if seconds is None:
        transport.audition(layout, start)
    else:
        transport.audition(layout, start, seconds)
