"""The channels of one file, each heard along the course of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from conform.clocks.course import Course
from conform.clocks.speed import drift_at, played_at
from conform.clocks.timemap import retimed
from conform.hearing import poly
from conform.hearing.poly import PolyChannel
from conform.hearing.sound import Sound
from conform.match import Match


def each_channel(
    reference: Sound, channels: Sequence[Sound], run: Course, rate: int
) -> tuple[PolyChannel, ...]:
    """Every channel of a file by itself, heard along the course of the whole."""
    if run.wander is not None:
        along = run.wander.map
        laid = [retimed(channel, along) for channel in channels]
        here = replace(run.match, lag_samples=0.0, drift_ppm=None)
        return tuple(
            replace(one, match=_moved(one.match, run.match))
            for one in poly.each(reference, laid, here, rate)
        )
    if run.speed is not None:
        once = run.speed
        played = [played_at(channel, once) for channel in channels]
        here = replace(run.match, drift_ppm=drift_at(run.match, 1 / once))
        return tuple(
            replace(one, match=replace(one.match, drift_ppm=drift_at(one.match, once)))
            for one in poly.each(reference, played, here, rate)
        )
    return poly.each(reference, channels, run.match, rate)


def _moved(channel: Match, whole: Match) -> Match:
    """A channel's match along a map on its file's clock: so much later than the whole."""
    if channel.lag_samples is None or whole.lag_samples is None:
        return channel
    lag = whole.lag_samples + channel.lag_samples
    return replace(channel, lag_samples=lag, drift_ppm=whole.drift_ppm)
