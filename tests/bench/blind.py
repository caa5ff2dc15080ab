"""A whole shoot against a feature's guide, by sound alone and by timecode.

    python -m tests.bench.blind [--takes 500 --hours 40 --guide-hours 2] [--snr 10] [--jobs 2]

One event in ten is from a take that was never delivered: it must be refused. Both commands run in
processes of their own; the memory is the largest process's.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.shoot import FPS, Made, Shoot, shoot, true_lag
from tests.bench.spent import Spent, spent

_RIGHT = 0.001
_LENGTHS = ((0, 3), (3, 5), (5, 10), (10, 99))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one command made of every event, and what it cost."""

    how: str
    answers: tuple[tuple[Made, str], ...]
    cost: Spent
    wall: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takes", type=int, default=60)
    parser.add_argument("--hours", type=float, default=5)
    parser.add_argument("--guide-hours", type=float, default=0.5)
    parser.add_argument("--snr", type=float, default=10.0, help="dB of speech over music")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the material is made, and deleted after")
    options = parser.parse_args()
    screen = Console(width=140)
    with _folder(options.folder) as folder:
        seconds = round(options.hours * 3600 / options.takes)
        guide = round(options.guide_hours * 3600)
        made = shoot(folder, options.takes, seconds, guide, options.snr, options.seed)
        screen.print(f"{options.takes} takes of {seconds} s, {len(made.events)} events")
        found = [
            _run("by sound alone", made, made.stripped, options.jobs),
            _run("with timecode", made, made.named, options.jobs),
        ]
    for one in found:
        screen.print(_table(one))


@contextmanager
def _folder(within: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=within) as folder:
        yield Path(folder)


def _run(how: str, made: Shoot, cut: Path, jobs: int) -> Outcome:
    command = [sys.executable, "-m", "ui", "sync", str(cut), "--rate", FPS.name]
    command += ["--picture", str(made.guide), "--rolls", str(made.takes)]
    command += ["--jobs", str(jobs), "--json", "-o", str(cut.with_suffix(".otio"))]
    began = time.perf_counter()
    cost = spent(command)
    wall = time.perf_counter() - began
    events = json.loads(cost.said)["events"]
    answers = tuple((event, _judged(made, event, events)) for event in made.events)
    return Outcome(how, answers, cost, wall)


def _judged(made: Shoot, event: Made, events: list[dict[str, Any]]) -> str:
    """Whether an event was found where it is, found elsewhere, or refused."""
    begin = f"{event.record}/25"
    said = [one for one in events if _at(one) == _seconds(begin)]
    measured = [one for one in said if one["status"] == "measured"]
    if not measured:
        return "refused"
    one = measured[0]
    right = event.delivered and Path(one["file"]).name == made.file(event.take)
    right &= abs(one["lag_seconds"] - float(true_lag(event))) < _RIGHT
    return "right" if right else "wrong"


def _at(event: dict[str, Any]) -> float:
    return _seconds(event["record_in"]["seconds"])


def _seconds(text: str) -> float:
    top, _, bottom = text.partition("/")
    return int(top) / int(bottom or 1)


def _table(outcome: Outcome) -> Table:
    cost = outcome.cost
    title = f"{outcome.how}: {outcome.wall:.0f} s, {cost.cpu:.0f} CPU s, {cost.megabytes:.0f} MB"
    table = Table("event", "events", "right", "wrong", "refused", title=title)
    for low, high in _LENGTHS:
        some = [said for one, said in outcome.answers
                if one.delivered and low <= one.length / 25 < high]  # fmt: skip
        _row(table, f"{low} to {high} s", some)
    _row(table, "no such take", [said for one, said in outcome.answers if not one.delivered])
    return table


def _row(table: Table, name: str, some: list[str]) -> None:
    told = Counter(some)
    table.add_row(
        name, str(len(some)), *(str(told[word]) for word in ("right", "wrong", "refused"))
    )


if __name__ == "__main__":
    main()
