"""XmR charts in the Making Data Count style: one series, or thousands in one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import (
    Floats,
    Ints,
    check_choice,
    check_columns,
    check_dates,
    check_integer,
    check_lengths,
    check_numbers,
)
from helpers.stats.spc.analysis import Analysis, Series, Settings, analyse, reason_words
from helpers.stats.spc.chart import (
    ASSURANCE,
    NOTES,
    POINT_TYPES,
    VARIATION,
    Compatible,
    Improvement,
    Segment,
    Stability,
    XmRChart,
)
from helpers.stats.spc.rules import RuleSettings
from helpers.stats.spc.timeline import dated_values, nearest_dates, rebase_dates, rebase_marks

#: a number, or the numbers in force from their dates on (None ends a target)
Target = float | Mapping[Any, float | None] | None

_SIGN: dict[str, int] = {"increase": 1, "decrease": -1, "neutral": 0}
_IMPROVEMENT: dict[int, Improvement] = {1: "increase", -1: "decrease", 0: "neutral"}


def xmr(
    values: Any,
    dates: Any = None,
    *,
    improvement: Improvement = "increase",
    target: Target = None,
    rebase: Sequence[Any] = (),
    fix_after: int | None = None,
    screen: bool = True,
    trend_points: int = 7,
    shift_points: int = 7,
    outside_counts_in_two_in_three: bool = False,
    compatible: Compatible | None = None,
) -> XmRChart:
    """Work out one XmR chart: limits, special cause, icons, stability.

    Parameters
    ----------
    values
        Shape (points,), in the measure's unit; NaN or None where missing or suppressed.
    dates
        Shape (points,), ascending, each once; None numbers the points.
    improvement
        `increase`, `decrease` or `neutral`.
    target
        One number, or a mapping from date to the target in force from that date on (None ends it); in the
        unit of `values`.
    rebase
        Dates at which limits, runs and rules restart; each must be a date in the data.
    fix_after
        How many first points of each segment make the baseline; None takes all.
    screen
        Whether moving ranges of 3.267 times their mean or more are left out once (False: NHS Excel tool).
    trend_points, shift_points
        How many successive points make a trend and a shift.
    outside_counts_in_two_in_three
        Whether points beyond a limit count towards two in three (announced by Making Data Count).
    compatible
        `nhsrplotthedots` reproduces version 0.2.2 of that tool: no limits for a constant series, gaps break
        runs, assurance without regard to stability, rebase dates outside the data ignored, dates sorted.

    Returns
    -------
    XmRChart
        One frozen object that chart, icons, table and sentence all read.

    Raises
    ------
    ArgumentError
        Naming the argument, what came and what is allowed.

    Notes
    -----
    Source: NHS England, Making Data Count; Nelson (1982), Journal of Quality Technology 14:172.

    Examples
    --------
    >>> chart = xmr([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1], improvement="decrease")
    >>> round(chart.limits.centre, 4), round(chart.limits.lower, 4), round(chart.limits.upper, 4)
    (1.9444, -0.7156, 4.6044)
    >>> chart.reason[4], chart.variation
    ('Above UCL', 'common_cause')
    """
    check_choice("improvement", improvement, _SIGN)
    settings = _settings(
        screen, fix_after, trend_points, shift_points, outside_counts_in_two_in_three, compatible
    )
    numbers = _some(check_numbers("values", values, missing=True))
    when = _ascending(dates, numbers, sort=settings.published_tool)
    if when is not None and settings.published_tool:
        numbers = numbers[np.argsort(check_dates("dates", dates), kind="stable")]
    series = Series(
        values=numbers,
        group=np.zeros(len(numbers), np.int64),
        segment=np.cumsum(rebase_marks(rebase, when, len(numbers), strict=not settings.published_tool)),
        target=dated_values("target", target, when, len(numbers)),
        improvement=np.array([_SIGN[improvement]]),
    )
    stamps = np.arange(len(numbers)) if when is None else when.to_numpy()
    return _chart(XmRCharts(pd.Index(["series"]), stamps, series, settings, analyse(series, settings)), 0)


def xmr_many(
    frame: pd.DataFrame,
    *,
    group: str | Sequence[str],
    date: str = "date",
    value: str = "value",
    improvement: Improvement | Mapping[Any, Improvement] = "increase",
    target: float | Mapping[Any, Target] | None = None,
    target_column: str | None = None,
    rebase: Sequence[Any] | Mapping[Any, Sequence[Any]] = (),
    fix_after: int | None = None,
    screen: bool = True,
    trend_points: int = 7,
    shift_points: int = 7,
    outside_counts_in_two_in_three: bool = False,
    compatible: Compatible | None = None,
) -> XmRCharts:
    """Work out the XmR charts of every series in a tidy frame, all in one vectorised pass.

    Parameters
    ----------
    frame
        One row per series and date, in any order.
    group
        Column, or columns, that name the series.
    date, value
        Columns of the dates and of the values (missing allowed).
    improvement
        One direction for all series, or a mapping from series to direction (all series named).
    target
        One number for all series, or a mapping from series to a number or a dated target as in `xmr`;
        a series that is not named has none.
    target_column
        Column with the target in force at each row, instead of `target`.
    rebase
        Dates for all series, or a mapping from series to dates.
    fix_after, screen, trend_points, shift_points, outside_counts_in_two_in_three, compatible
        As in `xmr`.

    Returns
    -------
    XmRCharts
        `points` and `summary` as frames; `charts[key]` is the `XmRChart` of one series.

    Raises
    ------
    ArgumentError
        Naming the argument, what came and what is allowed.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "trust": ["A"] * 3 + ["B"] * 3,
    ...     "date": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"] * 2),
    ...     "value": [1.0, 2.0, 3.0, 5.0, 5.0, 5.0],
    ... })
    >>> charts = xmr_many(frame, group="trust")
    >>> charts.summary[["trust", "centre", "lower", "upper"]].round(2).values.tolist()
    [['A', 2.0, -0.66, 4.66], ['B', 5.0, 5.0, 5.0]]
    """
    settings = _settings(
        screen, fix_after, trend_points, shift_points, outside_counts_in_two_in_three, compatible
    )
    names = [group] if isinstance(group, str) else list(group)
    check_columns("frame", frame, [*names, date, value, *([target_column] if target_column else [])])
    table = _sorted_table(frame, names, date, value)
    if target_column is not None and target is not None:
        raise ArgumentError("target_column", "both target and target_column came", "one of the two")
    if target_column is None:
        targets = _targets_by_series(target, table)
    else:
        targets = check_numbers(target_column, frame[target_column], missing=True)[table.order]
    series = Series(
        values=table.values,
        group=table.codes,
        segment=_segments_by_series(rebase, table, strict=not settings.published_tool),
        target=targets,
        improvement=_improvement_by_series(improvement, table.keys),
    )
    return XmRCharts(table.keys, table.dates.to_numpy(), series, settings, analyse(series, settings))


@dataclass(frozen=True)
class XmRCharts:
    """The XmR charts of many series.

    Parameters
    ----------
    keys
        The series, sorted; its names are the grouping columns.
    dates
        Shape (rows,): rows are sorted by series and date.
    series, settings, analysis
        What went in and what came out of the vectorised core.
    """

    keys: pd.Index
    dates: npt.NDArray[np.generic]
    series: Series
    settings: Settings
    analysis: Analysis

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys)

    def __getitem__(self, key: Any) -> XmRChart:
        """Return the chart of one series.

        Raises
        ------
        KeyError
            Where there is no such series.
        """
        return _chart(
            self, int(self.keys.get_indexer_for([key])[0]) if key in self.keys else _no_series(key)
        )

    @cached_property
    def points(self) -> pd.DataFrame:
        """One row per series and date: date, value, lines, target, segment, reason, point_type, direction."""
        found = self.analysis.findings
        first = self.series.segment[_first_rows(self.series.group)]
        columns: dict[str, Any] = {**_key_columns(self.keys, self.series.group), "date": self.dates}
        columns["value"] = self.series.values
        columns |= self.analysis.lines
        columns["target"] = self.series.target
        columns["segment"] = self.series.segment - first[self.series.group]
        columns["reason"] = _words(
            reason_words(self.settings.rules), found.rule * 2 + (found.direction > 0)
        )
        columns["point_type"] = _words(POINT_TYPES, self.analysis.point_type)
        columns["direction"] = found.direction
        return pd.DataFrame(columns)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row per series: latest point, last limits, icons, stability, distance to target."""
        summary, limits = self.analysis.summary, self.analysis.limits
        shown = summary.latest >= 0
        columns: dict[str, Any] = _key_columns(self.keys, np.arange(len(self.keys)))
        columns["points"] = self.analysis.points[summary.segment]
        columns["latest_date"] = pd.Series(self.dates[summary.latest]).where(shown)
        columns["latest_value"] = np.append(self.series.values, np.nan)[summary.latest]
        columns |= {name: line[summary.segment] for name, line in limits.lines.items()}
        columns["target"] = np.append(self.series.target, np.nan)[summary.latest]
        columns["variation"] = _words(VARIATION, summary.variation)
        columns["assurance"] = pd.Categorical.from_codes(summary.assurance, categories=list(ASSURANCE))
        columns["assurance_note"] = _words(NOTES, summary.note)
        names = ("stable", "special_share", "lag1", "provisional")
        columns |= {name: getattr(summary, name) for name in names}
        columns["distance_to_target"], columns["change"] = summary.distance, summary.change
        return pd.DataFrame(columns)


