"""A tidy frame of series, sorted, and what is said of each series: direction, targets, rebases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import Bools, Floats, Ints, check_choice, check_dates, check_numbers
from helpers.stats.spc.limits import Segments
from helpers.stats.spc.timeline import dated_values, listed_dates, rebase_marks, refuse_absent

SIGN: dict[str, int] = {"increase": 1, "decrease": -1, "neutral": 0}


@dataclass(frozen=True)
class SeriesTable:
    """Rows of a tidy frame, sorted by series and date.

    Parameters
    ----------
    keys
        The series, sorted.
    codes
        Number of the series of each row.
    dates, values
        Of each row.
    order
        Which row of the frame each came from.
    """

    keys: pd.Index
    codes: Ints
    dates: pd.DatetimeIndex
    values: Floats
    order: Ints

    @property
    def segments(self) -> Segments:
        """Where each series starts and ends."""
        return Segments.of(self.codes)

    def rows_of(self, code: int) -> slice:
        """Return the rows of one series."""
        return slice(*np.searchsorted(self.codes, [code, code + 1]))

    def code_of(self, name: str, key: Any) -> int:
        """Return the number of a series, or refuse one that is not in the frame."""
        if key not in self.keys:
            raise ArgumentError(name, f"the series {key!r} came", "series that are in the frame")
        return int(np.asarray(self.keys.get_loc(key)))


def sort_table(frame: pd.DataFrame, names: Sequence[str], date: str, value: str) -> SeriesTable:
    """Sort a frame by series and date; an empty one, missing names and a date twice in a series are refused."""
    if frame.empty:
        raise ArgumentError("frame", "no row came", "one row or more")
    codes, keys = _number_series(frame, names)
    dates = check_dates(date, frame[date])
    values = check_numbers(value, frame[value], missing=True)
    order = np.lexsort((dates.asi8, codes))
    table = SeriesTable(keys, codes[order], dates[order], values[order], order)
    twice = np.flatnonzero((np.diff(table.codes) == 0) & (np.diff(table.dates.asi8) == 0))
    if len(twice):
        came = f"{table.dates[twice[0]]:%Y-%m-%d} came twice in series {keys[table.codes[twice[0]]]!r}"
        raise ArgumentError(date, came, "each date once per series")
    return table


def _number_series(frame: pd.DataFrame, names: Sequence[str]) -> tuple[Ints, pd.Index]:
    grouped = frame.groupby(list(names) if len(names) > 1 else names[0], observed=True)
    codes = np.asarray(grouped.ngroup().fillna(-1), dtype=np.int64)
    if (codes < 0).any():
        came = f"a missing name of a series came in row {int(np.flatnonzero(codes < 0)[0])}"
        raise ArgumentError("group", came, "a name in every row")
    return codes, grouped.size().index


def improvement_by_series(improvement: Any, table: SeriesTable) -> Ints:
    """Return +1, -1 or 0 for each series; a mapping must name all of them."""
    if not isinstance(improvement, Mapping):
        check_choice("improvement", improvement, SIGN)
        return np.full(len(table.keys), SIGN[improvement])
    for key, direction in improvement.items():
        table.code_of("improvement", key)
        check_choice("improvement", direction, SIGN)
    missing = [key for key in table.keys if key not in improvement]
    if missing:
        came = f"nothing came for series {missing[0]!r}"
        raise ArgumentError("improvement", came, "a direction for each series")
    return np.array([SIGN[improvement[key]] for key in table.keys], dtype=np.int64)


def targets_by_series(target: Any, table: SeriesTable) -> Floats:
    """Return the target in force at each row; series that a mapping does not name have none."""
    if not isinstance(target, Mapping):
        return dated_values("target", target, None, len(table.codes))
    by_series = np.full(len(table.keys), np.nan)
    dated = {}
    for key, one in target.items():
        code = table.code_of("target", key)
        if isinstance(one, Mapping | pd.Series):
            dated[code] = one
        else:
            by_series[code] = dated_values("target", one, None, 1)[0]
    targets = by_series[table.codes]
    for code, one in dated.items():
        rows = table.rows_of(code)
        targets[rows] = dated_values("target", one, table.dates[rows], rows.stop - rows.start)
    return targets


def segments_by_series(rebase: Any, table: SeriesTable, *, strict: bool) -> Ints:
    """Number the segments over all series; each series, and each of its rebase dates, starts one."""
    new = table.segments.firsts()
    if isinstance(rebase, Mapping):
        for key, some in rebase.items():
            rows = table.rows_of(table.code_of("rebase", key))
            new[rows] |= rebase_marks(some, table.dates[rows], rows.stop - rows.start, strict=strict)
    else:
        new |= _marks_everywhere(rebase, table, strict=strict)
    return np.cumsum(new) - 1


def _marks_everywhere(rebase: Any, table: SeriesTable, *, strict: bool) -> Bools:
    """Mark the rows of the rebase dates; every series must have each of them."""
    starts = listed_dates("rebase", rebase)
    marks = np.asarray(table.dates.isin(starts))
    lacking = np.flatnonzero(table.segments.count(marks) < len(starts))
    if strict and len(lacking):
        own = table.dates[table.rows_of(int(lacking[0]))]
        refuse_absent("rebase", starts[~starts.isin(own)][0], own, f"series {table.keys[lacking[0]]!r}")
    return marks
