"""Nothing names a take: by sound alone each event finds its own, and strangers stay strangers."""

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from adapters import formats, rolls
from conform.roll import Roll
from conform.synced import Rung, Status, Sync
from conform.syncing.sync import sync
from conform.timeline import Clip, Source, Timeline
from conform.watch import Step
from fixtures.film import Film, make_film
from fixtures.spec import FilmSpec, Guide
from fixtures.truth import Expected
from fixtures.verdict import event_verdicts


@pytest.fixture(scope="module")
def nameless(tmp_path_factory: pytest.TempPathFactory) -> Film:
    spec = FilmSpec(
        seed=93, seconds=36, events=5, takes=4, snr_db=6.0, unrelated=2, missing=True,
        inverted=("Lav 2",), guide=Guide.SPLIT,
    )  # fmt: skip
    return make_film(tmp_path_factory.mktemp("nameless"), spec)


def stripped_cut(film: Film) -> Timeline:
    """The cut's record times, and nothing else."""
    cut = formats.read(film.otio).timelines[0]
    track = replace(cut.audio[0], clips=tuple(_nameless(clip) for clip in cut.audio[0].clips))
    return replace(cut, tracks=(track,))


def _nameless(clip: Clip) -> Clip:
    return replace(clip, name="", source=Source(), source_in=Fraction(0), source_out=clip.duration)


def stripped_takes(film: Film) -> tuple[Roll, ...]:
    return tuple(
        replace(roll, name=f"R{n}", start=None, rate=None, scene="", take="", tape="")
        for n, roll in enumerate(rolls.scan([film.rolls])[0])
    )


@pytest.fixture(scope="module")
def found(nameless: Film) -> Sync:
    return sync(stripped_cut(nameless), nameless.movie, stripped_takes(nameless))


def told(answer: Sync, code: str) -> list[str]:
    return [finding.message for finding in answer.findings if finding.code == code]


def test_every_event_is_found_or_refused_by_sound_alone(nameless: Film, found: Sync) -> None:
    verdicts = event_verdicts(nameless, found)
    assert [verdict.truth.number for verdict in verdicts if not verdict.right] == []
    measured = [event for event in found.events if event.status is Status.MEASURED]
    assert len(measured) >= 4
    assert {event.rung for event in measured} == {Rung.SOUND}
    assert {event.timecode_zero for event in measured} == {None}
    assert not told(found, "sync.slipped")


def test_a_refusal_says_what_was_searched(nameless: Film, found: Sync) -> None:
    refused = [event for event in found.events if event.status is not Status.MEASURED]
    assert refused
    count = len(stripped_takes(nameless))
    for event in refused:
        assert event.roll is None
        assert f"none of {count} takes" in event.reason
        assert "no take by timecode, slate, roll or name" in event.reason


def test_the_order_of_the_takes_and_the_workers_change_nothing(nameless: Film, found: Sync) -> None:
    takes = stripped_takes(nameless)
    with ThreadPoolExecutor(2) as executor:
        again = sync(stripped_cut(nameless), nameless.movie, takes[::-1], executor=executor)
    assert again.events == found.events


def test_strangers_alone_are_no_match(nameless: Film) -> None:
    used = {event.roll for event in nameless.truth.events}
    strangers = [roll for roll in stripped_takes(nameless) if roll.path.name not in used]
    assert len(strangers) >= 2
    answer = sync(stripped_cut(nameless), nameless.movie, strangers)
    assert {event.status for event in answer.events} == {Status.NOT_MEASURED}


def test_a_mirror_drive_is_told(nameless: Film, found: Sync, tmp_path: Path) -> None:
    takes = stripped_takes(nameless)
    event = next(event for event in found.events if event.roll is not None)
    assert event.roll is not None
    copy = tmp_path / "MIRROR.wav"
    shutil.copy(event.roll.path, copy)
    channels = tuple(replace(channel, path=copy) for channel in event.roll.channels)
    mirror = replace(event.roll, name="mirror", channels=channels)
    answer = sync(stripped_cut(nameless), nameless.movie, (*takes, mirror))
    assert [one.zero for one in answer.events] == [one.zero for one in found.events]
    assert any(str(event.roll.path) in text for text in told(answer, "sync.copy"))


def test_a_take_that_cannot_be_read_is_told_and_left_out(nameless: Film, tmp_path: Path) -> None:
    takes = stripped_takes(nameless)
    gone = tmp_path / "GONE.wav"
    lost = replace(
        takes[0],
        name="gone",
        channels=tuple(replace(one, path=gone) for one in takes[0].channels),
    )
    answer = sync(stripped_cut(nameless), nameless.movie, (lost, *takes[1:]))
    assert len(told(answer, "sync.not-searched")) == 1
    assert any(event.status is Status.MEASURED for event in answer.events)


def test_no_take_is_searched_while_every_event_has_its_own(nameless: Film) -> None:
    cut = formats.read(nameless.otio).timelines[0]
    every = zip(cut.audio[0].clips, nameless.truth.events, strict=True)
    named = [clip for clip, truth in every if truth.expected is Expected.MEASURED]
    track = replace(cut.audio[0], clips=tuple(named))
    steps: list[Step] = []
    takes = rolls.scan([nameless.rolls])[0]
    sync(replace(cut, tracks=(track,)), nameless.movie, takes, watch=steps.append)
    assert not searches(steps)
    sync(stripped_cut(nameless), nameless.movie, takes[:1], watch=steps.append)
    assert searches(steps)[-1].done == searches(steps)[-1].total > 0


def searches(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.stage == "searching the takes by sound"]
