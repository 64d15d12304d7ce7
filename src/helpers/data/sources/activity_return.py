"""Monthly activity return by provider, 2012 to 2017: original workbooks (.xls) and a table made of them."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, measure_rows, stack
from helpers.data.sources.kh03 import published_on
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND, organisation_rows

#: counts: the workbook's column, and the table's
COUNTS = {
    "elective_ordinary_admissions": (
        "Elective G&A Ordinary Admissions (FFCEs)",
        "elective_ga_ordinary_admissions_ffces",
    ),
    "elective_admissions": ("Elective G&A Total Admissions (FFCEs)", "elective_ga_total_admissions_ffces"),
    "non_elective_admissions": (
        "Total Non-elective G&A Admissions (FFCEs)",
        "total_nonelective_ga_admissions_ffces",
    ),
    "gp_referrals": ("GP Referrals Made (All specialties)", "gp_referrals_made_all_specialties"),
    "first_outpatient_attendances": (
        "All 1st Outpatient Attendances (G&A)",
        "all_1st_outpatient_attendances_ga",
    ),
}
DAY_CASES = ("Elective G&A Daycase Admissions (FFCEs)", "elective_ga_daycase_admissions_ffces")
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
    reading = _reading(cells, base, ~noted, 0, name)
    rejected = {NOTE: int(noted.sum())} if noted.any() else {}
    return Reading(reading, len(cells), rejected, published=published_on(match.sheet))


def read_table(matches: list[Match], _: Context) -> Reading:
    """Return the table of many months."""
    cells = Cells(matches[0].table())
    code = cells.code("provider_org_code")
    base = pd.DataFrame({"org_code": code, "period": cells.dates("period_date", "%Y-%m-%d")})
    kept = pd.Series(True, index=base.index)
    return Reading(_reading(cells, base, kept, 1, cells.text("provider_org_name")), len(cells))


def _reading(
    cells: Cells, base: pd.DataFrame, kept: pd.Series[bool], form: int, names: pd.Series[str]
) -> dict[str, pd.DataFrame]:
    counts = {measure: cells.numbers(columns[form]) for measure, columns in COUNTS.items()}
    day_cases = cells.numbers(DAY_CASES[form])
    cells.refuse(
        base.duplicated() & kept, cells.table.columns.column_names[0], "each provider once a month"
    )
    cells.check()
    rows = [measure_rows(measure, base[kept], numerator=count[kept]) for measure, count in counts.items()]
    rows.append(
        measure_rows(
            "day_case_rate",
            base[kept],
            numerator=day_cases[kept],
            denominator=counts["elective_admissions"][kept],
        )
    )
    return {
        "measure_values": stack(rows),
        "organisations": organisation_rows(base["org_code"][kept], names[kept]),
    }


FEEDS = (
    *(Feed(measure, columns[0]) for measure, columns in COUNTS.items()),
    Feed("day_case_rate", DAY_CASES[0], COUNTS["elective_admissions"][0]),
)
WORKBOOK = Layout(
    name="activity_return",
    publication="activity_return",
    title="Monthly activity return by provider (NHS England)",
    columns=(
        "Year",
        "Period",
        "Org Code",
        "Org Name",
        *(columns[0] for columns in COUNTS.values()),
        DAY_CASES[0],
    ),
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
    columns=(
        "period_date",
        "provider_org_code",
        "provider_org_name",
        *(columns[1] for columns in COUNTS.values()),
        DAY_CASES[1],
    ),
    read=read_table,
    tables=("measure_values", "organisations"),
    secondary=True,
    feeds=FEEDS,
)
LAYOUTS = (WORKBOOK, TABLE)
