"""How two recordings run against each other, told and true: drift, speeds, steps, wow, and nothing.

    python -m tests.bench.clocks [KIND ...] [--seed 9001] [--seeds 3] [--voices FOLDER]

Every kind in several conditions, speech, music and both in turn, in memory. `name` counts the cases
whose speed has the name it should have, which is none where it is none of the trade's; `course off`
is how far the whole course lies from the truth, near steps left out. Seeds from 9000 on are held
out.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from rich.console import Console

from tests.bench.clocks.cases import KINDS, Shelf
from tests.bench.clocks.judged import Judged, judged, table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "kinds", nargs="*", choices=[*KINDS, []], metavar="KIND", help=", ".join(KINDS)
    )
    parser.add_argument("--seed", type=int, default=1, help="of the first case")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--voices", type=Path, help="a folder of recorded speech")
    parser.add_argument("--music", type=Path, help="a folder of recorded music, as WAV")
    parser.add_argument("--only", default="", help="cases whose kind holds these words")
    parser.add_argument("--each", action="store_true", help="print every case")
    options = parser.parse_args()
    screen = Console(width=210)
    shelf = Shelf(options.voices, options.music)
    begun = time.process_time()
    every: list[Judged] = []
    for kind in options.kinds or KINDS:
        for seed in range(options.seed, options.seed + options.seeds):
            for case in KINDS[kind](shelf, seed):
                if options.only not in case.kind:
                    continue
                every.append(judged(case))
                if options.each or every[-1].invented or every[-1].missed:
                    screen.print(_line(every[-1], seed))
    screen.print(table(every))
    screen.print(f"{time.process_time() - begun:.0f} CPU s")


def _line(one: Judged, seed: int) -> str:
    missed = "".join(f"; missed {step.samples:.0f} at {step.seconds:.1f}" for step in one.missed)
    invented = "".join(f"; invented {what}" for what in one.invented)
    off = f"{one.off.max():.3f} ms off" if len(one.off) else ""
    return f"{seed} {one.case.kind}, {one.case.material}: {one.told}; {off}{missed}{invented}"


if __name__ == "__main__":
    main()
