"""The report as one HTML page: no script, no outside resource, fit for print."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from statistics import median
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from conform.findings import Level
from conform.match import Match, early_or_late
from conform.report import words
from conform.report.gather import Entry, Report
from conform.report.plot import mark, slip_plot
from conform.report.waves import Lane, Waves, strongest
from conform.review.action import action
from conform.review.decision import Choice, Decision, signature
from conform.review.leader import PopCheck
from conform.synced import ChannelMatch, EventSync, Status
from conform.timecode import feet_frames
from conform.tolerance import Judgement

_TEMPLATE = "report.html.jinja"
_LEVELS = list(Level)
_LANE = 23  # half the height of a thumbnail, in its own units

SIGNS: dict[str, Markup] = {
    Status.MEASURED: Markup('<circle cx="7" cy="7" r="5"/>'),
    Status.METADATA: Markup('<path d="M7 1.5L12.5 7 7 12.5 1.5 7Z"/>'),
    Status.BY_HAND: Markup('<path d="M1.5 3H12.5V11H1.5Z"/>'),
    Status.NOT_MEASURED: Markup('<circle class="hollow" cx="7" cy="7" r="4.6"/>'),
    Judgement.WITHIN: Markup('<path class="stroke" d="M2.5 7.5L5.8 11 11.5 3.5"/>'),
    Judgement.OUTSIDE: Markup('<path d="M7 1.5L13 12H1Z"/>'),
    Judgement.UNDECIDED: Markup('<path class="hollow" d="M7 2L12.4 11.6H1.6Z"/>'),
    Judgement.NOT_JUDGED: Markup('<path class="stroke" d="M3 7H11"/>'),
    Choice.OPEN: Markup('<path class="stroke" d="M3 7H11"/>'),
    Choice.ACCEPTED: Markup('<path class="stroke" d="M2.5 7.5L5.8 11 11.5 3.5"/>'),
    Choice.REJECTED: Markup('<path class="stroke" d="M3 3L11 11M11 3L3 11"/>'),
    "error": Markup('<path d="M4.4 1H9.6L13 4.4V9.6L9.6 13H4.4L1 9.6V4.4Z"/>'),
    "warning": Markup('<path d="M7 1.5L13 12H1Z"/>'),
    "info": Markup('<circle class="hollow" cx="7" cy="7" r="4.6"/>'),
}
"""A shape for every state, so that none is told by its hue alone."""

WORDS: dict[str, str] = {
    Status.MEASURED: "measured",
    Status.METADATA: "timecode only",
    Status.BY_HAND: "by hand",
    Status.NOT_MEASURED: "not measured",
    Judgement.WITHIN: "timecode within",
    Judgement.OUTSIDE: "timecode outside",
    Judgement.UNDECIDED: "timecode undecided",
    Judgement.NOT_JUDGED: "not judged",
    Choice.OPEN: "undecided",
}

STEM_WORDS: dict[Judgement, str] = {
    Judgement.WITHIN: "stem in sync",
    Judgement.OUTSIDE: "stem out of sync",
    Judgement.UNDECIDED: "stem undecided",
    Judgement.NOT_JUDGED: "stem not measured",
}

FORMS = {"PCM_16": "16-bit", "PCM_24": "24-bit", "PCM_32": "32-bit", "FLOAT": "32-bit float"}
"""Sample formats of WAV by libsndfile's names."""

WIDTHS = (15, 9.5, 17, 14.5, 10, 13, 21)
REVIEWED_WIDTHS = (13, 9, 14, 13, 9.5, 12.5, 13, 16)
"""Columns of the events' table in per cent, and with a column for decisions."""

UNSLIPPED: dict[Status, str] = {
    Status.MEASURED: "no timecode to compare",
    Status.METADATA: "laid by timecode, unproven",
    Status.BY_HAND: "laid by hand, unproven",
    Status.NOT_MEASURED: "silent in the stems",
}
"""What stands in place of a slip where there is none."""


