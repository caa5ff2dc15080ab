"""Tracks as the format lays them out: a lane for each channel, transitions between the items."""

from __future__ import annotations

from dataclasses import dataclass

from conform.timeline import Clip, Fade, Kind, Track, Transition


@dataclass(frozen=True, slots=True)
class Seat:
    """A clip on its lane: the channel it plays there and the transitions written beside it.

    A clip that a transition touches, be it on another lane, lies on whole frames like that, and
    has no fade at that edge.
    """

    clip: Clip
    whole: bool
    channel: int | None
    before: Transition | None
    after: Transition | None
    fade_in: Fade | None
    fade_out: Fade | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One track element: its seats in record order, and transitions that touch no clip."""

    seats: tuple[Seat, ...]
    loose: tuple[Transition, ...] = ()


def lanes_of(track: Track) -> tuple[Lane, ...]:
    """A track as one lane, or as one lane per channel where clips play several (Premiere)."""
    width = max([1, *(len(clip.channels) for clip in track.clips)])
    width = width if track.kind is Kind.AUDIO else 1
    touching = {crossing: _neighbours(track, crossing) for crossing in track.transitions}
    return tuple(_lane(track, number, touching) for number in range(width))


def _neighbours(track: Track, crossing: Transition) -> tuple[Clip | None, Clip | None]:
    """The clips on either side of a transition's cut."""
    left = next((clip for clip in track.clips if clip.record_out == crossing.cut), None)
    right = next((clip for clip in track.clips if clip.record_in == crossing.cut), None)
    return left, right


def _lane(
    track: Track, number: int, touching: dict[Transition, tuple[Clip | None, Clip | None]]
) -> Lane:
    """A lane; a transition is written on it where all the clips that it touches are on it."""
    here = [clip for clip in track.clips if number < max(len(clip.channels), 1)]
    places = {id(clip): place for place, clip in enumerate(here)}
    before: dict[int, Transition] = {}
    after: dict[int, Transition] = {}
    loose = []
    for crossing, (left, right) in touching.items():
        sides = [clip for clip in (left, right) if clip is not None]
        if not sides and number == 0:
            loose.append(crossing)
        if not sides or any(id(clip) not in places for clip in sides):
            continue
        if left and right and places[id(right)] != places[id(left)] + 1:
            continue  # something lies between them: the cut is kept, the transition is told as lost
        if left:
            after.setdefault(id(left), crossing)
        if right:
            before.setdefault(id(right), crossing)
    lefts = {id(left) for left, _ in touching.values()}
    rights = {id(right) for _, right in touching.values()}
    seats = tuple(
        Seat(
            clip=clip,
            whole=track.kind is Kind.VIDEO or id(clip) in lefts | rights,
            channel=clip.channels[number] if number < len(clip.channels) else None,
            before=before.get(id(clip)),
            after=after.get(id(clip)),
            fade_in=None if id(clip) in rights else _audible(clip.fade_in),
            fade_out=None if id(clip) in lefts else _audible(clip.fade_out),
        )
        for clip in here
    )
    return Lane(seats, tuple(loose))


def _audible(fade: Fade | None) -> Fade | None:
    return fade if fade and fade.duration > 0 else None
