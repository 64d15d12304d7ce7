"""The acute discharge situation report: criteria to reside, discharges by time of day, reasons for delay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.data.sources.cells import Cells, fed_rows, first_of_month, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading

if TYPE_CHECKING:
    from pandas.api.typing import DataFrameGroupBy

CODE, DAY = "nhs_trust22_code", "date"
KEY = ["org_code", "period"]
EARLY, LATE, TOTAL = "discharged_by_1700", "discharged_between_1701_2359", "discharged_total"
NO_CODE = "no organisation code"
BY_MONTH = "by day as published; by month the median of days that are not 0"


def read_criteria(matches: list[Match], _: Context) -> Reading:
    """Return each day as published, and each month as the median of the days with a return.

    Zeros are mostly days without a return, and single days are far out: hence the median without zeros.
    """
    frame, read, rejected = _days(matches[0], CRITERIA.feeds[0].numerator)
    return Reading({"measure_values": stack(_counted(CRITERIA.feeds[0], frame))}, read, rejected)


def read_discharges(matches: list[Match], _: Context) -> Reading:
    """Return patients without criteria to reside who left: by day, the month's median, and by 17:00 where known.

    The return counts only these, however the table calls them: everybody else who went home is not in it.
    """
    frame, read, rejected = _days(matches[0], EARLY, LATE, TOTAL)
    split = frame[frame[EARLY].notna()].reset_index(drop=True)
    split["both"] = split[EARLY] + split[LATE]
    sums = _by_month(split)[[EARLY, "both"]].sum().reset_index()
    rows = _counted(DISCHARGES.feeds[1], frame) + [
        measure_rows(
            "discharged_by_17", of[KEY], numerator=of[EARLY], denominator=of["both"], period_type=kind
        )
        for of, kind in ((split, "day"), (sums, "month"))
    ]
    return Reading({"measure_values": stack(rows)}, read, rejected)


def _counted(feed: Feed, frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Return a count by day, and its median by month: its sum would be smaller for days without a return."""
    column = feed.numerator
    months = _by_month(frame[frame[column] > 0])[[column]].median().reset_index()
    return [
        *fed_rows([feed], frame[KEY], frame, period_type="day"),
        *fed_rows([feed], months[KEY], months),
    ]


def read_reasons(matches: list[Match], _: Context) -> Reading:
    """Return the patients delayed, in all and by reason; spellings of a reason are made one."""
    table = matches[0].table()
    cells = Cells(table)
    frame = pd.DataFrame({"org_code": cells.code(CODE), "period": cells.dates(DAY, "%Y-%m-%d")})
    frame["category"] = cells.text("delay_reason").map(plain_reason)
    cells.refuse(frame["category"] == "", "delay_reason", "a reason")
    frame["patients"] = cells.numbers("delay_count")
    cells.check()
    parts, whole = (
        pd.DataFrame(frame.groupby(key)[["patients"]].sum(skipna=False)).reset_index()
        for key in ([*KEY, "category"], KEY)
    )
    split = parts[[*KEY, "category"]].assign(breakdown="reason")
    rows = [
        measure_rows("delayed_patients", whole[KEY], numerator=whole["patients"]),
        measure_rows("delayed_patients", split, numerator=parts["patients"]),
    ]
    return Reading({"measure_values": stack(rows)}, len(table))


def plain_reason(text: str) -> str:
    """Return a reason with one kind of dash and space and no stray question mark.

    >>> plain_reason("Interface\\xa0process– Homeless with no recourse to public funds?")
    'Interface process – Homeless with no recourse to public funds'
    """
    words = " ".join(text.replace("\xa0", " ").split())
    words = re.sub(r"\s*\?\s*(?=\()", " ", words).rstrip("? ")
    return re.sub(r"^(Hospital process|Wellbeing concerns|Care transfer hub process|Interface process|Capacity)"
                  r"\s*[-–]\s*", r"\1 – ", words)  # fmt: skip


def _days(match: Match, *columns: str) -> tuple[pd.DataFrame, int, dict[str, int]]:
    """Return the days of organisations with figures, the rows read, and how many of them name none."""
    cells = Cells(match.table())
    frame = pd.DataFrame({"org_code": cells.text(CODE).str.upper(), "period": cells.dates(DAY, "%Y-%m-%d")})
    frame = frame.join(cells.figures(columns))
    cells.check()
    known = ~frame["org_code"].isin(["", "NA"])
    return frame[known].reset_index(drop=True), len(cells), {NO_CODE: int((~known).sum())}


def _by_month(frame: pd.DataFrame) -> DataFrameGroupBy[Any, Any]:
    return frame.assign(period=first_of_month(frame["period"])).groupby(KEY, observed=True)


CRITERIA = Layout(
    name="criteria_to_reside",
    title="Patients who no longer meet the criteria to reside (NHS England, tabulated by healthyR)",
    columns=(CODE, DAY, "do_not_meet_criteria_to_reside"),
    read=read_criteria,
    secondary=True,
    feeds=(Feed("no_criteria_patients", "do_not_meet_criteria_to_reside", note=BY_MONTH),),
)
DISCHARGES = Layout(
    name="discharged_patients",
    title="Patients discharged, by time of day (NHS England, tabulated by healthyR)",
    columns=(CODE, DAY, EARLY, LATE, TOTAL),
    read=read_discharges,
    secondary=True,
    feeds=(
        Feed("discharged_by_17", EARLY, f"{EARLY} + {LATE}"),
        Feed("no_criteria_discharged", TOTAL, note=BY_MONTH),
    ),
)
REASONS = Layout(
    name="delay_reasons",
    title="Reasons for delayed discharge (NHS England, tabulated by healthyR)",
    columns=(CODE, DAY, "delay_reason", "delay_count"),
    read=read_reasons,
    secondary=True,
    feeds=(Feed("delayed_patients", "delay_count", note="by reason as a breakdown"),),
)
LAYOUTS = (CRITERIA, DISCHARGES, REASONS)
