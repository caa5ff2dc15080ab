"""A session out of loose files: a movie, and new sounds that are laid where they are heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from adapters import rolls
from conform import media
from conform.clocks.align import Aligned, align
from conform.errors import MediaError
from conform.match import Match
from conform.roll import Roll
from conform.synced import EventSync, Status, Sync
from conform.syncing.picture import place_picture
from conform.timecode import Rate
from conform.timeline import ZERO, Clip, Kind, Source, Timeline, Track
from conform.watch import Watch, unwatched
from ui.review.session import Session


def loose(
    picture: Path,
    guide: Path | None,
    sounds: Sequence[Path],
    *,
    second: Path | None = None,
    reviewer: str = "",
    watch: Watch = unwatched,
) -> Session:
    """A session without a file: every sound is one event, measured whole against the guide.

    A guide that is not the movie's own sound is taken to start with the picture. Raises
    `MediaError` where movie or guide cannot be read; a sound that matches nowhere stays unplaced.
    """
    movie = media.probe(picture)
    if not movie.video:
        raise MediaError("has no picture", path=picture)
    takes, odd = rolls.scan(list(sounds), watch=watch)
    heard = guide or picture
    noticed = list(odd)
    paths = [take.path for take in takes]
    found = align(heard, paths, findings=noticed.append, watch=watch) if takes else ()
    rate = movie.video[0].rate or Rate(Fraction(25))
    clock = rate.with_drop(";" in (movie.timecode or "") and rate.nominal % 30 == 0)
    length = place_picture(Timeline(picture.stem, clock), movie).length
    laid = [_event(take, _on_clock(one), length) for take, one in zip(takes, found, strict=True)]
    laid.sort(key=lambda event: event.clip.record_in)
    events = tuple(
        replace(event, id=f"{number:04}", tracks=(number,)) for number, event in enumerate(laid, 1)
    )
    tracks = tuple(
        Track(Kind.AUDIO, number, event.clip.name, (event.clip,))
        for number, event in enumerate(events, 1)
    )
    start = clock.time_of(movie.timecode) if movie.timecode else ZERO
    findings = (*noticed, *(finding for aligned in found for finding in aligned.findings))
    sync = Sync(
        timeline=Timeline(picture.stem, clock, start, tracks, length=length),
        picture=str(picture),
        sample_rate=takes[0].sample_rate if takes else 48000,
        length=length,
        events=events,
        rolls=tuple(takes),
        findings=findings,
    )
    return Session(sync, guide=heard, second=second, reviewer=reviewer)


def _on_clock(one: Aligned) -> Match:
    """A file's match by its own clock, as takes are read: not from its first sample of sound."""
    return one.match.counted_from(-float(one.begins))


def _event(take: Roll, match: Match, length: Fraction) -> EventSync:
    """A whole take as one event, where it was heard; over the whole picture where it was not."""
    zero = None
    if match.matched and match.lag_samples is not None:
        zero = Fraction(match.lag_samples).limit_denominator(1 << 20) / match.sample_rate
        # True at the middle of what is heard: there the drift has carried it that far.
        heard = min(length, zero + take.duration) + max(ZERO, zero)
        zero += (heard / 2 - zero) * Fraction(match.drift_ppm or 0) / 10**6
    first = max(ZERO, zero) if zero is not None else ZERO
    last = min(length, zero + take.duration) if zero is not None else length
    source = Source(
        take.name,
        str(take.path),
        scene=take.scene,
        take=take.take,
        start=take.start,
        rate=take.rate if take.start is not None else None,
    )
    begin = (take.start or ZERO) + (ZERO if zero is None else first - zero)
    length = max(last - first, ZERO)
    clip = Clip(take.name, first, first + length, begin, begin + length, source)
    return EventSync(
        take.name,
        clip,
        (),
        Status.NOT_MEASURED if zero is None else Status.MEASURED,
        reason=match.reason,
        roll=take,
        zero=zero,
        match=match,
    )
