"""Monthly activity return by provider, 2012 to 2017: original workbooks (.xls) and a table made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from helpers.data.sources.cells import Cells, fed_rows, stack
from helpers.data.sources.kh03 import published_on
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND, organisation_rows

TOTAL = "Elective G&A Total Admissions (FFCEs)"
FEEDS = (
    Feed("elective_ordinary_admissions", "Elective G&A Ordinary Admissions (FFCEs)"),
    Feed("elective_admissions", TOTAL),
    Feed("non_elective_admissions", "Total Non-elective G&A Admissions (FFCEs)"),
    Feed("gp_referrals", "GP Referrals Made (All specialties)"),
    Feed("first_outpatient_attendances", "All 1st Outpatient Attendances (G&A)"),
    Feed("day_case_rate", "Elective G&A Daycase Admissions (FFCEs)", TOTAL),
)
#: the workbook's columns, and the table's
COLUMNS = {
    feed.numerator: re.sub(r"[^a-z0-9_]", "", feed.numerator.lower().replace(" ", "_")) for feed in FEEDS
}
NOTE = "note or empty row"


def read_workbook(matches: list[Match], _: Context) -> Reading:
    """Return a month's workbook; notes below the table are counted and left out."""
    match = matches[0]
    cells = Cells(match.table())
    name = cells.text("Org Name")
    code = cells.text("Org Code").str.upper().mask(name == "England", ENGLAND)
    noted = (code == "") & (cells.text("Period") == "")
    cells.refuse((code == "") & ~noted, "Org Code", "an organisation code")
    start = cells.text("Year").str[:4] + " " + cells.text("Period")
    period = pd.to_datetime(start, format="%Y %B", errors="coerce").dt.as_unit("s")
    cells.refuse(period.isna() & ~noted, "Period", "a financial year and a month")
    # the financial year's last three months are in the calendar year after it began
    period = period.where(period.dt.month >= 4, period + pd.DateOffset(years=1))
    base = pd.DataFrame({"org_code": code, "period": period})
    reading = _reading(cells, base, ~noted, COLUMNS, name)
    return Reading(reading, len(cells), {NOTE: noted.sum()}, published=published_on(match.sheet))


def read_table(matches: list[Match], _: Context) -> Reading:
    """Return the table of many months."""
    cells = Cells(matches[0].table())
    code = cells.code("provider_org_code")
    base = pd.DataFrame({"org_code": code, "period": cells.dates("period_date", "%Y-%m-%d")})
    kept = pd.Series(True, index=base.index)
    return Reading(
        _reading(cells, base, kept, COLUMNS.values(), cells.text("provider_org_name")), len(cells)
    )


def _reading(
    cells: Cells, base: pd.DataFrame, kept: pd.Series[bool], columns: Iterable[str], names: pd.Series[str]
) -> dict[str, pd.DataFrame]:
    figures = cells.figures(columns).set_axis(list(COLUMNS), axis=1)
    cells.refuse(
        base.duplicated() & kept, cells.table.columns.column_names[0], "each provider once a month"
    )
    cells.check()
    return {
        "measure_values": stack(fed_rows(FEEDS, base[kept], figures[kept])),
        "organisations": organisation_rows(base["org_code"][kept], names[kept]),
    }


WORKBOOK = Layout(
    name="activity_return",
    publication="activity_return",
    title="Monthly activity return by provider (NHS England)",
    columns=("Year", "Period", "Org Code", "Org Name", *COLUMNS),
    read=read_workbook,
    sheet="Provider",
    tables=("measure_values", "organisations"),
    has_total=True,
    feeds=FEEDS,
)
TABLE = Layout(
    name="activity_return_table",
    publication="activity_return",
    title="Monthly activity return by provider, 2012 to 2017 (NHS England, put together by others)",
    columns=("period_date", "provider_org_code", "provider_org_name", *COLUMNS.values()),
    read=read_table,
    tables=("measure_values", "organisations"),
    secondary=True,
    feeds=FEEDS,
)
LAYOUTS = (WORKBOOK, TABLE)
