"""Beds of the urgent and emergency care daily situation reports, monthly means by trust."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading

#: kinds of bed: columns of those available and occupied
BEDS = {
    "adult general and acute": ("adult_general_acute_beds_available", "adult_general_acute_beds_occupied"),
    "paediatric general and acute": (
        "paediatric_general_acute_beds_available",
        "paediatric_general_acute_beds_occupied",
    ),
    "adult critical care": ("adult_critical_care_beds_available", "adult_critical_care_beds_occupied"),
    "paediatric intensive care": (
        "paediatric_intensive_cared_beds_available",
        "paediatric_intensive_cared_beds_occupied",
    ),
    "neonatal intensive care": (
        "neonatal_intensive_care_bed_available",
        "neonatal_intensive_care_bed_occupied",
    ),
}
AVAILABLE, OCCUPIED = "general_acute_beds_available", "general_acute_beds_occupied"


def read(matches: list[Match], _: Context) -> Reading:
    """Return occupancy of general and acute beds, and of each kind of bed as a breakdown."""
    table = matches[0].table()
    cells = Cells(table)
    base = pd.DataFrame(
        {"org_code": cells.code("nhs_trust22_code"), "period": cells.dates("date", "%B %Y")}
    )
    rows = [
        measure_rows(
            "bed_occupancy", base, numerator=cells.numbers(OCCUPIED), denominator=cells.numbers(AVAILABLE)
        )
    ]
    for kind, (available, occupied) in BEDS.items():
        split = base.assign(breakdown="kind of bed", category=kind)
        # trusts without such beds return 0 of 0
        beds = cells.numbers(available).replace(0, float("nan"))
        rows.append(
            measure_rows(
                "bed_occupancy",
                split,
                numerator=cells.numbers(occupied).where(beds.notna()),
                denominator=beds,
            )
        )
    cells.check()
    return Reading({"measure_values": stack(rows)}, len(table))


LAYOUT = Layout(
    name="beds_sitrep",
    title="Beds available and occupied, daily situation reports (NHS England, tabulated by healthyR)",
    columns=(
        "nhs_trust22_code",
        "date",
        AVAILABLE,
        OCCUPIED,
        *(name for pair in BEDS.values() for name in pair),
    ),
    read=read,
    secondary=True,
    feeds=(
        Feed("bed_occupancy", OCCUPIED, AVAILABLE, "mean of days; adult, paediatric, critical care apart"),
    ),
)
