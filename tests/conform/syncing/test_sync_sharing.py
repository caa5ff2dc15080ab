"""Several takes under one event: a recording in two files, a second recorder, a copy."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from adapters import formats, rolls, session
from conform.laying.plan import plan
from conform.laying.prove import prove
from conform.laying.render import render
from conform.laying.stems import stem_spec
from conform.roll import Roll
from conform.synced import EventSync, Status, Sync
from conform.syncing.sync import sync
from conform.timeline import Timeline
from fixtures import decks
from fixtures.film import Film, make_film
from fixtures.rooms import place_mics
from fixtures.spec import FilmSpec
from fixtures.truth import EventTruth, RollTruth

RATE = 48_000


@dataclass(frozen=True)
class Shoot:
    """A film of which one take lies in two files, one had a second recorder, one was copied."""

    film: Film
    split: EventTruth
    pieces: tuple[RollTruth, RollTruth]
    whole: np.ndarray
    beside: EventTruth
    second: RollTruth
    copied: EventTruth
    copy: Path

    @property
    def seam(self) -> int:
        """The second file's first sample in the whole recording."""
        return self.pieces[1].time_reference - self.pieces[0].time_reference


@pytest.fixture(scope="module")
def shoot(tmp_path_factory: pytest.TempPathFactory) -> Shoot:
    film = make_film(
        tmp_path_factory.mktemp("shared"),
        FilmSpec(seed=91, seconds=48, events=6, takes=3),
    )
    split = film.truth.events[2]
    deck = decks.deck_of(film, str(split.roll))
    whole, _ = soundfile.read(deck.path, dtype="int32", always_2d=True)
    assert split.zero is not None
    pieces = decks.split(deck, round((split.middle - split.zero) * RATE))
    beside, copied = film.truth.events[1], film.truth.events[4]
    assert len({split.roll, beside.roll, copied.roll}) == 3
    second = decks.beside(
        decks.deck_of(film, str(beside.roll)), ("Boom", "Plant"), jam=-700, drift_ppm=-8.0
    )
    copy = decks.copy(decks.deck_of(film, str(copied.roll)), "mirror")
    return Shoot(film, split, pieces, whole, beside, second, copied, copy)


def cut_of(film: Film) -> Timeline:
    return formats.read(film.otio).timelines[0]


def takes_of(film: Film) -> tuple[Roll, ...]:
    return rolls.scan([film.rolls])[0]


@pytest.fixture(scope="module")
def answer(shoot: Shoot) -> Sync:
    return sync(cut_of(shoot.film), shoot.film.movie, takes_of(shoot.film))


def event(answer: Sync, name: str) -> EventSync:
    return next(one for one in answer.events if one.id == name)


def test_both_files_of_a_recording_lie_under_their_parts(shoot: Shoot, answer: Sync) -> None:
    head, tail = event(answer, "0003a"), event(answer, "0003b")
    assert head.roll is not None
    assert tail.roll is not None
    assert (head.roll.path.name, tail.roll.path.name) == tuple(one.file for one in shoot.pieces)
    assert head.status is tail.status is Status.MEASURED
    assert head.clip.record_in == shoot.split.record_in
    assert tail.clip.record_out == shoot.split.record_out
    assert head.clip.record_out == tail.clip.record_in == tail.zero
    middle = shoot.split.zero_at_middle()
    assert middle is not None
    assert head.zero is not None
    assert abs(float(head.zero - middle)) * RATE < 1.5
    assert tail.zero == head.zero + Fraction(shoot.seam, RATE)
    assert head.whole == tail.whole == cut_of(shoot.film).audio[0].clips[2]
    assert head.clip.source_out == tail.clip.source_in


def test_the_other_events_of_a_split_take_share_its_clock(shoot: Shoot, answer: Sync) -> None:
    matches = [event(answer, name).match for name in ("0001", "0003a", "0003b")]
    drifts = {match.drift_ppm for match in matches if match is not None}
    assert len(drifts) == 1
    assert drifts.pop() == pytest.approx(shoot.pieces[0].drift_ppm, abs=1.0)


def test_a_second_recorder_lies_beside_the_first(shoot: Shoot, answer: Sync) -> None:
    first, second = event(answer, "0002a"), event(answer, "0002b")
    assert second.roll is not None
    assert second.roll.path.name == shoot.second.file
    assert second.status is Status.MEASURED
    assert second.clip == first.clip
    assert second.whole is None
    told = [finding.where for finding in answer.findings if finding.code == "sync.beside"]
    assert told == [shoot.second.file]
    assert second.zero is not None
    true_roll = shoot.film.truth.roll(str(shoot.beside.roll))
    assert shoot.beside.zero is not None
    zero = shoot.beside.zero + shoot.second.start - true_roll.start
    late = float(second.zero - zero) * RATE
    boom = place_mics(replace(shoot.film.spec, mics=("Boom", "Plant")), 101)
    ways = [way for mic in boom for way in mic.delays(RATE)]
    assert -max(ways) < late < max(ways)  # by the air between the talkers and both recorders' mics


