"""CUSUM charts of single yes-or-no outcomes that are rare, such as deaths after an operation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_number, check_series


def bernoulli_cusum(
    outcomes: Any, target: float, *, odds_ratio: float = 2.0, limit: float = 3.5
) -> pd.DataFrame:
    """Return the evidence, case by case, that the risk of an event has gone up, and that it has gone down.

    Parameters
    ----------
    outcomes
        1 or True where the event happened, 0 or False where not, in order of the cases; none missing.
    target
        The risk that is meant to hold, above 0 and below 1: of a standard, or of past cases.
    odds_ratio
        Above 1: the change worth finding is one of the odds by this factor, or by its reciprocal.
    limit
        Where a sum signals; it then starts again. A larger one signals more rarely, false alarms too: both
        should be tried by simulation. The defaults suit risks of 1 to 10 %.

    Returns
    -------
    pandas.DataFrame
        One row per case: `up` (0 or more) and `down` (0 or less), sums of the logarithm of the likelihood ratio, and
        `signal`, 1 or -1 where they reach the limit.

    Notes
    -----
    Source: Neuburger, Walker, Sherlaw-Johnson, van der Meulen and Cromwell 2017 (BMJ Quality & Safety 26:919);
    behaviour as of `bchart` in qicharts2, which shows 0 at a signal.

    >>> found = bernoulli_cusum([0, 1, 1, 0, 1, 1, 1], 0.05)
    >>> found["up"].round(3).tolist(), found["signal"].tolist()
    ([0.0, 0.644, 1.289, 1.24, 1.884, 2.529, 3.173], [0, 0, 0, 0, 0, 0, 0])
    """
    happened = check_series("outcomes", outcomes, minimum=0, maximum=1)
    if not np.isin(happened, [0.0, 1.0]).all():
        raise ArgumentError("outcomes", "shares of an event", "1 where it happened, 0 where not")
    usual = check_number("target", target, above=0, below=1)
    change = np.log(check_number("odds_ratio", odds_ratio, above=1))
    most = check_number("limit", limit, above=0)
    up, down = (_sums(happened, usual, sign * change, most) for sign in (1, -1))
    signal = (up >= most).astype(int) - (down >= most)
    return pd.DataFrame({"up": up, "down": 0 - down, "signal": signal})


def _sums(happened: Floats, usual: float, change: float, limit: float) -> Floats:
    """Return the sums of one side, 0 or more; the one after a signal starts from 0."""
    other = special.expit(special.logit(usual) + change)
    steps = np.where(happened > 0, np.log(other / usual), np.log((1 - other) / (1 - usual)))
    sums = np.zeros(len(steps))
    for case, step in enumerate(steps):
        before = sums[case - 1] if case and sums[case - 1] < limit else 0.0
        sums[case] = max(0.0, before + step)
    return sums
