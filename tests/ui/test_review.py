"""A reviewer's session without a window: decisions, undo, filters, saving, carrying, the gate."""

import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from adapters import session as files
from conform import media
from conform.review.decision import Choice, applied
from conform.review.spotcheck import Answer, Trial, threshold, trials
from conform.synced import Status, Sync
from conform.timecode import RATES
from conform.timeline import ZERO
from fixtures.film import Film
from ui.review.calibration import Readings
from ui.review.course import Course, frame_of
from ui.review.export import export
from ui.review.keymap import ACTIONS, Keymap, KeysError, conflicts, load_keymap, save_keymap
from ui.review.loose import loose
from ui.review.programme import Programme, monitored
from ui.review.session import GateError, Session
from ui.review.state import Filter, Listen
from ui.review.texts import source_timecode


@pytest.fixture
def session(session_file: Path) -> Session:
    return Session.opened(session_file)


def flagged(session: Session) -> list[int]:
    return [place for place, judge in enumerate(session.standing) if judge.flagged]


def placed(session: Session) -> list[int]:
    return [place for place, event in enumerate(session.sync.events) if event.zero is not None]


class TestDecisions:
    def test_only_what_was_not_measured_is_flagged(self, session: Session) -> None:
        odd = [e.status is Status.NOT_MEASURED for e in session.sync.events]
        assert [judge.flagged for judge in session.standing] == odd
        assert any(odd)

    def test_a_run_of_nudges_is_undone_at_once(self, session: Session) -> None:
        session.select(placed(session)[1])
        for _ in range(5):
            session.nudge(2002)
        session.nudge(-1)
        assert session.decision.nudge == 5 * 2002 - 1
        session.undo()
        assert session.decision.nudge == 0
        session.redo()
        assert session.decision.nudge == 5 * 2002 - 1

    def test_nudges_of_two_events_are_undone_apart(self, session: Session) -> None:
        first, second = placed(session)[:2]
        for place in (first, second):
            session.select(place)
            session.nudge(10)
        session.select(first)
        session.nudge(10)
        session.undo()
        assert session.decision.nudge == 10
        session.undo()
        assert session.state.selected == second
        assert session.decision.nudge == 0

    def test_everything_done_can_be_undone_and_done_again(self, session: Session) -> None:
        before = session.state.review
        session.select(0)
        session.nudge(7)
        session.comment("late by a hair")
        session.accept()
        session.go(12)
        session.mark("look here")
        session.set_latency(Fraction(1, 50))
        after = session.state.review
        for _ in range(5):
            session.undo()
        assert session.state.review == before
        for _ in range(5):
            session.redo()
        assert session.state.review == after

    def test_accepting_goes_on_to_the_next_flagged(self, session: Session) -> None:
        (missing,) = flagged(session)
        session.select(0)
        session.accept()
        assert session.state.selected == missing

    def test_what_is_moved_after_accepting_is_open_again(self, session: Session) -> None:
        session.select(0)
        session.accept()
        session.select(0)
        session.nudge(1)
        assert session.decision.choice is Choice.OPEN

    def test_a_nudge_moves_the_stems_by_as_many_samples(self, session: Session) -> None:
        chosen = placed(session)[-1]
        session.select(chosen)
        before = {r.event: r.source_first - r.record_first for r in session.layout().regions}
        session.nudge(-333)
        after = {r.event: r.source_first - r.record_first for r in session.layout().regions}
        moved = {event: before[event] - after[event] for event in before}
        assert moved.pop(session.sync.events[chosen].id) == -333
        assert set(moved.values()) == {0}

    def test_rejected_events_are_silent_and_say_why(self, session: Session) -> None:
        session.select(1)
        session.comment("wrong slate")
        session.reject()
        event = applied(session.sync, session.state.review).events[1]
        assert event.zero is None
        assert "wrong slate" in event.reason
        assert not [r for r in session.layout().regions if r.event == event.id]

    def test_an_event_without_sound_cannot_be_nudged(self, session: Session) -> None:
        session.select(flagged(session)[0])
        session.nudge(100)
        assert session.decision.nudge == 0
        assert session.state.message


