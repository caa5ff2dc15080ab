"""Tools that place one file in another, each run in a fresh process as a user would."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.spent import spent
from tests.bench.sync.scenes import Pair

RIGHT = 0.020
"""Seconds within which a place counts as found at all: half a frame."""

CLOSE = 0.001
"""Seconds within which a place is exact enough to mix."""

_OURS = """
from conform.clocks.align import align
aligned = align(Path(reference), [Path(other)])[0]
match = aligned.match
lag, sure, verdict = match.lag_seconds, match.matched, match.verdict.value
half = match.uncertainty_samples and match.uncertainty_samples / match.sample_rate
drift, drift_half = match.drift_ppm, match.drift_uncertainty_ppm
speed, steps = aligned.speed_name, [step.samples for step in aligned.steps]
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
half = drift = drift_half = speed = verdict = None
steps = []
with contextlib.redirect_stdout(sys.stderr):
{body}
print(json.dumps({{"lag": lag, "sure": sure, "half": half, "drift": drift,
    "drift_half": drift_half, "speed": speed, "steps": steps, "verdict": verdict}}))
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool said: lag and half-widths in seconds, drift in parts in a million."""

    lag: float | None
    sure: bool
    half: float | None = None
    drift: float | None = None
    drift_half: float | None = None
    speed: str | None = None
    steps: tuple[float, ...] = ()
    verdict: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A tool's answer to a pair, and what it cost."""

    pair: Pair
    answer: Answer
    cpu: float
    megabytes: float

    @property
    def error(self) -> float:
        """Seconds off the truth at the worse end of what is shared; endless where none was said.

        A step is judged by the longer part, wherever that is.
        """
        truth, lag = self.pair.truth, self.answer.lag
        if lag is None or truth is None:
            return float("inf")
        if truth.step:
            return min(abs(lag - truth.lag), abs(lag - truth.lag - truth.step / self.pair.rate))
        drift = (self.answer.drift or 0.0) * 1e-6
        ends = (max(0.0, -truth.lag), min(self.pair.seconds, self.pair.shared_end))
        return max(abs(lag + drift * time - truth.at(time)) for time in ends)

    @property
    def good(self) -> bool:
        """Whether the answer is right and claimed; of strangers and loops, that none is claimed.

        A tool that knows the word must call a loop ambiguous.
        """
        truth = self.pair.truth
        if truth is None:
            loop = self.pair.several and self.answer.verdict is not None
            return not self.answer.sure and (not loop or self.answer.verdict == "ambiguous")
        named = truth.speed_name is None or self.answer.speed == truth.speed_name
        return self.answer.sure and self.error <= CLOSE and named and self._stepped(truth.step)

    def _stepped(self, step: int) -> bool:
        steps = self.answer.steps
        return len(steps) == bool(step) and all(abs(one - step) < 48 for one in steps)

    @property
    def inside(self) -> bool | None:
        """Whether the stated interval holds the lag; None where there is no interval."""
        if not self.answer.sure or self.pair.truth is None or not self.answer.half:
            return None
        lag, truth = self.answer.lag, self.pair.truth
        lags = (truth.lag, truth.lag + truth.step / self.pair.rate)
        return lag is not None and min(abs(lag - one) for one in lags) <= self.answer.half

    @property
    def drift_inside(self) -> bool | None:
        """Whether the stated interval holds the drift; None where no drift was stated."""
        half, drift = self.answer.drift_half, self.answer.drift
        if not self.answer.sure or self.pair.truth is None or half is None or drift is None:
            return None
        return abs(drift - self.pair.truth.drift_ppm) <= half


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool by name, the Python that runs it, and how it is called."""

    name: str
    python: str
    body: str

    def run(self, pair: Pair, reference: Path, other: Path) -> Run | None:
        """One pair in a fresh process; None where the tool does not answer."""
        indented = "".join(f"    {line}\n" for line in self.body.strip().splitlines())
        program = _AROUND.format(body=indented)
        command = [self.python, "-c", program, str(reference), str(other)]
        told = spent(command)
        lines = told.said.strip().splitlines()
        if told.code or not lines:
            return None
        said = json.loads(lines[-1])
        answer = Answer(**{**said, "steps": tuple(said["steps"])})
        return Run(pair, answer, told.cpu, told.megabytes)


def ours() -> Tool:
    """This engine, as installed here."""
    return Tool("picturelock", sys.executable, _OURS)


def peers(python: str) -> tuple[Tool, ...]:
    """What a user could pick instead, installed in an environment of their own."""
    return (
        Tool("audio-offset-finder", python, _OFFSET_FINDER),
        Tool("audalign", python, _AUDALIGN),
        Tool("syncstart", python, _SYNCSTART),
    )
