"""A reviewer's session: everything that can be done to it, and who is told.

No window is needed: a widget draws `state`, calls the methods, and listens for the next state.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from adapters import session as files
from conform.decision import Choice, Decision, Review, applied
from conform.errors import ConformError
from conform.holding import carry, fingerprint, holding, marks
from conform.match import early_or_late
from conform.spotcheck import Heard, trials
from conform.synced import EventSync, Sync
from conform.timecode import sample_at
from conform.timeline import ZERO, Marker
from ui.review.history import History, Past
from ui.review.judging import Judged, judged, undecided
from ui.review.layout import Layout, layout
from ui.review.programme import guide_of
from ui.review.state import Compare, Filter, Listen, Loop, SpotCheck, State, View

Listener = Callable[[State, State], None]
"""Told of every change: the state before, and the state now."""

_AROUND = Fraction(1)  # seconds before and after an event when it is looped or shown
_LEAD = Fraction(10)  # seconds played before and after an event that is reviewed
_CLOSEST = Fraction(1, 200)  # seconds that the lanes show at the highest zoom


class GateError(ConformError):
    """An export before every flagged event was decided."""


class Session:
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
        self.guide, self.guide_channels = guide_of(guide) if guide else (None, 1)
        self.files: Mapping[str, str] = marks(sync, dict((review or Review()).marks))
        held = holding(review or Review(), sync, self.files)
        self.offline = offline(sync)
        self.standing: tuple[Judged, ...] = judged(sync, self.offline)
        self.guide_in = sync.picture_in if guide == self.picture else ZERO
        self.writable = path is not None and _can_write(path)
        self._places = {event.id: place for place, event in enumerate(sync.events)}
        self._history = History()
        self._listeners: list[Listener] = []
        self._layout: tuple[Review, object, Layout] | None = None
        whole = View(ZERO, max(sync.length, Fraction(1)))
        self.state = State(held, selected=0 if sync.events else -1, view=whole)

    @classmethod
    def opened(
        cls, path: Path, *, carried: Path | None = None, second: Path | None = None
    ) -> Session:
        """A session file; decisions of an earlier one are carried over where they still hold."""
        sync, review = files.load(path), files.load_review(path)
        if carried is not None:
            before, old = files.load(carried), files.load_review(carried)
            review = carry(old, before, sync, marks(sync, {}))
        return cls(sync, path=path, review=review, guide=Path(sync.picture), second=second)

    # -- telling ------------------------------------------------------------------------------

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

    # -- looking ------------------------------------------------------------------------------

    @property
    def event(self) -> EventSync | None:
        """The selected event."""
        chosen = self.state.selected
        return self.sync.events[chosen] if 0 <= chosen < len(self.sync.events) else None

    @property
    def decision(self) -> Decision:
        """The decision on the selected event."""
        return self.state.review.of(self.event.id) if self.event else Decision("")

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

    def event_at(self, frame: int) -> int | None:
        """The place of the event that sounds in a frame; the selected one where several do."""
        moment = self.seconds(frame) + self.sync.timeline.rate.frame / 2
        under = [
            place
            for place, event in enumerate(self.sync.events)
            if self.span(event)[0] <= moment < self.span(event)[1]
        ]
        if self.state.selected in under:
            return self.state.selected
        return under[0] if under else None

    def layout(self) -> Layout:
        """What lies under the picture as decided, a hidden offset of a spot-check included."""
        trial = self.state.spot.now if self.state.spot else None
        key = (self.state.review, trial)
        if self._layout is None or self._layout[:2] != key:
            stems = self._layout[2].stems if self._layout else ()
            sync = self._with_trial()
            made = layout(
                sync, self.state.review, self.guide, self.guide_channels, self.guide_in, stems
            )
            self._layout = (*key, made)
        return self._layout[2]

    def _with_trial(self) -> Sync:
        trial = self.state.spot.now if self.state.spot else None
        if trial is None:
            return self.sync
        shift = Fraction(trial.planted_ms, 1000)
        events = tuple(
            replace(event, zero=event.zero - shift)
            if event.id == trial.event and event.zero is not None
            else event
            for event in self.sync.events
        )
        return replace(self.sync, events=events)

    def shown(self) -> list[int]:
        """The events that pass the filter, in record order."""
        chosen, decisions = self.state.shown, self.state.review.by_event()
        return [
            place
            for place, event in enumerate(self.sync.events)
            if _passes(event, self.standing[place], decisions.get(event.id), chosen)
        ]

    # -- moving -------------------------------------------------------------------------------

    def select(self, place: int) -> None:
        """Select an event and go to its first frame."""
        if not 0 <= place < len(self.sync.events):
            return
        self._close()
        first, _ = self.span(self.sync.events[place])
        self._set(selected=place, playhead=self._inside(self.sync.timeline.rate.nearest(first)))
        self._reveal(self.sync.events[place])

    def select_only(self, place: int) -> None:
        """Select an event and leave the playhead where it is."""
        if place != self.state.selected and 0 <= place < len(self.sync.events):
            self._close()
            self._set(selected=place)

    def step_event(self, by: int) -> None:
        """Select the next (or previous) event that the worklist shows."""
        self._select_from(self.shown(), by)

    def step_flagged(self, by: int) -> None:
        """Select the next (or previous) flagged event that is undecided, around the end."""
        left = undecided(self.sync, self.standing, self.state.review.by_event())
        if not left:
            self.say("Every flagged event is decided")
            return
        ahead = [place for place in left if (place - self.state.selected) * by > 0]
        self.select((ahead or left)[0 if by > 0 else -1])

    def _select_from(self, places: Sequence[int], by: int) -> None:
        ahead = [place for place in places if (place - self.state.selected) * by > 0]
        if ahead:
            self.select(ahead[0 if by > 0 else -1])

    def go(self, frame: int) -> None:
        """Put the playhead on a frame."""
        self._set(playhead=self._inside(frame))

    def _inside(self, frame: int) -> int:
        return min(max(frame, 0), self.frames - 1)

    def show(self, first: Fraction, seconds: Fraction) -> None:
        """Show a stretch of picture time in the lanes."""
        whole = max(self.sync.length, _CLOSEST)
        seconds = min(max(seconds, _CLOSEST), whole)
        self._set(view=View(min(max(first, ZERO), whole - seconds), seconds))

    def zoom(self, factor: Fraction, around: Fraction | None = None) -> None:
        """Show more (above 1) or less around a moment, else around the playhead."""
        view = self.state.view
        centre = self.seconds(self.state.playhead) if around is None else around
        if not view.first <= centre <= view.first + view.seconds:
            centre = view.first + view.seconds / 2
        seconds = min(max(view.seconds * factor, _CLOSEST), max(self.sync.length, _CLOSEST))
        self.show(centre - (centre - view.first) * seconds / view.seconds, seconds)

    def zoom_to_event(self) -> None:
        """Show the selected event with a second to either side; once more: the whole picture."""
        if self.event is None:
            return
        first, last = self.span(self.event)
        wanted = View(max(ZERO, first - _AROUND), last - first + 2 * _AROUND)
        if self.state.view == wanted:
            self.show(ZERO, self.sync.length)
        else:
            self.show(wanted.first, wanted.seconds)

    def _reveal(self, event: EventSync) -> None:
        """Move the view where an event lies outside it; its zoom stays."""
        view, (first, last) = self.state.view, self.span(event)
        if first < view.first or last > view.first + view.seconds:
            room = max(_AROUND, (view.seconds - (last - first)) / 2)
            self.show(first - room, max(view.seconds, Fraction(1, 2)))

    def follow(self, frame: int) -> None:
        """Turn the page where the playhead leaves the view."""
        view, moment = self.state.view, self.seconds(frame)
        if moment < view.first or moment > view.first + view.seconds:
            self.show(moment - view.seconds / 20, view.seconds)

    # -- loop ---------------------------------------------------------------------------------

    def loop_in(self) -> None:
        """The loop begins at the playhead."""
        end = self.state.loop.end if self.state.loop else self.frames
        first = self.state.playhead
        self._set(loop=Loop(first, end if end > first else self.frames))

    def loop_out(self) -> None:
        """The loop ends with the playhead's frame."""
        first = self.state.loop.first if self.state.loop else 0
        end = self.state.playhead + 1
        self._set(loop=Loop(first if first < end else 0, end))

    def loop_toggle(self) -> None:
        """Play the loop, or play straight on."""
        if self.state.loop is not None:
            self._set(loop=replace(self.state.loop, on=not self.state.loop.on))

    def loop_clear(self) -> None:
        """Forget the loop."""
        self._set(loop=None)

    def loop_event(self, lead: Fraction = _AROUND) -> None:
        """Loop the selected event with some time before and after it, from its start."""
        if self.event is None:
            return
        first, last = self.span(self.event)
        rate = self.sync.timeline.rate
        start = self._inside(rate.nearest(first - lead))
        end = min(max(rate.nearest(last + lead), start + 1), self.frames)
        self._set(loop=Loop(start, end), playhead=start)

    def review_stretch(self) -> tuple[int, int]:
        """The frames that are played to review an event: 10 s before it to 10 s after it."""
        if self.event is None:
            return self.state.playhead, self.frames
        first, last = self.span(self.event)
        rate = self.sync.timeline.rate
        return self._inside(rate.nearest(first - _LEAD)), self._inside(rate.nearest(last + _LEAD))

    # -- listening ----------------------------------------------------------------------------

    def hear(self, listen: Listen) -> None:
        """Listen to guide, new sound, or both in some way."""
        self._set(listen=listen)

    def solo(self, stem: str) -> None:
        """Hear a stem alone, or with the others again."""
        self._set(solo=self.state.solo ^ {stem})

    def mute(self, stem: str) -> None:
        """Silence a stem, or hear it again."""
        self._set(muted=self.state.muted ^ {stem})

    def set_speed(self, speed: Fraction) -> None:
        """Say how fast the transport runs."""
        self._set(speed=speed)

    def look(self, **changes: Any) -> None:
        """Change what is drawn: `overlay`, `difference`, `compare`."""
        self._set(**changes)

    def next_compare(self) -> None:
        """The next way to show the second picture."""
        ways = list(Compare)
        self._set(compare=ways[(ways.index(self.state.compare) + 1) % len(ways)])

    def filter(self, shown: Filter) -> None:
        """Choose which events the worklist shows."""
        self._set(shown=shown)

    # -- deciding -----------------------------------------------------------------------------

    def nudge(self, samples: int) -> None:
        """Move the selected event's sound later (earlier below zero); a run merges into one."""
        event = self.event
        if event is None or (event.zero is None and self.decision.place is None):
            self.say("There is no sound under this event to move")
            return
        moved = replace(self.decision, nudge=self.decision.nudge + samples)
        self._decide(_reopened(moved), "nudge", merge=f"nudge {event.id}")
        self._say_place()

    def snap(self) -> None:
        """Put the sound where it was measured."""
        if self.decision.nudge or self.decision.take:
            put = replace(self.decision, nudge=0, take="", place=None)
            self._decide(_reopened(put), "snap to measured")
        self._say_place()

    def place_at(self, nudge: int) -> None:
        """Move the sound to a nudge that a new measurement gave."""
        if nudge != self.decision.nudge:
            self._decide(_reopened(replace(self.decision, nudge=nudge)), "snap to new measurement")
        self._say_place()

    def use_take(self, take: str, place: Fraction | None) -> None:
        """Lay another take under the event, `place` being its first sample's record time."""
        other = replace(self.decision, take=take, place=place, nudge=0)
        self._decide(_reopened(other), "alternative take")

    def accept(self) -> None:
        """Accept the event as it lies, and go on to the next flagged one."""
        self._choose(Choice.ACCEPTED)

    def reject(self) -> None:
        """Reject the event: it will be silent; go on to the next flagged one."""
        self._choose(Choice.REJECTED)

    def reopen(self) -> None:
        """Take the decision on the event back."""
        if self.decision.decided:
            self._decide(_reopened(self.decision), "reopen")

    def comment(self, text: str) -> None:
        """Write a comment on the event."""
        if text != self.decision.comment:
            self._decide(replace(self.decision, comment=text), "comment")

    def mark(self, name: str = "") -> None:
        """Set a marker at the playhead, or take away the one that stands there."""
        at = self.sync.picture_in + self.seconds(self.state.playhead)
        review = self.state.review
        rest = tuple(marker for marker in review.markers if marker.at != at)
        added = () if len(rest) < len(review.markers) else (Marker(at, name or "review"),)
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
        seen = fingerprint(event, self.sync, self.files)
        chosen = replace(self.decision, choice=choice, seen=seen, carried=False, cleared="")
        self._decide(chosen, str(choice))
        if undecided(self.sync, self.standing, self.state.review.by_event()):
            self.step_flagged(1)

    def _decide(self, decision: Decision, label: str, merge: str = "") -> None:
        if self.event is not None:
            self._do(self.state.review.with_decision(decision), label, merge)

    def _do(self, review: Review, label: str, merge: str = "") -> None:
        if review == self.state.review:
            return
        self._history = self._history.did(
            Past(label, self.state.review, self.state.selected, merge)
        )
        self._set(review=review, saved=False)

    def _close(self) -> None:
        self._history = self._history.closed()

    def _say_place(self) -> None:
        moved = self.decision.nudge
        if not moved:
            self.say("At the measured place")
            return
        frames = float(Fraction(moved, self.sync.sample_rate) * self.sync.timeline.rate.fps)
        self.say(f"Moved {abs(moved)} samples ({abs(frames):.3f} frames) {early_or_late(-moved)}")

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

    # -- blind spot-check ---------------------------------------------------------------------

    def start_spot_check(self, count: int = 12, seed: int | None = None) -> None:
        """Hide offsets in some measured events and ask for each what the reviewer hears."""
        ready = [e.id for e, judge in zip(self.sync.events, self.standing, strict=True)
                 if e.zero is not None and not judge.flagged]  # fmt: skip
        repeated = (ready * count)[:count]
        made = trials(range_of(repeated), count, secrets.randbits(32) if seed is None else seed)
        if not made:
            self.say("A spot-check needs measured events that are not flagged")
            return
        named = tuple(replace(t, event=repeated[int(t.event)]) for t in made)
        self._set(spot=SpotCheck(named))
        self._go_to_trial()

    def answer(self, heard: Heard) -> None:
        """Answer the trial that is playing; nothing is shown before the last one."""
        spot = self.state.spot
        if spot is None or spot.now is None:
            return
        given = replace(spot.now, answer=heard)
        done = (*spot.trials[: spot.at], given, *spot.trials[spot.at + 1 :])
        if spot.at + 1 < len(done):
            self._set(spot=SpotCheck(done, spot.at + 1))
            self._go_to_trial()
        else:
            self._set(spot=None)
            review = self.state.review
            self._do(replace(review, trials=(*review.trials, *done)), "spot-check")

    def stop_spot_check(self) -> None:
        """Leave the spot-check; its answers are forgotten."""
        self._set(spot=None)

    def _go_to_trial(self) -> None:
        spot = self.state.spot
        if spot and spot.now:
            self.select(self._places[spot.now.event])
            self.loop_event()

    # -- saving and exporting -----------------------------------------------------------------

    def save(self) -> None:
        """Write the session with its decisions, whole; raises `ConformError`."""
        review = self.state.review
        write(self.sync, self.path, review)
        self.saved(review)

    def saved(self, review: Review) -> None:
        """Note that a review is on disk."""
        if review == self.state.review:
            self._set(saved=True)

    def undecided(self) -> list[int]:
        """The flagged events that stand in the way of an export."""
        return undecided(self.sync, self.standing, self.state.review.by_event())

    def to_export(self) -> Sync:
        """The cut to write; raises `GateError` while flagged events are undecided."""
        left = self.undecided()
        if left and not self.state.review.override:
            names = ", ".join(self.sync.events[place].id for place in left[:8])
            more = f" and {len(left) - 8} more" if len(left) > 8 else ""
            raise GateError(
                f"{len(left)} flagged events are undecided ({names}{more}): accept or reject them, "
                "or override with a reason"
            )
        return applied(self.sync, self.state.review)


