"""Which takes may lie under an event: by timecode, slate, roll and name, best evidence first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from conform.errors import TimecodeError
from conform.roll import Roll
from conform.synced import Rung
from conform.syncing.naming import of_clip, of_roll
from conform.timecode import Rate
from conform.timeline import Clip, Timeline, Track

CERTAIN = frozenset({Rung.TIMECODE_SCENE_TAKE, Rung.TIMECODE_ROLL, Rung.TIMECODE_NAME})
"""Rungs on which a take is certain without its sound, where it covers the event."""

_FULL = Fraction(95, 100)  # of the event under the take: a jam-sync error may cost a few frames
_LADDER = tuple(Rung)
_DAY = 86_400.0  # seconds
_LONGER_DAY = 90.0  # seconds by which 24 hours of 23.976 or 29.97 labels outlast a day: 86.4


@dataclass(frozen=True, slots=True)
class Event:
    """What has to be placed: one clip of the cut, on one or more tracks, or a part of one.

    `whole` is the clip as the cut has it, where this event is a part of it.
    """

    id: str
    clip: Clip
    tracks: tuple[int, ...]
    whole: Clip | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A take that may lie under an event, and why.

    `zero` is the record time of the take's first sample by timecode, None where timecode says
    nothing; `covers` is the share of the event that the take then lies under.
    """

    roll: Roll
    rung: Rung
    zero: Fraction | None = None
    covers: Fraction = Fraction(0)


def covered(candidate: Candidate, first: Fraction, last: Fraction) -> Fraction:
    """The share of a stretch of the record that a take lies under by timecode."""
    if candidate.zero is None:
        return Fraction(0)
    end = candidate.zero + candidate.roll.duration
    return max(min(last, end) - max(first, candidate.zero), Fraction(0)) / (last - first)


def events(timeline: Timeline) -> tuple[Event, ...]:
    """The events of a cut in record order: its sound clips, or its picture clips where none are.

    Muted tracks and clips, black, bars and titles are left out. Clips of several tracks with the
    same spans of record and source are one event, its channels united.
    """
    sound = list(_heard(timeline.audio))
    picture = [] if sound else list(_heard(timeline.video))
    united: dict[object, tuple[Clip, tuple[int, ...]]] = {}
    for track, clip in sound or picture:
        key = _spans(clip)
        index = (track.index,) if sound else ()
        before, tracks = united.get(key, (clip, ()))
        channels = tuple(sorted({*before.channels, *clip.channels}))
        united[key] = (replace(before, channels=channels), tuple(sorted({*tracks, *index})))
    ordered = sorted(united.values(), key=lambda item: (item[0].record_in, item[1]))
    return tuple(Event(f"{n:04}", *item) for n, item in enumerate(ordered, 1))


def _heard(tracks: Iterable[Track]) -> Iterable[tuple[Track, Clip]]:
    tracks = tuple(tracks)
    soloed = any(track.soloed for track in tracks)
    for track in tracks:
        if track.enabled and (track.soloed or not soloed):
            for clip in track.clips:
                if clip.enabled and not clip.source.generated and clip.duration > 0:
                    yield track, clip


def _spans(clip: Clip) -> object:
    source = clip.source
    material = source.umid or source.url or source.name or source.reel or clip.name
    spans = (clip.record_in, clip.record_out, clip.source_in, clip.source_out)
    return (*spans, clip.speed, material)


def candidates(
    event: Event, rolls: Sequence[Roll], rate: Rate, slack: Fraction
) -> tuple[Candidate, ...]:
    """The takes that timecode or metadata name for one event; see `Shoot`."""
    return Shoot(rolls).candidates(event, rate, slack)


class Shoot:
    """The takes of a shoot, with what each calls itself read once for all events."""

    def __init__(self, rolls: Sequence[Roll]) -> None:
        self._takes = tuple((roll, of_roll(roll)) for roll in rolls)

    def candidates(self, event: Event, rate: Rate, slack: Fraction) -> tuple[Candidate, ...]:
        """The takes that timecode or metadata name for an event, best first.

        A take that covers the event by timecode comes before one that only touches it; then the
        stronger agreement of metadata counts. A take may miss the event by `slack` seconds: its
        recorder's clock may have been set that wrongly. A take whose timecode can be read in two
        ways (see `readings`) is offered for each reading that falls under the event.
        """
        found: list[Candidate] = []
        asked, clock = of_clip(event.clip), _Clock(event.clip, rate, slack)
        for roll, called in self._takes:
            agreement = asked.agreement(called)
            places = clock.places(roll)
            for zero, covers in places:
                found.append(Candidate(roll, _WITH_TIMECODE[agreement], zero, covers))
            if not places and agreement in _ALONE:
                found.append(Candidate(roll, _ALONE[agreement]))
        return tuple(
            sorted(found, key=lambda c: (c.covers < _FULL, _LADDER.index(c.rung), -c.covers))
        )


