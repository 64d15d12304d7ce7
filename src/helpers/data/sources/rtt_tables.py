"""RTT incomplete pathways as others have tabulated them: by organisation and month, by specialty, England."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, fed_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND, england_row, organisation_rows
from helpers.data.sources.rtt_full_extract import COMMISSIONERS

LIST = "incomplete_total"
SHARES = {
    "rtt_18_weeks": "within_18_weeks",
    "rtt_over_52_weeks": "over_52_weeks",
    "rtt_over_65_weeks": "over_65_weeks",
    "rtt_over_78_weeks": "over_78_weeks",
    "rtt_over_104_weeks": "over_104_weeks",
}
BASES = {
    "provider": "provider",
    "icb": "commissioner",
    "national": "commissioner",
    "region": "commissioner",
}
FEEDS = (
    Feed("rtt_list_size", LIST),
    *(Feed(measure, column, LIST) for measure, column in SHARES.items()),
)


def read_months(matches: list[Match], _: Context) -> Reading:
    """Return months by provider and by integrated care board; commissioners outside England are not in it."""
    table = matches[0].table()
    cells = Cells(table)
    level = cells.text("level")
    cells.refuse(~level.isin(list(BASES)), "level", ", ".join(BASES))
    base = pd.DataFrame({"org_code": cells.code("org_code"), "period": cells.dates("month", "%Y-%m")})
    base["basis"] = level.map(BASES)
    base["status"] = cells.text("data_status").map({"final": "actual", "provisional": "provisional"})
    cells.refuse(base["status"].isna(), "data_status", "final or provisional")
    rows = _shares(cells, base)
    cells.check()
    names = organisation_rows(base["org_code"], cells.text("org_name"))
    return Reading({"measure_values": stack(rows), "organisations": names}, len(table))


def read_specialties(matches: list[Match], _: Context) -> Reading:
    """Return one month by provider and treatment function.

    The table adds up all commissioners, those outside England among them, which the measures leave out. So
    its rows stand apart and never beside a trust's whole list, of which they would be more than all.
    """
    table = matches[0].table()
    cells = Cells(table)
    base = pd.DataFrame(
        {"org_code": cells.code("provider_org_code"), "period": cells.dates("period", "%Y-%m")}
    ).assign(scheme="rtt", specialty_code=cells.text("treatment_function_code"))
    base = base.assign(breakdown=COMMISSIONERS, category="all, those outside England included")
    rows = _shares(cells, base)
    cells.check()
    return Reading({"measure_values": stack(rows)}, len(table))


def _shares(cells: Cells, base: pd.DataFrame) -> list[pd.DataFrame]:
    figures = cells.figures((LIST, *SHARES.values()))
    for column in SHARES.values():
        cells.refuse(figures[column] > figures[LIST], column, f"no more than {LIST}")
    return fed_rows(FEEDS, base, figures)


def read_england(matches: list[Match], _: Context) -> Reading:
    """Return England's months: one row per class of wait in the file, one per measure here."""
    table = matches[0].table()
    cells = Cells(table)
    frame = pd.DataFrame({"period": cells.dates("month", "%Y-%m-%d"), "kind": cells.text("type_of_wait")})
    known = ("No. within 18 weeks", "No. > 18 weeks", "No. > 52 weeks", "Total waiting")
    cells.refuse(~frame["kind"].isin(known), "type_of_wait", ", ".join(known))
    cells.refuse(frame.duplicated(["period", "kind"]), "type_of_wait", "each class once a month")
    frame["count"] = cells.numbers("count")
    cells.check()
    wide = frame.pivot(index="period", columns="kind", values="count").reindex(columns=list(known))
    wide = wide.reset_index()
    base = wide[["period"]].assign(org_code=ENGLAND, basis="commissioner")
    rows = fed_rows(ENGLAND_MONTHS.feeds, base, wide)
    return Reading({"measure_values": stack(rows), "organisations": england_row()}, len(table))


MONTHS = Layout(
    name="rtt_months",
    publication="rtt",
    title="RTT incomplete pathways by organisation and month (NHS England, tabulated by others)",
    columns=("org_code", "org_name", "level", "month", LIST, *SHARES.values(), "data_status"),
    read=read_months,
    tables=("measure_values", "organisations"),
    secondary=True,
    feeds=FEEDS,
)
SPECIALTIES = Layout(
    name="rtt_specialties",
    title="RTT incomplete pathways by provider and treatment function (NHS England, summed by others)",
    columns=("period", "provider_org_code", "treatment_function_code", LIST, *SHARES.values()),
    read=read_specialties,
    secondary=True,
    feeds=FEEDS,
)
ENGLAND_MONTHS = Layout(
    name="rtt_england",
    title="RTT overview, England (NHS England, tabulated by healthyR)",
    columns=("month", "type_of_wait", "count"),
    read=read_england,
    tables=("measure_values", "organisations"),
    secondary=True,
    feeds=(
        Feed("rtt_18_weeks", "No. within 18 weeks", "Total waiting"),
        Feed("rtt_over_52_weeks", "No. > 52 weeks", "Total waiting"),
        Feed("rtt_list_size", "Total waiting"),
    ),
)
LAYOUTS = (MONTHS, SPECIALTIES, ENGLAND_MONTHS)
