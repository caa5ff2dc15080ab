"""Our values as plain dicts and lists that any JSON writer takes, in shapes that stay stable.

A time is `{"seconds": "1001/24", "timecode": "01:00:41:17"}`: exact rational seconds as a string
and the label that the trade would print, or null where there is none. Record times count from the
timeline's start and are labelled by the record clock. Source times count from the source's own
zero, labelled at the source's rate, or the timeline's where the source states none. A duration is
the rational string alone. Floats are finite; what is infinite (a gain of silence) is null.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import isfinite
from typing import Any

from conform.findings import Finding
from conform.match import Match, Verdict, early_or_late
from conform.media import AudioStream, Media, VideoStream
from conform.roll import Roll
from conform.synced import EventSync, Status, Sync
from conform.timecode import Rate
from conform.timeline import Clip, Fade, Marker, Metadata, Source, Timeline, Track, Transition

Json = dict[str, Any]
"""An object of strings, numbers, booleans, nulls, lists and objects of the same."""


def time_json(seconds: Fraction, label: str | None) -> Json:
    """A time: exact seconds and the label on the clock."""
    return {"seconds": str(seconds), "timecode": label}


def timeline_json(timeline: Timeline) -> Json:
    """A cut with its tracks, clips, transitions and markers."""
    return {
        "name": timeline.name,
        "rate": str(timeline.rate.fps),
        "rate_name": timeline.rate.name,
        "drop": timeline.rate.drop,
        "start": time_json(timeline.start, timeline.timecode(Fraction(0))),
        "duration": str(timeline.duration),
        "tracks": [_track(timeline, track) for track in timeline.tracks],
        "markers": [_marker(timeline, marker, Fraction(0)) for marker in timeline.markers],
        "metadata": _metadata(timeline.metadata),
    }


def findings_json(findings: Iterable[Finding]) -> list[Json]:
    """What was odd about the material."""
    return [
        {
            "level": str(finding.level),
            "code": finding.code,
            "message": finding.message,
            "where": finding.where,
        }
        for finding in findings
    ]


def match_json(match: Match | None, reason: str = "") -> Json:
    """One measurement of sound against sound; all null, with the reason, where none was made.

    An unreadable file has its verdict and the reference's rate, and neither score nor polarity.
    """
    found = match or Match(Verdict.UNREADABLE, sample_rate=0, reason=reason)
    return {
        "matched": found.matched,
        "lag_seconds": _number(found.lag_seconds),
        "lag_samples": _number(found.lag_samples),
        "sample_rate": found.sample_rate if match else None,
        "uncertainty_samples": _number(found.uncertainty_samples),
        "drift_ppm": _number(found.drift_ppm),
        "score": _number(found.score) if found.heard else None,
        "runner_up": _number(found.runner_up) if found.heard else None,
        "reason": found.reason,
        "verdict": str(found.verdict) if match else None,
        "direction": _word(found.lag_samples),
        "drift_uncertainty_ppm": _number(found.drift_uncertainty_ppm),
        "false_match": _number(found.false_match),
        "polarity": found.polarity if found.matched else None,
        "alternatives": [
            {"lag_samples": _number(other.lag_samples), "score": _number(other.score)}
            for other in found.alternatives
        ],
    }


def event_json(event: EventSync, sync: Sync) -> Json:
    """One event of a synced cut: what it is, which take lies under it, where, and how it is known.

    The lag fields are those of `match_json`: where the take's first sample falls in the picture.
    The slip is the measured place against timecode: positive = by timecode the sound is early. It
    is null where the place was not measured: a place by timecode proves nothing about timecode.
    """
    timeline, clip, roll = sync.timeline, event.clip, event.roll
    return {
        "id": event.id,
        "event": clip.event,
        "name": clip.name,
        "tracks": list(event.tracks),
        "record_in": _record(timeline, clip.record_in),
        "record_out": _record(timeline, clip.record_out),
        "part_of": _span(timeline, event.whole),
        "source": _source(timeline, clip.source),
        "status": str(event.status),
        "file": str(roll.path) if roll else None,
        "files": [str(path) for path in roll.paths] if roll else [],
        "channels": [channel.name for channel in roll.channels] if roll else [],
        "rung": str(event.rung) if event.rung else None,
        **match_json(event.match, event.reason),
        "reason": event.reason or (event.match.reason if event.match else ""),
        "leaned": event.leaned,
        "zero": _record(timeline, event.zero),
        "timecode_zero": _record(timeline, event.timecode_zero),
        **_slip(event, sync),
        "channel_matches": [
            {"channel": channel.channel, **match_json(channel.match)} for channel in event.channels
        ],
    }


def media_json(media: Media) -> Json:
    """A probed sound or picture file."""
    return {
        "path": str(media.path),
        "container": media.container,
        "duration": _duration(media.duration),
        "timecode": media.timecode,
        "audio": [_audio_stream(stream) for stream in media.audio],
        "video": [_video_stream(stream) for stream in media.video],
        "findings": findings_json(media.findings),
    }


def roll_json(roll: Roll) -> Json:
    """One take of a field recorder; its start is labelled at the recorder's rate."""
    return {
        "name": roll.name,
        "path": str(roll.path),
        "paths": [str(path) for path in roll.paths],
        "channels": [
            {"name": channel.name, "path": str(channel.path), "index": channel.index}
            for channel in roll.channels
        ],
        "duration": str(roll.duration),
        "length": roll.length,
        "sample_rate": roll.sample_rate,
        "bits": roll.bits,
        "floating": roll.floating,
        "start": None if roll.start is None else time_json(roll.start, roll.timecode),
        "rate": _rate(roll.rate),
        "rate_name": roll.rate.name if roll.rate else None,
        "project": roll.project,
        "scene": roll.scene,
        "take": roll.take,
        "tape": roll.tape,
        "note": roll.note,
        "date": roll.date,
        "circled": roll.circled,
        "umid": roll.umid,
        "metadata": _metadata(roll.metadata),
        "findings": findings_json(roll.findings),
    }