class TestMoving:
    def test_filters(self, session: Session) -> None:
        everything = session.shown()
        session.filter(Filter(flagged_only=True))
        assert session.shown() == flagged(session)
        session.filter(Filter(text=session.sync.events[0].clip.name))
        assert 0 in session.shown()
        assert len(session.shown()) < len(everything)

    def test_hiding_the_unchanged_keeps_what_timecode_had_wrong(self, true_sync: Sync) -> None:
        right = replace(true_sync.events[0], timecode_zero=true_sync.events[0].zero)
        sync = replace(true_sync, events=(right, *true_sync.events[1:]))
        session = Session(sync)
        session.filter(Filter(hide_unchanged=True))
        assert 0 not in session.shown()
        assert 1 in session.shown()

    def test_the_view_stays_inside_the_picture(self, session: Session) -> None:
        session.go(session.frames - 1)
        for factor in (Fraction(1, 10), Fraction(7), Fraction(1, 1000), Fraction(10**6)):
            session.zoom(factor)
            view = session.state.view
            assert view.first >= 0
            assert view.first + view.seconds <= session.sync.length
        assert session.state.view.seconds == session.sync.length

    def test_zoom_keeps_the_moment_under_the_pointer(self, session: Session) -> None:
        around = Fraction(10)
        before = session.state.view
        share = (around - before.first) / before.seconds
        session.zoom(Fraction(1, 3), around)
        after = session.state.view
        assert (around - after.first) / after.seconds == share

    def test_a_loop_has_its_ends_in_order(self, session: Session) -> None:
        session.go(50)
        session.loop_out()
        session.go(100)
        session.loop_in()
        loop = session.state.loop
        assert loop is not None
        assert loop.first < loop.end

    def test_markers_are_named_renamed_taken_away_and_walked(self, session: Session) -> None:
        for frame, name in ((40, ""), (90, "door"), (90, "door slam")):
            session.go(frame)
            session.mark(name)
        assert [marker.name for marker in session.state.review.markers] == ["review", "door slam"]
        session.go(0)
        for by, frame in ((1, 40), (1, 90), (1, 90), (-1, 40), (-1, 40)):
            session.step_marker(by)
            assert session.state.playhead == frame
        assert "No marker before" in session.state.message
        session.mark()
        assert [marker.name for marker in session.state.review.markers] == ["door slam"]

    def test_review_runs_ten_seconds_beside_the_event(self, session: Session) -> None:
        session.select(4)
        first, end = session.review_stretch()
        event_in, event_out = session.span(session.sync.events[4])
        rate = session.sync.timeline.rate
        assert first == max(0, rate.nearest(event_in - 10))
        assert end == min(session.frames - 1, rate.nearest(event_out + 10))


