"""The columns of the worklist: what each says of an event, and what it sorts by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ui.review.session import Session
from ui.review.texts import confidence, nudged, signed, slip, spread
from ui.viewer import look


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what it says of an event, and what it sorts by."""

    name: str
    text: Callable[[Session, int], str]
    key: Callable[[Session, int], Any]
    right: bool = False
    tip: str = ""
    room: str = ""
    """The longest text that may come to stand here."""


def _offset(part: str, digits: int) -> Callable[[Session, int], str]:
    def text(session: Session, place: int) -> str:
        found = slip(session.sync.events[place], session.sync)
        return "" if found is None else signed(getattr(found, part), digits)

    return text


def _slip_key(session: Session, place: int) -> float:
    found = slip(session.sync.events[place], session.sync)
    return float("-inf") if found is None else found.samples


def _flag(session: Session, place: int) -> str:
    return "⚑" if session.standing[place].flagged else ""


def _unflagged(session: Session, place: int) -> bool:
    return not session.standing[place].flagged


def _number(session: Session, place: int) -> str:
    return session.sync.events[place].id.lstrip("0") or "0"


def _place(session: Session, place: int) -> int:
    return place


def _mark(session: Session, place: int) -> str:
    return str(session.mark_of(place))


def _record_in(session: Session, place: int) -> str:
    return session.sync.timeline.timecode(session.sync.events[place].clip.record_in)


def _clip(session: Session, place: int) -> str:
    return session.sync.events[place].clip.name


def _spread(session: Session, place: int) -> str:
    return spread(session.sync.events[place])


def _evidence(session: Session, place: int) -> str:
    return confidence(session.sync.events[place])


def _nudge_key(session: Session, place: int) -> int:
    return session.decided(session.sync.events[place].id).nudge


def _nudged(session: Session, place: int) -> str:
    return nudged(_nudge_key(session, place), session.sync)


def _comment(session: Session, place: int) -> str:
    return session.decided(session.sync.events[place].id).comment


def _sense(session: Session, place: int) -> str:
    found = slip(session.sync.events[place], session.sync)
    return "" if found is None else found.sense


def _status(session: Session, place: int) -> str:
    sign = look.SIGNS[session.mark_of(place)]
    return f"{sign.shape} {sign.word}"


def _decided(session: Session, place: int) -> str:
    decision = session.decided(session.sync.events[place].id)
    sign = look.CHOICES[decision.choice]
    words = [f"{sign.shape} {sign.word}".strip()]
    words += ["carried"] if decision.carried else []
    words += ["cleared"] if decision.cleared else []
    words += ["✎"] if decision.comment else []
    return " ".join(word for word in words if word)


def _score(session: Session, place: int) -> float:
    match = session.sync.events[place].match
    return match.score if match else 0.0


def _spread_key(session: Session, place: int) -> float:
    match = session.sync.events[place].match
    return match.uncertainty_samples or 0.0 if match else float("inf")


COLUMNS: tuple[Column, ...] = (
    Column("", _flag, _unflagged, tip="Flagged: a person must decide"),
    Column("#", _number, _place, right=True, tip="Event"),
    Column("Status", _status, _mark),
    Column("Decision", _decided, _decided, room="✓ accepted ✎"),
    Column("Record in", _record_in, _place),
    Column("Clip", _clip, _clip),
    Column("Frames", _offset("frames", 2), _slip_key, right=True, tip="Timecode off by, in frames"),
    Column("Samples", _offset("samples", 0), _slip_key, right=True, tip="Timecode off by, samples"),
    Column("ms", _offset("ms", 1), _slip_key, right=True, tip="Timecode off by, in milliseconds"),
    Column("", _sense, _slip_key, tip="Whether timecode put the sound early or late"),
    Column("±", _spread, _spread_key, right=True, tip="95 % half-width, in samples"),
    Column("Evid.", _evidence, _score, right=True, tip="This place : the next best, powers of ten"),
    Column("Nudge", _nudged, _nudge_key, tip="Moved by hand", room="0.25 fr early"),
    Column("Comment", _comment, _comment),
)

SPOT_HIDES = frozenset({6, 7, 8, 9, 10, 11, 12})
"""Columns that would give a hidden offset away."""
