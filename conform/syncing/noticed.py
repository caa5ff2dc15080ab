"""What a person should look at after a sync: wrong takes, slipped events, clocks that were off."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby, pairwise

from conform.findings import Finding, info, warning
from conform.lint.cut import counted
from conform.match import Verdict, early_or_late
from conform.roll import Roll
from conform.synced import EventSync, Rung, Status
from conform.syncing.answers import TELLING, stands_apart
from conform.syncing.candidates import CERTAIN
from conform.syncing.sharing import LETTERS
from conform.syncing.takes import Attempt, Take
from conform.timeline import Timeline

_HALF_DAY = 43_200.0  # seconds: the cut's own numbers start anew at midnight, the take does not
_SLIPPED = 0.001  # seconds apart from its take's other events before an event is reported
_JAMMED = 0.1  # frames of wrong timecode from which a take is reported
_DRIFTS = 0.5e-6  # drift from which a take is reported
_HOLE = Fraction(1, 1000)  # seconds between two takes of an event from which a hole is reported
_SEVERAL = 3  # takes that slip alike before the picture is suspected
_USUAL_RATE = 48_000  # samples a second in which a slip is called early or late


def noticed(
    attempts: Sequence[Attempt],
    answers: Sequence[EventSync],
    together: Mapping[Roll, Take],
    timeline: Timeline,
    picture_in: Fraction,
) -> Iterator[Finding]:
    """What a person should look at: wrong takes, slipped events, clocks that were off."""
    for attempt, found in zip(attempts, answers, strict=True):
        where = f"event {found.id} {found.clip.name} at {timeline.timecode(found.clip.record_in)}"
        if attempt.place is None:
            yield _unplaced(attempt, found, where)
            continue
        if found.leaned:
            yield info("sync.leaned", found.reason, where)
        yield from _odd(attempt, together[attempt.place.candidate.roll], where, picture_in)
        yield from _two_takes(attempt, attempt.place.candidate.roll, where, timeline)
    yield from _beside(answers)
    yield from _holes(answers, timeline)
    yield from _copies(attempts)
    yield from _clocks(answers, together, timeline)


def _unplaced(attempt: Attempt, found: EventSync, where: str) -> Finding:
    if found.status is not Status.METADATA:
        return warning("sync.not-measured", found.reason, where)
    by = "where its take's other events lie" if found.leaned else "by timecode alone"
    asked = (place.match.verdict for place in attempt.asked)
    refused = Verdict.NO_MATCH in asked and attempt.event.clip.duration >= TELLING
    code = "sync.wrong-take" if refused else "sync.by-timecode"
    return warning(code, f"placed {by}: {found.reason}", where)


def _odd(attempt: Attempt, take: Take, where: str, picture_in: Fraction) -> Iterator[Finding]:
    named, place = attempt.named, attempt.place
    if named is not None and named.roll != take.roll and named.rung in CERTAIN:
        yield warning(
            "sync.wrong-take",
            f"timecode and metadata name {named.roll.name}, but the sound is {take.roll.name}",
            where,
        )
    if attempt.alike:
        others = ", ".join(roll.name for roll in attempt.alike)
        text = f"its sound is in {others} as well as in {take.roll.name}, which is laid"
        yield warning("sync.same-sound", text, where)
    fine = take.microphones.fine(place) if place else None
    if place is None or fine is None or place.candidate.rung is Rung.SOUND:
        return  # where sound alone named the take, the cut's numbers are not of its clock
    own = take.slip(fine, attempt.event.clip, picture_in)
    away = own.slip - take.joint.at(own.time)
    over_midnight = abs(away) > _HALF_DAY
    if abs(away) > _SLIPPED and not over_midnight and stands_apart(attempt, take, fine, picture_in):
        samples = away * take.roll.sample_rate
        yield warning(
            "sync.slipped",
            f"lies {abs(samples):.1f} samples {early_or_late(samples)} against the other events "
            f"of {take.roll.name}",
            where,
        )


def _two_takes(attempt: Attempt, roll: Roll, where: str, timeline: Timeline) -> Iterator[Finding]:
    """What is said where a part of an event is not in the take that the rest is heard in."""
    whole, clip = attempt.event.whole, attempt.event.clip
    if attempt.unheard is not None:
        first, last = (timeline.timecode(edge) for edge in attempt.unheard)
        text = f"from {first} to {last} it is loud, but nothing of it is heard in {roll.name}"
        yield warning("sync.unheard", f"{text}, which is laid there, nor in any other take", where)
    if attempt.doubt is not None and whole is not None and whole.record_in < clip.record_in:
        text = f"the cut goes over into {roll.name} here, give or take {attempt.doubt:.2f} s"
        yield warning("sync.two-takes", text, where)


def _beside(answers: Sequence[EventSync]) -> Iterator[Finding]:
    """Recorders that ran at once: their channels are laid side by side, never summed."""
    found: Counter[tuple[Roll, Roll]] = Counter()
    for _, group in groupby(answers, key=lambda event: event.id.rstrip(LETTERS)):
        for one, other in pairwise(event for event in group if event.roll is not None):
            if one.roll and other.roll and other.clip.record_in < one.clip.record_out:
                found[one.roll, other.roll] += 1
    for (first, second), events in found.items():
        text = f"ran beside {first.path.name} under {counted(events, 'event')}"
        text += "; its channels are laid on stems of their own"
        yield info("sync.beside", text, second.path.name)


def _holes(answers: Sequence[EventSync], timeline: Timeline) -> Iterator[Finding]:
    """Stretches of an event between its takes: the recorder was stopped and started again."""
    for name, group in groupby(answers, key=lambda event: event.id.rstrip(LETTERS)):
        parts = [event for event in group if event.whole is not None]
        at = parts[0].clip.record_in if parts else Fraction(0)
        for part in parts:
            missing = part.clip.record_in - at
            if missing > _HOLE:
                where = f"event {name} {part.clip.name} at {timeline.timecode(at)}"
                text = f"no take lies under {float(missing):.3f} s of it, between two files"
                yield warning("sync.hole", text, where)
            at = max(at, part.clip.record_out)


def _copies(attempts: Sequence[Attempt]) -> Iterator[Finding]:
    """Takes that were left alone because another file of the same recording is laid."""
    found: Counter[tuple[Roll, Roll]] = Counter()
    for attempt in attempts:
        if attempt.place is not None:
            found.update((copy, attempt.place.candidate.roll) for copy in attempt.copies)
    for (copy, laid), events in found.items():
        text = f"holds the same recording as {laid.path}, which is laid"
        yield info("sync.copy", f"{text} under {counted(events, 'event')}", str(copy.path))


def _clocks(
    answers: Sequence[EventSync], together: Mapping[Roll, Take], timeline: Timeline
) -> Iterator[Finding]:
    """The clocks of the takes that were used: how they were set, and how they run."""
    slips: dict[Roll, list[Fraction]] = defaultdict(list)
    for event in answers:
        if event.roll is not None and event.slip_seconds is not None and not event.leaned:
            slips[event.roll].append(event.slip_seconds)
    typical = {roll: sorted(found)[len(found) // 2] for roll, found in slips.items()}
    alike = _alike(typical.values(), Fraction(_JAMMED) * timeline.rate.frame)
    if alike:
        where = timeline.name or "the cut"
        text = f"all {len(typical)} takes lie {_frames(min(alike), timeline)} by timecode"
        text += ": the picture's start or the cut's timecode is off, or one recorder was all along"
        yield warning("sync.all-slipped", text, where)
    for roll in dict.fromkeys(event.roll for event in answers if event.roll is not None):
        slip = typical.get(roll, Fraction(0))
        if not alike and abs(slip * timeline.rate.fps) > _JAMMED:
            text = f"its timecode is {_frames(slip, timeline)}"
            yield info("sync.jam", text, roll.path.name)
        if roll in together:
            yield from _drift(together[roll])


def _alike(slips: Collection[Fraction], least: Fraction) -> Collection[Fraction]:
    """The slips of all takes, where several are one and the same mistake of `least` or more."""
    if len(slips) < _SEVERAL or max(slips) - min(slips) > _SLIPPED:
        return ()
    return slips if min(abs(slip) for slip in slips) > least else ()


def _frames(slip: Fraction, timeline: Timeline) -> str:
    word = early_or_late(float(slip * _USUAL_RATE))
    return f"{abs(float(slip * timeline.rate.fps)):.2f} frames {word}"


def _drift(take: Take) -> Iterator[Finding]:
    drift, half = take.joint.drift, take.joint.drift_half_width
    if drift is not None and half is not None and abs(drift) > max(half, _DRIFTS):
        text = f"its clock drifts {drift * 1e6:+.2f} ppm (± {half * 1e6:.2f})"
        yield info("sync.drift", text, take.roll.path.name)
