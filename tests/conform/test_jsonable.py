"""The JSON shapes: exact times, true labels, finite numbers, stable keys."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from conform.findings import warning
from conform.jsonable import (
    event_json,
    findings_json,
    match_json,
    media_json,
    roll_json,
    timeline_json,
)
from conform.match import Alternative, Match, Verdict
from conform.media import AudioStream, Media, VideoStream
from conform.roll import Roll, RollChannel
from conform.synced import ChannelMatch, EventSync, Rung, Status, Sync
from conform.timecode import RATES, Rate
from conform.timeline import (
    Clip,
    Curve,
    Fade,
    Kind,
    Marker,
    Source,
    Timeline,
    Track,
    Transition,
)

R23 = RATES["23.976"]
HOUR = R23.seconds(R23.frames("01:00:00:00"))


def clip(**changes: object) -> Clip:
    values: dict[str, object] = {
        "name": "1A-3",
        "record_in": R23.seconds(24),
        "record_out": R23.seconds(72),
        "source_in": Fraction(36000),
        "source_out": Fraction(36002),
        "source": Source(name="A001", reel="A001", rate=RATES["25"], start=Fraction(36000)),
    }
    return Clip(**(values | changes))  # type: ignore[arg-type]  # the names are those of Clip


def timeline(*clips: Clip) -> Timeline:
    dissolve = Transition(R23.seconds(60), R23.seconds(72), R23.seconds(84), curve=Curve.LINEAR)
    track = Track(Kind.AUDIO, 1, "A1", clips, (dissolve,))
    return Timeline("Reel 1", R23, HOUR, (track,), (Marker(R23.seconds(48), "pop"),))


def test_record_times_count_from_the_start_and_are_labelled_by_the_record_clock() -> None:
    shape = timeline_json(timeline(clip()))
    assert shape["start"] == {"seconds": "18018/5", "timecode": "01:00:00:00"}
    event = shape["tracks"][0]["clips"][0]
    assert event["record_in"] == {"seconds": "1001/1000", "timecode": "01:00:01:00"}
    assert shape["markers"][0]["at"] == {"seconds": "1001/500", "timecode": "01:00:02:00"}
    assert shape["tracks"][0]["transitions"][0]["cut"]["timecode"] == "01:00:03:00"


def test_source_times_are_labelled_at_the_source_rate() -> None:
    event = timeline_json(timeline(clip()))["tracks"][0]["clips"][0]
    assert event["source_in"] == {"seconds": "36000", "timecode": "10:00:00:00"}
    assert event["source"]["start"] == {"seconds": "36000", "timecode": "10:00:00:00"}


def test_what_has_no_label_is_null() -> None:
    event = timeline_json(timeline(clip(source=Source(generated=True))))["tracks"][0]["clips"][0]
    assert event["source_in"]["timecode"] is None
    assert event["source"]["start"] is None


def test_rates_speeds_and_durations_are_rational_strings() -> None:
    fades = {"fade_in": Fade(Fraction(1, 48), Curve.LINEAR), "fade_out": None}
    shape = timeline_json(timeline(clip(speed=Fraction(-1, 2), **fades)))
    assert (shape["rate"], shape["rate_name"], shape["drop"]) == ("24000/1001", "23.976", False)
    assert shape["duration"] == "3003/1000"
    event = shape["tracks"][0]["clips"][0]
    assert (event["speed"], event["fade_in"], event["fade_in_curve"]) == ("-1/2", "1/48", "linear")
    assert (event["fade_out"], event["fade_out_curve"]) == (None, None)


def test_the_documented_keys_come_in_every_timeline() -> None:
    shape = timeline_json(timeline(clip()))
    assert {"name", "rate", "drop", "start", "duration", "tracks", "markers"} <= shape.keys()
    track = shape["tracks"][0]
    assert {"kind", "name", "index", "enabled", "clips"} <= track.keys()
    event = track["clips"][0]
    assert event.keys() >= {
        *("name", "record_in", "record_out", "source_in", "source_out", "speed", "enabled"),
        *("channels", "gain_db", "fade_in", "fade_out", "source"),
    }
    assert {"name", "url", "reel", "scene", "take", "start"} <= event["source"].keys()


def test_silence_as_gain_is_null_not_infinity() -> None:
    shape = timeline_json(timeline(clip(gain_db=-math.inf)))
    assert shape["tracks"][0]["clips"][0]["gain_db"] is None
    json.dumps(shape, allow_nan=False)


@given(
    rate=st.sampled_from(list(RATES.values())),
    start=st.integers(0, 10**6),
    frames=st.integers(0, 10**5),
)
def test_exact_seconds_and_labels_agree_at_every_rate(rate: Rate, start: int, frames: int) -> None:
    at = rate.seconds(frames)
    cut = Timeline("t", rate, rate.seconds(start), markers=(Marker(at),))
    shape = json.loads(json.dumps(timeline_json(cut)))["markers"][0]["at"]
    assert Fraction(shape["seconds"]) == at
    assert rate.frames(shape["timecode"]) == (start + frames) % rate.day


MATCH = Match(
    Verdict.MATCH, 48000, lag_samples=-96.5, uncertainty_samples=0.4, drift_ppm=3.0,
    drift_uncertainty_ppm=0.5, score=21.0, runner_up=4.0, alternatives=(Alternative(7.0, 4.0),),
)  # fmt: skip


def test_a_match_says_early_or_late() -> None:
    shape = match_json(MATCH)
    assert shape["matched"] is True
    assert (shape["lag_samples"], shape["direction"]) == (-96.5, "late")
    assert shape["lag_seconds"] == -96.5 / 48000


def test_no_match_gives_nulls_and_the_reason() -> None:
    shape = match_json(None, "silence")
    assert (shape["matched"], shape["lag_samples"], shape["reason"]) == (False, None, "silence")
    assert shape.keys() == match_json(MATCH).keys()
    refused = match_json(Match(Verdict.NO_MATCH, 48000, "no clear winner", false_match=math.nan))
    assert (refused["reason"], refused["false_match"]) == ("no clear winner", None)
    assert (refused["score"], refused["polarity"]) == (0.0, None)


def test_what_was_never_heard_has_neither_score_nor_polarity() -> None:
    shape = match_json(Match(Verdict.UNREADABLE, 48000, "cannot be read"))
    assert (shape["verdict"], shape["reason"]) == ("unreadable", "cannot be read")
    assert (shape["score"], shape["runner_up"], shape["polarity"]) == (None, None, None)
    assert shape["lag_samples"] is None


def roll() -> Roll:
    channels = (RollChannel("Boom", Path("A.wav"), 0), RollChannel("Lav", Path("A.wav"), 1))
    return Roll("A", channels, 480000, 48000, HOUR, R23, scene="1A", take="3", circled=True)


def synced(event: EventSync) -> Sync:
    return Sync(timeline(event.clip), "movie.mov", 48000, Fraction(10), (event,), (roll(),))


def test_an_event_carries_identity_evidence_lag_and_slip() -> None:
    event = EventSync(
        "e1", clip(event="001"), (1, 2), Status.MEASURED, roll=roll(), rung=Rung.TIMECODE_NAME,
        zero=Fraction(1, 2), timecode_zero=Fraction(1, 2) + Fraction(100, 48000), match=MATCH,
        channels=(ChannelMatch("Boom", MATCH),),
    )  # fmt: skip
    shape = event_json(event, synced(event))
    assert (shape["id"], shape["event"], shape["tracks"]) == ("e1", "001", [1, 2])
    assert (shape["status"], shape["file"], shape["rung"]) == (
        "measured",
        "A.wav",
        "timecode + name",
    )
    assert shape["channels"] == ["Boom", "Lav"]
    assert shape["channel_matches"][0]["channel"] == "Boom"
    assert shape["slip_samples"] == -100.0
    assert shape["slip_direction"] == "late"
    assert shape["slip_frames"] == float(Fraction(-100, 48000) * R23.fps)
    assert match_json(MATCH).items() <= shape.items()
    json.dumps(shape, allow_nan=False)


def test_an_event_that_was_not_measured_keeps_every_key() -> None:
    measured = EventSync("e1", clip(), (1,), Status.MEASURED, roll=roll(), match=MATCH)
    silent = EventSync("e2", clip(), (), Status.NOT_MEASURED, reason="silence")
    shape = event_json(silent, synced(silent))
    assert shape.keys() == event_json(measured, synced(measured)).keys()
    assert (shape["status"], shape["reason"], shape["file"]) == ("not_measured", "silence", None)
    assert shape["slip_samples"] is None


def test_media_rolls_and_findings() -> None:
    media = Media(
        Path("m.mov"),
        "mov",
        (AudioStream(1, "aac", 48000, 2, "stereo", Fraction(-1, 100), Fraction(10), None),),
        (VideoStream(0, "h264", 640, 360, R23, Fraction(0), Fraction(10), 240),),
        Fraction(10),
        "01:00:00:00",
        (warning("odd", "odd", "m.mov"),),
    )
    shape = media_json(media)
    assert (shape["duration"], shape["audio"][0]["start"]) == ("10", "-1/100")
    assert shape["video"][0]["rate"] == "24000/1001"
    assert shape["findings"] == findings_json(media.findings)
    take = roll_json(roll())
    assert take["start"] == {"seconds": "18018/5", "timecode": "01:00:00:00"}
    assert (take["duration"], take["circled"]) == ("10", True)
    json.dumps([shape, take], allow_nan=False)
