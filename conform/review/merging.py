"""Two reviews of one session, both grown from the same one, put together: nothing decided is lost.

What only one side changed is taken over. An event that both decided in different ways is open
again, laid as here, and says what was decided where.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from conform.match import early_or_late
from conform.review.decision import Choice, Decision, Review, signed_by

Value = TypeVar("Value")
Item = TypeVar("Item", bound=Hashable)


def merged(base: Review, ours: Review, theirs: Review) -> Review:
    """`ours` with everything that `theirs` changed since `base`."""
    if theirs in (base, ours):
        return ours
    before, here, there = base.by_event(), ours.by_event(), theirs.by_event()
    decisions = [
        _decision(
            before.get(event) or Decision(event),
            here.get(event) or Decision(event),
            there.get(event) or Decision(event),
        )
        for event in dict.fromkeys((*here, *there))
    ]
    return replace(
        ours,
        decisions=tuple(one for one in decisions if one != Decision(one.event)),
        markers=_items(base.markers, ours.markers, theirs.markers),
        trials=_items(base.trials, ours.trials, theirs.trials),
        latency=_changed(base.latency, ours.latency, theirs.latency),
        override=_changed(base.override, ours.override, theirs.override),
    )


def decided_twice(before: Review, after: Review) -> list[str]:
    """The events that a merge has opened again."""
    old = before.by_event()
    return [
        one.event
        for one in after.decisions
        if one.cleared.startswith(_TWICE) and old.get(one.event) != one
    ]


_TWICE = "decided twice"


def _decision(base: Decision, ours: Decision, theirs: Decision) -> Decision:
    if theirs in (base, ours):
        return ours
    if ours == base:
        return theirs
    words = dict.fromkeys(one.comment for one in (ours, theirs) if one.comment)
    comment = " / ".join(words)
    if _what(ours) == _what(theirs):
        return replace(ours, comment=comment)
    said = f"{_TWICE}: here {_said(ours)}; in another window {_said(theirs)}"
    return replace(ours, choice=Choice.OPEN, seen="", carried=False, comment=comment, cleared=said)


def _what(decision: Decision) -> Decision:
    """What was decided, whoever did it and whatever was said of it."""
    return replace(decision, comment="", by="", at="", seen="", cleared="", carried=False)


def _said(decision: Decision) -> str:
    words = [str(decision.choice)]
    words += ["another take"] if decision.take else []
    words += ["paired by hand"] if decision.pair else []
    moved = decision.nudge
    words += [f"moved {abs(moved)} samples {early_or_late(-moved)}"] if moved else []
    signed = signed_by(decision)
    return ", ".join(words) + (f" ({signed})" if signed else "")


def _items(base: Iterable[Item], ours: Sequence[Item], theirs: Sequence[Item]) -> tuple[Item, ...]:
    """Ours without what they took away, and what they added behind it."""
    before, there = set(base), set(theirs)
    kept = [one for one in ours if one in there or one not in before]
    return (*kept, *(one for one in theirs if one not in before and one not in set(ours)))


def _changed(base: Value, ours: Value, theirs: Value) -> Value:
    return theirs if ours == base else ours
