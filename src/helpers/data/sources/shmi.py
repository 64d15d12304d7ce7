"""Summary hospital-level mortality indicator, 2011 to 2014: one file a publication, or all in one table."""

from __future__ import annotations

import calendar
import re

import pandas as pd

from helpers.data.files.sheets import plain
from helpers.data.sources.cells import Cells, fed_rows, first_of_month, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import organisation_rows
from helpers.errors import DataError, Problem

COLUMNS = (
    *("PROVIDER", "DENOMINATOR", "OBSERVED", "EXPECTED", "VALUE"),
    *("PO_LL", "PO_UL", "OD_LL", "OD_UL", "OD_BANDING"),
)
#: the publisher's own limits (Poisson at 99.8 %, overdispersed at 95 %), spells and band (1 higher, 3 lower)
PUBLISHED = {
    "poisson lower 99.8": "PO_LL",
    "poisson upper 99.8": "PO_UL",
    "overdispersed lower 95": "OD_LL",
    "overdispersed upper 95": "OD_UL",
    "band": "OD_BANDING",
    "spells": "DENOMINATOR",
}
#: a publication covers the twelve months that began so many months before it
MONTHS_BEFORE = 18
FOOTER = "notes below the table"

_MONTHS = [month.lower() for month in calendar.month_name[1:]]


def read_publication(matches: list[Match], _: Context) -> Reading:
    """Return a publication; its month is in the file's name alone.

    Raises
    ------
    DataError
        Where the name does not say it.
    """
    match = matches[0]
    month = publication_month(match.sheet.file)
    if month is None:
        raise DataError(
            Problem(
                match.sheet.file,
                "does not say of which publication it is",
                "a name with month and year, such as shmi-2014-april.csv",
                "rename it",
            )
        )
    return _read(match, pd.Series(month), ())


def read_table(matches: list[Match], _: Context) -> Reading:
    """Return the publications of a table that has a column DATE."""
    return _read(matches[0], None, ("DATE",))


def _read(match: Match, month: pd.Series | None, more: tuple[str, ...]) -> Reading:
    name = next(
        cell.strip()
        for cell in match.sheet.head[match.header]
        if plain(cell).replace("_", " ") == "provider name"
    )
    table = match.table([*more, *COLUMNS, name])
    cells = Cells(table)
    code = cells.text("PROVIDER").str.upper()
    published = cells.dates("DATE", "%Y-%m-%d") if month is None else pd.Series([month[0]] * len(table))
    figures = cells.figures(COLUMNS[1:])
    footer = (code == "") & figures.isna().all(axis=1)
    cells.refuse((code == "") & ~footer, "PROVIDER", "an organisation code")
    base = pd.DataFrame({"org_code": code, "period": _period(published)})
    cells.refuse(base.duplicated() & ~footer, "PROVIDER", "each organisation once a publication")
    cells.check()
    kept = ~footer
    rows = fed_rows(FEEDS, base[kept], figures[kept], period_type="rolling12")
    for category, column in PUBLISHED.items():
        of = base[kept].assign(breakdown="published", category=category)
        rows.append(measure_rows("shmi", of, period_type="rolling12").assign(value=figures[column][kept]))
    return Reading(
        {
            "measure_values": stack(rows),
            "organisations": organisation_rows(
                code[kept], cells.text(name)[kept].where(lambda n: n != "NA", "")
            ),
        },
        len(table),
        {FOOTER: footer.sum()},
    )


def _period(published: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    return first_of_month(published - pd.DateOffset(months=MONTHS_BEFORE))


def publication_month(name: str) -> pd.Timestamp | None:
    """Return the month that a file's name gives.

    >>> publication_month("shmi-2014-april.csv")
    Timestamp('2014-04-01 00:00:00')
    """
    words = name.lower()
    year = re.search(r"(?<!\d)(20\d\d)(?!\d)", words)
    months = [number for number, month in enumerate(_MONTHS, 1) if month in words]
    return pd.Timestamp(int(year[1]), months[0], 1) if year and len(months) == 1 else None


FEEDS = (
    Feed("shmi", "OBSERVED", "EXPECTED", "the published limits and band stand beside it as a breakdown"),
)
PUBLICATION = Layout(
    name="shmi",
    publication="shmi",
    title="Summary hospital-level mortality indicator (NHS Digital)",
    columns=("INDICATOR_CODE", *COLUMNS),
    read=read_publication,
    tables=("measure_values", "organisations"),
    feeds=FEEDS,
)
TABLE = Layout(
    name="shmi_table",
    publication="shmi",
    title="Summary hospital-level mortality indicator, all publications (NHS Digital, put together by others)",
    columns=("DATE", *COLUMNS),
    read=read_table,
    tables=("measure_values", "organisations"),
    secondary=True,
    feeds=FEEDS,
)
LAYOUTS = (PUBLICATION, TABLE)
