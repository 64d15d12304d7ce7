"""The series of one measure: exact values for the chart, and those that may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.bundle import SUPPRESSED, Cell, Origin
from helpers.data.periods import MONTHS, months_between, period_end
from helpers.register.models import Measure
from helpers.report import controlled
from helpers.report.period import add_months

Floats = NDArray[np.float64]
#: periods of a chart at least, whatever the number of months asked for
FEWEST_PERIODS: Final = {"quarter": 12, "year": 10, "rolling12": 12}

_YEAR: Final = 12
#: decimals to which values are exact: a share times 100 is not
EXACT: Final = 9


@dataclass(frozen=True)
class MeasureSeries:
    """The values of one measure of one organisation or part of it, one entry per period without gaps."""

    #: first days, ascending; a period without a return has its place and no value
    periods: NDArray[np.datetime64]
    #: exact values in the measure's unit, NaN where missing or suppressed by the publisher. For charts' limits
    #: alone: what is drawn, listed, said or forecast from is `shown`.
    values: Floats
    shown: Floats  # the values that may be shown, in the measure's unit; NaN where missing or suppressed
    #: numerator, denominator: exact counts behind the values; NaN where unknown
    numerator: Floats
    denominator: Floats
    #: where a figure exists that must not be shown: suppressed by the publisher or by our rule
    hidden: NDArray[np.bool_]
    provisional: NDArray[np.bool_]  # where the publisher may still revise the figure
    #: how many organisations returned what a row adds up (merged histories); 0 without a return
    members: NDArray[np.int64]
    targets: Floats  # targets that came with the data, in the measure's unit; NaN without
    origin: Origin  # whether disclosure control applies
    datasets: tuple[str, ...] = ()  # data sets that gave rows, "measure_values/<source>"
    came_from: tuple[str, ...] = ()  # the source of each period, "" where nothing was returned
    vintage: datetime | None = None  # edition of the newest figure; None without figures
    as_at: date | None = None  # day up to which the data sets speak; None without figures

    def __len__(self) -> int:
        return len(self.periods)

    @cached_property
    def days(self) -> list[date]:
        """The periods as dates."""
        days: list[date] = self.periods.astype("datetime64[D]").tolist()
        return days

    @property
    def latest(self) -> int | None:
        """Place of the latest value that may be shown; None where there is none."""
        places = np.flatnonzero(np.isfinite(self.shown))
        return int(places[-1]) if len(places) else None

    @property
    def returned(self) -> int | None:
        """Place of the latest value, shown or hidden; None where there is none."""
        places = np.flatnonzero(np.isfinite(self.values) | self.hidden)
        return int(places[-1]) if len(places) else None

    @property
    def mostly_hidden(self) -> bool:
        """Whether fewer than half of the figures may be shown, so that nothing is said of the process."""
        known = int((np.isfinite(self.values) | self.hidden).sum())
        return 2 * int(np.isfinite(self.shown).sum()) < known

    @property
    def gaps(self) -> tuple[date, ...]:
        """Periods between the first and the last for which nothing was returned."""
        return tuple(
            day
            for day, value, hidden in zip(self.days, self.values, self.hidden, strict=True)
            if not (np.isfinite(value) or hidden)
        )

    @property
    def seams(self) -> list[tuple[date, str, str]]:
        """Where it goes over from one source to another: the period, the source from there on, the one before."""
        known = [(day, source) for day, source in zip(self.days, self.came_from, strict=False) if source]
        return [(day, source, before) for (_, before), (day, source) in pairwise(known) if source != before]


def build_series(
    rows: pd.DataFrame, measure: Measure, *, months: int, as_at: Mapping[str, date]
) -> MeasureSeries:
    """Return the series of one measure from its rows of the mart, the last `months` months of it.

    `rows` are those of one organisation and part, by period, with `members`, and of records with `untold` (see
    `helpers.data.series.untold.as_told`); `as_at` is the day up to which each data set speaks. Quarters and years have
    their own least number of periods.
    """
    step = MONTHS.get(measure.frequency, 0)
    table = rows.set_index(rows["period"].dt.date).reindex(_grid(rows["period"].dt.date, step))
    table = table.iloc[-_wanted(measure.frequency, months) :]
    table = table.loc[table["source"].first_valid_index() :]
    present = table["source"].notna().to_numpy()
    suppressed = table["suppressed"].fillna(value=False).to_numpy(dtype=bool)
    origin = controlled.origin_of(measure, table)
    # what the ledger of queries does not let be told is hidden, and still counts for the chart's own sums
    untold = (table["untold"].eq(True) if "untold" in table else table["suppressed"].eq(True)).to_numpy(
        dtype=bool
    )
    shown = _shown(table, measure, origin, suppressed | untold)
    sources = sorted({name for cell in table.loc[present, "source"] for name in str(cell).split(", ")})
    datasets = tuple(f"measure_values/{name}" for name in sources)
    known = [as_at[name] for name in datasets if name in as_at]
    return MeasureSeries(
        periods=np.array(list(table.index), dtype="datetime64[D]"),
        values=np.where(suppressed, np.nan, _scaled(table, "value", measure)),
        shown=np.array([cell if isinstance(cell, int | float) else np.nan for cell in shown], dtype=float),
        numerator=_floats(table, "numerator"),
        denominator=_floats(table, "denominator"),
        hidden=np.array([cell == SUPPRESSED for cell in shown], dtype=np.bool_),
        provisional=(table["status"] == "provisional").to_numpy(dtype=bool),
        members=table["members"].fillna(0).to_numpy(dtype=np.int64),
        targets=_scaled(table, "target", measure),
        origin=origin,
        datasets=datasets,
        came_from=tuple(table["source"].where(present, "").astype(str)),
        vintage=None if not present.any() else table.loc[present, "vintage"].max().to_pydatetime(),
        as_at=max(known, default=None),
    )


def _grid(days: pd.Series, step: int) -> list[date]:
    """Return every period from the first to the last; days and snapshots stand as they are."""
    # a rolling year is published every few months, not every twelve: its own periods are its grid
    if step in (0, MONTHS["rolling12"]) or not len(days):
        return list(days)
    first, span = min(days), months_between(min(days), max(days))
    grid = [add_months(first, months) for months in range(0, span + 1, step)]
    return sorted({*grid, *days})


def _wanted(frequency: str, months: int) -> int:
    step = MONTHS.get(frequency, 1)
    return max(months // step, FEWEST_PERIODS.get(frequency, 1))


def _floats(table: pd.DataFrame, name: str) -> Floats:
    return np.asarray(pd.to_numeric(table[name], errors="coerce"), dtype=np.float64)


def _scaled(table: pd.DataFrame, name: str, measure: Measure) -> Floats:
    """Return a column in the measure's unit; 0.57 times 100 is 57 and no hair less."""
    return np.asarray(np.round(_floats(table, name) * measure.scale, EXACT), dtype=np.float64)


