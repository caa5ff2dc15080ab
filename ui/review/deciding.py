"""Deciding: nudges, takes, acceptance, comments, markers; every step can be undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from conform.review.decision import Choice, Decision, Review, how_placed, placed_zero
from conform.review.holding import fingerprint
from conform.synced import Status
from conform.timeline import Marker
from ui.review.history import History, Past
from ui.review.judging import undecided
from ui.review.moving import Moving

_AS_FOUND = {
    Status.MEASURED: "At the measured place",
    Status.METADATA: "As timecode puts it",
    Status.BY_HAND: "As a hand has put it",
    Status.NOT_MEASURED: "Not placed",
}
"""What is said of an event that the reviewer has not moved."""

Clock = Callable[[], datetime]
"""What time it is, with its zone."""


def wall_clock() -> datetime:
    """The local time."""
    return datetime.now().astimezone()


class Deciding(Moving):
    """What changes the review. Every decision bears the name of its `reviewer`, and its time."""

    def __init__(
        self, *args: Any, reviewer: str = "", clock: Clock = wall_clock, **named: Any
    ) -> None:
        super().__init__(*args, **named)
        self.reviewer, self._clock = reviewer, clock
        self._history = History()

    def _set(self, **changes: Any) -> None:
        if changes.get("selected", self.state.selected) != self.state.selected:
            self._history = self._history.closed()  # a run of nudges ends with its event
        super()._set(**changes)

    def nudge(self, samples: int) -> None:
        """Move the selected event's sound later (earlier below zero); a run merges into one."""
        event = self.event
        if event is None or placed_zero(event, self.decision, self.sync.sample_rate) is None:
            self.say("There is no sound under this event to move")
            return
        moved = replace(self.decision, nudge=self.decision.nudge + samples)
        self._decide(reopened(moved), "nudge", merge=f"nudge {event.id}")
        self._say_place()

    def snap(self) -> None:
        """Put the sound where it was measured."""
        if self.decision.moves:
            put = replace(self.decision, nudge=0, take="", place=None, pair=None)
            self._decide(reopened(put), "snap to measured")
        self._say_place()

    def place_at(self, nudge: int) -> None:
        """Move the sound to a nudge that a new measurement gave."""
        if nudge != self.decision.nudge:
            self._decide(reopened(replace(self.decision, nudge=nudge)), "snap to new measurement")
        self._say_place()

    def use_take(self, take: str, place: Fraction | None) -> None:
        """Lay another take under the event, `place` being its first sample's record time.

        Without a place it lies nowhere until it is placed by hand.
        """
        other = replace(self.decision, take=take, place=place, pair=None, nudge=0)
        self._decide(reopened(other), "alternative take")

    def accept(self) -> None:
        """Accept the event as it lies, and go on to the next flagged one."""
        self._choose(Choice.ACCEPTED)

    def reject(self) -> None:
        """Reject the event: it will be silent; go on to the next flagged one."""
        self._choose(Choice.REJECTED)

    def reopen(self) -> None:
        """Take the decision on the event back."""
        if self.decision.decided:
            self._decide(reopened(self.decision), "reopen")

    def comment(self, text: str) -> None:
        """Write a comment on the event."""
        if text != self.decision.comment:
            self._decide(replace(self.decision, comment=text), "comment")

    def mark(self, name: str = "") -> None:
        """Set a marker at the playhead; the one that stands there is renamed, or taken away."""
        at = self.sync.picture_in + self.seconds(self.state.playhead)
        review = self.state.review
        rest = tuple(marker for marker in review.markers if marker.at != at)
        away = len(rest) < len(review.markers) and not name
        added = () if away else (Marker(at, name or "review"),)
        everything = tuple(sorted((*rest, *added), key=lambda marker: marker.at))
        self._do(replace(review, markers=everything), "marker")

    def set_latency(self, latency: Fraction | None) -> None:
        """Say how late the monitoring path makes the sound; it is never exported."""
        self._do(replace(self.state.review, latency=latency), "monitor latency")

    def override(self, reason: str) -> None:
        """Allow an export before everything is decided; the report gives the reason."""
        self._do(replace(self.state.review, override=reason.strip()), "override")

    def _choose(self, choice: Choice) -> None:
        event = self.event
        if event is None:
            return
        seen = fingerprint(event, self.sync, self.files, self.decision.take)
        chosen = replace(self.decision, choice=choice, seen=seen, carried=False, cleared="")
        self._decide(chosen, str(choice))
        if undecided(self.sync, self.standing, self.state.review.by_event()):
            self.step_flagged(1)

    def _decide(self, decision: Decision, label: str, merge: str = "") -> None:
        if self.event is not None and decision != self.decision:
            at = self._clock().isoformat(timespec="seconds")
            made = replace(decision, by=self.reviewer, at=at)
            self._do(self.state.review.with_decision(made), label, merge)

    def _do(self, review: Review, label: str, merge: str = "") -> None:
        if review == self.state.review:
            return
        self._history = self._history.did(
            Past(label, self.state.review, self.state.selected, merge)
        )
        self._set(review=review, saved=False)

    def _say_place(self) -> None:
        decision = self.decision
        if not decision.moves:
            self.say(_AS_FOUND[self.event.status] if self.event else "")
            return
        take = Path(decision.take).stem if decision.take else ""
        said = how_placed(decision, self.sync, take)
        frames = float(
            Fraction(abs(decision.nudge), self.sync.sample_rate) * self.sync.timeline.rate.fps
        )
        more = f" ({frames:.3f} frames)" if decision.nudge else ""
        self.say(f"By hand: {said}{more}")

    def undo(self) -> None:
        """Take the last change back."""
        self._travel(self._history.undo(self.state.review), "Undone")

    def redo(self) -> None:
        """Do again what was taken back."""
        self._travel(self._history.redo(self.state.review), "Done again")

    def _travel(self, step: tuple[Past, History] | None, word: str) -> None:
        if step is None:
            self.say("Nothing to undo" if word == "Undone" else "Nothing to do again")
            return
        past, self._history = step
        self._set(
            review=past.review, selected=past.selected, saved=False, message=f"{word}: {past.label}"
        )


def reopened(decision: Decision) -> Decision:
    """What was moved is to be decided again."""
    return replace(decision, choice=Choice.OPEN, seen="", carried=False, cleared="")
