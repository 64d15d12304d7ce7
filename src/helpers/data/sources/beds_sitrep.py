"""Beds of the urgent and emergency care daily situation reports, monthly means by trust."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, fed_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading

#: kinds of bed, and how the columns of those available and occupied begin
BEDS = {
    "adult general and acute": "adult_general_acute_beds",
    "paediatric general and acute": "paediatric_general_acute_beds",
    "adult critical care": "adult_critical_care_beds",
    "paediatric intensive care": "paediatric_intensive_cared_beds",
    "neonatal intensive care": "neonatal_intensive_care_bed",
}
AVAILABLE, OCCUPIED = "general_acute_beds_available", "general_acute_beds_occupied"


def read(matches: list[Match], _: Context) -> Reading:
    """Return occupancy of general and acute beds, and of each kind of bed as a breakdown."""
    table = matches[0].table()
    cells = Cells(table)
    base = pd.DataFrame(
        {"org_code": cells.code("nhs_trust22_code"), "period": cells.dates("date", "%B %Y")}
    )
    rows = fed_rows(LAYOUT.feeds, base, cells.figures((OCCUPIED, AVAILABLE)))
    for kind, beds in BEDS.items():
        split = base.assign(breakdown="kind of bed", category=kind)
        figures = cells.figures((f"{beds}_available", f"{beds}_occupied"))
        # trusts without such beds return 0 of 0
        figures = figures.where(figures[f"{beds}_available"] > 0)
        rows += fed_rows([Feed("bed_occupancy", f"{beds}_occupied", f"{beds}_available")], split, figures)
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
        *(f"{beds}_{state}" for beds in BEDS.values() for state in ("available", "occupied")),
    ),
    read=read,
    secondary=True,
    feeds=(
        Feed("bed_occupancy", OCCUPIED, AVAILABLE, "mean of days; adult, paediatric, critical care apart"),
    ),
)
