"""The report for spreadsheets and programs: events as CSV, everything as JSON."""

from __future__ import annotations

import csv as csv_format
import io
import json as json_format
from fractions import Fraction
from typing import Any

from conform.jsonable import Json, event_json, findings_json, media_json, roll_json, time_json
from conform.report.drift import TakeDrift
from conform.report.files import StemOnDisk
from conform.report.gather import Entry, Report
from conform.report.waves import strongest
from conform.report.words import visible
from conform.review.decision import Choice, Decision
from conform.review.leader import PopCheck
from conform.synced import Status

CHOICES = {
    Choice.OPEN: "undecided",
    Choice.ACCEPTED: "accepted",
    Choice.REJECTED: "rejected",
}
"""What a reviewer decided, in the words of the tables."""

_FORMULA = ("=", "+", "-", "@")

COLUMNS = (
    "id", "event", "name", "tracks", "record_in", "record_out", "status", "file", "take",
    "channel", "rung", "slip_samples", "slip_frames", "slip_ms", "direction",
    "uncertainty_samples", "judgement", "lag_samples", "drift_ppm", "score", "runner_up", "reason",
    "stem_residual_samples", "stem_uncertainty_samples", "stem_judgement",
    "copied_samples", "differing_samples", "copied_sha256", "decision",
    "nudge_samples", "reviewer", "decided_at", "carried", "comment",
)  # fmt: skip


def csv(report: Report) -> str:
    """One row per event with plain numbers, safe to open in a spreadsheet.

    A text that a spreadsheet would run as a formula is led by an apostrophe.
    """
    page = io.StringIO(newline="")
    writer = csv_format.writer(page)
    writer.writerow(COLUMNS)
    for entry in report.entries:
        row = _row(entry, report)
        writer.writerow([_cell(row[column]) for column in COLUMNS])
    return page.getvalue()


def json(report: Report) -> str:
    """The whole report; event shapes are those of `conform.jsonable`."""
    sync = report.sync
    timeline = sync.timeline
    body = {
        "title": report.title,
        "date": report.date,
        "tool": report.tool,
        "cut": timeline.name,
        "rate": str(timeline.rate.fps),
        "drop": timeline.rate.drop,
        "start": time_json(timeline.start, timeline.rate.label_at(timeline.start)),
        "picture": media_json(report.picture) if report.picture else {"path": sync.picture},
        "length": str(sync.length),
        "sample_rate": sync.sample_rate,
        "tolerance": _tolerance(report),
        "summary": {
            "events": len(report.entries),
            **{str(status): report.count(status) for status in Status},
            "flagged": report.flagged,
        },
        "decisions": {CHOICES[choice]: report.chosen(choice) for choice in Choice},
        "override": report.review.override or None,
        "monitor_latency_ms": _milliseconds(report.review.latency),
        "pops": [_pop(check, report) for check in report.pops],
        "events": [_event(entry, report) for entry in report.entries],
        "takes": [_take(drift) for drift in report.drifts],
        "rolls": [roll_json(roll) for roll in sync.rolls],
        "stems": [_stem(stem) for stem in report.stems],
        "findings": findings_json(report.findings),
    }
    return json_format.dumps(body, indent=2, allow_nan=False) + "\n"


def _event(entry: Entry, report: Report) -> Json:
    proof, copied, decision = entry.proof, entry.copied, entry.decision
    return {
        **event_json(entry.event, report.sync),
        "judgement": str(entry.judgement),
        "stem": proof.stem if proof else None,
        "stem_residual_samples": proof.residual if proof else None,
        "stem_uncertainty_samples": proof.uncertainty if proof else None,
        "stem_judgement": str(entry.stem) if entry.stem else None,
        "copied_samples": copied.samples if copied else None,
        "differing_samples": copied.differing if copied else None,
        "copied_sha256": copied.sha256 if copied else None,
        "decision": CHOICES[decision.choice],
        "nudge_samples": decision.nudge,
        "reviewer": decision.by or None,
        "decided_at": decision.at or None,
        "carried": decision.carried,
        "comment": decision.comment or None,
        "sync_marks": _marks(decision, report),
    }


def _marks(decision: Decision, report: Report) -> Json | None:
    """The sync marks that a reviewer paired; the sound's counts from the take's first sample."""
    pair = decision.pair
    if pair is None:
        return None
    timeline = report.sync.timeline
    at = time_json(pair.picture, timeline.timecode(pair.picture))
    return {"picture": at, "sound": str(pair.sound)}


def _milliseconds(latency: Fraction | None) -> float | None:
    return None if latency is None else float(latency * 1000)


def _pop(check: PopCheck, report: Report) -> Json:
    """One pop of a leader; `off` is positive where it is early."""
    timeline = report.sync.timeline
    due = check.due
    return {
        "file": check.file,
        "kind": str(check.end),
        "channels": check.channels,
        "of_channels": check.held,
        "at": time_json(check.at, timeline.timecode(check.at)),
        "due": time_json(due.at, timeline.timecode(due.at)) if due else None,
        "why": due.why if due else None,
        "off_samples": check.samples,
        "off_frames": check.frames(timeline.rate),
        "sample_rate": check.sample_rate,
        "length": str(check.length),
        "level_dbfs": check.level,
    }


def _row(entry: Entry, report: Report) -> Json:
    """A CSV row's cells by column."""
    shape: Json = _event(entry, report)
    event, clip = entry.event, entry.event.clip
    slip = entry.slip
    return {
        **shape,
        "tracks": " ".join(map(str, event.tracks)),
        "record_in": report.sync.timeline.timecode(clip.record_in),
        "record_out": report.sync.timeline.timecode(clip.record_out),
        "take": event.roll.name if event.roll else None,
        "channel": strongest(event).name if event.roll else None,
        "slip_ms": None if slip is None else slip * 1000,
        "direction": shape["slip_direction"],
    }


def _cell(value: Any) -> str:
    """A cell: numbers plain, text made harmless."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return repr(value)
    text = visible(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _tolerance(report: Report) -> Json:
    tolerance = report.tolerance
    return {
        "name": tolerance.name,
        "early": str(tolerance.early),
        "late": str(tolerance.late),
        "unit": str(tolerance.unit),
        "source": tolerance.source,
    }


def _take(drift: TakeDrift) -> Json:
    return {
        "take": drift.take,
        "events": [event.id for event in drift.events],
        "drift_ppm": drift.ppm,
        "drift_uncertainty_ppm": drift.uncertainty,
        "meaning": drift.meaning,
    }


def _stem(stem: StemOnDisk) -> Json:
    return {
        "path": str(stem.path),
        "length": stem.length,
        "sample_rate": stem.sample_rate,
        "channels": stem.channels,
        "format": stem.form,
        "time_reference": stem.time_reference,
        "size": stem.size,
        "sha256": stem.sha256,
        "md5": stem.md5,
    }
