"""The published oversight framework as reports read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from helpers.data.periods import period_end

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart

_ROWS = (
    "SELECT * EXCLUDE (source, vintage) FROM oversight WHERE period <= ? ORDER BY period, org_code, metric"
)
_LATEST = "SELECT max(period)::DATE FROM oversight WHERE list_contains(?, org_code)"


def oversight_rows(mart: Mart, until: date) -> pd.DataFrame:
    """Return the rows of all trusts in quarters that began by a day; the columns are those of the mart's table."""
    return mart.query(_ROWS, [until])


def latest_oversight_month(mart: Mart, own: Sequence[str]) -> date | None:
    """Return the first day of the last month of the latest quarter that is published of an organisation."""
    ((latest,),) = mart.fetch(_LATEST, [list(own)])
    return None if latest is None else period_end(latest, "quarter").replace(day=1)
