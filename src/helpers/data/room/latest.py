"""Up to which month the records speak: a date, which tells of nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.data.room.door import in_room
from helpers.data.room.selection import DAY

if TYPE_CHECKING:
    from helpers.data.mart import Mart


def latest_month_of(mart: Mart, table: str) -> pd.DataFrame:
    """Return the first day of the latest month that a table of records covers to its last day, as `latest`.

    The room is asked once per version of the mart.
    """
    return mart.derived(f"latest month of {table}", lambda: _latest(mart, table))


@in_room(pd.DataFrame)
def _latest(mart: Mart, table: str) -> pd.DataFrame:
    day = DAY[table]
    months = f"(date_trunc('month', max({day}) + INTERVAL 1 DAY) - INTERVAL 1 MONTH)::DATE"
    return mart.query(f"SELECT {months} AS latest FROM {table}")