def _shown(
    table: pd.DataFrame, measure: Measure, origin: Origin, suppressed: NDArray[np.bool_]
) -> list[Cell]:
    """Return each value as it may be shown: a number in the unit, `SUPPRESSED`, or None."""
    values = pd.Series(_scaled(table, "value", measure), index=table.index)
    cells: list[Cell]
    if origin == "published":
        cells = [None if np.isnan(value) else float(value) for value in values]
    elif measure.kind == "proportion":
        cells = [
            round(share / 100 * measure.scale, EXACT) if isinstance(share, int | float) else share
            for share in controlled.percentages(
                _people(table, "numerator"), _people(table, "denominator"), origin
            )
        ]
    elif measure.kind == "count":
        cells = controlled.counts(controlled.people(values), origin)
    else:
        # with all its digits a mean names the people behind it: 57/13 = 4.3846…; it is drawn and compared as listed
        people = _people(table, _PEOPLE.get(measure.kind, "numerator"))
        cells = controlled.values(values.round(measure.digits), people, origin)
    if origin == "records":
        # a figure of which nobody can tell how many patients are behind it is not shown
        cells = [
            SUPPRESSED if cell is None and np.isfinite(value) else cell
            for cell, value in zip(cells, values, strict=True)
        ]
    if origin == "records" and measure.frequency == "month" and not _years_leave_open(table, measure):
        return [cell if cell is None else SUPPRESSED for cell in cells]
    return [SUPPRESSED if told else cell for cell, told in zip(cells, suppressed, strict=True)]


#: the column that counts people, by kind of measure; the numerator of others
_PEOPLE: Final = {"mean": "denominator", "count": "value"}


def _people(table: pd.DataFrame, name: str) -> pd.Series:
    return controlled.people(pd.Series(_floats(table, name), index=table.index))


def _years_leave_open(table: pd.DataFrame, measure: Measure) -> bool:
    """Tell whether hidden months may be marked as such beside the year's total, which other reports tell.

    Where they may not, no month is shown: among shown noughts, twelve times 1 could be read from a total of 10.
    """
    people = _people(table, _PEOPLE.get(measure.kind, "numerator")).to_numpy()
    years = [people[start : start + _YEAR] for start in range(max(1, len(people) - _YEAR + 1))]
    known = [year[np.isfinite(year)].tolist() for year in years]
    if measure.kind == "mean":
        return all(controlled.leave_months_open(year, "records") for year in known)
    return all(controlled.leave_values_open(year, sum(year), "records") for year in known)


def last_day(series: MeasureSeries, measure: Measure, place: int) -> date:
    """Return the last day of one of the series' periods."""
    return period_end(series.days[place], measure.frequency)
