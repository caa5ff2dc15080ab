"""What `conform align` costs beside decoding both files once and resampling them to 8 kHz.

    python -m tests.bench.cost [--folder FOLDER] [--only WORD]

The yardstick is one PyAV filter graph (abuffer, aresample, asetnsamples, abuffersink) over each
file, in a process of its own. What both cost before they see a file is printed apart and taken off.
Material is made where the folder does not hold it yet: two hours take 1.5 GB and some minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import soundfile
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from fixtures.clock import read_at
from fixtures.voices import conversation
from tests.bench.spent import Spent, spent

RATE = 48000
REEL = 600
"""Seconds of speech made at a time."""

_YARDSTICK = """
import sys
import av
import numpy as np
from av.filter import Graph
for path in sys.argv[1:]:
    with av.open(path) as container:
        stream = container.streams.audio[0]
        graph = None
        for frame in container.decode(stream):
            if graph is None:
                graph = Graph()
                graph.link_nodes(
                    graph.add_abuffer(template=stream),
                    graph.add("aformat", "channel_layouts=mono:sample_rates=8000:sample_fmts=flt"),
                    graph.add("aresample", "8000"),
                    graph.add("asetnsamples", "n=65536:p=0"),
                    graph.add("abuffersink"),
                ).configure()
            graph.push(frame)
            try:
                graph.pull().to_ndarray()
            except av.error.BlockingIOError:
                pass
        graph.push(None)
        while True:
            try:
                graph.pull().to_ndarray()
            except av.error.EOFError:
                break
"""

Wave = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Case:
    """A pair by what it is; each side is a file's name, made when it is missing."""

    name: str
    reference: str
    other: str


CASES = (
    Case("30 s in 75 s", "take.wav", "clip.wav"),
    Case("30 s in 75 s, AAC", "take.wav", "clip.m4a"),
    Case("10 min on 10 min", "reel.wav", "noisy.wav"),
    Case("6 channels, 5 min on 10 min", "reel.wav", "poly.wav"),
    Case("30 s in 2 h", "film.wav", "scene.wav"),
    Case("a stranger's 30 s in 2 h", "film.wav", "stranger.wav"),
    Case("2 h on 2 h, +50 ppm", "film.wav", "drift.wav"),
    Case("2 h AAC on 2 h, +50 ppm", "film.wav", "drift.m4a"),
)


def speech(number: int, seed: int = 1) -> Wave:
    """Ten minutes of two talkers; every number has its own words."""
    return conversation(seed, number, REEL * RATE, RATE).sum(axis=0) / 2


def noisy(sound: Wave, snr_db: float, seed: int) -> Wave:
    """White noise under a sound."""
    rng = np.random.default_rng(seed)
    level = float(np.std(sound)) * 10 ** (-snr_db / 20)
    return sound + level * rng.standard_normal(len(sound), np.float32)


def _cut(sound: Wave, first: float, seconds: float) -> Wave:
    return sound[round(first * RATE) : round((first + seconds) * RATE)]


def _drifting() -> Iterator[Wave]:
    """The film on a clock that runs 50 ppm slow, 1.25 s of it gone, with noise under it."""
    step = 1 + 50e-6
    for number in range(12):
        world = np.concatenate([speech(number), speech(number + 1)[: 3 * RATE]])
        first = 1.25 * RATE + number * REEL * RATE * (step - 1)
        yield noisy(read_at(world, first, step, REEL * RATE), 5, number)


def _poly() -> Iterator[Wave]:
    """Six microphones at their own distances, each with its own noise."""
    whole = speech(0)
    lanes = [
        noisy(_cut(whole, 100 - 0.003 * lane, 300) / (lane + 1), 20 - 3 * lane, lane)
        for lane in range(6)
    ]
    yield np.stack(lanes, axis=1)


MATERIAL: dict[str, Callable[[], Iterator[Wave]]] = {
    "take": lambda: iter([_cut(speech(0), 20, 75)]),
    "clip": lambda: iter([noisy(_cut(speech(0), 41.25, 30), 10, 1)]),
    "reel": lambda: iter([speech(0)]),
    "noisy": lambda: iter([noisy(np.roll(speech(0), 4 * RATE), 0, 1)]),
    "poly": _poly,
    "film": lambda: (speech(number) for number in range(12)),
    "scene": lambda: iter([noisy(_cut(speech(6), 111.5, 30), 10, 1)]),
    "stranger": lambda: iter([_cut(speech(0, seed=2), 60, 30)]),
    "drift": _drifting,
}
"""The sound of each file by its name without suffix, in pieces."""


def made(folder: Path, name: str) -> Path:
    """The file of that name, written where it is not there yet."""
    path = folder / name
    if path.exists():
        return path
    if path.suffix == ".m4a":
        _encode(made(folder, f"{path.stem}.wav"), path)
        return path
    first, *_ = MATERIAL[path.stem]()
    channels = 1 if first.ndim == 1 else first.shape[1]
    with soundfile.SoundFile(path, "w", RATE, channels, "PCM_24") as file:
        for piece in MATERIAL[path.stem]():
            file.write(np.clip(piece, -1, 1))
    return path


def _encode(source: Path, target: Path) -> None:
    with av.open(str(source)) as container, av.open(str(target), "w") as out:
        stream = out.add_stream("aac", rate=RATE, layout="mono")
        stream.bit_rate = 128_000
        resampler = av.AudioResampler("fltp", "mono", RATE, frame_size=1024)
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                out.mux(stream.encode(part))
        out.mux(stream.encode(None))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the material is, and stays")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    options = parser.parse_args()
    screen = Console(width=130)
    python = sys.executable
    table = Table("", "align CPU s", "yardstick", "ratio", "peak MB", "yardstick", "answer",
                  title="start-up taken off")  # fmt: skip
    idle = spent([python, "-c", "import ui.commands.align, scipy.fft"])
    bare = spent([python, "-c", "import av, numpy; from av.filter import Graph"])
    table.add_row("start-up", *_cells(idle.cpu, bare.cpu), *_peaks(idle, bare), "")
    with _kept(options.folder) as folder:
        for case in CASES:
            if options.only not in case.name:
                continue
            paths = [str(made(Path(folder), name)) for name in (case.reference, case.other)]
            ours = spent([python, "-m", "ui", "align", *paths, "--json"])
            yard = spent([python, "-c", _YARDSTICK, *paths])
            cells = _cells(ours.cpu - idle.cpu, yard.cpu - bare.cpu)
            table.add_row(case.name, *cells, *_peaks(ours, yard), _answer(ours))
    screen.print(table)


def _kept(folder: Path | None) -> nullcontext[str] | tempfile.TemporaryDirectory[str]:
    if folder is None:
        return tempfile.TemporaryDirectory()
    folder.mkdir(parents=True, exist_ok=True)
    return nullcontext(str(folder))


def _cells(ours: float, yard: float) -> tuple[str, str, str]:
    return f"{ours:.2f}", f"{yard:.2f}", f"{ours / yard:.2f}"


def _peaks(ours: Spent, yard: Spent) -> tuple[str, str]:
    return f"{ours.megabytes:.0f}", f"{yard.megabytes:.0f}"


def _answer(ours: Spent) -> str:
    """The lag and drift, or why there is none."""
    answer = json.loads(ours.said)["files"][0] if ours.said else {"reason": "failed"}
    if answer.get("lag_samples") is None:
        return str(answer["reason"])
    drift = "" if answer["drift_ppm"] is None else f", {answer['drift_ppm']:+.3f} ppm"
    return f"{answer['lag_samples']:.2f}{drift}"


if __name__ == "__main__":
    main()
