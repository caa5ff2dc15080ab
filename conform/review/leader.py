"""Head and tail leader: the 2-pop and the tail pop, and whether they lie where they are due.

A pop is one frame of 1 kHz, usually at -20 dBFS; `conform.review.action` says where it should
start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

from conform import media
from conform.errors import MediaError
from conform.findings import Finding, warning
from conform.match import early_or_late
from conform.review.action import Due, End, action, expected, pictured
from conform.review.pop import Pop, pops
from conform.synced import Sync
from conform.timecode import Rate
from conform.timeline import ZERO, Timeline

_LONGEST = Fraction(12)  # seconds of leader that are listened to
_NEAR = Fraction(1)  # seconds from its place beyond which a pop announces something else
_BLACK = 2  # frames: action that is seen so much later than it begins begins with black
_SAME = 4  # samples within which the channels of a file have it at one place
_FINE = Fraction(1, 4)  # frames: one perforation of 35 mm film
_Placed = tuple[Fraction, Pop]
"""A pop with its record time."""


@dataclass(frozen=True, slots=True)
class HeardFile:
    """A file with the record time of its clock's zero."""

    path: Path
    zero: Fraction


@dataclass(frozen=True, slots=True)
class PopCheck:
    """One pop of one file, `at` its record time; `channels` of `held` channels have it there.

    `off` is seconds from where it is due, positive = early; None where nothing says what it counts
    down to.
    """

    file: str
    end: End
    at: Fraction
    length: Fraction
    level: float
    sample_rate: int
    channels: int
    held: int
    due: Due | None
    off: Fraction | None

    def frames(self, rate: Rate) -> float | None:
        """How far off it is in frames, positive = early."""
        return None if self.off is None else float(self.off * rate.fps)

    @property
    def samples(self) -> int | None:
        """How far off it is in samples of its file, positive = early."""
        return None if self.off is None else round(self.off * self.sample_rate)

    def fine(self, rate: Rate) -> bool:
        """Whether it lies within a quarter frame of where it is due, or nothing says where."""
        return self.off is None or abs(self.off) <= _FINE * rate.frame


def heard_files(sync: Sync, stems: Iterable[Path] = ()) -> tuple[HeardFile, ...]:
    """The guide, every stem, and every take that is laid where a pop is due."""
    guide = [HeardFile(Path(sync.picture), sync.picture_in)] if sync.picture else []
    due = expected(sync.timeline)
    laid = [
        HeardFile(path, event.zero)
        for event in sync.events
        if event.roll is not None and event.zero is not None
        if any(event.clip.record_in <= one.at < event.clip.record_out for one in due)
        for path in event.roll.paths
    ]
    return (*guide, *(HeardFile(stem, sync.picture_in) for stem in stems), *dict.fromkeys(laid))


def checks(
    timeline: Timeline, files: Iterable[HeardFile], findings: media.Report = lambda _: None
) -> tuple[PopCheck, ...]:
    """Every pop in the leaders of the files; none where there is no leader, or a file is gone."""
    due = expected(timeline)
    found: list[PopCheck] = []
    for file in files:
        try:
            found += _of_file(file, timeline, due, findings)
        except MediaError:
            continue  # whoever needs the file has said so
    return tuple(found)


def pop_findings(found: Iterable[PopCheck], timeline: Timeline) -> tuple[Finding, ...]:
    """What to look at: pops that lie a quarter frame or more from where they are due."""
    return tuple(
        warning("leader.pop", told(check, timeline), check.file)
        for check in found
        if not check.fine(timeline.rate)
    )


def told(check: PopCheck, timeline: Timeline) -> str:
    """One pop in a sentence."""
    label, frames = timeline.timecode(check.at), check.frames(timeline.rate)
    if check.due is None or check.samples is None or frames is None:
        return f"its {check.end} is at {label}: nothing says which frame it counts down to"
    way = early_or_late(check.samples)
    where = f"{check.due.why}, {timeline.timecode(check.due.at)}"
    if not check.samples:
        return f"its {check.end} is to the sample where it is due, {where}"
    off = f"{abs(frames):.2f} frames ({abs(check.samples):,} samples) {way}"
    return f"its {check.end} is {off}: it is due {where}"


