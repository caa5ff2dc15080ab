"""Which frame rate a list's labels count at: as told, as stated, or from evidence in the list.

An EDL has no field for its rate. What its labels can prove is the number of frames in a labelled
second and whether numbers are dropped; that 24 of them pass in 1 or in 1.001 seconds they cannot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from adapters.edl.entries import Entry
from adapters.edl.labels import Label, label
from adapters.edl.statements import CodeMode, Edit, StatedRate, Statement
from conform.errors import TimecodeError, TimelineError
from conform.findings import Finding, info, warning
from conform.timecode import Rate

_NOMINALS = (24, 25, 30, 48, 50, 60, 100, 120)
_FPS = {n: Fraction(n * 1000, 1001) if n % 30 == 0 else Fraction(n) for n in _NOMINALS}
"""The frames a second that a count of labels most often means: 30 is television's 29.97."""
_TWIN = {24: "23.976", 30: "30", 48: "47.952", 60: "60", 120: "120"}
"""The other rate with the same labels."""
_CHANCE = Fraction(1, 1000)
"""How improbable a list without the higher frame numbers must be before their lack is evidence."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The record clock of a list, and how it is known."""

    rate: Rate
    findings: tuple[Finding, ...] = ()


def record_clock(
    statements: Sequence[Statement], events: Sequence[Entry], told: Rate | None, where: str
) -> Clock:
    """The rate of the record labels. Raises `TimelineError` where they refute the rate given."""
    edits = [entry.edit for entry in events]
    labels = [label(text) for edit in edits for text in (edit.record_in, edit.record_out)]
    header = _header_mode(statements)
    marked = sum(one.drop for one in labels) * 2 > len(labels)
    drop = marked or bool(header)
    findings = _mode_conflict(header, marked, where)
    if told is not None:
        _check_told(told, edits, where)
        return _with_drop(Clock(told, findings), drop, where)
    stated = _stated(statements, where)
    if stated is not None and stated.rate.nominal > max(one.frames for one in labels):
        return _with_drop(Clock(stated.rate, findings + stated.findings), drop, where)
    found = _inferred(events, labels, drop, where)
    refuted = () if stated is None else (_refuted(stated, where),)
    return Clock(found.rate, (*findings, *refuted, *found.findings))


def _header_mode(statements: Sequence[Statement]) -> bool | None:
    """The first FCM before the first edit: later ones tell how the next *source* counts."""
    for item in statements:
        if isinstance(item, CodeMode):
            return item.drop
        if isinstance(item, Edit):
            return None
    return None


def _mode_conflict(header: bool | None, marked: bool, where: str) -> tuple[Finding, ...]:
    if header is False and marked:
        text = "FCM says non-drop frame, but the record labels are marked ';': read as drop frame"
        return (warning("edl.fcm-conflict", text, where),)
    return ()


def _check_told(told: Rate, edits: Sequence[Edit], where: str) -> None:
    over = [
        (edit.line, text)
        for edit in edits
        for text in (edit.record_in, edit.record_out)
        if label(text).frames >= told.nominal
    ]
    if len({line for line, _ in over}) > 1:  # one alone is a damaged line, reported as such
        line, text = over[0]
        raise TimelineError(
            f"record label {text} does not exist at {told}; give the rate that the list counts at",
            path=where,
            line=line,
        )


def _with_drop(clock: Clock, drop: bool, where: str) -> Clock:
    if drop and clock.rate.nominal % 30:
        text = f"drop frame does not exist at {clock.rate}; labels are read without it"
        return Clock(clock.rate, (*clock.findings, warning("edl.fcm-conflict", text, where)))
    return Clock(clock.rate.with_drop(drop or clock.rate.drop), clock.findings)


def _stated(statements: Sequence[Statement], where: str) -> Clock | None:
    for item in statements:
        if isinstance(item, StatedRate):
            try:
                rate = Rate.named(item.text)
            except TimecodeError:
                continue
            text = f"the list states its frame rate: {item.text}"
            return Clock(rate, (info("edl.rate-stated", text, f"{where}:{item.line}"),))
    return None


