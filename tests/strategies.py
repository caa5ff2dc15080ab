"""Hypothesis strategies for the values that formats carry."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from hypothesis import strategies as st

from conform.findings import error, info, warning
from conform.match import Alternative, Match, Verdict
from conform.roll import Roll, RollChannel
from conform.synced import ChannelMatch, EventSync, Rung, Status, Sync
from conform.timecode import RATES, Rate
from conform.timeline import (
    Clip,
    Curve,
    Fade,
    Keyframe,
    Kind,
    Marker,
    Source,
    Timeline,
    TimePoint,
    Track,
    Transition,
)

rates = st.sampled_from(list(RATES.values()))
"""Every rate of the trade, with and without drop frame."""

names = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12).map(str.strip)
"""Names as people give them: any script, no control characters."""

metadata = st.lists(st.tuples(names, names), max_size=3).map(tuple)
frames = st.integers(0, 24 * 3600 * 20)
fine_times = st.fractions(0, 3600, max_denominator=48000)
levels = st.floats(-100, 20) | st.just(float("-inf"))


def times(rate: Rate, longest: int = 100_000) -> st.SearchStrategy[Fraction]:
    """Times on a rate's frames, or anywhere between them."""
    return st.integers(0, longest).map(rate.seconds) | fine_times


@st.composite
def sources(draw: st.DrawFn) -> Source:
    return Source(
        *(draw(names) for _ in range(7)),
        start=draw(st.none() | fine_times),
        duration=draw(st.none() | fine_times),
        rate=draw(st.none() | rates),
        channels=draw(st.none() | st.integers(1, 16)),
        sample_rate=draw(st.none() | st.sampled_from([44100, 48000, 96000])),
        generated=draw(st.booleans()),
        metadata=draw(metadata),
    )


@st.composite
def markers(draw: st.DrawFn) -> Marker:
    return Marker(draw(fine_times), draw(names), draw(names), draw(names), draw(fine_times))


@st.composite
def clips(draw: st.DrawFn, rate: Rate, record_in: Fraction) -> Clip:
    length = draw(times(rate, 5000)) or rate.frame
    speed = draw(
        st.sampled_from([Fraction(1), Fraction(0)]) | st.fractions(-4, 4, max_denominator=99)
    )
    source_in = draw(times(rate))
    used = length * abs(speed) or rate.frame
    return Clip(
        draw(names),
        record_in,
        record_in + length,
        source_in,
        source_in + used,
        draw(sources()),
        speed,
        draw(st.lists(st.builds(TimePoint, fine_times, fine_times), max_size=2).map(tuple)),
        draw(st.lists(st.integers(1, 8), max_size=2).map(tuple)),
        draw(levels),
        draw(st.lists(st.builds(Keyframe, fine_times, levels), max_size=2).map(tuple)),
        draw(st.none() | st.builds(Fade, fine_times, st.sampled_from(Curve))),
        draw(st.none() | st.builds(Fade, fine_times, st.sampled_from(Curve))),
        draw(st.booleans()),
        draw(names),
        draw(st.lists(markers(), max_size=2).map(tuple)),
        draw(metadata),
    )


@st.composite
def tracks(draw: st.DrawFn, kind: Kind, index: int, rate: Rate) -> Track:
    at = Fraction(0)
    laid: list[Clip] = []
    cuts: list[Fraction] = []
    for _ in range(draw(st.integers(0, 3))):
        step = draw(st.sampled_from([Fraction(0), rate.frame * 5]) | fine_times)
        clip = draw(clips(rate, at + step))
        laid.append(clip)
        cuts.append(clip.record_in)
        at = draw(st.sampled_from([clip.record_out, clip.record_out, clip.record_in]))
    joints = sorted({cut for cut in cuts if draw(st.booleans())})
    laid.sort(key=lambda clip: clip.record_in)
    return Track(
        kind,
        index,
        draw(names),
        tuple(laid),
        tuple(
            Transition(
                cut - draw(fine_times),
                cut,
                cut + draw(fine_times),
                draw(names),
                metadata=draw(metadata),
            )
            for cut in joints
        ),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(metadata),
    )


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Timelines with gaps, overlaps, retimes, transitions and sub-frame edges."""
    rate = draw(rates)
    laid = [
        draw(tracks(kind, index, rate))
        for kind in Kind
        for index in range(1, 1 + draw(st.integers(0, 2)))
    ]
    return Timeline(
        draw(names.filter(bool)),
        rate,
        draw(times(rate)),
        tuple(laid),
        draw(st.lists(markers(), max_size=3).map(tuple)),
        draw(metadata),
        draw(st.none() | fine_times),
    )


real = st.floats(-1e9, 1e9)


@st.composite
def matches(draw: st.DrawFn) -> Match:
    return Match(
        draw(st.sampled_from(Verdict)),
        48000,
        draw(names),
        *(draw(st.none() | real) for _ in range(4)),
        draw(real),
        draw(real),
        draw(st.none() | st.floats(0, 1)),
        draw(st.sampled_from([1, -1])),
        draw(st.lists(st.builds(Alternative, real, real), max_size=2).map(tuple)),
    )


@st.composite
def rolls(draw: st.DrawFn) -> Roll:
    file = st.sampled_from(["a.wav", "day 1/b.wav", "/mnt/rolls/c é.wav"]).map(Path)
    return Roll(
        draw(names),
        tuple(
            RollChannel(draw(names), draw(file), index) for index in range(draw(st.integers(1, 2)))
        ),
        draw(st.integers(0, 2**40)),
        48000,
        draw(st.none() | fine_times),
        draw(st.none() | rates),
        draw(st.sampled_from([16, 24, 32])),
        draw(st.booleans()),
        *(draw(names) for _ in range(6)),
        draw(st.none() | st.booleans()),
        draw(names),
        draw(metadata),
        draw(st.lists(st.builds(info, names, names, names), max_size=1).map(tuple)),
    )


@st.composite
def syncs(draw: st.DrawFn) -> Sync:
    """Sessions: some events of the timeline's clips, with and without takes and measurements."""
    timeline = draw(timelines())
    takes = tuple(draw(st.lists(rolls(), max_size=2)))
    events = [
        EventSync(
            str(number),
            clip,
            draw(st.lists(st.integers(1, 8), max_size=2).map(tuple)),
            draw(st.sampled_from(Status)),
            draw(names),
            draw(st.none() | st.sampled_from(takes)) if takes else None,
            draw(st.none() | st.sampled_from(Rung)),
            draw(st.none() | fine_times),
            draw(st.none() | fine_times),
            draw(st.none() | matches()),
            draw(st.lists(st.builds(ChannelMatch, names, matches()), max_size=1).map(tuple)),
            draw(st.booleans()),
        )
        for number, (_, clip) in enumerate(timeline.clips())
        if draw(st.booleans())
    ]
    return Sync(
        timeline,
        draw(st.sampled_from(["", "guide.mov", "/films/guide é.mov"])),
        48000,
        draw(fine_times.filter(bool)),
        tuple(events),
        takes,
        draw(
            st.lists(
                st.builds(draw(st.sampled_from([info, warning, error])), names, names), max_size=2
            ).map(tuple)
        ),
    )
