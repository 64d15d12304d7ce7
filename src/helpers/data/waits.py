"""Waiting lists by specialty: sizes, flows and waits by month, and the bands of weeks in which a list is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart

LIST_SIZE: Final = "rtt_list_size"
#: breakdown of the list by weeks waited; a band begins beyond its edge: 18 weeks are within 18
WEEKS_WAITED: Final = "weeks waited"
EDGES: Final = (0, 6, 12, 18, 26, 39, 52, 65, 78, 104)

# the names of measures stand in the query: of a list of values nobody could see which were read
_MEASURES: Final = """('rtt_list_size', 'rtt_new_periods', 'rtt_completed_admitted', 'rtt_completed_non_admitted',
    'rtt_mean_wait', 'rtt_92nd_percentile_wait')"""
_LISTS: Final = f"""SELECT measure, specialty_code, category AS band, period::DATE AS month,
        CASE WHEN suppressed THEN NULL ELSE numerator END AS patients,
        CASE WHEN suppressed THEN NULL ELSE value END AS value, source
    FROM measure_values_rolled_up
    WHERE measure IN {_MEASURES} AND period_type = 'month' AND status <> 'plan' AND unit_code IS NULL
      AND (breakdown IS NULL OR breakdown = '{WEEKS_WAITED}') AND period <= $until
      AND org_code = $code AND basis = $basis
    ORDER BY measure, specialty_code, month"""


def band_names(edges: Sequence[int] = EDGES) -> tuple[str, ...]:
    """Return what bands are called; the last has no end.

    >>> band_names((0, 6, 12))
    ('0 to 6', '6 to 12', 'over 12')
    """
    return (*(f"{low} to {high}" for low, high in pairwise(edges)), f"over {edges[-1]}")


def read_lists(
    mart: Mart, organisation: str, until: date, basis: Literal["provider", "commissioner"] = "provider"
) -> pd.DataFrame:
    """Return a trust's lists up to a month; histories of merged trusts count for it. England is a commissioner.

    Returns
    -------
    DataFrame
        measure, specialty_code (missing: the whole trust), band (missing: all), month, patients and value (missing
        where hidden), source.
    """
    return mart.query(_LISTS, {"code": organisation, "until": until, "basis": basis})


def latest_list_month(mart: Mart, own: Sequence[str]) -> date | None:
    """Return the latest month of which a trust has lists by specialty, else one of the whole; None without any."""
    (row,) = mart.fetch(
        f"""SELECT coalesce(max(period) FILTER (specialty_code IS NOT NULL), max(period))::DATE FROM measure_values
        WHERE measure = '{LIST_SIZE}' AND basis = 'provider' AND period_type = 'month' AND status <> 'plan'
          AND breakdown IS NULL AND list_contains(?, org_code)""",
        [list(own)],
    )
    found: date | None = row[0]
    return found