def _no_series(key: Any) -> int:
    raise KeyError(key)


def _first_rows(groups: Ints) -> Ints:
    return np.concatenate([[0], np.flatnonzero(np.diff(groups)) + 1])


def _key_columns(keys: pd.Index, codes: Ints) -> dict[str, Any]:
    levels = (
        [keys]
        if not isinstance(keys, pd.MultiIndex)
        else [keys.get_level_values(i) for i in range(keys.nlevels)]
    )
    return {str(level.name): level.take(codes) for level in levels}


def _words(words: Sequence[str], codes: Ints) -> pd.Categorical:
    """Return words by their codes; words that occur twice are merged."""
    unique = list(dict.fromkeys(words))
    place = np.array([unique.index(word) for word in words])
    return pd.Categorical.from_codes(place[codes], categories=unique)


def _settings(
    screen: bool,
    fix_after: int | None,
    trend_points: int,
    shift_points: int,
    outside_counts: bool,
    compatible: Compatible | None,
) -> Settings:
    if fix_after is not None:
        check_integer("fix_after", fix_after, 2)
    check_integer("trend_points", trend_points, 3)
    check_integer("shift_points", shift_points, 2)
    check_choice("compatible", compatible, (None, "nhsrplotthedots"))
    published = compatible == "nhsrplotthedots"
    rules = RuleSettings(trend_points, shift_points, bool(outside_counts), lean_right=published)
    return Settings(bool(screen), fix_after, rules, published)


