"""One event of the cut that holds two takes: each is found, or the edge is said to be unheard."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters import formats, rolls
from conform.roll import Roll
from conform.synced import Rung, Status, Sync
from conform.syncing.parting import _run
from conform.syncing.sync import sync
from conform.timeline import Timeline
from fixtures.film import Film, make_film
from fixtures.spec import FilmSpec

EARLY, LATE = 2, 3  # events that follow one another, of two takes


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    spec = FilmSpec(seed=93, seconds=36, events=5, takes=4, snr_db=6.0, unrelated=2, missing=True)
    return make_film(tmp_path_factory.mktemp("parting"), spec)


def merged(film: Film, named: int) -> Timeline:
    """Two events as one, which is counted on the clock of one of them."""
    cut = formats.read(film.otio).timelines[0]
    early, late = (cut.audio[0].clips[number] for number in (EARLY, LATE))
    clip = cut.audio[0].clips[named]
    both = replace(
        clip,
        record_in=early.record_in,
        record_out=late.record_out,
        source_in=clip.source_in - (clip.record_in - early.record_in),
        source_out=clip.source_out + (late.record_out - clip.record_out),
    )
    return replace(cut, tracks=(replace(cut.audio[0], clips=(both,)),))


def takes_of(film: Film, *without: str | None) -> list[Roll]:
    return [roll for roll in rolls.scan([film.rolls])[0] if roll.path.name not in without]


def told(answer: Sync, code: str) -> list[str]:
    return [finding.message for finding in answer.findings if finding.code == code]


@pytest.mark.parametrize("named", [EARLY, LATE])
def test_each_take_is_laid_under_its_part(film: Film, named: int) -> None:
    answer = sync(merged(film, named), film.movie, takes_of(film))
    assert [event.id for event in answer.events] == ["0001a", "0001b"]
    for event, number in zip(answer.events, (EARLY, LATE), strict=True):
        truth = film.truth.events[number]
        assert event.status is Status.MEASURED
        assert event.roll is not None
        assert event.roll.path.name == truth.roll
        assert (event.rung is Rung.SOUND) == (number != named)
        wanted = truth.zero_at_middle()
        assert event.zero is not None
        assert wanted is not None
        assert abs(float(event.zero - wanted)) < 0.001
    early, late = answer.events
    assert early.clip.record_out == late.clip.record_in
    (text,) = told(answer, "sync.two-takes")
    doubt = float(text.split()[-2])
    cut = film.truth.events[LATE].record_in
    assert abs(float(late.clip.record_in - cut)) < doubt < 2.5


def test_an_edge_that_is_in_no_take_is_said_to_be_unheard(film: Film) -> None:
    without = film.truth.events[LATE].roll
    answer = sync(merged(film, EARLY), film.movie, takes_of(film, without))
    (event,) = answer.events
    assert event.id == "0001"
    assert event.status is Status.MEASURED
    (text,) = told(answer, "sync.unheard")
    assert Path(str(film.truth.events[EARLY].roll)).stem in text


def test_an_event_of_one_take_is_left_whole(film: Film) -> None:
    answer = sync(formats.read(film.otio).timelines[0], film.movie, takes_of(film))
    assert all(event.whole is None for event in answer.events)
    assert not told(answer, "sync.two-takes")
    assert not told(answer, "sync.unheard")


def test_one_stretch_alone_beyond_a_cut_is_chance() -> None:
    def run(borne: str) -> tuple[int, int] | None:
        return _run([one == "#" for one in borne])

    assert run("##.###...#....") == (0, 5)
    assert run("..#....##.##") == (7, 11)
    assert run("#..#..#") is None
    assert run("") is None
