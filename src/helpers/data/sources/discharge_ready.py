"""Discharges after the day on which patients were ready, as the Health Foundation has tabulated them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.data.files.sheets import SheetTable
from helpers.data.sources.cells import Cells, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND

SHARE, DISCHARGED, DELAYED = "perc_patients_delayed", "patients_discharged_volume", "total_delay_volume"
MEAN, BED_DAYS = "average_delay_los_minus_0_day_delay", "dd_bed_days"
FIGURES = (SHARE, DISCHARGED, DELAYED, MEAN, BED_DAYS)
#: rows below the table that sum up quarters; months in which nobody was discharged, so nothing was returned
SUMMARY, NOT_RETURNED = "summary of several months", "month without a return"
#: how far a share of the patients may lie from a whole number of them
WHOLE = 0.01


def read(matches: list[Match], _: Context) -> Reading:
    """Return months of trusts and of England, with their parts where the sheet gives them."""
    match = matches[0]
    have = [name for name in FIGURES if match.has(name)]
    table = match.table(["month", "org_code", *have]).filled()
    rejected = {SUMMARY: _is(table, "org_code", ""), NOT_RETURNED: _is(table, DISCHARGED, "0")}
    cells = Cells(table.keep([not any(out) for out in zip(*rejected.values(), strict=True)]))
    code = cells.code("org_code")
    frame = pd.DataFrame({"org_code": code.mask(code == "NATIONAL", ENGLAND)})
    frame["period"] = cells.periods(["month"])
    cells.refuse(frame.duplicated(), "org_code", "each organisation once a month")
    figures = pd.DataFrame(
        {name: cells.numbers(name) if name in have else np.nan for name in FIGURES}, frame.index
    )
    cells.refuse(figures[SHARE] > 100, SHARE, "per cent, no more than 100")
    cells.check()
    return Reading(
        {"measure_values": stack(_measures(frame, figures))},
        len(table),
        {reason: sum(rows) for reason, rows in rejected.items()},
    )


def _is(table: SheetTable, column: str, word: str) -> list[bool]:
    """Return which rows hold a word in a column that may be absent."""
    if column not in table.columns.column_names:
        return [False] * len(table)
    return [cell.strip() == word for cell in table.columns[column].to_pylist()]


def _measures(base: pd.DataFrame, figures: pd.DataFrame) -> list[pd.DataFrame]:
    worked_out = figures[SHARE] / 100 * figures[DISCHARGED]
    delayed = figures[DELAYED].fillna(worked_out.round().where((worked_out % 1 - 0.5).abs() > 0.5 - WHOLE))
    share = measure_rows("discharged_late", base, numerator=delayed, denominator=figures[DISCHARGED])
    days = measure_rows(
        "days_discharged_late", base, numerator=figures[BED_DAYS], denominator=figures[DELAYED]
    )
    return [
        share.assign(value=share["value"].fillna(figures[SHARE] / 100)),
        days.assign(value=days["value"].fillna(figures[MEAN])),
    ]


LAYOUT = Layout(
    name="discharge_ready",
    title="Discharges after the day patients were ready, by trust and month (Health Foundation)",
    columns=("month", "org_code"),
    one_of=(SHARE, MEAN),
    read=read,
    secondary=True,
    feeds=(
        Feed("discharged_late", DELAYED, DISCHARGED, f"else {SHARE} of the discharged"),
        Feed("days_discharged_late", BED_DAYS, DELAYED, f"else {MEAN}, without its parts"),
    ),
)
