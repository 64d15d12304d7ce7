"""Hospital admitted patient care activity: length of stay by primary diagnosis, England, a year."""

from __future__ import annotations

import re

import pandas as pd

from helpers.data.files.sheets import Sheet
from helpers.data.sources.cells import Cells, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND
from helpers.errors import DataError, Problem

CODE = "Primary diagnosis: summary code and description"
EPISODES = "Finished consultant episodes"
MEAN, MEDIAN = "Mean length of stay (Days)", "Median length of stay (Days)"
NOTE = "total, note or empty row"

_GROUP = re.compile(r"[A-Z]\d{2}(-[A-Z]\d{2})?")


def read(matches: list[Match], _: Context) -> Reading:
    """Return episodes, mean and median stay by diagnosis group; the year is in the file's name alone.

    Raises
    ------
    DataError
        Where the name does not say it.
    """
    match = matches[0]
    year = year_in_name(match.sheet)
    cells = Cells(match.table())
    group = cells.text(CODE)
    kept = group.map(lambda words: bool(_GROUP.fullmatch(words)))
    base = pd.DataFrame({"category": group, "org_code": ENGLAND, "breakdown": "diagnosis"})
    base["period"] = year
    cells.refuse(base.duplicated("category") & kept, CODE, "each group once")
    episodes, mean, median = (cells.numbers(column) for column in (EPISODES, MEAN, MEDIAN))
    cells.check()
    rows = [
        measure_rows(
            "finished_consultant_episodes", base[kept], numerator=episodes[kept], period_type="year"
        ),
        measure_rows("mean_los", base[kept], period_type="year").assign(value=mean[kept]),
        measure_rows("median_los", base[kept], period_type="year").assign(value=median[kept]),
    ]
    return Reading({"measure_values": stack(rows)}, len(cells), {NOTE: (~kept).sum()})


def year_in_name(sheet: Sheet) -> pd.Timestamp:
    """Return the first day of the financial year that a file's name says.

    Raises
    ------
    DataError
        Where it says none.
    """
    year = re.search(r"(?<!\d)(20\d\d)-(\d\d)(?!\d)", sheet.file)
    if not year or int(year[2]) != (int(year[1]) + 1) % 100:
        came = "does not say of which year it is"
        raise DataError(Problem(sheet.file, came, "a name with 2023-24", "rename it"))
    return pd.Timestamp(int(year[1]), 4, 1)


LAYOUT = Layout(
    name="admitted_diagnosis",
    title="Hospital admitted patient care activity, by primary diagnosis (NHS England)",
    columns=(CODE, EPISODES, MEAN, MEDIAN),
    read=read,
    feeds=(
        Feed("mean_los", MEAN, note="as published; without its parts"),
        Feed("median_los", MEDIAN, note="as published"),
        Feed("finished_consultant_episodes", EPISODES),
    ),
)
