"""Laws of the evidence: what agrees counts by how plainly it stands, and a tone's peaks do not."""

import numpy as np
import pytest

from conform.hearing.evidence import Line, fit

NOTHING = Line(0.0, 0.0, np.empty((0, 4)), np.empty(0, bool), 0.0)


def agreeing(count: int, height: float, rival: float) -> Line:
    rows = [(float(time), 0.0, height, rival) for time in range(count)]
    return fit(np.array(rows), NOTHING, 1.0)


@pytest.mark.parametrize(
    ("height", "rival"), [(3.1, 2.2), (9.0, 8.9), (3.4, 3.0)], ids=["round", "hum", "noise"]
)
def test_peaks_of_a_tone_or_a_hum_bear_nothing_out(height: float, rival: float) -> None:
    line = agreeing(20, height, rival)
    assert line.agreeing == 20
    assert line.decades == 0


def test_more_and_clearer_stretches_bear_out_more() -> None:
    scores = [
        agreeing(count, height, 3.0).decades
        for count, height in [(5, 5), (10, 5), (10, 9), (20, 9)]
    ]
    assert scores == sorted(scores)
    assert scores[-1] > 20


def test_stretches_at_odds_bear_out_little() -> None:
    dice = np.random.default_rng(1)
    lags = dice.uniform(-0.04, 0.04, (50, 20))
    rows = [
        np.column_stack([np.arange(20.0), lag, np.full(20, 4.6), np.full(20, 4.0)]) for lag in lags
    ]
    assert max(fit(row, NOTHING, 1.0).decades for row in rows) < 4
