"""A reviewer's session: everything that can be done to it.

No window is needed: a widget draws `state`, calls the methods, and listens for the next state.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

from adapters import reviews
from adapters import session as files
from adapters.reviews import Held
from conform.errors import ConformError, SessionError
from conform.review.decision import Review, applied
from conform.review.holding import carry, marks
from conform.review.merging import decided_twice, merged
from conform.review.spotcheck import Answer, threshold, trials
from conform.synced import Sync
from ui.review.byhand import ByHand
from ui.review.judging import undecided
from ui.review.state import SpotCheck


class GateError(ConformError):
    """An export before every flagged event was decided."""


class Session(ByHand):
    """A cut under review, with its file, its blind spot-check and its way out."""

    held: Held = Held(Review(), "")
    """What the file held when it was last read or written."""
    carried: Path | None = None
    """The earlier session that decisions came from."""

    @classmethod
    def opened(
        cls,
        path: Path,
        *,
        carried: Path | None = None,
        second: Path | None = None,
        reviewer: str = "",
    ) -> Session:
        """A session file; decisions of an earlier one are carried over where they still hold."""
        sync, review = files.load_reviewed(path)
        try:
            held = reviews.held(path)
        except SessionError:  # a bundle: its decisions can be read, and go on elsewhere
            held = None
        if carried is not None:
            before, old = files.load_reviewed(carried)
            review = carry(old, before, sync, marks(sync, {}))
        made = cls(
            sync,
            path=path,
            review=review,
            guide=Path(sync.picture),
            second=second,
            reviewer=reviewer,
        )
        made.held, made.writable = held or made.held, made.writable and held is not None
        made.carried = carried
        return made

    @property
    def beside(self) -> tuple[Path, ...]:
        """What is looked at beside the cut's own files, and is as little to be written over."""
        return tuple(path for path in (self.guide, self.second, self.carried) if path)

    def start_spot_check(self, count: int = 12, seed: int | None = None) -> bool:
        """Hide offsets in some measured events, to be asked for each; False where none is fit."""
        ready = [
            event.id
            for event, judge in zip(self.sync.events, self.standing, strict=True)
            if event.zero is not None and not judge.flagged
        ]
        if not ready:
            self.say("A spot-check needs measured events that are not flagged")
            return False
        chosen = trials(ready, count, secrets.randbits(32) if seed is None else seed)
        self._set(spot=SpotCheck(chosen))
        self._go_to_trial()
        return True

    def answer(self, answer: Answer) -> None:
        """Answer the trial that is playing; nothing is shown before the last one."""
        spot = self.state.spot
        if spot is None or spot.now is None:
            return
        given = replace(spot.now, answer=answer)
        done = (*spot.trials[: spot.at], given, *spot.trials[spot.at + 1 :])
        if spot.at + 1 < len(done):
            self._set(spot=SpotCheck(done, spot.at + 1))
            self._go_to_trial()
        else:
            self._set(spot=None)
            review = self.state.review
            self._do(replace(review, trials=(*review.trials, *done)), "spot-check")
            found = threshold(self.state.review.trials)
            self.say(f"Spot-check done: {found.sentence}" if found else "Spot-check done")

    def stop_spot_check(self) -> None:
        """Leave the spot-check; its answers are forgotten."""
        self._set(spot=None)

    def _go_to_trial(self) -> None:
        spot = self.state.spot
        if spot and spot.now:
            ids = [event.id for event in self.sync.events]
            self.select(ids.index(spot.now.event))
            self.loop_event()

    def save(self) -> None:
        """Write the session with its decisions, whole; raises `ConformError`."""
        review = self.state.review
        if self.path is not None:
            self.saved(review, reviews.keep(review, self.path, self.held))

    def saved(self, review: Review, held: Held) -> None:
        """Note that a review is on disk, with what others have decided meanwhile."""
        self.take_in(held, since=review)
        if self.state.review in (held.review, review):
            self._set(saved=True)

    def take_in(self, held: Held, *, since: Review | None = None) -> None:
        """Go on with what the file holds now; `since` is what stands here that it knows of."""
        base = self.held.review if since is None else since
        self.held = held
        theirs = files.named_here(held.review, self.sync.rolls)
        before = self.state.review
        both = merged(base, before, theirs)
        if both == before:
            return
        self._history = self._history.with_others(lambda review: merged(base, review, theirs))
        self._set(review=both, saved=since is not None and before == since)
        twice = ", ".join(decided_twice(before, both))
        more = f"; decided twice, and open again: {twice}" if twice else ""
        self.say(f"Decisions made in another window came in{more}")

    def move_to(self, path: Path, *, force: bool = False) -> None:
        """Go on in a session file of another name; raises `ConformError`."""
        review = self.state.review
        files.save(self.sync, path, review, force=force, sources=self.beside)
        self.path, self.writable, self.held = path, True, reviews.held(path)
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
