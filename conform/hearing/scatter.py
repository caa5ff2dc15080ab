"""How sure a lag and its slope are, by the scatter of the groups of frames that they come from."""

from __future__ import annotations

import numpy as np

from conform.hearing.arrival import tops
from conform.hearing.slope import straight, two_sided
from conform.hearing.weights import Reals

_SPAN_FOR_DRIFT = 3.0  # seconds
_TRIMMED = 1.15  # what leaving out parts astray hides of a slope's scatter, measured on speech
_SHARED = 1.3  # scatter that groups hide: their frames overlap by half; a slope's parts do not
_DRAWS = 200  # of the bootstrap: its quantile is then good to a fifteenth
_UNTOLD = 1.0  # samples where too few groups show no scatter


def half_width(each: Reals) -> float:
    """95 % by the bootstrap: how the peak moves as groups count more and less by chance.

    `each` is every group's correlation around the peak, (groups, samples). Weights are exponential
    (Rubin, "The Bayesian bootstrap", Annals of Statistics 9, 1981). A peak that only rare draws
    move to another period is sure; one that a twentieth of them do is not.
    """
    count = len(each)
    if count < 3:
        return _UNTOLD
    draws = np.random.default_rng(count).exponential(size=(_DRAWS, count))
    away = np.abs(tops(draws @ each) - float(tops(each.sum(axis=0)[None])[0]))
    few = two_sided(count - 1) / 1.96 * np.sqrt(count / (count - 1))
    return float(np.quantile(away, 0.95) * few * _SHARED)


def slope(times: Reals, lags: Reals) -> tuple[float, float] | None:
    """The slope of the groups' own lags and its 95 % half-width, where long enough."""
    if len(times) < 5 or np.ptp(times) < _SPAN_FOR_DRIFT:
        return None
    keep = np.ones(len(times), bool)
    for _ in range(3):
        fit = straight(times[keep], lags[keep])
        misses = lags - fit.origin - fit.slope * times
        scale = 1.4826 * np.median(np.abs(misses[keep])) + 1e-9
        keep = np.abs(misses) < 4 * scale
        if keep.sum() < 5:
            return None
    return fit.slope, _TRIMMED * two_sided(int(keep.sum()) - 2) * fit.error