def _some(values: Floats) -> Floats:
    if not len(values):
        raise ArgumentError("values", "no value came", "one value or more")
    return values


def _ascending(dates: Any, values: Floats, *, sort: bool) -> pd.DatetimeIndex | None:
    """Return the dates of one series, each once and in order."""
    if dates is None:
        return None
    when = check_dates("dates", dates)
    check_lengths(values=values, dates=when)
    if when.has_duplicates:
        twice = when[when.duplicated()][0]
        raise ArgumentError("dates", f"{twice:%Y-%m-%d} came twice", "each date once")
    if sort:
        return when.sort_values()
    if not when.is_monotonic_increasing:
        place = int(np.flatnonzero(np.diff(when.asi8) < 0)[0]) + 1
        raise ArgumentError("dates", f"{when[place]:%Y-%m-%d} came after a later date", "ascending dates")
    return when


@dataclass(frozen=True)
class _Table:
    """Sorted rows of a tidy frame."""

    keys: pd.Index
    codes: Ints
    dates: pd.DatetimeIndex
    values: Floats
    order: Ints


def _sorted_table(frame: pd.DataFrame, names: list[str], date: str, value: str) -> _Table:
    if frame.empty:
        raise ArgumentError("frame", "no row came", "one row or more")
    grouped = frame.groupby(names if len(names) > 1 else names[0], sort=True, observed=True, dropna=True)
    codes = grouped.ngroup().to_numpy()
    if (codes < 0).any():
        came = f"a missing name of a series came in row {int(np.flatnonzero(codes < 0)[0])}"
        raise ArgumentError("group", came, "a name in every row")
    dates = check_dates(date, frame[date])
    values = check_numbers(value, frame[value], missing=True)
    order = np.lexsort((dates.asi8, codes))
    codes, dates, values = codes[order], dates[order], values[order]
    keys = grouped.size().index
    twice = np.flatnonzero((np.diff(codes) == 0) & (np.diff(dates.asi8) == 0))
    if len(twice):
        came = f"{dates[twice[0]]:%Y-%m-%d} came twice in series {keys[codes[twice[0]]]!r}"
        raise ArgumentError(date, came, "each date once per series")
    return _Table(keys, codes, dates, values, order)


def _improvement_by_series(improvement: Any, keys: pd.Index) -> Ints:
    if not isinstance(improvement, Mapping):
        check_choice("improvement", improvement, _SIGN)
        return np.full(len(keys), _SIGN[improvement])
    _check_names("improvement", improvement, keys)
    missing = [key for key in keys if key not in improvement]
    if missing:
        raise ArgumentError(
            "improvement", f"nothing came for series {missing[0]!r}", "a direction for each series"
        )
    for direction in improvement.values():
        check_choice("improvement", direction, _SIGN)
    return np.array([_SIGN[improvement[key]] for key in keys])


def _check_names(name: str, mapping: Mapping[Any, Any], keys: pd.Index) -> None:
    for key in mapping:
        if key not in keys:
            raise ArgumentError(name, f"the series {key!r} came", "series that are in the frame")