def html(report: Report) -> str:
    """The page; names from outside are shown literally, whatever they contain."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters |= {
        "amount": words.amount,
        "clock": words.clock,
        "form": lambda subtype: FORMS.get(subtype, subtype),
        "signed": words.signed,
        "stem_word": STEM_WORDS.__getitem__,
        "word": lambda state: WORDS.get(state, str(state)),
    }
    source = files("conform.report").joinpath(_TEMPLATE).read_text(encoding="utf-8")
    return environment.from_string(source).render(_context(report))


def _context(report: Report) -> dict[str, Any]:
    sync = report.sync
    frames = sync.timeline.rate.nearest(sync.length)
    return {
        "report": report,
        "sync": sync,
        "timeline": sync.timeline,
        "rows": [_row(entry, report) for entry in report.entries],
        "statuses": _statuses(report),
        "widths": REVIEWED_WIDTHS if report.reviewed else WIDTHS,
        "choices": [(choice, report.chosen(choice)) for choice in Choice],
        "placed": _placed(report),
        "proved": any(entry.proof for entry in report.entries),
        "length": {"frames": frames, "feet": feet_frames(frames)},
        "action": _action(report),
        "leader": _leader(report),
        "pops": [_pop(check, report) for check in report.pops],
        "plot": slip_plot(report),
        "takes": [(mark(number), drift) for number, drift in enumerate(report.drifts)],
        "findings": sorted(report.findings, key=lambda odd: -_LEVELS.index(odd.level)),
        "drawn": sum(entry.waves is not None for entry in report.entries),
        "sign": sign,
        "label": sync.timeline.timecode,
    }


def _statuses(report: Report) -> list[tuple[Status, int]]:
    """How many events there are of each status; nothing is said of a hand that was not used."""
    counts = [(status, report.count(status)) for status in Status]
    return [(status, count) for status, count in counts if count or status is not Status.BY_HAND]


def sign(state: str) -> Markup:
    """The shape of a state as a small SVG."""
    return Markup('<svg class="sign" viewBox="0 0 14 14" aria-hidden="true">{}</svg>').format(
        SIGNS[state]
    )


def _row(entry: Entry, report: Report) -> dict[str, Any]:
    """An event as the template prints it."""
    event, rate = entry.event, report.sync.sample_rate
    slip, decision = entry.slip, entry.decision
    reason = event.reason or (event.match.reason if event.match else "")
    return {
        "entry": entry,
        "event": event,
        "clip": event.clip,
        "tracks": " ".join(f"A{index}" for index in event.tracks) or "picture",
        "samples": None if slip is None else slip * rate,
        "frames": None if slip is None else slip * float(report.sync.timeline.rate.fps),
        "ms": None if slip is None else slip * 1000,
        "direction": words.direction(None if slip is None else slip * rate),
        "unslipped": UNSLIPPED[event.status],
        "uncertainty": None if entry.uncertainty is None else entry.uncertainty * rate,
        "moved": _moved(decision),
        "signed": signature(decision),
        "more": bool(
            entry.copied or event.channels or reason or decision.comment or decision.cleared
        ),
        "reason": reason,
        "channels": [_channel(found, event) for found in event.channels],
        "strongest": strongest(event).name if event.roll else "",
        "waves": _thumbnail(entry.waves) if entry.waves else "",
    }


def _action(report: Report) -> dict[str, str]:
    """The first and the last frame of action by the cut."""
    timeline = report.sync.timeline
    first, end = action(timeline)
    return {
        "first": timeline.timecode(first),
        "last": timeline.timecode(max(first, end - timeline.rate.frame)),
    }


def _leader(report: Report) -> str:
    """The pops in a word each, or that there are none."""
    kinds = Counter(check.end for check in report.pops)
    off = sum(not check.fine(report.sync.timeline.rate) for check in report.pops)
    said = [f"{kind.value} in {count} place{'s' * (count > 1)}" for kind, count in kinds.items()]
    return ", ".join([*said, *([f"{off} off its place"] if off else [])]) or "no 2-pop"


def _pop(check: PopCheck, report: Report) -> dict[str, Any]:
    """One pop of a leader as the template prints it."""
    timeline = report.sync.timeline
    return {
        "check": check,
        "at": timeline.timecode(check.at),
        "due": timeline.timecode(check.due.at) if check.due else "–",
        "why": check.due.why if check.due else "nothing says which frame it counts down to",
        "samples": check.samples,
        "frames": check.frames(timeline.rate),
        "direction": words.direction(check.samples),
        "length": float(check.length * timeline.rate.fps),
        "state": Judgement.WITHIN if check.fine(timeline.rate) else Judgement.OUTSIDE,
    }


def _moved(decision: Decision) -> str:
    """How far a reviewer moved the sound."""
    way = early_or_late(-decision.nudge)
    return f"{abs(decision.nudge):,} smp {way}" if decision.nudge else ""


def _channel(found: ChannelMatch, event: EventSync) -> dict[str, Any]:
    """One recorded channel: its lag beside that of the event."""
    against = _difference(found.match, event.match)
    return {
        "name": found.channel,
        "match": found.match,
        "against": against,
        "direction": words.direction(against),
    }


def _difference(match: Match, other: Match | None) -> float | None:
    if match.lag_samples is None or other is None or other.lag_samples is None:
        return None
    return match.lag_samples - other.lag_samples


def _placed(report: Report) -> dict[str, float] | None:
    """The middle and the worst uncertainty of all measured places, in samples."""
    rate = report.sync.sample_rate
    known = [entry.uncertainty * rate for entry in report.entries if entry.uncertainty is not None]
    return {"median": median(known), "worst": max(known)} if known else None


def _thumbnail(waves: Waves) -> Markup:
    """Guide above, take below, over the same time."""
    return Markup(
        '<svg class="waves" viewBox="0 0 200 {}" preserveAspectRatio="none" role="img" '
        'aria-label="guide above, take below">{}{}</svg>'
    ).format(4 * _LANE, _lane(waves.guide, "guide", _LANE), _lane(waves.sound, "take", 3 * _LANE))


def _lane(lane: Lane, name: str, middle: int) -> Markup:
    """One lane as a closed outline of its columns; a silent one is its centre line."""
    if not lane:
        return Markup('<path class="silent" d="M0 {}H200"/>').format(middle)
    step, height = 200 / len(lane), _LANE - 1.5
    highs = [(i * step, middle - high * height) for i, (_, high) in enumerate(lane)]
    lows = [(i * step, middle - low * height + 0.6) for i, (low, _) in enumerate(lane)]
    outline = "L".join(f"{x:.1f} {y:.1f}" for x, y in [*highs, *reversed(lows)])
    return Markup('<path class="{}" d="M{}Z"/>').format(name, outline)


def _finalize(value: object) -> object:
    """Every text that is printed, with nothing hidden in it; our own SVG stays as it is."""
    return (
        words.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
    )