def write(sync: Sync, path: Path | None, review: Review) -> None:
    """Put a session on disk with its review; nothing where it came without a file."""
    if path is not None:
        files.save(sync, path, review, force=True)


def offline(sync: Sync) -> frozenset[str]:
    """The files of a session that are not there."""
    paths = {path for roll in sync.rolls for path in roll.paths}
    paths |= {path for event in sync.events if event.roll for path in event.roll.paths}
    paths |= {Path(sync.picture)} if sync.picture else set()
    return frozenset(str(path) for path in paths if not path.is_file())


def range_of(items: Sequence[str]) -> list[str]:
    """The places of items, as texts: a trial may come back to an event."""
    return [str(place) for place in range(len(items))]


def _can_write(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.resolve().parent, os.W_OK)


def _reopened(decision: Decision) -> Decision:
    """What was moved is to be decided again."""
    return replace(decision, choice=Choice.OPEN, seen="", carried=False, cleared="")


def _passes(event: EventSync, judge: Judged, decision: Decision | None, shown: Filter) -> bool:
    words = f"{event.id} {event.clip.name} {event.roll.name if event.roll else ''}".lower()
    return (
        not (shown.hide_unchanged and judge.unchanged)
        and not (shown.flagged_only and not judge.flagged)
        and not (shown.undecided_only and decision is not None and decision.decided)
        and shown.text.lower() in words
    )