def _rows_of(table: _Table, key: Any) -> slice:
    code = int(table.keys.get_indexer_for([key])[0])
    return slice(*np.searchsorted(table.codes, [code, code + 1]))


def _targets_by_series(target: Any, table: _Table) -> Floats:
    if not isinstance(target, Mapping):
        return dated_values("target", target, None, len(table.codes))
    _check_names("target", target, table.keys)
    targets = np.full(len(table.codes), np.nan)
    for key, one in target.items():
        rows = _rows_of(table, key)
        targets[rows] = dated_values("target", one, table.dates[rows], rows.stop - rows.start)
    return targets


def _segments_by_series(rebase: Any, table: _Table, *, strict: bool) -> Ints:
    new = np.zeros(len(table.codes), dtype=bool)
    new[_first_rows(table.codes)[1:]] = True
    if isinstance(rebase, Mapping):
        _check_names("rebase", rebase, table.keys)
        for key, some in rebase.items():
            rows = _rows_of(table, key)
            new[rows] |= rebase_marks(some, table.dates[rows], rows.stop - rows.start, strict=strict)
    else:
        new |= _marks_everywhere(rebase, table, strict=strict)
    return np.cumsum(new)


def _marks_everywhere(rebase: Sequence[Any], table: _Table, *, strict: bool) -> npt.NDArray[np.bool_]:
    """Mark the rows of the rebase dates; every series must have each of them."""
    starts = rebase_dates(rebase)
    marks = np.asarray(table.dates.isin(starts))
    counts = np.bincount(table.codes[marks], minlength=len(table.keys))
    if strict and (counts < len(starts)).any():
        code = int(np.flatnonzero(counts < len(starts))[0])
        own = table.dates[_rows_of(table, table.keys[code])]
        absent = starts[~starts.isin(own)][0]
        came = f"{absent:%Y-%m-%d}, which is no date of series {table.keys[code]!r}, came"
        raise ArgumentError(
            "rebase", came, f"dates in the data; the nearest are {nearest_dates(absent, own)}"
        )
    first = np.zeros(len(marks), dtype=bool)
    first[_first_rows(table.codes)] = True
    return marks & ~first


def _chart(charts: XmRCharts, index: int) -> XmRChart:
    """Cut one series out of the analysis of many."""
    series, analysis, summary = charts.series, charts.analysis, charts.analysis.summary
    rows = slice(*np.searchsorted(series.group, [index, index + 1]))
    found = analysis.findings
    words = reason_words(charts.settings.rules)
    first_segment, note = int(series.segment[rows.start]), int(summary.note[index])
    icon = int(summary.assurance[index])
    arrays = {
        "values": series.values[rows],
        **{name: line[rows] for name, line in analysis.lines.items()},
        "target": series.target[rows],
        "segment": series.segment[rows] - first_segment,
        "direction": found.direction[rows],
    }
    return XmRChart(
        dates=_locked(charts.dates[rows]),
        **{name: _locked(array) for name, array in arrays.items()},
        reason=tuple(words[code] for code in found.rule[rows] * 2 + (found.direction[rows] > 0)),
        point_type=tuple(POINT_TYPES[code] for code in analysis.point_type[rows]),
        segments=_segments(analysis, series.segment[rows]),
        improvement=_IMPROVEMENT[int(series.improvement[index])],
        latest=None if summary.latest[index] < 0 else int(summary.latest[index]) - rows.start,
        variation=VARIATION[summary.variation[index]],
        assurance=None if icon < 0 else ASSURANCE[icon],
        assurance_note=NOTES[note],
        stability=Stability(
            bool(summary.stable[index]), float(summary.special_share[index]), float(summary.lag1[index])
        ),
        provisional=bool(summary.provisional[index]),
        distance_to_target=float(summary.distance[index]),
        change=float(summary.change[index]),
    )


def _locked(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a copy that cannot be written."""
    copy = np.array(array)
    copy.setflags(write=False)
    return copy


def _segments(analysis: Analysis, numbers: Ints) -> tuple[Segment, ...]:
    """Return the segments of one series with their limits."""
    limits = analysis.limits
    rows = np.arange(len(numbers))
    return tuple(
        Segment(
            first=int(rows[numbers == number][0]),
            last=int(rows[numbers == number][-1]),
            points=int(analysis.points[number]),
            **{name: float(line[number]) for name, line in limits.lines.items()},
            mean_range=float(limits.mean_range[number]),
            baseline=int(limits.baseline[number]),
            screened=int(limits.screened[number]),
            provisional=bool(analysis.provisional[number]),
        )
        for number in cast("list[int]", np.unique(numbers).tolist())
    )
