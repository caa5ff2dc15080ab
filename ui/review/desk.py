"""The desk that a review happens at: the cut, its standing, the state, and who is told of it."""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any

from conform import media
from conform.errors import ConformError
from conform.laying.plan import Planner
from conform.media import Media
from conform.review.decision import Decision, Review, placed_zero
from conform.review.holding import holding, marks
from conform.review.leader import PopCheck
from conform.synced import EventSync, Sync
from conform.timecode import sample_at
from conform.timeline import ZERO
from ui.review.judging import Judged, Mark, judged
from ui.review.layout import Layout, laid_alike, layout
from ui.review.state import Filter, SpotCheck, State, View

Listener = Callable[[State, State], None]
"""Told of every change: the state before, and the state now."""


class Desk:
    """A cut under review. `path` is its file; None where the material came without a session."""

    def __init__(
        self,
        sync: Sync,
        *,
        path: Path | None = None,
        review: Review | None = None,
        guide: Path | None = None,
        second: Path | None = None,
    ) -> None:
        self.sync, self.path, self.second = sync, path, second
        self.picture = Path(sync.picture) if sync.picture else None
        self.movie = probed(self.picture)
        heard = self.movie if guide == self.picture else probed(guide)
        self.guide = guide if heard and heard.audio else None
        self.guide_channels = min(heard.audio[0].channels, 2) if heard and heard.audio else 1
        self.files: Mapping[str, str] = marks(sync, dict((review or Review()).marks))
        held = holding(review or Review(), sync, self.files)
        self.offline = offline(sync)
        self.standing: tuple[Judged, ...] = judged(sync, self.offline)
        self.writable = path is not None and _can_write(path)
        self._spans = tuple(self.span(event) for event in sync.events)
        self.edges = tuple((float(first), float(last)) for first, last in self._spans)
        """Every event's first and last moment in picture time, in seconds, for drawing."""
        self._starts = [first for first, _ in self.edges]
        self._latest = list(accumulate((last for _, last in self.edges), max))
        self._listeners: list[Listener] = []
        self._planner = Planner()
        self._layout: tuple[Review, SpotCheck | None, Layout] | None = None
        whole = View(ZERO, max(sync.length, Fraction(1)))
        self._decisions: tuple[Review, Mapping[str, Decision]] = (held, held.by_event())
        self.state = State(held, selected=0 if sync.events else -1, view=whole)

    def listen_to(self, listener: Listener) -> None:
        """Tell a listener of every change from now on."""
        self._listeners.append(listener)

    def _set(self, **changes: Any) -> None:
        before = self.state
        self.state = replace(before, **changes)
        if self.state != before:
            for listener in self._listeners:
                listener(before, self.state)

    def say(self, message: str) -> None:
        """Show a line to the reviewer."""
        self._set(message=message)

    def found_pops(self, pops: tuple[PopCheck, ...]) -> None:
        """Show where the leaders' pops lie."""
        self._set(pops=pops)

    @property
    def event(self) -> EventSync | None:
        """The selected event."""
        chosen = self.state.selected
        return self.sync.events[chosen] if 0 <= chosen < len(self.sync.events) else None

    @property
    def decision(self) -> Decision:
        """The decision on the selected event."""
        return self.decided(self.event.id) if self.event else Decision("")

    def decided(self, event: str) -> Decision:
        """The decision on an event, an open one where there is none."""
        review = self.state.review
        if self._decisions[0] is not review:
            self._decisions = (review, review.by_event())
        return self._decisions[1].get(event) or Decision(event)

    def mark_of(self, place: int) -> Mark:
        """How an event stands as decided: what a hand has moved is no longer measured."""
        mark, event = self.standing[place].mark, self.sync.events[place]
        decision = self.decided(event.id)
        if not decision.moves or mark is Mark.OFFLINE:
            return mark
        laid = placed_zero(event, decision, self.sync.sample_rate) is not None
        return Mark.BY_HAND if laid else Mark.NOT_MEASURED

    @property
    def frames(self) -> int:
        """The picture's length in frames."""
        return max(1, self.sync.timeline.rate.nearest(self.sync.length))

    def span(self, event: EventSync) -> tuple[Fraction, Fraction]:
        """An event's first and last moment in picture time."""
        return (
            event.clip.record_in - self.sync.picture_in,
            event.clip.record_out - self.sync.picture_in,
        )

    def seconds(self, frame: int) -> Fraction:
        """A frame's start in picture time."""
        return self.sync.timeline.rate.seconds(frame)

    def sample(self, frame: int) -> int:
        """A frame's first sample."""
        return sample_at(self.seconds(frame), self.sync.sample_rate)

    def timecode(self, frame: int) -> str:
        """A frame's label on the record clock."""
        return self.sync.timeline.timecode(self.sync.picture_in + self.seconds(frame))

    def between(self, first: float, last: float) -> range:
        """The places that hold every event which sounds between two moments of picture time."""
        return range(bisect_right(self._latest, first), bisect_left(self._starts, last))

    def event_at(self, frame: int) -> int | None:
        """The place of the event that sounds in a frame; the selected one where several do."""
        moment = self.seconds(frame) + self.sync.timeline.rate.frame / 2
        under = [
            place
            for place in self.between(float(moment), float(moment))
            if self._spans[place][0] <= moment < self._spans[place][1]
        ]
        if self.state.selected in under:
            return self.state.selected
        return under[0] if under else None

    def layout(self) -> Layout:
        """What lies under the picture as decided, a hidden offset of a spot-check included.

        It belongs to the thread that changes the state.
        """
        review, spot, held = self.state.review, self.state.spot, self._layout
        if held is not None and held[0] is review and held[1] is spot:
            return held[2]
        if held is not None and held[1] is spot and laid_alike(held[0], review):
            made = held[2]  # a comment or an acceptance moves nothing
        else:
            sync, stems = _with_trial(self.sync, spot), held[2].stems if held else ()
            made = layout(sync, review, self.guide, self.guide_channels, self._planner, stems=stems)
        self._layout = (review, spot, made)
        return made

    def shown(self) -> list[int]:
        """The events that pass the filter, in record order."""
        chosen, decisions = self.state.shown, self.state.review.by_event()
        return [
            place
            for place, event in enumerate(self.sync.events)
            if _passes(event, self.standing[place], decisions.get(event.id), chosen)
        ]