def test_a_copy_is_named_and_not_laid(shoot: Shoot, answer: Sync) -> None:
    told = [finding for finding in answer.findings if finding.code == "sync.copy"]
    names = {"copy of " + str(shoot.copied.roll), str(shoot.copied.roll)}
    assert len(told) == 1
    assert Path(told[0].where).name in names
    laid = [one for one in answer.events if one.roll and one.roll.path.name in names]
    true = [one for one in shoot.film.truth.events if one.roll == shoot.copied.roll]
    assert len(laid) == len(true)
    assert len({one.roll for one in laid}) == 1


def test_stems_run_over_the_seam_sample_for_sample(
    shoot: Shoot, answer: Sync, tmp_path: Path
) -> None:
    layout = plan(answer)
    stems = render(layout, tmp_path, stem_spec(answer))
    before, after = (
        next(one for one in layout.regions if one.event == name and one.stem == "Boom")
        for name in ("0003a", "0003b")
    )
    assert before.record_end == after.record_first
    assert (before.fade_out, after.fade_in) == (0, 0)
    boom = next(stem for stem in stems if stem.channels == ("Boom",))
    heard, _ = soundfile.read(boom.path, dtype="int32")
    first, end = before.record_first + before.fade_in, after.record_end - after.fade_out
    source = before.source_first + before.fade_in
    wanted = shoot.whole[source : source + end - first, 0]
    assert np.array_equal(heard[first:end], wanted)
    proofs = prove(answer, layout, stems)
    with ThreadPoolExecutor(2) as executor:
        assert prove(answer, layout, stems, executor=executor) == proofs
    assert {proof.event for proof in proofs} == {one.id for one in answer.events}
    assert all(proof.residual is not None and abs(proof.residual) < 2 for proof in proofs)
    both = {one.stem for one in layout.regions if one.event.startswith("0002")}
    assert both == {"Boom", "Lav 1", "Lav 2", "Boom (2)", "Plant (2)"}


def test_a_session_keeps_the_parts_of_an_event(answer: Sync, tmp_path: Path) -> None:
    session.save(answer, tmp_path / "s.otio")
    again = session.load(tmp_path / "s.otio")
    assert again.events == answer.events
    assert again.findings == answer.findings


def test_the_answer_is_the_same_for_several_workers(shoot: Shoot, answer: Sync) -> None:
    with ThreadPoolExecutor(3) as executor:
        again = sync(cut_of(shoot.film), shoot.film.movie, takes_of(shoot.film), executor=executor)
    assert again == answer


def test_a_short_end_in_the_next_file_leans_on_the_first(shoot: Shoot, tmp_path: Path) -> None:
    """A third of a second is hardly found alone, but the files are one recording."""
    deck = decks.deck_of(shoot.film, str(shoot.beside.roll))
    moved = replace(shoot.film, rolls=tmp_path)
    other = decks.Deck(moved, deck.take, deck.recording)
    (tmp_path / deck.path.name).write_bytes(deck.path.read_bytes())
    assert shoot.beside.zero is not None
    end = shoot.beside.record_out - Fraction(1, 3)
    decks.split(other, round((end - shoot.beside.zero) * RATE))
    cut = cut_of(shoot.film)
    track = replace(cut.audio[0], clips=cut.audio[0].clips[1:2])
    found = sync(replace(cut, tracks=(track,)), shoot.film.movie, takes_of(moved))
    assert [one.id for one in found.events] == ["0001a", "0001b"]
    head, tail = found.events
    assert head.status is Status.MEASURED
    assert tail.status is not Status.NOT_MEASURED
    assert head.roll is not None
    assert head.zero is not None
    assert tail.zero == head.clip.record_out == head.zero + head.roll.duration


def test_a_pause_of_the_recorder_is_a_hole(tmp_path: Path) -> None:
    """Stopped for a second in the middle of an event: both files are laid, and it is said."""
    film = make_film(tmp_path, FilmSpec(seed=91, seconds=48, events=6, takes=3, mics=("Boom",)))
    paused = film.truth.events[2]
    assert paused.zero is not None
    again = round((paused.middle - paused.zero) * RATE)
    decks.split(decks.deck_of(film, str(paused.roll)), again, lost=RATE)
    cut = cut_of(film)
    track = replace(cut.audio[0], clips=cut.audio[0].clips[2:3])
    found = sync(replace(cut, tracks=(track,)), film.movie, takes_of(film))
    head, tail = found.events
    assert tail.clip.record_in - head.clip.record_out == pytest.approx(1, abs=2e-4)
    assert [one.status for one in (head, tail)] == [Status.MEASURED] * 2
    (hole,) = (finding for finding in found.findings if finding.code == "sync.hole")
    assert "1.000 s" in hole.message
