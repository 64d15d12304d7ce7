"""A&E by trust and month as others have tabulated it: two longer tables."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading

DEPARTMENTS = {"1": "type 1", "2": "type 2", "other": "other"}


def read_archive(matches: list[Match], _: Context) -> Reading:
    """Return months of 2016 to 2019: one row per trust, month and department type."""
    table = matches[0].table()
    cells = Cells(table)
    frame = pd.DataFrame({"org_code": cells.code("org_code"), "period": cells.dates("period", "%Y-%m-%d")})
    frame["category"] = cells.text("type").map(DEPARTMENTS)
    cells.refuse(frame["category"].isna(), "type", ", ".join(DEPARTMENTS))
    frame["attended"], frame["late"] = cells.numbers("attendances"), cells.numbers("breaches")
    frame["admitted"] = cells.numbers("admissions")
    cells.refuse(frame["late"] > frame["attended"], "breaches", "no more than the attendances")
    cells.check()
    # without the figure of one department there is none of the whole
    figures = frame.groupby(["org_code", "period"], as_index=False)[["attended", "late", "admitted"]]
    whole = figures.sum(skipna=False)
    base = whole[["org_code", "period"]]
    split = frame[["org_code", "period", "category"]].assign(breakdown="department")
    rows = [
        measure_rows("ae_attendances", base, numerator=whole["attended"]),
        measure_rows("emergency_admissions_via_ae", base, numerator=whole["admitted"]),
        *(
            measure_rows(
                "ae_four_hours", of, numerator=part["attended"] - part["late"], denominator=part["attended"]
            )
            for of, part in ((base, whole), (split, frame))
        ),
    ]
    return Reading({"measure_values": stack(rows)}, len(table))


def read_months(matches: list[Match], _: Context) -> Reading:
    """Return the longer table: where no figure over four hours was returned there is none, and not 0."""
    table = matches[0].table()
    cells = Cells(table)
    base = pd.DataFrame(
        {"org_code": cells.code("nhs_trust22_code"), "period": cells.dates("date", "%B %Y")}
    )
    attended, late = cells.numbers("total_attendances"), cells.numbers("attendances_over_4hours")
    admitted = cells.numbers("total_emergency_admissions")
    waited = cells.numbers("emergency_admissions_over_4hours")
    cells.refuse(late > attended, "attendances_over_4hours", "no more than the attendances")
    cells.check()
    rows = [
        measure_rows("ae_four_hours", base, numerator=attended - late, denominator=attended),
        measure_rows("ae_attendances", base, numerator=attended),
        measure_rows("emergency_admissions", base, numerator=admitted),
        measure_rows("ae_4_hours_from_decision", base, numerator=waited),
    ]
    return Reading({"measure_values": stack(rows)}, len(table))


ARCHIVE = Layout(
    name="ae_archive",
    title="A&E attendances 2016 to 2019 by department type (NHS England, tabulated by NHS-R)",
    columns=("period", "org_code", "type", "attendances", "breaches", "admissions"),
    read=read_archive,
    secondary=True,
    feeds=(
        Feed("ae_four_hours", "attendances - breaches, summed over types", "attendances"),
        Feed("ae_attendances", "attendances, summed over types"),
        Feed("emergency_admissions_via_ae", "admissions, summed over types"),
    ),
)
MONTHS = Layout(
    name="ae_months",
    publication="ae",
    title="A&E attendances by trust and month (NHS England, tabulated by healthyR)",
    columns=(
        "nhs_trust22_code",
        "total_attendances",
        "attendances_over_4hours",
        "total_emergency_admissions",
        "emergency_admissions_over_4hours",
        "date",
    ),
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
