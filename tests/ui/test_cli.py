"""The command line as its users run it."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import wavinfo

from adapters import formats, session
from conform.laying.plan import plan
from conform.laying.prove import prove
from conform.laying.render import render
from conform.laying.stems import stem_spec
from conform.timecode import RATES
from conform.timeline import Clip, Kind, Source, Timeline, Track
from fixtures.film import Film
from fixtures.truth import Expected
from ui.cli import VERBS, main


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Conform = Callable[..., Ran]


@pytest.fixture
def conform(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Conform:
    """Runs the command in this process."""

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["conform", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Ran(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture(scope="module")
def synced(film: Film, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The film synced once: the session file and the JSON answer."""
    target = tmp_path_factory.mktemp("sync") / "film.session.otio"
    words = ["sync", film.edl, "--rate", "23.976", "--picture", film.movie]
    done = subprocess.run(
        [sys.executable, "-m", "ui", *words, "--rolls", film.rolls, "-o", target, "--json"],
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr.decode()
    return target, json.loads(done.stdout)


def test_every_verb_has_help_with_an_example(conform: Conform) -> None:
    for verb in VERBS:
        ran = conform(verb, "--help")
        assert ran.code == 0
        assert f"conform {verb}" in ran.out.split("Examples:")[1]


def test_help_starts_fast_because_it_imports_no_engine() -> None:
    """What costs time is importing numpy, scipy, PyAV and Qt: help needs none of them."""
    code = "import sys; from ui.cli import cli; cli(['--help'], standalone_mode=False); "
    code += "print({'numpy', 'scipy', 'av', 'PyQt6', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_usage_faults_end_with_two_and_no_traceback(conform: Conform, tmp_path: Path) -> None:
    for words in (["nonsense"], ["sync"], ["align", tmp_path / "a.wav"], ["inspect"]):
        ran = conform(*words)
        assert ran.code == 2
        assert "Traceback" not in ran.err


def test_a_missing_file_is_named(conform: Conform, tmp_path: Path) -> None:
    missing = tmp_path / "no such cut.edl"
    ran = conform("sync", missing, "--picture", missing, "--rolls", tmp_path)
    assert ran.code == 2
    assert "no such cut.edl" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_inspect_shows_cuts_movies_and_rolls(conform: Conform, film: Film) -> None:
    files = [film.edl, film.otio, film.movie, *sorted(film.rolls.iterdir())]
    ran = conform("inspect", "--rate", "23.976", "--json", *files)
    seen = ran.json
    assert len(seen["timelines"]) == 2
    for timeline in seen["timelines"]:
        assert Fraction(timeline["rate"]) == Fraction(24000, 1001)
        assert timeline["start"]["timecode"] == "01:00:00:00"
        sound = [clip for track in timeline["tracks"] if track["kind"] == "audio"
                 for clip in track["clips"]]  # fmt: skip
        ins = sorted(Fraction(clip["record_in"]["seconds"]) for clip in sound)
        assert ins == sorted(event.record_in for event in film.truth.events)
        named = {clip["source_in"]["seconds"] for clip in sound}
        assert named == {str(event.source_in) for event in film.truth.events}
    assert [item["timecode"] for item in seen["media"]] == ["01:00:00:00"]
    assert len(seen["rolls"]) == len(film.truth.rolls)
    text = conform("inspect", "--rate", "23.976", *files)
    assert "01:00:08:00" in text.out
    assert "Boom, Lav 1, Lav 2" in text.out


def test_a_file_that_cannot_be_read_does_not_hide_the_others(
    conform: Conform, film: Film, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF....WAVE")
    ran = conform("inspect", broken, film.movie, "--json")
    assert ran.code == 1
    assert len(ran.json["media"]) == 1
    assert [f["where"] for f in ran.json["findings"] if f["level"] == "error"] == [str(broken)]


def test_sync_finds_every_event_where_it_truly_is(synced: tuple[Path, Any], film: Film) -> None:
    _, answer = synced
    start = Fraction(answer["picture_in"]["seconds"])
    events = {Fraction(e["record_in"]["seconds"]) - start: e for e in answer["events"]}
    for truth in film.truth.events:
        event = events[truth.record_in]
        if truth.expected is not Expected.MEASURED:
            assert event["status"] != "measured"
            assert event["reason"]
            continue
        assert event["status"] == "measured"
        assert Path(event["file"]).name == truth.roll
        assert event["channels"] == ["Boom", "Lav 1", "Lav 2"]
        assert truth.zero is not None
        assert abs(event["lag_seconds"] - float(truth.zero)) * 48000 < 3  # far from its middle
        if event["drift_ppm"] is not None:  # a few seconds alone cannot tell
            assert abs(event["drift_ppm"] - truth.drift_ppm) < 1


def test_the_session_opens_in_any_otio_tool(synced: tuple[Path, Any]) -> None:
    import opentimelineio as otio  # noqa: PLC0415  (the independent reader)

    timeline = otio.adapters.read_from_file(str(synced[0]))
    assert any("picturelock" in clip.metadata for clip in timeline.find_clips())


def test_export_writes_stems_as_long_as_the_picture(
    conform: Conform, synced: tuple[Path, Any], film: Film, tmp_path: Path
) -> None:
    ran = conform("export", synced[0], "-o", tmp_path / "stems", "--json")
    stems = ran.json["stems"]
    assert {Path(stem["path"]).name for stem in stems} >= {"Boom.wav", "Lav 1.wav", "Lav 2.wav"}
    for stem in stems:
        assert soundfile.info(stem["path"]).frames == film.truth.samples
        bext = wavinfo.WavInfoReader(stem["path"]).bext
        assert bext.time_reference == 172_972_800  # 01:00:00:00 at 23.976
    for proof in ran.json["proof"]:
        assert proof["residual"] is None or abs(proof["residual"]) < 1
    assert sum(proof["residual"] is not None for proof in ran.json["proof"]) >= 7
    page = Path(ran.json["report"])
    assert "12A_T01" in page.read_text()
    again = conform("export", synced[0], "-o", tmp_path / "stems")
    assert again.code == 2
    assert "--force" in again.err


def test_proof_hears_a_stem_that_slipped_after_all(
    synced: tuple[Path, Any], film: Film, tmp_path: Path
) -> None:
    """A stem that someone moved by 37 samples is 37 samples late, to the proof's own interval."""
    sync = session.load(synced[0])
    layout = plan(sync)
    stems = render(layout, tmp_path / "stems", stem_spec(sync))
    moved = tmp_path / "moved.wav"
    sound, rate = soundfile.read(stems[0].path, dtype="int32", always_2d=True)
    soundfile.write(moved, np.roll(sound, 37, axis=0), rate, subtype="PCM_24")
    proofs = prove(sync, layout, [replace(stems[0], path=moved), *stems[1:]])
    heard = [proof for proof in proofs if proof.residual is not None and proof.stem == "Boom"]
    assert len(heard) >= 7
    for proof in heard:
        assert proof.residual == pytest.approx(-37, abs=1)


def test_a_report_has_its_table_and_json_beside_it(
    conform: Conform, synced: tuple[Path, Any], tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    ran = conform("report", synced[0], "-o", page, "--date", "2026-01-02", "--tolerance", "netflix")
    assert ran.code in (0, 1)
    assert "2026-01-02" in page.read_text()
    events = json.loads(page.with_suffix(".json").read_text())["events"]
    assert len(events) == len(synced[1]["events"])
    assert len(page.with_suffix(".csv").read_text().splitlines()) >= len(events)


def test_nothing_of_the_job_is_written_over_even_with_force(
    conform: Conform, synced: tuple[Path, Any], film: Film
) -> None:
    """An output has an output's name, and is none of the files that the job rests on."""
    roll = next(film.rolls.iterdir())
    files = (film.movie, film.edl, roll, synced[0])
    before = [path.read_bytes() for path in files]
    sync = ["sync", film.edl, "--rate", "23.976", "--picture", film.movie, "--rolls", film.rolls]
    for words in (
        ["report", synced[0], "-o", film.movie],
        ["report", synced[0], "-o", film.edl],
        ["report", synced[0], "-o", synced[0]],
        [*sync, "-o", roll],
    ):
        assert conform(*words, "--force").code == 2
    assert [path.read_bytes() for path in files] == before


def test_a_take_that_was_replaced_since_is_not_exported(
    conform: Conform, film: Film, tmp_path: Path
) -> None:
    rolls = shutil.copytree(film.rolls, tmp_path / "rolls")
    target = tmp_path / "s.otio"
    sync = ["sync", film.edl, "--rate", "23.976", "--picture", film.movie, "--rolls", rolls]
    assert conform(*sync, "-o", target).code in (0, 1)
    used = rolls / next(r.file for r in film.truth.rolls if r.used)
    sound = bytearray(used.read_bytes())
    sound[-1000] ^= 1
    used.write_bytes(sound)
    ran = conform("export", target, "-o", tmp_path / "stems")
    assert ran.code == 2
    assert f"{used.name}: is not the file that was measured" in ran.err
    assert not (tmp_path / "stems").exists()


def test_a_list_without_a_rate_is_told_by_its_movie(
    conform: Conform, film: Film, tmp_path: Path
) -> None:
    ran = conform(
        *("sync", film.edl, "--picture", film.movie, "--rolls", film.rolls),
        *("-o", tmp_path / "s.otio", "--json"),
    )
    assert "sync.rate-from-picture" in {finding["code"] for finding in ran.json["findings"]}
    assert sum(event["status"] == "measured" for event in ran.json["events"]) >= 8


def test_a_pipe_is_refused_at_once(conform: Conform, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cut.edl")
    ran = conform("inspect", tmp_path / "cut.edl", "--json")
    assert ran.code == 1
    assert "no regular file" in ran.json["findings"][0]["message"]


def test_what_the_system_refuses_is_one_line(conform: Conform, film: Film, tmp_path: Path) -> None:
    ran = conform("convert", film.otio, tmp_path / f"{'y' * 300}.otio", "--json")
    assert ran.code == 2
    assert "too long" in ran.err
    assert "too long" in ran.json["error"]
    assert len(ran.err.strip().splitlines()) == 1


def test_align_says_where_and_why_not(conform: Conform, film: Film, tmp_path: Path) -> None:
    boom = film.rolls / next(r.file for r in film.truth.rolls if r.used)
    sound, rate = soundfile.read(boom, dtype="int32", always_2d=True)
    soundfile.write(tmp_path / "part.wav", sound[rate * 2 :], rate, subtype="PCM_24")
    silence = tmp_path / "silence.wav"
    soundfile.write(silence, sound[: rate * 5] * 0, rate, subtype="PCM_24")
    ran = conform("align", boom, tmp_path / "part.wav", silence, "--json")
    part, silent = ran.json["files"]
    assert part["matched"]
    assert abs(part["lag_samples"] - 2 * rate) < 0.1
    assert not silent["matched"]
    assert silent["lag_seconds"] is None
    assert silent["reason"]


def test_completion_scripts_name_the_command(conform: Conform) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_CONFORM_COMPLETE" in conform("completion", shell).out


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_under_the_progress_bar_leaves_no_partial_file(
    film: Film, tmp_path: Path, jobs: str
) -> None:
    """A terminal shows the bar; once it is there the work is under way, and is stopped."""
    target = tmp_path / "session.otio"
    words = ["sync", film.edl, "--rate", "23.976", "--picture", film.movie, "--rolls", film.rolls]
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ui", *words, "-o", target, "--jobs", jobs],
        stderr=terminal,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(terminal)
    said = b""
    while "━".encode() not in said:
        said += os.read(screen, 65536)
    process.send_signal(signal.SIGINT)
    said += _rest(screen)
    assert process.wait(timeout=60) == 2
    assert b"no file is half-written" in said
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def _rest(screen: int) -> bytes:
    """What a terminal shows until its last writer has gone."""
    said = b""
    while True:
        try:
            more = os.read(screen, 65536)
        except OSError:  # Linux answers EIO when the other end is closed
            return said
        if not more:
            return said
        said += more


@pytest.mark.parametrize(
    "suffix", [".otio", ".edl", ".xml", ".fcpxml", ".aaf", ".rpp", ".dawproject"]
)
def test_convert_keeps_every_sound_event_where_it_was(
    conform: Conform, film: Film, tmp_path: Path, suffix: str
) -> None:
    target = tmp_path / f"film{suffix}"
    ran = conform("convert", film.otio, target, "--json")
    assert ran.code == 0, ran.err
    seen = conform("inspect", target, "--rate", "23.976", "--json").json["timelines"][0]
    ins = [
        Fraction(clip["record_in"]["seconds"])
        for track in seen["tracks"]
        if track["kind"] == "audio"
        for clip in track["clips"]
    ]
    first = min(event.record_in for event in film.truth.events)
    assert sorted(t - min(ins) for t in ins) == sorted(
        event.record_in - first for event in film.truth.events
    )


def test_convert_takes_only_the_tracks_that_are_asked_for(
    conform: Conform, film: Film, tmp_path: Path
) -> None:
    answer = conform("convert", film.otio, tmp_path / "a.otio", "--tracks", "A1", "--json").json
    assert [(track["kind"], track["index"]) for track in answer["tracks"]] == [("audio", 1)]
    assert conform("convert", film.otio, tmp_path / "b.otio", "--tracks", "B3").code == 2


def test_convert_to_a_format_that_is_not_written_says_which_are(
    conform: Conform, film: Film, tmp_path: Path
) -> None:
    ran = conform("convert", film.otio, tmp_path / "film.pdf")
    assert ran.code == 2
    assert "otio" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_an_aaf_carries_its_sound_and_gives_it_back(
    conform: Conform, synced: tuple[Path, Any], film: Film, tmp_path: Path
) -> None:
    roll = film.rolls / film.truth.rolls[0].file
    timeline = Timeline(
        "Turnover",
        RATES["24"],
        tracks=(
            Track(
                Kind.AUDIO,
                1,
                clips=(
                    Clip(
                        *("Boom", Fraction(0), Fraction(2), Fraction(1), Fraction(3)),
                        source=Source(roll.stem, url=str(roll), channels=3, sample_rate=48000),
                        channels=(1,),
                    ),
                ),
            ),
        ),
    )
    formats.write(timeline, tmp_path / "cut.otio")
    ran = conform("convert", tmp_path / "cut.otio", tmp_path / "cut.aaf", "--embed")
    assert ran.code == 0, ran.err
    (given,) = conform("extract", tmp_path / "cut.aaf", "-o", tmp_path / "out", "--json").json[
        "files"
    ]
    back, _ = soundfile.read(given, dtype="int32", always_2d=True)
    there, _ = soundfile.read(roll, dtype="int32", always_2d=True)
    assert np.array_equal(back, there)
    plain = conform("extract", film.edl, "-o", tmp_path / "none")
    assert plain.code == 2
    assert "holds no sound" in plain.err


def test_options_of_one_format_are_refused_for_another(
    conform: Conform, film: Film, tmp_path: Path
) -> None:
    ran = conform("convert", film.otio, tmp_path / "a.edl", "--embed")
    assert ran.code == 2
    assert "--embed is for aaf, not edl" in ran.err
    assert conform("convert", film.otio, tmp_path / "b.edl", "--reels", "32").code == 0
