"""Waiting lists by specialty: sizes, flows and waits by month, and the bands of weeks in which a list is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from helpers.data.sql import sql_beside

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart

LIST_SIZE: Final = "rtt_list_size"
#: breakdown of the list by weeks waited; a band begins beyond its edge: 18 weeks are within 18
WEEKS_WAITED: Final = "weeks waited"
EDGES: Final = (0, 6, 12, 18, 26, 39, 52, 65, 78, 104)

_SQL: Final = sql_beside(__file__)


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
    return mart.query(
        _SQL["lists"].format(breakdown=WEEKS_WAITED), {"code": organisation, "until": until, "basis": basis}
    )


def latest_list_month(mart: Mart, own: Sequence[str]) -> date | None:
    """Return the latest month of which a trust has lists by specialty, else one of the whole; None without any."""
    (row,) = mart.fetch(
        _SQL["latest_month"].format(size=LIST_SIZE),
        [list(own)],
    )
    found: date | None = row[0]
    return found