class TestSaving:
    def test_decisions_come_back(self, session: Session, session_file: Path) -> None:
        session.select(3)
        session.nudge(48)
        session.comment("a breath earlier")
        session.accept()
        session.set_latency(Fraction(3, 100))
        session.save()
        assert session.state.saved
        again = Session.opened(session_file)
        assert again.state.review.of("0004") == session.state.review.of("0004")
        assert again.state.review.latency == Fraction(3, 100)
        assert files.load(session_file).events == session.sync.events

    def test_through_a_link_the_session_itself_is_written(
        self, session_file: Path, tmp_path: Path
    ) -> None:
        link = tmp_path / "latest.otio"
        link.symlink_to(session_file)
        opened = Session.opened(link)
        opened.accept()
        opened.save()
        assert link.is_symlink()
        assert Session.opened(session_file).state.review == opened.state.review

    def test_decisions_on_another_guide_are_cleared(self, true_sync: Sync, tmp_path: Path) -> None:
        movie = tmp_path / "guide.mov"
        movie.write_bytes(Path(true_sync.picture).read_bytes())
        path = tmp_path / "reel.otio"
        files.save(replace(true_sync, picture=str(movie)), path)
        session = Session.opened(path)
        session.select(0)
        session.comment("fine")
        session.accept()
        session.save()
        assert Session.opened(path).state.review.of("0001").choice is Choice.ACCEPTED
        with movie.open("r+b") as file:
            file.seek(-9, os.SEEK_END)
            file.write(b"recut....")
        after = Session.opened(path).state.review.of("0001")
        assert after.choice is Choice.OPEN
        assert after.cleared
        assert after.comment == "fine"

    def test_decisions_survive_an_offline_drive(self, true_sync: Sync, tmp_path: Path) -> None:
        movie = tmp_path / "guide.mov"
        movie.write_bytes(Path(true_sync.picture).read_bytes())
        path = tmp_path / "reel.otio"
        files.save(replace(true_sync, picture=str(movie)), path)
        session = Session.opened(path)
        session.select(0)
        session.accept()
        session.save()
        movie.rename(tmp_path / "elsewhere")
        after = Session.opened(path)
        assert after.state.review.of("0001").choice is Choice.ACCEPTED
        assert str(movie) in after.offline

    def test_a_new_lock_carries_what_lies_alike(
        self, session: Session, true_sync: Sync, session_file: Path, tmp_path: Path
    ) -> None:
        for place in range(4):
            session.select(place)
            session.accept()
        session.save()
        later = [_later(event, Fraction(1001, 1000)) for event in true_sync.events]
        moved = later[1]
        assert moved.zero is not None
        later[1] = replace(moved, zero=moved.zero + Fraction(1, 100))
        path = tmp_path / "lock2.otio"
        files.save(replace(true_sync, events=tuple(later)), path)
        carried = Session.opened(path, carried=session_file).state.review.by_event()
        assert carried["0001"].choice is Choice.ACCEPTED
        assert carried["0001"].carried
        assert carried["0002"].choice is Choice.OPEN
        assert carried["0002"].cleared
        assert carried["0003"].choice is Choice.ACCEPTED

    def test_a_session_without_decisions_has_an_empty_review(self, session_file: Path) -> None:
        assert files.load_reviewed(session_file)[1].decisions == ()

    def test_the_place_of_the_picture_is_kept(self, true_sync: Sync, tmp_path: Path) -> None:
        sync = replace(true_sync, picture_in=Fraction(-8))
        files.save(sync, tmp_path / "leader.otio")
        assert files.load(tmp_path / "leader.otio").picture_in == Fraction(-8)


def _later(event, by):  # type: ignore[no-untyped-def]
    clip = replace(
        event.clip, record_in=event.clip.record_in + by, record_out=event.clip.record_out + by
    )
    return replace(event, clip=clip, zero=None if event.zero is None else event.zero + by)


class TestGate:
    def test_shut_until_flagged_events_are_decided(self, session: Session) -> None:
        with pytest.raises(GateError, match="undecided"):
            session.to_export()
        for place in flagged(session):
            session.select(place)
            session.reject()
        assert session.to_export().events

    def test_an_override_stands_in_the_report(self, session: Session, tmp_path: Path) -> None:
        session.override("client screening at noon")
        stems, page = export(session.to_export(), tmp_path / "out")
        assert len(stems) == 3
        assert "client screening at noon" in page.read_text()

    def test_an_empty_reason_opens_nothing(self, session: Session) -> None:
        session.override("  ")
        with pytest.raises(GateError):
            session.to_export()


