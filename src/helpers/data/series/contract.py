"""The lines of a contract as reports read them, and the latest month that has been returned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from helpers.data.organisations.directory import specialty_names
from helpers.data.schema import CONTRACT_FIGURES

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart

_FIGURES = ", ".join(f"max(amount) FILTER (figure = '{name}') AS {name}" for name in CONTRACT_FIGURES)
_LINES = f"""SELECT specialty || ', ' || point_of_delivery AS line, specialty, point_of_delivery,
        period::DATE AS month, {_FIGURES}
    FROM contract_lines WHERE org_code = ? GROUP BY ALL ORDER BY ALL"""
_LATEST = "SELECT max(period)::DATE FROM contract_lines WHERE org_code = ? AND figure = 'actual_activity'"


def contract_lines(mart: Mart, organisation: str) -> pd.DataFrame:
    """Return all lines of an organisation.

    Returns
    -------
    DataFrame
        line (what the ledger calls it), specialty (a name where the word is a treatment function code),
        point_of_delivery, month (first day), and the four figures: counts, and pounds; NaN where the contract or the
        return does not say.
    """
    frame = mart.query(_LINES, [organisation])
    names = specialty_names(mart)
    return frame.assign(
        specialty=[names.get(word, word) for word in frame["specialty"]],
        month=[date(day.year, day.month, day.day) for day in frame["month"]],
    )


def latest_contract_month(mart: Mart, own: Sequence[str]) -> date | None:
    """Return the first day of the latest month with activity of the organisation."""
    ((latest,),) = mart.fetch(_LATEST, [own[0]])
    return latest if latest is None else date(latest.year, latest.month, 1)
