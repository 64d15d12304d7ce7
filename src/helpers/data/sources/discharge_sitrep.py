"""The acute discharge situation report: criteria to reside, discharges by time of day, reasons for delay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.data.sources.cells import Cells, first_of_month, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading

if TYPE_CHECKING:
    from pandas.api.typing import DataFrameGroupBy

CODE, DAY = "nhs_trust22_code", "date"
NO_CODE = "no organisation code"
BY_MONTH = "by day as published; by month the median of days that are not 0"


def read_criteria(matches: list[Match], _: Context) -> Reading:
    """Return each day as published, and each month as the median of the days with a return.

    Zeros are mostly days without a return, and single days are far out: hence the median without zeros.
    """
    table = matches[0].table()
    cells = Cells(table)
    frame = _days(cells)
    frame["patients"] = cells.numbers("do_not_meet_criteria_to_reside")
    cells.check()
    frame, rejected = _with_code(frame)
    days = measure_rows(
        "no_criteria_patients",
        frame[["org_code", "period"]],
        numerator=frame["patients"],
        period_type="day",
    )
    returned = frame[frame["patients"] > 0]
    months = pd.DataFrame(_by_month(returned)[["patients"]].median()).reset_index()
    month = measure_rows(
        "no_criteria_patients", months[["org_code", "period"]], numerator=months["patients"]
    )
    return Reading({"measure_values": stack([days, month])}, len(table), rejected)


def read_discharges(matches: list[Match], _: Context) -> Reading:
    """Return patients without criteria to reside who left: by day, the month's median, and by 17:00 where known.

    The return counts only these, however the table calls them: everybody else who went home is not in it.
    """
    table = matches[0].table()
    cells = Cells(table)
    frame = _days(cells)
    frame["early"] = cells.numbers("discharged_by_1700")
    frame["late"] = cells.numbers("discharged_between_1701_2359")
    frame["total"] = cells.numbers("discharged_total")
    cells.check()
    frame, rejected = _with_code(frame)
    rows = [
        measure_rows(
            "no_criteria_discharged",
            frame[["org_code", "period"]],
            numerator=frame["total"],
            period_type="day",
        )
    ]
    split = frame[frame["early"].notna()].reset_index(drop=True)
    split["both"] = split["early"] + split["late"]
    rows.append(
        measure_rows(
            "discharged_by_17",
            split[["org_code", "period"]],
            numerator=split["early"],
            denominator=split["both"],
            period_type="day",
        )
    )
    # a day's number, not the month's sum: days without a return would make that a smaller one
    returned = frame[frame["total"] > 0]
    total = pd.DataFrame(_by_month(returned)[["total"]].median()).reset_index()
    rows.append(
        measure_rows("no_criteria_discharged", total[["org_code", "period"]], numerator=total["total"])
    )
    early = _by_month(split)[["early", "both"]].sum().reset_index()
    rows.append(
        measure_rows(
            "discharged_by_17",
            early[["org_code", "period"]],
            numerator=early["early"],
            denominator=early["both"],
        )
    )
    return Reading({"measure_values": stack(rows)}, len(table), rejected)


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
        for key in (["org_code", "period", "category"], ["org_code", "period"])
    )
    rows = [
        measure_rows("delayed_patients", whole[["org_code", "period"]], numerator=whole["patients"]),
        measure_rows(
            "delayed_patients",
            parts[["org_code", "period", "category"]].assign(breakdown="reason"),
            numerator=parts["patients"],
        ),
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


def _days(cells: Cells) -> pd.DataFrame:
    return pd.DataFrame({"org_code": cells.text(CODE).str.upper(), "period": cells.dates(DAY, "%Y-%m-%d")})


def _with_code(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    known = ~frame["org_code"].isin(["", "NA"])
    rejected = {NO_CODE: int((~known).sum())} if not known.all() else {}
    return frame[known].reset_index(drop=True), rejected


def _by_month(frame: pd.DataFrame) -> DataFrameGroupBy[Any, Any]:
    return frame.assign(period=first_of_month(frame["period"])).groupby(
        ["org_code", "period"], observed=True
    )


CRITERIA = Layout(
    name="criteria_to_reside",
    title="Patients who no longer meet the criteria to reside (NHS England, tabulated by healthyR)",
    columns=(CODE, DAY, "do_not_meet_criteria_to_reside"),
    read=read_criteria,
    secondary=True,
    feeds=(
        Feed(
            "no_criteria_patients",
            "do_not_meet_criteria_to_reside",
            note=BY_MONTH,
        ),
    ),
)
DISCHARGES = Layout(
    name="discharged_patients",
    title="Patients discharged, by time of day (NHS England, tabulated by healthyR)",
    columns=(CODE, DAY, "discharged_by_1700", "discharged_between_1701_2359", "discharged_total"),
    read=read_discharges,
    secondary=True,
    feeds=(
        Feed("discharged_by_17", "discharged_by_1700", "discharged_by_1700 + discharged_between_1701_2359"),
        Feed("no_criteria_discharged", "discharged_total", note=BY_MONTH),
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