def _of_file(
    file: HeardFile, timeline: Timeline, due: Sequence[Due], findings: media.Report
) -> Iterator[PopCheck]:
    for end, begin, stop in _windows(timeline, due):
        start = max(ZERO, begin - file.zero)
        if stop - file.zero > start:
            stretch = (start, stop - file.zero - start)
            yield from _of_leader(file, end, stretch, timeline.rate, due, findings)


def _windows(timeline: Timeline, due: Sequence[Due]) -> list[tuple[End, Fraction, Fraction]]:
    """The leaders beside the action; of a cut without picture, the places where pops are due."""
    if pictured(timeline):
        first, last = action(timeline)
        return [(End.HEAD, first - _LONGEST, first), (End.TAIL, last, last + _LONGEST)]
    return [(one.end, one.at - _NEAR, one.at + _NEAR + timeline.rate.frame) for one in due]


def _of_leader(
    file: HeardFile,
    end: End,
    stretch: tuple[Fraction, Fraction],
    rate: Rate,
    due: Sequence[Due],
    findings: media.Report,
) -> Iterator[PopCheck]:
    """The pop of one leader, by place; of several the one that is nearest to where one is due."""
    for stream in media.probe(file.path).audio:
        hertz = stream.sample_rate
        start = Fraction(floor(stretch[0] * hertz), hertz)
        sound = media.read(
            file.path, stream=stream.index, start=start, duration=stretch[1], findings=findings
        )
        chosen = []
        for channel in sound.T:
            seen = pops(channel, hertz, rate.frame)
            placed = [(file.zero + start + Fraction(pop.first, hertz), pop) for pop in seen]
            chosen += sorted(placed, key=lambda one: _away(one[0], end, due))[:1]
        for group in _places(chosen, Fraction(_SAME, hertz)):
            yield _check(file, end, group, (hertz, stream.channels), rate, due)


def _places(chosen: Iterable[_Placed], same: Fraction) -> list[list[_Placed]]:
    """The pops of a file's channels, those at one place together."""
    groups: list[list[_Placed]] = []
    for one in chosen:
        mine = next((group for group in groups if abs(group[0][0] - one[0]) <= same), None)
        if mine is None:
            groups.append([one])
        else:
            mine.append(one)
    return groups


def _check(
    file: HeardFile,
    end: End,
    group: Sequence[_Placed],
    stream: tuple[int, int],
    rate: Rate,
    due: Sequence[Due],
) -> PopCheck:
    hertz, held = stream
    at, pop = group[0]
    near = _announced(at, end, rate, due)
    return PopCheck(
        file=file.path.name,
        end=end,
        at=at,
        length=Fraction(pop.length, hertz),
        level=pop.level,
        sample_rate=hertz,
        channels=len(group),
        held=held,
        due=near,
        off=None if near is None else near.at - at,
    )


def _announced(at: Fraction, end: End, rate: Rate, due: Sequence[Due]) -> Due | None:
    """What a pop counts down to: by the cut, unless that is far off and the clock is just right.

    Then the action begins with black that the cut does not count as its picture.
    """
    mine = [one for one in due if one.end is end and abs(at - one.at) <= _NEAR]
    by_cut = [one for one in mine if not one.by_clock]
    near = min(by_cut or mine, key=lambda one: abs(at - one.at), default=None)
    if near is not None and abs(at - near.at) > _BLACK * rate.frame:
        right = [one for one in mine if abs(at - one.at) <= _FINE * rate.frame]
        return right[0] if right else near
    return near


def _away(at: Fraction, end: End, due: Sequence[Due]) -> Fraction:
    return min((abs(at - one.at) for one in due if one.end is end), default=ZERO)
