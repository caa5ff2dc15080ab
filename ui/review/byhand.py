"""Sync by hand: a frame of the picture and a clap in the take are marked, and paired."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from conform.errors import ConformError
from conform.laying.plan import Planner
from conform.review.decision import UNREVIEWED, placed_zero
from conform.review.pairing import Pair, clap_near
from conform.roll import Roll
from conform.synced import EventSync, Status
from conform.timeline import ZERO, Clip
from ui.review.deciding import Deciding, reopened
from ui.review.layout import Layout, layout
from ui.review.state import Hand, View

_CLOSEST = Fraction(1, 100)  # seconds of a take that are shown at the highest zoom


class ByHand(Deciding):
    """What places a take where nothing can be measured. The marks are kept only once they pair."""

    def _set(self, **changes: Any) -> None:
        selected = changes.get("selected", self.state.selected)
        if self.state.hand is not None and selected != self.state.selected:
            changes.setdefault("hand", None)  # the marks belong to one event
        super()._set(**changes)

    @property
    def laid_roll(self) -> Roll | None:
        """The take under the selected event, as chosen."""
        take = self.decision.take
        found = self.event.roll if self.event else None
        return next((roll for roll in self.sync.rolls if str(roll.path) == take), found)

    def hand_toggle(self) -> None:
        """Begin to sync the selected event by hand, or leave it as it is."""
        if self.state.hand is not None:
            self._set(hand=None)
            return
        event, roll = self.event, self.laid_roll
        if event is None or self.state.spot is not None:
            return
        if roll is None or str(roll.path) in self.offline:
            self.say("The take is offline" if roll else "Choose a take first")
            return
        pair, here = self.decision.pair, self._in_take(event)
        cursor = pair.sound if pair else min(max(here, ZERO), roll.duration)
        made = Hand(
            cursor,
            View(ZERO, roll.duration),
            pair.picture if pair else None,
            pair.sound if pair else None,
        )
        self._set(hand=made)

    def _in_take(self, event: EventSync) -> Fraction:
        """The time in the take that lies under the playhead; its start while it has no place."""
        zero = placed_zero(event, self.decision, self.sync.sample_rate)
        now = self.sync.picture_in + self.seconds(self.state.playhead)
        return ZERO if zero is None else now - zero

    @property
    def in_take(self) -> bool:
        """Whether the keys move the cursor in the take, and not the picture."""
        return self.state.hand is not None and self.state.hand.in_take

    def hand_side(self) -> None:
        """Move in the picture, or in the take."""
        hand = self.state.hand
        if hand is None:
            self.hand_toggle()
        else:
            self._set(hand=replace(hand, in_take=not hand.in_take))

    def hand_go(self, at: Fraction) -> None:
        """Put the cursor at a time in the take; the view follows."""
        hand, roll = self.state.hand, self.laid_roll
        if hand is None or roll is None:
            return
        cursor = Fraction(round(at * roll.sample_rate), roll.sample_rate)
        cursor = min(max(cursor, ZERO), roll.duration)
        moved = replace(hand, cursor=cursor, in_take=True)
        if not hand.view.first <= cursor <= hand.view.first + hand.view.seconds:
            moved = replace(moved, view=_inside(cursor, hand.view.seconds, roll))
        self._set(hand=moved)

    def hand_zoom(self, factor: Fraction) -> None:
        """Show more of the take (above 1) or less, around the cursor."""
        hand, roll = self.state.hand, self.laid_roll
        if hand is not None and roll is not None:
            seconds = min(max(hand.view.seconds * factor, _CLOSEST), roll.duration)
            self._set(hand=replace(hand, view=_inside(hand.cursor, seconds, roll)))

    def mark_frame(self) -> None:
        """Mark the picture's frame, on which a slate is closed or a door shut."""
        if self._opened() and self.state.hand is not None:
            at = self.sync.picture_in + self.seconds(self.state.playhead)
            self._set(hand=replace(self.state.hand, picture=at))
            self.say(f"Sync mark on the frame {self.timecode(self.state.playhead)}")

    def mark_sound(self, *, snap: bool = True) -> None:
        """Mark the cursor's place in the take, with `snap` the clap that is nearest to it."""
        roll = self.laid_roll
        if not self._opened() or self.state.hand is None or roll is None:
            return
        at, said = self.state.hand.cursor, "no clap is near"
        try:
            found = clap_near(roll, at) if snap else None
        except ConformError as fault:
            self.say(str(fault))
            return
        if found is not None:
            moved = float((found - at) * 1000)
            at, said = found, f"the clap, {abs(moved):.1f} ms {'on' if moved >= 0 else 'back'}"
        self._set(hand=replace(self.state.hand, cursor=at, sound=at))
        self.say(f"Sync mark at {float(at):.4f} s of the take" + (f": {said}" if snap else ""))

    def _opened(self) -> bool:
        """Whether an event is synced by hand now; begins to where it can be."""
        if self.state.hand is None:
            self.hand_toggle()
        return self.state.hand is not None

    def pair_marks(self) -> None:
        """Lay the marked sound on the marked frame's first sample."""
        hand = self.state.hand
        if hand is None or hand.picture is None or hand.sound is None:
            self.say("Pairing needs a mark on the picture and one on the take")
            return
        pair = Pair(hand.picture, hand.sound)
        self._decide(reopened(replace(self.decision, pair=pair, nudge=0)), "sync by hand")
        self._say_place()

    def hand_layout(self) -> Layout | None:
        """The take alone, from its first sample, as it is heard while it is searched."""
        roll = self.laid_roll
        if roll is None:
            return None
        clip = Clip(roll.name, ZERO, roll.duration, ZERO, roll.duration)
        alone = EventSync("take", clip, (1,), Status.BY_HAND, roll=roll, zero=ZERO)
        sync = replace(self.sync, events=(alone,), rolls=(roll,), length=roll.duration)
        return layout(replace(sync, picture_in=ZERO), UNREVIEWED, None, 1, Planner())


def _inside(centre: Fraction, seconds: Fraction, roll: Roll) -> View:
    """A view of so many seconds around a time, inside the take."""
    first = min(max(centre - seconds / 2, ZERO), max(ZERO, roll.duration - seconds))
    return View(first, seconds)
