"""Our alignment beside the tools that a user could pick instead, on the same pairs.

    python -m tests.bench.sync --scenes 3 [--seed 9001] [--voices FOLDER] [--long] [--peers PYTHON]

Each pair runs in a fresh process, so that CPU seconds and peak memory are a user's. Peers run in
their own environment (`pip install audio-offset-finder audalign syncstart`) and need ffmpeg and
ffprobe. Seeds from 9000 on are held out.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from rich.console import Console

from tests.bench.sync.files import write
from tests.bench.sync.scenes import Pair, long_pairs, pairs
from tests.bench.sync.tables import by_condition, of_ours, overall
from tests.bench.sync.tools import Run, Tool, ours, peers
from tests.bench.sync.voices import Cast


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1, help="of the first scene")
    parser.add_argument("--voices", type=Path, help="a folder of recorded speech")
    parser.add_argument("--long", action="store_true", help="ten-minute pairs instead")
    parser.add_argument("--peers", help="the Python of an environment that holds the peers")
    options = parser.parse_args()
    tools = (ours(), *(peers(options.peers) if options.peers else ()))
    seeds = range(options.seed, options.seed + options.scenes)
    make = long_pairs if options.long else pairs
    every = _run(tools, chain.from_iterable(make(seed, Cast(options.voices)) for seed in seeds))
    screen = Console(width=170)
    if len(tools) > 1:
        screen.print(by_condition(every))
    screen.print(of_ours([run for run in every[tools[0].name] if run is not None]))
    screen.print(overall(every))


def _run(tools: tuple[Tool, ...], made: Iterator[Pair]) -> dict[str, list[Run | None]]:
    """Every tool on every pair; one pair's files at a time are on disk."""
    every: dict[str, list[Run | None]] = {tool.name: [] for tool in tools}
    for number, pair in enumerate(made):
        with tempfile.TemporaryDirectory() as folder:
            reference, other = write(Path(folder), pair, number)
            for tool in tools:
                every[tool.name].append(tool.run(pair, reference, other))
    return every


if __name__ == "__main__":
    main()
