"""Our alignment beside the tools that a user could pick instead, on the same pairs.

    python -m tests.bench.sync --scenes 3 [--voices FOLDER] [--peers VENV/bin/python]

Each pair runs in a fresh process, so that CPU seconds and peak memory are a user's. Peers run in
their own environment (`pip install audio-offset-finder audalign syncstart`) and need ffmpeg and
ffprobe.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.bench.material import Pair, pairs

_RIGHT = 0.020
_CLOSE = 0.001

_OURS = """
from conform.align import align
match = align(Path(reference), [Path(other)])[0].match
lag, sure = match.lag_seconds, match.matched
half = match.uncertainty_samples and match.uncertainty_samples / match.sample_rate
"""
_OFFSET_FINDER = """
from audio_offset_finder.audio_offset_finder import find_offset_between_files
found = find_offset_between_files(reference, other, trim=7200)
lag, sure = float(found["time_offset"]), bool(found["standard_score"] >= 10)
"""
_AUDALIGN = """
import audalign
found = audalign.align_files(reference, other, recognizer=audalign.CorrelationRecognizer())
names = [os.path.basename(path) for path in (reference, other)]
lag, sure = float(found[names[1]] - found[names[0]]), True
"""
_SYNCSTART = """
import sys
import matplotlib
use = matplotlib.use
matplotlib.use = lambda name: use("Agg")
from syncstart import file_offset
sys.argv = ["syncstart"]
cut, seconds = file_offset(in1=reference, in2=other, take=100000, show=False, quiet=True)
lag, sure = float(seconds if cut == reference else -seconds), True
"""
_AROUND = """
import contextlib, json, os, sys
from pathlib import Path
reference, other = sys.argv[1:3]
half = None
with contextlib.redirect_stdout(sys.stderr):
{body}
print(json.dumps({{"lag": lag, "sure": sure, "half": half}}))
"""
_LEAN = """
import json, os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
said = child.stdout.read().decode()
_, status, used = os.wait4(child.pid, 0)
code = os.waitstatus_to_exitcode(status)
cpu = used.ru_utime + used.ru_stime
print(json.dumps({"said": said, "code": code, "cpu": cpu, "kilobytes": used.ru_maxrss}))
"""
"""Runs a command and tells what it cost. Linux counts into a program's peak memory what the process
that started it held, so a small interpreter starts it, not the one that makes the material."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool by name, the Python that runs it, and how it is called."""

    name: str
    python: str
    body: str

    def run(self, pair: Pair) -> Run | None:
        """One pair in a fresh process; None where the tool does not answer."""
        indented = "".join(f"    {line}\n" for line in self.body.strip().splitlines())
        program = _AROUND.format(body=indented)
        command = [self.python, "-c", program, str(pair.reference), str(pair.other)]
        lean = [sys.executable, "-I", "-S", "-c", _LEAN]
        told = json.loads(subprocess.run([*lean, *command], check=True, capture_output=True).stdout)
        lines = told["said"].strip().splitlines()
        if told["code"] or not lines:
            return None
        answer = json.loads(lines[-1])
        lag, sure, half = answer["lag"], answer["sure"], answer["half"]
        return Run(pair, lag, sure, half, told["cpu"], told["kilobytes"] / 1024)


@dataclass(frozen=True, slots=True)
class Run:
    """What a tool said of a pair: lag and half-width in seconds, and what that cost."""

    pair: Pair
    lag: float | None
    sure: bool
    half: float | None
    cpu: float
    megabytes: float

    @property
    def error(self) -> float:
        """Seconds off the truth; endless where nothing was said."""
        if self.lag is None or self.pair.lag is None:
            return float("inf")
        return abs(self.lag - self.pair.lag)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=3)
    parser.add_argument("--voices", type=Path, help="a folder of recorded speech")
    parser.add_argument("--peers", help="the Python of an environment that holds the peers")
    options = parser.parse_args()
    tools = [Tool("picturelock", sys.executable, _OURS)]
    if options.peers:
        tools += [
            Tool("audio-offset-finder", options.peers, _OFFSET_FINDER),
            Tool("audalign", options.peers, _AUDALIGN),
            Tool("syncstart", options.peers, _SYNCSTART),
        ]
    with tempfile.TemporaryDirectory() as folder:
        made = list(pairs(Path(folder), options.scenes, options.voices))
        every = {tool.name: [tool.run(pair) for pair in made] for tool in tools}
    screen = Console(width=150)
    screen.print(_by_condition(made, every))
    screen.print(_overall(every))


def _by_condition(made: Sequence[Pair], every: dict[str, list[Run | None]]) -> Table:
    """Pairs right within a millisecond; of strangers, pairs refused."""
    table = Table("condition", "pairs", *every, title="within 1 ms (strangers: refused)")
    for condition in dict.fromkeys(pair.condition for pair in made):
        rows = [
            [run for run, pair in zip(runs, made, strict=True) if pair.condition == condition]
            for runs in every.values()
        ]
        cells = [str(sum(_good(run) for run in runs)) for runs in rows]
        table.add_row(condition, str(len(rows[0])), *cells)
    return table


def _good(run: Run | None) -> bool:
    if run is None:
        return False
    if run.pair.lag is None:
        return not run.sure
    return run.sure and run.error <= _CLOSE


def _overall(every: dict[str, list[Run | None]]) -> Table:
    table = Table(
        "tool", "answered", "< 20 ms", "< 1 ms", "median ms", "worst sure ms", "sure and wrong",
        "false matches", "in its interval", "CPU s a pair", "peak MB", title="over all pairs",
    )  # fmt: skip
    for name, answers in every.items():
        runs = [run for run in answers if run is not None]
        if not runs:
            table.add_row(name, "does not run here")
            continue
        true = [run for run in runs if run.pair.lag is not None]
        right = [run.error for run in true if run.error <= _RIGHT]
        sure = [run.error for run in true if run.sure]
        stated = [run.error <= run.half for run in true if run.sure and run.half]
        strange = [run for run in runs if run.pair.lag is None]
        table.add_row(
            name,
            f"{len(runs)} of {len(answers)}",
            f"{len(right)} of {len(true)}",
            str(sum(error <= _CLOSE for error in right)),
            f"{median(right) * 1000:.4f}" if right else "-",
            f"{max(sure) * 1000:.3f}" if sure else "-",
            str(sum(error > _RIGHT for error in sure)),
            f"{sum(run.sure for run in strange)} of {len(strange)}",
            f"{sum(stated) / len(stated):.0%}" if stated else "-",
            f"{median(run.cpu for run in runs):.2f}",
            f"{max(run.megabytes for run in runs):.0f}",
        )
    return table


if __name__ == "__main__":
    main()