class TestSpotCheck:
    def test_hidden_offsets_are_heard_and_never_exported(self, session: Session) -> None:
        plain = session.layout().regions
        session.start_spot_check(8, seed=5)
        spot = session.state.spot
        assert spot is not None
        planted = next(n for n, trial in enumerate(spot.trials) if trial.planted_ms)
        for trial in spot.trials[:planted]:
            session.answer(Answer.SYNC if not trial.planted_ms else Answer.EARLY)
        assert session.layout().regions != plain
        session.override("test")
        assert [e.zero for e in session.to_export().events] == [e.zero for e in session.sync.events]

    def test_answers_give_the_reviewers_own_threshold(self, session: Session) -> None:
        session.start_spot_check(24, seed=3)
        while session.state.spot is not None:
            trial = session.state.spot.now
            assert trial is not None
            heard = Answer.SYNC
            if abs(trial.planted_ms) >= 60:  # this reviewer hears 60 ms and no less
                heard = Answer.EARLY if trial.planted_ms > 0 else Answer.LATE
            session.answer(heard)
        found = threshold(session.state.review.trials)
        assert found is not None
        assert found.ms is not None
        assert 35 < found.ms < 75
        assert found.false_alarms == 0

    @given(st.integers(0, 40), st.integers(0, 2**32))
    def test_as_many_trials_as_were_asked_for(self, count: int, seed: int) -> None:
        made = trials(["a", "b", "c"], count, seed)
        assert len(made) == count
        assert {trial.event for trial in made} <= {"a", "b", "c"}
        assert (count == 0) or any(trial.planted_ms == 0 for trial in made)

    def test_too_few_answers_say_nothing(self) -> None:
        assert threshold([Trial("a", 40, Answer.EARLY)]) is None


class TestCourse:
    @given(
        st.integers(0, 10**6),
        st.sampled_from([Fraction(1), Fraction(-1), Fraction(2), Fraction(-8)]),
        st.integers(1, 10**5),
        st.integers(0, 10**6),
    )
    def test_a_loop_is_never_left(
        self, first: int, speed: Fraction, length: int, played: int
    ) -> None:
        course = Course(first, speed, first, first + length)
        assert first <= course.at(played) < first + length
        places = course.places(played, 64)
        assert (first <= places).all()
        assert (places < first + length).all()
        assert places[0] == course.at(played)

    @given(st.integers(0, 200_000), st.sampled_from(["24", "23.976", "25", "29.97"]))
    def test_the_frame_that_holds_a_sample_is_shown(self, frame: int, name: str) -> None:
        rate = RATES[name]
        first, end = rate.sample(frame, 48000), rate.sample(frame + 1, 48000)
        assert frame_of(first + 1, ZERO, 48000, rate.fps) == frame
        assert frame_of(end - 1, ZERO, 48000, rate.fps) == frame

    def test_latency_holds_the_picture_back(self) -> None:
        assert frame_of(48000, Fraction(1, 10), 48000, Fraction(25)) == 22


class TestListening:
    def test_guide_and_new_are_what_was_recorded(self, session: Session) -> None:
        heard = Programme(session.layout()).stretch(48000, 96000)
        assert heard.guide.shape == (48000, 1)
        assert heard.stems.shape == (48000, 3)
        stems = session.layout().stems
        none: frozenset[str] = frozenset()
        split = monitored(heard, stems, Listen.SPLIT, frozenset({"Boom"}), none)
        assert np.array_equal(split[:, 0], heard.guide[:, 0])
        assert np.allclose(split[:, 1], heard.stems[:, stems.index("Boom")])

    def test_pieces_are_the_whole(self, session: Session) -> None:
        whole = Programme(session.layout()).stretch(90_000, 200_000)
        piecewise = Programme(session.layout())
        parts = [piecewise.stretch(a, a + 11_000) for a in range(90_000, 200_000, 11_000)]
        assert np.array_equal(np.concatenate([p.stems for p in parts]), whole.stems)
        assert np.allclose(np.concatenate([p.guide for p in parts]), whole.guide, atol=1e-6)

    def test_mute_and_solo(self, session: Session) -> None:
        heard = Programme(session.layout()).stretch(48000, 60000)
        stems = session.layout().stems
        silent = monitored(heard, stems, Listen.NEW, frozenset(), frozenset(stems))
        assert not silent.any()
        alone = monitored(heard, stems, Listen.NEW, frozenset({"Lav 1"}), frozenset(stems))
        assert np.allclose(alone[:, 0], heard.stems[:, stems.index("Lav 1")])

    def test_the_difference_of_a_sound_with_itself_is_silence(self, session: Session) -> None:
        heard = Programme(session.layout()).stretch(48000, 60000)
        same = replace(heard, guide=heard.stems[:, :1] * np.float32(-0.25))
        stems, none = session.layout().stems, frozenset[str]()
        left = monitored(same, stems, Listen.DIFFERENCE, frozenset({stems[0]}), none)
        assert np.abs(left).max() < 1e-4

    def test_offline_rolls_are_silent_not_fatal(self, true_sync: Sync) -> None:
        rolls = tuple(
            replace(roll, channels=tuple(replace(c, path=Path("/gone.wav")) for c in roll.channels))
            for roll in true_sync.rolls
        )
        moved = dict(zip(true_sync.rolls, rolls, strict=True))
        events = tuple(replace(e, roll=moved[e.roll]) if e.roll else e for e in true_sync.events)
        session = Session(replace(true_sync, rolls=rolls, events=events))
        assert "/gone.wav" in session.offline
        assert not Programme(session.layout()).stretch(0, 48000).stems.any()


