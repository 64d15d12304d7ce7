"""The NHS Oversight Framework as it is published: a row for each figure of each trust, and the league table.

Columns: https://www.england.nhs.uk/long-read/nhs-oversight-framework-csv-metadata-file. Since the second edition a file
holds several quarters, in a column of their own.
"""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells
from helpers.data.sources.layout import Context, Layout, Match, Reading
from helpers.data.sources.names import organisation_rows
from helpers.data.sources.period_words import FORMS, parse_period

WHOSE = ("Trust_type", "Trust_code", "Trust_name")
DATA = (
    *(*WHOSE, "Domain", "Metric_ID", "Metric_description", "Reporting_date", "Units"),
    *("Value", "Median_value", "Lower_quartile", "Upper_quartile", "Rank"),
)
LIKELY = "Likely_range_of_rank"
LEAGUE = (*WHOSE, "Average_score", "Segment", "Rank", LIKELY)
QUARTER, EMPTY = "Quarter", "no value"


def read_data(matches: list[Match], _: Context) -> Reading:
    """Return the values, scores and segments of trusts."""
    cells, frame = _opened(matches[0], DATA)
    words = {"metric": "Metric_ID", "name": "Metric_description", "domain": "Domain", "unit": "Units"}
    frame = frame.assign(**{ours: cells.text(theirs) for ours, theirs in words.items()})
    frame["reported"] = cells.text("Reporting_date")
    cells.refuse(frame["metric"] == "", "Metric_ID", "the id of a metric")
    figures = zip(("value", "middle", "low", "high"), DATA[8:12], strict=True)
    frame = frame.assign(**{ours: cells.numbers(theirs, minimum=None) for ours, theirs in figures})
    frame["rank"] = cells.numbers("Rank", minimum=1)
    again = frame.duplicated(["org_code", "period", "metric"])
    cells.refuse(again, "Metric_ID", "each metric of a trust once a quarter")
    return _reading(cells, frame)


def read_league(matches: list[Match], _: Context) -> Reading:
    """Return the rank of trusts with the range in which it is likely to lie: all else is in the data file."""
    cells, frame = _opened(matches[0], LEAGUE)
    ends = cells.text(LIKELY).str.extract(r"^(\d+) to (\d+)$").astype(float)
    cells.refuse(ends[0].isna() & (cells.text(LIKELY) != ""), LIKELY, "a range such as 6 to 49")
    rank = cells.numbers("Rank", minimum=1)
    return _reading(cells, frame.assign(metric="likely_rank", value=rank, low=ends[0], high=ends[1]))


def _opened(match: Match, columns: tuple[str, ...]) -> tuple[Cells, pd.DataFrame]:
    """Return the cells of a file, with whose figures they are and of which quarter."""
    dated = QUARTER if match.has(QUARTER) else "Reporting_date"
    cells = Cells(match.table(dict.fromkeys((*columns, dated))))
    words = cells.text(dated)
    if dated != QUARTER and "Metric_ID" in columns:
        # the first edition is of one quarter, which its summary alone names
        words = words.where(cells.text("Metric_ID").str.startswith("OF5")).bfill().ffill().fillna("")
    days = {word: (parse_period(word, "quarter") or (None,))[0] for word in words.unique()}
    frame = pd.DataFrame({"org_code": cells.code("Trust_code"), "trust_type": cells.text("Trust_type")})
    frame["period"] = pd.to_datetime(words.map(days)).dt.as_unit("s")
    cells.refuse(frame["period"].isna(), dated, FORMS["quarter"])
    return cells, frame


def _reading(cells: Cells, frame: pd.DataFrame) -> Reading:
    cells.check()
    kept, names = (
        frame.dropna(subset="value"),
        organisation_rows(frame["org_code"], cells.text("Trust_name")),
    )
    return Reading({"oversight": kept, "organisations": names}, len(cells), {EMPTY: len(frame) - len(kept)})


LAYOUTS = (
    Layout(
        name="oversight_framework",
        title="NHS Oversight Framework, trust data (NHS England)",
        columns=DATA,
        read=read_data,
        tables=("oversight", "organisations"),
    ),
    Layout(
        name="oversight_league_table",
        title="NHS Oversight Framework, league table (NHS England)",
        columns=LEAGUE,
        read=read_league,
        tables=("oversight", "organisations"),
    ),
)
