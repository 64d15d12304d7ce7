"""Friends and family test, a month by trust: the workbooks on inpatients and on A&E.

NHS England makes them with https://github.com/nhsengland/fft_pipeline, whose configuration and templates of 2025 say
how the sheet Trusts is laid out. Neither the CSV files that its macro writes nor those on other care were seen.
"""

from __future__ import annotations

import re

import pandas as pd

from helpers.data.files.sheets import plain
from helpers.data.sources.cells import Cells, fed_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import organisation_rows
from helpers.data.sources.stated import month_in_name
from helpers.errors import DataError

GOOD, OTHERS = ("Very Good", "Good"), ("Neither Good nor Poor", "Poor", "Very Poor", "Don't Know")
ANSWERS = "Total Responses"
CODE, NAME = "Trust Code", "Trust Name"
_FILE = re.compile(r"fft[-_ ]*(inpatient|ip|ae|a&e)s?[-_ ](.*)", re.IGNORECASE)


def read(matches: list[Match], _: Context) -> Reading:
    """Return who called their care good or very good, of all who answered; percentages in the file are rounded."""
    match = matches[0]
    care, month = _said_by_name(match.sheet.file)
    rows = match.sheet.rows()
    # the answers stand in a second row of headings, below "Breakdown of Responses"
    heads = [(plain(c), n) for row in rows[match.header : match.header + 2] for n, c in enumerate(row)]
    at = dict(reversed(heads))
    if missing := [name for name in (*GOOD, *OTHERS) if plain(name) not in at]:
        place = match.sheet.place(match.header + 2)
        raise DataError(place, f"no {', '.join(missing)}", "each answer, in a column of its own")
    places = {name: at[plain(name)] for name in (CODE, NAME, ANSWERS, *GOOD, *OTHERS)}
    # England and the filter's own sum stand first, without a code, as formulas that may have no result stored
    coded = (len(row) > places[CODE] and row[places[CODE]].strip() != "" for row in rows)
    first = next((n for n, has in enumerate(coded) if has and n > match.header), len(rows))
    cells = Cells(match.sheet.table_at(first - 1, places).filled())
    base = pd.DataFrame({"org_code": cells.code(CODE), "period": pd.Timestamp(month)})
    figures = cells.figures((ANSWERS, *GOOD, *OTHERS))
    hidden = pd.DataFrame({name: cells.hidden(name) for name in (ANSWERS, *GOOD)})
    sums = figures[[*GOOD, *OTHERS]].sum(axis=1, min_count=len((*GOOD, *OTHERS)))
    cells.refuse((sums - figures[ANSWERS]).abs() > 0.5, ANSWERS, "the sum of the answers")
    cells.refuse(base.duplicated(), CODE, "each trust once")
    cells.check()
    feeds = [each for each in LAYOUT.feeds if each.measure == care]
    names = organisation_rows(base["org_code"], cells.text(NAME))
    measured = stack(fed_rows(feeds, base, figures, hidden=hidden))
    return Reading({"measure_values": measured, "organisations": names}, len(cells))


def _said_by_name(file: str) -> tuple[str, str]:
    """Return the measure and the first day of the month that a file's name says; nothing within the sheet does.

    >>> _said_by_name("FFT-inpatient-data-Jul-25.xlsm"), _said_by_name("FFT_AE_data_July 2025.xlsm")
    (('friends_and_family', '2025-07-01'), ('friends_and_family_ae', '2025-07-01'))
    """
    named = _FILE.search(file)
    found = month_in_name(named[2]) if named else None
    if named is None or found is None:
        allowed = "a name such as FFT-inpatient-data-Jul-25.xlsm or FFT-ae-data-Jul-25.xlsm"
        came = "does not say whose answers of which month"
        raise DataError(file, came, allowed, "rename it as published")
    inpatients = named[1].lower() in ("inpatient", "ip")
    return "friends_and_family" if inpatients else "friends_and_family_ae", found.isoformat()


LAYOUT = Layout(
    name="friends_and_family",
    title="Friends and family test, inpatients and A&E, by trust (NHS England)",
    columns=(CODE, NAME, ANSWERS, "Total Eligible", "Percentage Positive", "Percentage Negative"),
    sheet="Trusts",
    read=read,
    tables=("measure_values", "organisations"),
    feeds=(
        Feed("friends_and_family", "Very Good + Good", ANSWERS, "the workbook on inpatients and day cases"),
        Feed("friends_and_family_ae", "Very Good + Good", ANSWERS, "the workbook on A&E"),
    ),
)
