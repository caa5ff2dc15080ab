"""`conform align -o`: files as long as the reference, and nothing written over."""

import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from conform.laying.bwf import Format, Label, Writer
from conform.timecode import Rate
from fixtures.voices import conversation

RATE = 48000
NOON = 12 * 3600 * RATE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("laying")
    take = conversation(7, 0, 30 * RATE, RATE).sum(axis=0)
    take *= 0.5 / np.abs(take).max()
    whole = (np.round(take * 2**23).astype(np.int32) << 8)[:, None]
    label = Label(time_reference=NOON, rate=Rate.named("25"))
    with Writer(folder / "reference.wav", Format(RATE, 1), label) as writer:
        writer.write(whole)
    soundfile.write(folder / "clip.wav", whole[4 * RATE + 17 : 24 * RATE], RATE, subtype="PCM_24")
    stranger = conversation(9, 3, 8 * RATE, RATE).sum(axis=0)
    soundfile.write(folder / "stranger.wav", stranger * 0.1, RATE, subtype="PCM_24")
    return folder


def ran(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from ui.cli import main; main()", "align", "reference.wav", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_was_measured_is_written_bit_for_bit_and_heard_again(folder: Path) -> None:
    answer: Any = json.loads(ran(folder, "clip.wav", "stranger.wav", "-o", "LAID", "--json").stdout)
    clip, stranger = answer["files"]
    written = clip["written"]
    assert not written["resampled"]
    assert written["samples"] == 30 * RATE
    assert written["time_reference"] == NOON
    assert written["copied"] == 20 * RATE - 17
    assert abs(written["proof"]["residual_samples"]) < 0.1
    assert written["proof"]["places"] >= 1
    source, _ = soundfile.read(folder / "clip.wav", dtype="int32")
    laid, _ = soundfile.read(folder / "LAID" / "clip.wav", dtype="int32")
    assert (laid[4 * RATE + 17 :][: len(source)] == source).all()
    assert not laid[: 4 * RATE + 17].any()
    bext = (folder / "LAID" / "clip.wav").read_bytes().index(b"bext") + 8
    assert (
        struct.unpack_from("<Q", (folder / "LAID" / "clip.wav").read_bytes(), bext + 338)[0] == NOON
    )
    assert stranger["written"] is None
    assert [f["code"] for f in stranger["findings"]] == ["laid.not-written"]
    assert not (folder / "LAID" / "stranger.wav").exists()


def test_nothing_is_written_over(folder: Path) -> None:
    (folder / "FULL").mkdir()
    (folder / "FULL" / "clip.wav").write_text("mine")
    refused = ran(folder, "clip.wav", "-o", "FULL")
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert (folder / "FULL" / "clip.wav").read_text() == "mine"
    over = ran(folder, "clip.wav", "-o", ".", "--force")
    assert over.returncode == 2
    assert "source" in over.stderr


def test_a_file_where_the_folder_would_be_is_refused_before_anything_is_measured(
    folder: Path,
) -> None:
    (folder / "taken").write_text("kept")
    answer = ran(folder, "clip.wav", "-o", "taken", "--json")
    assert answer.returncode == 2
    assert json.loads(answer.stdout) == {"error": "taken: this is a file; name a folder"}
    assert (folder / "taken").read_text() == "kept"
