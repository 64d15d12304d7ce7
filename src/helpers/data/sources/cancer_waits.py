"""Cancer waiting times by organisation and month, as others have tabulated them."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import organisation_rows

STANDARDS = {"FDS28": "cancer_28_day_fds", "CMB31": "cancer_31_day", "CMB62": "cancer_62_day"}
BASES = {"provider": "provider", "icb": "commissioner", "national": "provider"}


def read(matches: list[Match], _: Context) -> Reading:
    """Return the three standards by provider, commissioner and for England (more than its providers' sum)."""
    table = matches[0].table()
    cells = Cells(table)
    standard, level = cells.text("standard"), cells.text("level")
    cells.refuse(~standard.isin(list(STANDARDS)), "standard", ", ".join(STANDARDS))
    cells.refuse(~level.isin(list(BASES)), "level", ", ".join(BASES))
    base = pd.DataFrame({"org_code": cells.code("org_code"), "period": cells.dates("month", "%Y-%m")})
    base["basis"] = level.map(BASES)
    base["status"] = cells.text("data_status").map({"final": "actual", "provisional": "provisional"})
    cells.refuse(base["status"].isna(), "data_status", "final or provisional")
    within, total = cells.numbers("within_target"), cells.numbers("total")
    cells.refuse(within > total, "within_target", "no more than the total")
    cells.check()
    rows = []
    for code, measure in STANDARDS.items():
        kept = standard == code
        rows.append(measure_rows(measure, base[kept], numerator=within[kept], denominator=total[kept]))
    names = organisation_rows(base["org_code"], cells.text("org_name"))
    return Reading({"measure_values": stack(rows), "organisations": names}, len(table))


LAYOUT = Layout(
    name="cancer_waits",
    title="Cancer waiting times by organisation and month (NHS England, tabulated by others)",
    columns=("org_code", "org_name", "level", "standard", "month", "within_target", "total", "data_status"),
    read=read,
    tables=("measure_values", "organisations"),
    secondary=True,
    feeds=tuple(
        Feed(measure, f"within_target of {code}", f"total of {code}") for code, measure in STANDARDS.items()
    ),
)
