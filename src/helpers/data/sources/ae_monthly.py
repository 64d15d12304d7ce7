"""Monthly A&E attendances and emergency admissions, as published (CSV, one file a month)."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND, organisation_rows

TYPES = ("Type 1", "Type 2", "Other A&E Department")
BOOKED = (
    "Booked Appointments Type 1",
    "Booked Appointments Type 2",
    "Booked Appointments Other Department",
)
OVER = ("Type 1", "Type 2", "Other Department")
ATTENDED = tuple(f"A&E attendances {kind}" for kind in (*TYPES, *BOOKED))
LATE = tuple(f"Attendances over 4hrs {kind}" for kind in (*OVER, *BOOKED))
FOUR_TO_TWELVE = "Patients who have waited 4-12 hs from DTA to admission"
TWELVE = "Patients who have waited 12+ hrs from DTA to admission"
ADMITTED = (
    "Emergency admissions via A&E - Type 1",
    "Emergency admissions via A&E - Type 2",
    "Emergency admissions via A&E - Other A&E department",
    "Other emergency admissions",
)
#: types as the breakdown names them, each with its place in the columns above
DEPARTMENTS = {"type 1": (0, 3), "type 2": (1, 4), "other": (2, 5)}


def read(matches: list[Match], _: Context) -> Reading:
    """Return a month's figures by provider, all departments and by type; booked appointments count."""
    table = matches[0].table()
    cells = Cells(table)
    code, name = cells.text("Org Code").str.upper(), cells.text("Org name")
    total = code == "TOTAL"
    # the total row has no month of its own
    period = cells.dates("Period", "MSitAE-%B-%Y", "%B-%Y", exempt=total)
    numbers = cells.figures((*ATTENDED, *LATE, FOUR_TO_TWELVE, TWELVE, *ADMITTED))
    cells.refuse(code == "", "Org Code", "an organisation code")
    over = numbers[list(LATE)].sum(axis=1) > numbers[list(ATTENDED)].sum(axis=1)
    cells.refuse(over, LATE[0], "no more over four hours than attended")
    cells.check()
    frame = numbers.assign(org_code=code, period=period)[~total].reset_index(drop=True)
    return Reading(
        {
            "measure_values": stack(_measures(frame)),
            "organisations": organisation_rows(code[~total], name[~total]),
        },
        len(table),
        rejected={"total row": total.sum()},
        totals=_totals(numbers[total], frame),
    )


def _totals(numbers: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return England's figures: the total row is of the month of all the others."""
    if len(numbers) != 1 or frame["period"].nunique() != 1:
        return None
    england = numbers.fillna(0).assign(org_code=ENGLAND, period=frame["period"].iloc[0])
    return stack(_measures(england.reset_index(drop=True)))


def _measures(frame: pd.DataFrame) -> list[pd.DataFrame]:
    base = frame[["org_code", "period"]]
    attended, late = frame[list(ATTENDED)].sum(axis=1), frame[list(LATE)].sum(axis=1)
    rows = [
        measure_rows("ae_four_hours", base, numerator=attended - late, denominator=attended),
        measure_rows("ae_attendances", base, numerator=attended),
        measure_rows("ae_12_hours_from_decision", base, numerator=frame[TWELVE]),
        measure_rows("ae_4_hours_from_decision", base, numerator=frame[FOUR_TO_TWELVE] + frame[TWELVE]),
        measure_rows("emergency_admissions", base, numerator=frame[list(ADMITTED)].sum(axis=1)),
    ]
    for department, places in DEPARTMENTS.items():
        seen, over = (
            frame[[kinds[place] for place in places]].sum(axis=1, skipna=False)
            for kinds in (ATTENDED, LATE)
        )
        split = base.assign(breakdown="department", category=department)
        kept = seen > 0
        rows.append(
            measure_rows(
                "ae_four_hours", split[kept], numerator=(seen - over)[kept], denominator=seen[kept]
            )
        )
    return rows


LAYOUT = Layout(
    name="ae_monthly",
    publication="ae",
    title="A&E attendances and emergency admissions, monthly (NHS England)",
    columns=("Period", "Org Code", "Org name", *ATTENDED, *LATE, FOUR_TO_TWELVE, TWELVE, *ADMITTED),
    read=read,
    tables=("measure_values", "organisations"),
    has_total=True,
    feeds=(
        Feed("ae_four_hours", "attendances less those over 4 hours, booked ones included", "attendances"),
        Feed("ae_attendances", "A&E attendances, all types, booked ones included"),
        Feed("ae_12_hours_from_decision", TWELVE),
        Feed("ae_4_hours_from_decision", f"{FOUR_TO_TWELVE} + {TWELVE}"),
        Feed("emergency_admissions", "emergency admissions, via A&E and other"),
    ),
)
