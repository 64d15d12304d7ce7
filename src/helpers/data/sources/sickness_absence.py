"""NHS sickness absence rates, one file a month."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, first_of_month, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import organisation_rows

LOST, AVAILABLE = "FTE_DAYS_LOST", "FTE_DAYS_AVAILABLE"
#: the rate in per cent that the file gives beside them, and how far rounding may take it
RATE, RATE_TOLERANCE = "SICKNESS_ABSENCE_RATE_PERCENT", 0.0051
#: what the staff record calls an organisation, and what the mart does
KINDS = {
    "Acute": "trust",
    "Mental Health": "trust",
    "Community Provider Trust": "trust",
    "Ambulance": "trust",
    "Integrated Care Board": "icb",
    "Commissioning Support Unit": "support",
}


def read(matches: list[Match], _: Context) -> Reading:
    """Return days lost of days available; the file's rounded rate is not used, since rates do not add up."""
    match = matches[0]
    table = match.table([*LAYOUT.columns, *([RATE] if match.has(RATE) else [])])
    cells = Cells(table)
    code = cells.code("ORG_CODE")
    day = cells.dates("DATE", "%d/%m/%Y")
    base = pd.DataFrame({"org_code": code, "period": first_of_month(day)})
    lost, available = cells.numbers(LOST), cells.numbers(AVAILABLE)
    cells.refuse(lost > available, LOST, f"no more than {AVAILABLE}")
    cells.refuse(base.duplicated(), "ORG_CODE", "each organisation once a month")
    cells.check()
    kind = cells.text("ORG_TYPE")
    names = organisation_rows(
        code,
        cells.text("ORG_NAME"),
        kind=kind.map(KINDS).fillna("other"),
        org_type=kind,
        icb_code=cells.text("ICS_CODE").replace("", None),
        region=cells.text("NHSE_REGION_CODE").replace("", None),
    )
    rows = stack([measure_rows("sickness_absence", base, numerator=lost, denominator=available)])
    remarks = _contradicted(cells, lost, available) if match.has(RATE) else ()
    return Reading({"measure_values": rows, "organisations": names}, len(table), remarks=remarks)


def _contradicted(cells: Cells, lost: pd.Series[float], available: pd.Series[float]) -> tuple[str, ...]:
    """Say in how many rows the file's own rate is not what its days make."""
    apart = (100 * lost / available - cells.numbers(RATE)).abs() > RATE_TOLERANCE
    if not apart.any():
        return ()
    first = int(apart.to_numpy().argmax())
    return (
        f"{apart.sum()} rows whose {RATE} is not {LOST} / {AVAILABLE}, the first: {cells.table.place(first)}",
    )


LAYOUT = Layout(
    name="sickness_absence",
    title="NHS sickness absence rates (NHS England, electronic staff record)",
    columns=("DATE", "NHSE_REGION_CODE", "ICS_CODE", "ORG_CODE", "ORG_NAME", "ORG_TYPE", LOST, AVAILABLE),
    read=read,
    tables=("measure_values", "organisations"),
    feeds=(Feed("sickness_absence", LOST, AVAILABLE),),
)
