"""Moving through a cut: events, playhead, view, loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from conform.synced import EventSync
from conform.timeline import ZERO
from ui.review.desk import Desk
from ui.review.judging import undecided
from ui.review.state import Compare, Filter, Listen, Loop, View

_AROUND = Fraction(1)  # seconds before and after an event when it is looped or shown
_LEAD = Fraction(10)  # seconds played before and after an event that is reviewed
_CLOSEST = Fraction(1, 200)  # seconds that the lanes show at the highest zoom


class Moving(Desk):
    """What changes where the reviewer stands, and nothing that is saved."""

    def select(self, place: int) -> None:
        """Select an event and go to its first frame."""
        if not 0 <= place < len(self.sync.events):
            return
        first, _ = self.span(self.sync.events[place])
        self._set(selected=place, playhead=self._inside(self.sync.timeline.rate.nearest(first)))
        self._reveal(self.sync.events[place])

    def select_only(self, place: int) -> None:
        """Select an event and leave the playhead where it is."""
        if place != self.state.selected and 0 <= place < len(self.sync.events):
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

    def step_marker(self, by: int) -> None:
        """Go to the next (or previous) marker, the reviewer's or the cut's, and say its name."""
        rate, here = self.sync.timeline.rate, self.state.playhead
        markers = (*self.state.review.markers, *self.sync.timeline.markers)
        places = [(rate.nearest(one.at - self.sync.picture_in), one.name) for one in markers]
        ahead = sorted((place for place in places if (place[0] - here) * by > 0), reverse=by < 0)
        if not ahead:
            self.say("No marker further on" if by > 0 else "No marker before this")
            return
        self.go(ahead[0][0])
        self.follow(self.state.playhead)
        self.say(f"Marker: {ahead[0][1]}")

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
