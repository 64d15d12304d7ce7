"""Long stays and stays of no day (methods, section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_lengths, check_series

#: long stays as NHS England counts them, in days
LONG_STAYS = (7, 14, 21)


def long_stays(
    days: npt.ArrayLike, spells: npt.ArrayLike | None = None, *, thresholds: Sequence[float] = LONG_STAYS
) -> pd.DataFrame:
    """Return how many discharged spells stayed 7, 14, 21 or more days, and the bed-days they used.

    Parameters
    ----------
    days
        Stays in days.
    spells
        How many spells each stay stands for (a frequency table); 1 each when None.
    thresholds
        Days at and above which a stay is long.

    Returns
    -------
    pandas.DataFrame
        Indexed by `threshold`: `spells`, `share` (of all spells), `bed_days` (all days of those spells) and
        `bed_day_share` (of all bed-days; missing where there are none).

    Raises
    ------
    ArgumentError
        Negative or missing values, lengths that differ, no spell at all.

    Notes
    -----
    These are stays at discharge; the ward snapshot of patients still in hospital is another count.

    >>> long_stays([1, 6, 7, 30]).loc[7].to_dict()
    {'spells': 2.0, 'share': 0.5, 'bed_days': 37.0, 'bed_day_share': 0.8409090909090909}
    """
    stays, counts = _stays_and_counts(days, spells)
    limits = check_series("thresholds", thresholds, minimum=0)
    long = stays[None, :] >= limits[:, None]
    number, bed_days = long @ counts, long @ (counts * stays)
    total = (counts * stays).sum()
    return pd.DataFrame(
        {
            "spells": number,
            "share": number / counts.sum(),
            "bed_days": bed_days,
            "bed_day_share": bed_days / (total if total else np.nan),
        },
        index=pd.Index(limits.astype(int) if (limits % 1 == 0).all() else limits, name="threshold"),
    )


@dataclass(frozen=True)
class ZeroDayStays:
    """Stays of no night, and the mean stay in days with and without them (missing where none is left)."""

    spells: float
    share: float
    mean_with: float
    mean_without: float


def zero_day_stays(days: npt.ArrayLike, spells: npt.ArrayLike | None = None) -> ZeroDayStays:
    """Return zero-day stays and the mean with and without them; arguments and errors as for `long_stays`.

    >>> zero_day_stays([0, 0, 3, 5])
    ZeroDayStays(spells=2.0, share=0.5, mean_with=2.0, mean_without=4.0)
    """
    stays, counts = _stays_and_counts(days, spells)
    zero, total = float(counts[stays == 0].sum()), float(counts.sum())
    bed_days = float((counts * stays).sum())
    without = bed_days / (total - zero) if total > zero else float("nan")
    return ZeroDayStays(zero, zero / total, bed_days / total, without)


def _stays_and_counts(days: npt.ArrayLike, spells: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    stays = check_series("days", days, minimum=0)
    counts = np.ones_like(stays) if spells is None else check_series("spells", spells, minimum=0)
    check_lengths(days=stays, spells=counts)
    if counts.sum() == 0:
        raise ArgumentError("spells", "no spell at all", "at least one spell")
    return stays, counts
