"""A short film and its true session: what a reviewer opens, without measuring anything."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from adapters import formats, rolls, session
from conform.match import Match, Verdict
from conform.synced import EventSync, Rung, Status, Sync
from conform.syncing.candidates import events
from fixtures.film import Film, make_film
from fixtures.spec import FilmSpec


@pytest.fixture(scope="session")
def short_film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """24 s at 23.976: nine events, one of them of a take that is missing."""
    spec = FilmSpec(seconds=24, takes=2, events=8, missing=True)
    return make_film(tmp_path_factory.mktemp("short"), spec)


@pytest.fixture(scope="session")
def true_sync(short_film: Film) -> Sync:
    """What a perfect measurement would say of the short film."""
    timeline = formats.read(short_film.edl, rate=short_film.spec.rate).timelines[0]
    takes, _ = rolls.scan([short_film.rolls])
    by_file = {take.path.name: take for take in takes}
    found = []
    for event, truth in zip(events(timeline), short_film.truth.events, strict=True):
        empty = EventSync(event.id, event.clip, event.tracks, Status.NOT_MEASURED, "no such take")
        zero = truth.zero_at_middle()
        if truth.roll is None or zero is None:
            found.append(empty)
            continue
        roll = by_file[truth.roll]
        kept = Fraction(round(zero * 48000 * 1024), 48000 * 1024)
        lag = float(kept) * 48000
        match = Match(Verdict.MATCH, 48000, "", lag, 0.5, 0.0, 0.4, 30.0, 0.5, 1e-20)
        found.append(
            replace(
                empty,
                status=Status.MEASURED,
                reason="",
                roll=roll,
                rung=Rung.TIMECODE_SCENE_TAKE,
                zero=kept,
                timecode_zero=event.clip.record_in - (event.clip.source_in - (roll.start or 0)),
                match=match,
            )
        )
    length = short_film.spec.rate.seconds(short_film.spec.frames)
    picture, cut = str(short_film.movie), str(short_film.edl)
    return Sync(timeline, picture, 48000, length, tuple(found), takes, cut=cut)


@pytest.fixture
def session_file(true_sync: Sync, tmp_path: Path) -> Path:
    """The true session on disk, fresh for each test."""
    path = tmp_path / "reel.otio"
    session.save(true_sync, path)
    return path
