"""`conform align` as scripts read it: steps, channels, speed, and the same for any `--jobs`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from fixtures.voices import conversation
from ui.cli import cli

RATE = 48000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("align")
    take = conversation(7, 0, 50 * RATE, RATE).sum(axis=0)
    cut = np.concatenate([take[: 15 * RATE], take[15 * RATE + 960 :]])
    soundfile.write(folder / "reference.wav", take, RATE, subtype="FLOAT")
    soundfile.write(folder / "cut.wav", cut, RATE, subtype="FLOAT")
    both = np.stack([take, -np.roll(take, 96)], axis=1)[RATE : 30 * RATE]
    soundfile.write(folder / "both.wav", both, RATE, subtype="FLOAT")
    return folder


def aligned(folder: Path, *options: str) -> Any:
    words = ["align", "reference.wav", "cut.wav", "both.wav", *options]
    ran = subprocess.run(
        [sys.executable, "-c", "from ui.cli import main; main()", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout) if "--json" in options else ran.stdout


def test_json_holds_steps_and_channels_whatever_the_jobs(folder: Path) -> None:
    answer = aligned(folder, "--json", "--jobs", "2")
    assert answer == aligned(folder, "--json")
    cut, both = answer["files"]
    (step,) = cut["steps"]
    assert step["at_seconds"] == pytest.approx(15, abs=0.8)
    assert step["samples"] == pytest.approx(960, abs=0.5)
    assert step["uncertainty_samples"] < 1
    assert cut["lag_samples"] == pytest.approx(960, abs=0.5)  # the longest part's
    assert cut["speed"] == pytest.approx(1, abs=1e-6)
    assert [finding["code"] for finding in cut["findings"]] == ["align.step"]
    assert both["steps"] == []
    lags = [channel["lag_samples"] for channel in both["channels"]]
    assert lags == pytest.approx([RATE, RATE - 96], abs=0.5)
    assert [channel["polarity"] for channel in both["channels"]] == [1, -1]
    assert both["best_channel"] in {"channel 1", "channel 2"}


def test_text_shows_steps_and_channels(folder: Path) -> None:
    text = aligned(folder)
    assert "jumps 960 samples" in text
    assert "channel 2" in text
    assert "inverted" in text


def test_an_unreadable_file_says_so_and_stops_no_other(folder: Path) -> None:
    (folder / "notes.wav").write_text("no sound")
    names = ("reference.wav", "notes.wav", "both.wav")
    words = ["align", *(str(folder / name) for name in names)]
    shown = CliRunner().invoke(cli, words, standalone_mode=False)
    assert shown.return_value == 1
    line = next(line for line in shown.output.splitlines() if "notes.wav" in line)
    assert line.split()[1:5] == ["not", "measured", "cannot", "be"]
    asked = CliRunner().invoke(cli, [*words, "--json"], standalone_mode=False)
    answer = json.loads(asked.output)
    assert [one["verdict"] for one in answer["files"]] == ["unreadable", "match"]


def test_a_picture_without_sound_says_so(folder: Path) -> None:
    with av.open(str(folder / "mute.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        grey = av.VideoFrame.from_ndarray(np.full((72, 64), 128, np.uint8), format="yuv420p")
        for packet in [*stream.encode(grey), *stream.encode(None)]:
            container.mux(packet)
    words = ["align", str(folder / "reference.wav"), str(folder / "mute.mp4"), "--json"]
    asked = CliRunner().invoke(cli, words, standalone_mode=False)
    assert json.loads(asked.output)["files"][0]["reason"].startswith(
        "cannot be read: has no sound;"
    )
