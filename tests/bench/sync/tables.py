"""What the tools said, as tables: by condition, and over all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from rich.table import Table

from tests.bench.sync.tools import RIGHT, Run
from tests.bench.sync.voices import RATE

Runs = Sequence[Run | None]


def by_condition(every: Mapping[str, Runs]) -> Table:
    """Pairs right within a millisecond and claimed; of strangers and loops, those not claimed."""
    table = Table("condition", "pairs", *every, title="right within 1 ms (strangers: refused)")
    conditions = dict.fromkeys(_condition(every, place) for place in _places(every))
    for condition in conditions:
        rows = [
            [run for run in runs if run is not None and run.pair.condition == condition]
            for runs in every.values()
        ]
        cells = [f"{sum(run.good for run in runs)}" if runs else "-" for runs in rows]
        table.add_row(condition, str(max(map(len, rows))), *cells)
    return table


def _places(every: Mapping[str, Runs]) -> range:
    return range(max(len(runs) for runs in every.values()))


def _condition(every: Mapping[str, Runs], place: int) -> str:
    run = next(runs[place] for runs in every.values() if runs[place] is not None)
    return run.pair.condition if run is not None else ""


def of_ours(runs: Sequence[Run]) -> Table:
    """This engine by condition: errors in samples at 48 kHz, refusals, and its intervals."""
    table = Table(
        "condition", "pairs", "right", "refused", "wrong", "median", "worst", "half-width",
        "lag inside", "drift inside", "CPU s", "MB", title="errors and half-widths in samples",
    )  # fmt: skip
    for condition in dict.fromkeys(run.pair.condition for run in runs):
        some = [run for run in runs if run.pair.condition == condition]
        sure = [run for run in some if run.answer.sure]
        errors = [run.error * RATE for run in sure if run.pair.truth is not None]
        halves = [run.answer.half * RATE for run in sure if run.answer.half]
        table.add_row(
            condition,
            str(len(some)),
            str(sum(run.good for run in some)),
            str(len(some) - len(sure)),
            str(sum(_wrong(run) for run in some)),
            f"{median(errors):.3f}" if errors else "-",
            f"{max(errors):.3f}" if errors else "-",
            f"{median(halves):.3f}" if halves else "-",
            _share([run.inside for run in some]),
            _share([run.drift_inside for run in some]),
            f"{median(run.cpu for run in some):.2f}",
            f"{max(run.megabytes for run in some):.0f}",
        )
    return table


def _wrong(run: Run) -> bool:
    """Claimed, and out by more than what counts as found; or claimed where there is nothing."""
    return run.answer.sure and (run.pair.truth is None or run.error > RIGHT)


def _share(told: Sequence[bool | None]) -> str:
    stated = [one for one in told if one is not None]
    return f"{sum(stated)} of {len(stated)}" if stated else "-"


def overall(every: Mapping[str, Runs]) -> Table:
    """Every tool over all pairs; costs also as ratios to the first tool's."""
    table = Table(
        "tool", "answered", "< 20 ms", "< 1 ms", "median", "worst sure", "sure and wrong",
        "false matches", "lag inside", "drift inside", "CPU s a pair", "peak MB",
        title="over all pairs; errors in samples",
    )  # fmt: skip
    base: tuple[float, float] | None = None
    for name, answers in every.items():
        runs = [run for run in answers if run is not None]
        if not runs:
            table.add_row(name, "does not run here")
            continue
        cost = (median(run.cpu for run in runs), max(run.megabytes for run in runs))
        base = base or cost
        table.add_row(name, f"{len(runs)} of {len(answers)}", *_cells(runs), *_costs(cost, base))
    return table


def _cells(runs: Sequence[Run]) -> list[str]:
    true = [run for run in runs if run.pair.truth is not None]
    right = [run.error * RATE for run in true if run.error <= RIGHT]
    sure = [run.error * RATE for run in true if run.answer.sure]
    strange = [run for run in runs if run.pair.truth is None]
    return [
        f"{len(right)} of {len(true)}",
        str(sum(run.good for run in true)),
        f"{median(right):.4f}" if right else "-",
        f"{max(sure):.1f}" if sure else "-",
        str(sum(_wrong(run) for run in true)),
        f"{sum(run.answer.sure for run in strange)} of {len(strange)}",
        _share([run.inside for run in runs]),
        _share([run.drift_inside for run in runs]),
    ]


def _costs(cost: tuple[float, float], base: tuple[float, float]) -> list[str]:
    return [
        f"{cost[0]:.2f} ({cost[0] / base[0]:.1f} x)",
        f"{cost[1]:.0f} ({cost[1] / base[1]:.1f} x)",
    ]