def _track(timeline: Timeline, track: Track) -> Json:
    return {
        "kind": str(track.kind),
        "name": track.name,
        "index": track.index,
        "enabled": track.enabled,
        "soloed": track.soloed,
        "clips": [_clip(timeline, clip) for clip in track.clips],
        "transitions": [_transition(timeline, item) for item in track.transitions],
        "metadata": _metadata(track.metadata),
    }


def _clip(timeline: Timeline, clip: Clip) -> Json:
    return {
        "name": clip.name,
        "event": clip.event,
        "record_in": _record(timeline, clip.record_in),
        "record_out": _record(timeline, clip.record_out),
        "source_in": _source_time(timeline, clip.source, clip.source_in),
        "source_out": _source_time(timeline, clip.source, clip.source_out),
        "speed": str(clip.speed),
        "time_map": [
            {"record": str(point.record), "source": str(point.source)} for point in clip.time_map
        ],
        "enabled": clip.enabled,
        "channels": list(clip.channels),
        "gain_db": _number(clip.gain_db),
        "gain_curve": [{"at": str(key.at), "value": _number(key.value)} for key in clip.gain_curve],
        "fade_in": _fade(clip.fade_in),
        "fade_in_curve": str(clip.fade_in.curve) if clip.fade_in else None,
        "fade_out": _fade(clip.fade_out),
        "fade_out_curve": str(clip.fade_out.curve) if clip.fade_out else None,
        "source": _source(timeline, clip.source),
        "markers": [_marker(timeline, marker, clip.record_in) for marker in clip.markers],
        "metadata": _metadata(clip.metadata),
    }


def _source(timeline: Timeline, source: Source) -> Json:
    return {
        "name": source.name,
        "url": source.url,
        "reel": source.reel,
        "tape": source.tape,
        "scene": source.scene,
        "take": source.take,
        "umid": source.umid,
        "start": _source_time(timeline, source, source.start),
        "duration": _duration(source.duration),
        "rate": _rate(source.rate),
        "channels": source.channels,
        "sample_rate": source.sample_rate,
        "generated": source.generated,
        "metadata": _metadata(source.metadata),
    }


def _transition(timeline: Timeline, item: Transition) -> Json:
    return {
        "name": item.name,
        "record_in": _record(timeline, item.record_in),
        "cut": _record(timeline, item.cut),
        "record_out": _record(timeline, item.record_out),
        "duration": str(item.duration),
        "curve": str(item.curve),
        "metadata": _metadata(item.metadata),
    }


def _marker(timeline: Timeline, marker: Marker, origin: Fraction) -> Json:
    return {
        "name": marker.name,
        "comment": marker.comment,
        "color": marker.color,
        "at": _record(timeline, origin + marker.at),
        "duration": str(marker.duration),
    }


def _slip(event: EventSync, sync: Sync) -> Json:
    slip = event.slip_seconds
    if slip is None or event.status is not Status.MEASURED:
        return dict.fromkeys(("slip_seconds", "slip_samples", "slip_frames", "slip_direction"))
    samples = float(slip * sync.sample_rate)
    return {
        "slip_seconds": float(slip),
        "slip_samples": samples,
        "slip_frames": float(slip * sync.timeline.rate.fps),
        "slip_direction": early_or_late(samples),
    }


def _audio_stream(stream: AudioStream) -> Json:
    return {
        "index": stream.index,
        "codec": stream.codec,
        "sample_rate": stream.sample_rate,
        "channels": stream.channels,
        "layout": stream.layout,
        "start": str(stream.start),
        "duration": _duration(stream.duration),
        "bits": stream.bits,
    }


def _video_stream(stream: VideoStream) -> Json:
    return {
        "index": stream.index,
        "codec": stream.codec,
        "width": stream.width,
        "height": stream.height,
        "rate": _rate(stream.rate),
        "rate_name": stream.rate.name if stream.rate else None,
        "start": str(stream.start),
        "duration": _duration(stream.duration),
        "frames": stream.frames,
    }


def _record(timeline: Timeline, at: Fraction | None) -> Json | None:
    return None if at is None else time_json(at, timeline.timecode(at))


def _span(timeline: Timeline, whole: Clip | None) -> Json | None:
    """Where the clip of the cut lies that an event is a part of, several takes being under it."""
    if whole is None:
        return None
    return {
        "record_in": _record(timeline, whole.record_in),
        "record_out": _record(timeline, whole.record_out),
    }


def _source_time(timeline: Timeline, source: Source, at: Fraction | None) -> Json | None:
    if at is None:
        return None
    label = None if source.generated else (source.rate or timeline.rate).label_at(at)
    return time_json(at, label)


def _duration(seconds: Fraction | None) -> str | None:
    return None if seconds is None else str(seconds)


def _fade(fade: Fade | None) -> str | None:
    return None if fade is None else str(fade.duration)


def _rate(rate: Rate | None) -> str | None:
    return str(rate.fps) if rate else None


def _metadata(metadata: Metadata) -> list[list[str]]:
    return [[name, value] for name, value in metadata]


def _number(value: float | None) -> float | None:
    return None if value is None or not isfinite(value) else float(value)


def _word(samples: float | None) -> str | None:
    return None if samples is None else early_or_late(samples)
