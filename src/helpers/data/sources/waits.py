"""A waiting list by patient, a referral and perhaps a removal a row. See docs/explanation/waiting-list.md."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, latest_day
from helpers.data.sources.layout import Context, Layout, Match, Reading

COLUMNS = ("org_code", "specialty_code", "referred", "removed")
#: how days are written
DAYS = ("%Y-%m-%d", "%d/%m/%Y")


def read(matches: list[Match], _: Context) -> Reading:
    """Return the patients of a list; the file is as at the latest day in it.

    Raises `DataError` with every mistake: a code or day that is missing, a removal before its referral.
    """
    cells = Cells(matches[0].table())
    frame = pd.DataFrame(
        {"org_code": cells.code("org_code"), "specialty_code": cells.text("specialty_code")}
    )
    cells.refuse(frame["specialty_code"] == "", "specialty_code", "a code of a treatment function")
    referred = cells.dates("referred", *DAYS)
    removed = cells.dates("removed", *DAYS, exempt=cells.text("removed") == "")
    cells.refuse(
        removed < referred, "removed", "a day from referred on, or nothing while the patient waits"
    )
    cells.check()
    last = pd.concat([referred, removed]).max()
    weeks = (removed.fillna(last) - referred).dt.days / 7
    month = removed.dt.strftime("%Y-%m")
    frame = frame.assign(referred=referred, removed=removed, removed_month=month, weeks=weeks)
    return Reading({"waits": frame}, len(cells), as_at=latest_day(referred, removed))


LAYOUT = Layout.of_records(
    "waits",
    name="waiting_list",
    title="A waiting list by patient: referral and removal dates (your own)",
    columns=COLUMNS,
    read=read,
    ends_with_newline=False,
)
