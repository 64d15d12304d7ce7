"""RTT waiting times, the overview time series: England's months since 2007."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, measure_rows, read_months, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND, england_row
from helpers.data.sources.stated import published_on
from helpers.errors import DataError

#: as submitted: the columns with estimates for trusts that returned nothing are on another basis than all else
TOTAL, WITHIN, BEYOND = "Total waiting (mil)", "No. within 18 weeks", "No. > 18 weeks"
SHARES = {
    "rtt_18_weeks": WITHIN,
    "rtt_over_52_weeks": "No. > 52 weeks",
    "rtt_over_65_weeks": "No. > 65 weeks",
    "rtt_over_78_weeks": "No. > 78 weeks",
    "rtt_over_104_weeks": "No. > 104 weeks",
}
WAITS = {"rtt_median_wait": "Median wait (weeks)", "rtt_92nd_percentile_wait": "92nd percentile (weeks)"}
PATHWAYS, BEGUN = "No. of pathways (all)", "No. of new RTT periods"
#: how the headings over the blocks begin, older and newer: "Admitted (unadjusted)", "Completed admitted (unadjusted)"
BLOCKS = {
    "incomplete": ("incomplete",),
    "rtt_completed_admitted": ("admitted (unadjusted)", "completed admitted (unadjusted)"),
    "rtt_completed_non_admitted": ("non-admitted", "completed non-admitted"),
    "rtt_new_periods": ("new rtt periods",),
}
NOTE = "note"


def read(matches: list[Match], _: Context) -> Reading:
    """Return England's months; a wait beyond the publication's last band is not known."""
    match = matches[0]
    places = _places(match)
    cells, frame, notes = read_months(match.table_at(places), "Month")
    for name in set(places) - {"Month"}:
        frame[name] = _waits(cells, name) if name in WAITS else cells.numbers(name)
    cells.refuse(
        (frame["total"] - frame[WITHIN] - frame[BEYOND]).abs() > 1,
        "total",
        f"{WITHIN} and {BEYOND} added up",
    )
    cells.check()
    frame["org_code"], frame["basis"] = ENGLAND, "commissioner"
    return Reading(
        {
            "measure_values": stack(_measures(frame)),
            "organisations": england_row(),
        },
        len(cells) + notes,
        {NOTE: notes},
        published=published_on(match.sheet),
    )


def _places(match: Match) -> dict[str, int]:
    """Return where each column is: names come again in each block, and the month stands in the row above.

    Raises `DataError` where there is no column of months, or no block of those who wait.
    """
    below = match.below_banners()
    found: dict[str, int] = {}
    for (banner, heading), place in below.items():
        block = next((name for name, starts in BLOCKS.items() if banner.startswith(starts)), "")
        if block == "incomplete":
            for name, column in {"total": TOTAL, BEYOND: BEYOND, WITHIN: WITHIN, **SHARES, **WAITS}.items():
                if heading == column.casefold():
                    found[WITHIN if column == WITHIN else name] = place
        elif block and heading in (PATHWAYS.casefold(), BEGUN.casefold()):
            found[block] = place
    months = [place for (banner, _), place in below.items() if banner == "month"]
    if months:
        found["Month"] = months[0]
    missing = {"Month", "total", WITHIN, BEYOND} - set(found)
    if missing:
        came = f"no column {', '.join(sorted(missing))} below Incomplete RTT pathways"
        raise DataError(match.sheet.place(match.header), came, cure="download it again")
    return found


def _waits(cells: Cells, column: str) -> pd.Series[float]:
    """Return weeks; "52+" is somewhere beyond the last band, and so not known."""
    words = cells.text(column)
    open_ended = words.str.fullmatch(r"\d+\+")
    numbers = pd.to_numeric(words.mask(open_ended | words.isin(["-", ""])), errors="coerce")
    cells.refuse(numbers.isna() & ~open_ended & ~words.isin(["-", ""]), column, "weeks, or 52+")
    return numbers


def _measures(frame: pd.DataFrame) -> list[pd.DataFrame]:
    base = frame[["org_code", "period", "basis"]]
    shares = {"rtt_18_weeks": WITHIN} | {name: name for name in SHARES if name in frame}
    counts = {"rtt_list_size": "total"} | {name: name for name in BLOCKS if name in frame}
    return [
        *(measure_rows(name, base, numerator=frame[column]) for name, column in counts.items()),
        *(
            # long waits have been counted apart since 2021 only
            measure_rows(
                name, base[known], numerator=frame[column][known], denominator=frame["total"][known]
            )
            for name, column in shares.items()
            for known in [frame[column].notna()]
        ),
        *(measure_rows(name, base).assign(value=frame[name]) for name in WAITS if name in frame),
    ]


LAYOUT = Layout(
    name="rtt_overview",
    publication="rtt",
    title="RTT waiting times, overview time series, England (NHS England)",
    columns=(WAITS["rtt_median_wait"], WITHIN, BEYOND, SHARES["rtt_over_52_weeks"], TOTAL),
    read=read,
    tables=("measure_values", "organisations"),
    feeds=(
        Feed("rtt_list_size", TOTAL, note="as submitted, without estimates"),
        *(Feed(measure, column, TOTAL, "as submitted") for measure, column in SHARES.items()),
        *(Feed(measure, column, note="as published") for measure, column in WAITS.items()),
        Feed("rtt_new_periods", BEGUN),
        Feed("rtt_completed_admitted", f"{PATHWAYS}, admitted (unadjusted)"),
        Feed("rtt_completed_non_admitted", f"{PATHWAYS}, non-admitted"),
    ),
)
