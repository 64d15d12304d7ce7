"""A panel of trusts and quarters made by others: beds, and cancelled operations with their 28-day breaches."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, fed_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND, organisation_rows

CANCELLED, BREACHES, SHARE = "canc_cancelled_ops", "canc_breaches_28d", "canc_pct_not_treated_28_days"
AVAILABLE, OCCUPIED = "kh03_avail_ga_avg_beds", "kh03_occ_ga_avg_beds"
#: what the file calls England
ENGLAND_HERE = "NAN"
#: in a doubled quarter the file's share is twice breaches / operations, to rounding
DOUBLED_SHARE, SHARE_TOLERANCE = 2.0, 0.01
QUARTER_MONTHS = {"Q1": 4, "Q2": 7, "Q3": 10, "Q4": 1}


def read(matches: list[Match], _: Context) -> Reading:
    """Return beds and cancelled operations; counts of the quarters that were added twice are halved.

    Left alone: kh03_*_all_* (wrong in the file), type 1 A&E (months missing) and the file's own shares.
    """
    table = matches[0].table()
    cells = Cells(table)
    code = cells.text("org_code").str.upper().mask(cells.text("org_code") == ENGLAND_HERE, ENGLAND)
    cells.refuse(code == "", "org_code", "an organisation code")
    period = cells.text("period").map(_quarter)
    cells.refuse(period.isna(), "period", "2024-25 Q1")
    base = pd.DataFrame({"org_code": code, "period": period.astype("datetime64[s]")})
    cells.refuse(base.duplicated(), "org_code", "each organisation once a quarter")
    figures = cells.figures((CANCELLED, BREACHES, SHARE, AVAILABLE, OCCUPIED))
    cells.check()
    doubled = doubled_quarters(base["period"], figures)
    figures.loc[base["period"].isin(doubled), [CANCELLED, BREACHES]] /= 2
    rows = fed_rows(LAYOUT.feeds, base, figures, period_type="quarter")
    remark = f"counts of cancelled operations halved in {len(doubled)} quarters that the file has doubled"
    return Reading(
        {
            "measure_values": stack(rows),
            "organisations": organisation_rows(
                code, cells.text("org_name").mask(code == ENGLAND, "England")
            ),
        },
        len(table),
        remarks=(remark,) if doubled else (),
    )


def _quarter(words: str) -> pd.Timestamp | None:
    year, _, quarter = words.partition(" ")
    if quarter not in QUARTER_MONTHS or not year[:4].isdigit() or len(year) != 7:
        return None
    return pd.Timestamp(int(year[:4]) + (quarter == "Q4"), QUARTER_MONTHS[quarter], 1)


def doubled_quarters(period: pd.Series[pd.Timestamp], counts: pd.DataFrame) -> list[pd.Timestamp]:
    """Return the quarters whose counts were added twice: all are even, and the share is twice its parts."""
    frame = counts.assign(period=period)
    frame = frame[(frame[CANCELLED] > 0) & (frame[BREACHES] > 0)]
    ratio = frame[SHARE] / (frame[BREACHES] / frame[CANCELLED])
    twice = (ratio - DOUBLED_SHARE).abs() < SHARE_TOLERANCE
    even = (frame[CANCELLED] % 2 == 0) & (frame[BREACHES] % 2 == 0)
    agreed = (twice & even).groupby(frame["period"]).mean()
    return list(agreed.index[agreed > 0.5])


LAYOUT = Layout(
    name="quarterly_panel",
    publication="kh03",
    title="Quarterly panel of trusts: beds and cancelled operations (NHS England, put together by others)",
    columns=("org_code", "org_name", "period", AVAILABLE, OCCUPIED, CANCELLED, BREACHES, SHARE),
    read=read,
    tables=("measure_values", "organisations"),
    secondary=True,
    feeds=(
        Feed("cancelled_operations_count", CANCELLED, note="halved where the file has doubled it"),
        Feed("cancelled_not_treated_28_days", BREACHES, CANCELLED, "recomputed"),
        Feed("bed_occupancy", OCCUPIED, AVAILABLE),
    ),
)