def _refuted(stated: Clock, where: str) -> Finding:
    text = f"the list states {stated.rate}, but holds record labels that do not exist at that rate"
    return warning("edl.rate-conflict", text, where)


def _inferred(events: Sequence[Entry], labels: Sequence[Label], drop: bool, where: str) -> Clock:
    highest = max(one.frames for one in labels)
    candidates = [n for n in _NOMINALS if n > highest and not (drop and n % 30)]
    if not candidates:
        raise TimelineError(
            f"record labels reach frame {highest}; give the frame rate of the list", path=where
        )
    nominal, sure, reason = _by_lengths(events, candidates) or _by_frames(
        events, candidates, labels
    )
    rate = Rate(_FPS[nominal], drop and nominal % 30 == 0)
    if drop:
        reason += ", and drop frame exists only at 29.97 and 59.94"
    twin = None if drop else _TWIN.get(nominal)
    if sure and twin is None:
        text = f"counted at {rate}: {reason}"
        return Clock(rate, (info("edl.rate-inferred", text, where),))
    text = f"taken as {rate}: {reason}"
    if twin:
        text += f"; labels cannot tell {rate} from {twin}"
    text += "; give the frame rate if it is another"
    return Clock(rate, (warning("edl.rate-assumed", text, where),))


def _vote(edit: Edit) -> int | None:
    """The labels in a second that make source and record equally long, where that is telling."""
    into, out = label(edit.record_in), label(edit.record_out)
    source_in, source_out = label(edit.source_in), label(edit.source_out)
    seconds = (source_out.seconds - source_in.seconds) - (out.seconds - into.seconds)
    frames = (out.frames - into.frames) - (source_out.frames - source_in.frames)
    if abs(seconds) != 1 or frames % seconds:  # longer differences are speeds, not carries
        return None
    return frames // seconds


def _by_lengths(events: Sequence[Entry], candidates: Sequence[int]) -> tuple[int, bool, str] | None:
    """The count of labels that makes most edits equally long in source and record.

    Retimed ones speak only where no other does: Resolve and Final Cut list them equally long too.
    """
    for moved in (False, True):
        every = Counter(_vote(one.edit) for one in events if (one.motion is not None) == moved)
        votes = Counter({n: every[n] for n in candidates if every[n]})
        if not votes:
            continue
        best, number = votes.most_common(1)[0]
        if number * 5 < votes.total() * 4:  # retimes and other sources' rates vote astray
            return None
        who = "one event is" if number == 1 else f"{number} events are"
        sure = number > 1 and not moved
        return best, sure, f"{who} equally long in source and record at {best} frames"
    return None


def _by_frames(
    events: Sequence[Entry], candidates: Sequence[int], labels: Sequence[Label]
) -> tuple[int, bool, str]:
    """The lowest count of labels that holds every frame number, and whether higher ones would show.

    Motion memory counts frames as well: most retimes are of whole multiples of the rate.
    """
    highest = max(one.frames for one in labels)
    sources = [label(t).frames for e in events for t in (e.edit.source_in, e.edit.source_out)]
    fitting = [n for n in candidates if n > max(sources)] or list(candidates)
    first = fitting[0]
    count = len(set(labels))
    reason = f"the highest frame number of {count} record labels is {highest}"
    higher = candidates[candidates.index(first) + 1 :]
    speeds = {abs(entry.motion.fps) for entry in events if entry.motion is not None}
    likely = [n for n in fitting if n in speeds]
    if likely:
        return likely[0], False, f"{reason}, and M2 speaks of {likely[0]} frames a second"
    if not higher or Fraction(first, higher[0]) ** min(count, 1000) < _CHANCE:
        return first, first == candidates[0], reason
    return first, False, f"{reason}, which does not rule out {', '.join(map(str, higher[:2]))}"