class TestKeymap:
    def test_no_two_actions_share_a_key(self) -> None:
        assert conflicts(Keymap()) == {}
        assert len({action.name for action in ACTIONS}) == len(ACTIONS)

    def test_a_taken_key_is_refused_by_name(self) -> None:
        with pytest.raises(KeysError, match="Accept"):
            Keymap().with_keys("reject", ["A"])

    def test_own_keys_come_back(self, tmp_path: Path) -> None:
        keymap = Keymap().with_keys("accept", ["Ctrl+Return"])
        save_keymap(keymap, tmp_path / "deep" / "keys.json")
        assert load_keymap(tmp_path / "deep" / "keys.json") == keymap
        assert keymap.action("A") is None

    @pytest.mark.parametrize("text", ["", "[]", '{"accept": 3, "nothing": ["A"]}', "{"])
    def test_a_damaged_file_is_passed_over(self, text: str, tmp_path: Path) -> None:
        (tmp_path / "keys.json").write_text(text)
        assert load_keymap(tmp_path / "keys.json") == Keymap()


def test_readings_have_mean_and_span() -> None:
    readings = Readings()
    for ms in (20.0, 24.0, 22.0):
        readings = readings.with_reading(ms)
    assert readings.mean == pytest.approx(22.0)
    assert readings.span == pytest.approx(4.0)
    assert "too few" in readings.sentence


def test_loose_files_are_laid_where_they_are_heard(short_film: Film) -> None:
    truth = next(event for event in short_film.truth.events if event.roll)
    takes = [short_film.rolls / str(truth.roll)]
    session = loose(short_film.movie, None, takes)
    assert session.sync.length == short_film.spec.rate.seconds(short_film.spec.frames)
    assert not session.writable
    assert len(session.sync.events) == 1
    assert session.timecode(0) == "01:00:00:00"


def test_loose_sound_shows_its_own_clock(short_film: Film, tmp_path: Path) -> None:
    """The movie's sound from a little before its first frame on, as a mixer's stem has it."""
    sound = media.read(short_film.movie)
    path = tmp_path / "stem.wav"
    lead = np.zeros((1000, sound.shape[1]), np.float32)
    soundfile.write(path, np.concatenate([lead, sound]), 48000, subtype="PCM_24")
    (event,) = (session := loose(short_film.movie, None, [path])).sync.events
    assert event.zero is not None
    assert event.zero * 48000 == pytest.approx(-1000, abs=1)
    assert event.clip.source_in == event.clip.record_in - event.zero
    assert source_timecode(event, Fraction(0), session.sync) == "00:00:00:00"
    assert source_timecode(event, Fraction(-1, 100), session.sync) == "00:00:00:00"


def test_the_review_needs_no_qt() -> None:
    code = (
        "import sys; sys.modules['PyQt6'] = None; sys.modules['sounddevice'] = None\n"
        "import ui.review.session, ui.review.programme, ui.review.keymap, ui.review.loose\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_pyqt_the_verb_says_how_to_install_it() -> None:
    code = "import sys; sys.modules['PyQt6'] = None\nfrom ui.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "view", "x.otio"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "pip install 'picturelock[viewer]'" in done.stderr
    assert "Traceback" not in done.stderr
