"""A&E by trust and month as others have tabulated it: two longer tables."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, fed_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading

DEPARTMENTS = {"1": "type 1", "2": "type 2", "other": "other"}


def read_archive(matches: list[Match], _: Context) -> Reading:
    """Return months of 2016 to 2019: one row per trust, month and department type."""
    table = matches[0].table()
    cells = Cells(table)
    frame = pd.DataFrame({"org_code": cells.code("org_code"), "period": cells.dates("period", "%Y-%m-%d")})
    frame["category"] = cells.text("type").map(DEPARTMENTS)
    cells.refuse(frame["category"].isna(), "type", ", ".join(DEPARTMENTS))
    figures = cells.figures(("attendances", "breaches", "admissions"))
    cells.refuse(figures["breaches"] > figures["attendances"], "breaches", "no more than the attendances")
    cells.check()
    # without the figure of one department there is none of the whole
    whole = figures.groupby([frame["org_code"], frame["period"]]).sum(skipna=False).reset_index()
    four_hours = ARCHIVE.feeds[:1]
    rows = [
        *fed_rows(ARCHIVE.feeds, whole[["org_code", "period"]], whole),
        *fed_rows(four_hours, frame.assign(breakdown="department"), figures),
    ]
    return Reading({"measure_values": stack(rows)}, len(table))


def read_months(matches: list[Match], _: Context) -> Reading:
    """Return the longer table: where no figure over four hours was returned there is none, and not 0."""
    table = matches[0].table()
    cells = Cells(table)
    base = pd.DataFrame(
        {"org_code": cells.code("nhs_trust22_code"), "period": cells.dates("date", "%B %Y")}
    )
    figures = cells.figures(FIGURES)
    late = figures["attendances_over_4hours"] > figures["total_attendances"]
    cells.refuse(late, "attendances_over_4hours", "no more than the attendances")
    cells.check()
    return Reading({"measure_values": stack(fed_rows(MONTHS.feeds, base, figures))}, len(table))


FIGURES = (
    "total_attendances",
    "attendances_over_4hours",
    "total_emergency_admissions",
    "emergency_admissions_over_4hours",
)
ARCHIVE = Layout(
    name="ae_archive",
    title="A&E attendances 2016 to 2019 by department type (NHS England, tabulated by NHS-R)",
    columns=("period", "org_code", "type", "attendances", "breaches", "admissions"),
    read=read_archive,
    secondary=True,
    feeds=(
        Feed("ae_four_hours", "attendances - breaches", "attendances", "summed over types"),
        Feed("ae_attendances", "attendances", note="summed over types"),
        Feed("emergency_admissions_via_ae", "admissions", note="summed over types"),
    ),
)
MONTHS = Layout(
    name="ae_months",
    publication="ae",
    title="A&E attendances by trust and month (NHS England, tabulated by healthyR)",
    columns=("nhs_trust22_code", *FIGURES, "date"),
    read=read_months,
    secondary=True,
    feeds=(
        Feed("ae_four_hours", "total_attendances - attendances_over_4hours", "total_attendances"),
        Feed("ae_attendances", "total_attendances"),
        Feed("emergency_admissions", "total_emergency_admissions"),
        Feed("ae_4_hours_from_decision", "emergency_admissions_over_4hours"),
    ),
)
LAYOUTS = (ARCHIVE, MONTHS)