def probed(path: Path | None) -> Media | None:
    """What a file holds; None where it is offline or none of its kind."""
    try:
        return media.probe(path) if path else None
    except ConformError:
        return None


def offline(sync: Sync) -> frozenset[str]:
    """The files of a session that are not there."""
    paths = {path for roll in sync.rolls for path in roll.paths}
    paths |= {path for event in sync.events if event.roll for path in event.roll.paths}
    paths |= {Path(sync.picture)} if sync.picture else set()
    return frozenset(str(path) for path in paths if not path.is_file())


def _can_write(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.resolve().parent, os.W_OK)


def _with_trial(sync: Sync, spot: SpotCheck | None) -> Sync:
    """The cut with the offset that a trial hides: sound that is early lies sooner."""
    trial = spot.now if spot else None
    if trial is None:
        return sync
    shift = Fraction(trial.planted_ms, 1000)
    events = tuple(
        replace(event, zero=event.zero - shift)
        if event.id == trial.event and event.zero is not None
        else event
        for event in sync.events
    )
    return replace(sync, events=events)


def _passes(event: EventSync, judge: Judged, decision: Decision | None, shown: Filter) -> bool:
    return (
        not (shown.hide_unchanged and judge.unchanged)
        and not (shown.flagged_only and not judge.flagged)
        and not (shown.undecided_only and decision is not None and decision.decided)
        and (not shown.text or shown.text.lower() in _words(event))
    )


def _words(event: EventSync) -> str:
    """What an event is found by."""
    return f"{event.id} {event.clip.name} {event.roll.name if event.roll else ''}".lower()