class _Clock:
    """A clip's source timecode, as the recorders of a shoot may have shown it."""

    def __init__(self, clip: Clip, rate: Rate, slack: Fraction) -> None:
        self._clip, self._slack = clip, slack
        self._counted = clip.source.rate or rate
        self._read: dict[Rate | None, tuple[Fraction, ...]] = {}

    def places(self, roll: Roll) -> list[tuple[Fraction, Fraction]]:
        """The readings under which the roll lies: its zero on the record, and its cover."""
        if roll.start is None:
            return []
        clip, length = self._clip, self._clip.source_out - self._clip.source_in
        found: dict[Fraction, Fraction] = {}
        for reading in self._readings(roll.rate):
            first = reading - roll.start
            # A roll may run over midnight; nearly all of a long shoot's rolls lie nowhere near.
            if not self._near(first, roll):
                continue
            for day in (0, 1, -1):
                begin = first + day * _day(roll.rate or self._counted)
                shared = min(begin + length, roll.duration) - max(begin, Fraction(0))
                if shared > -self._slack:
                    covers = max(shared, Fraction(0)) / length if length else Fraction(0)
                    found.setdefault(clip.record_in - begin, covers)
        return list(found.items())

    def _near(self, first: Fraction, roll: Roll) -> bool:
        """Whether a roll may lie under the clip, on some day, to a second."""
        length = float(self._clip.source_out - self._clip.source_in)
        after = (float(first) + length + float(self._slack) + 1) % _DAY
        room = length + roll.length / roll.sample_rate + 2 * float(self._slack) + 2
        return after < room + _LONGER_DAY or after > _DAY - _LONGER_DAY

    def _readings(self, recorder: Rate | None) -> tuple[Fraction, ...]:
        if recorder not in self._read:
            self._read[recorder] = readings(self._clip.source_in, self._counted, recorder)
        return self._read[recorder]


def readings(seconds: Fraction, counted: Rate, recorder: Rate | None) -> tuple[Fraction, ...]:
    """What a source timecode may mean on a recorder's clock, in seconds since midnight.

    `seconds` were counted at the cut's rate. At equal rates they are the recorder's own. Where the
    recorder counts otherwise (24 against 23.976, 30 against 25), both machines showed the same
    label, which is read again at the recorder's rate; the plain seconds come second. Where the
    recorder's rate is unknown, the label as time of day is tried as well.
    """
    if recorder is not None and recorder.fps == counted.fps:
        return (seconds,)
    of_day = _read_again(seconds, counted, Rate(Fraction(counted.nominal)))
    if recorder is None:
        return tuple(dict.fromkeys((seconds, of_day)))
    return tuple(dict.fromkeys((_read_again(seconds, counted, recorder), seconds)))


def _read_again(seconds: Fraction, counted: Rate, recorder: Rate) -> Fraction:
    """The time at which a recorder of another rate shows the label of a time of the cut."""
    frame = counted.frame_at(seconds)
    hours, minutes, secs, frames = re.split(r"[:;]", counted.label(frame))
    inside = (int(frames) + (seconds - counted.seconds(frame)) * counted.fps) / counted.nominal
    mark = ";" if recorder.drop else ":"
    for start in ("00", "02"):  # a label that drop frame skips is shown as the next one
        try:
            whole = recorder.time_of(f"{hours}:{minutes}:{secs}{mark}{start}")
        except TimecodeError:
            continue
        skipped = Fraction(int(start), recorder.nominal)
        return whole + max(inside - skipped, Fraction(0)) * recorder.nominal / recorder.fps
    return seconds


def _day(rate: Rate) -> Fraction:
    return rate.seconds(rate.day)


_WITH_TIMECODE = {
    "slate": Rung.TIMECODE_SCENE_TAKE,
    "roll": Rung.TIMECODE_ROLL,
    "name": Rung.TIMECODE_NAME,
    "": Rung.TIMECODE,
}
_ALONE = {"slate": Rung.SCENE_TAKE, "name": Rung.NAME}
