"""The XmR charts of many series: frames of all of them, and the chart of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.stats.checks import Ints, locked
from helpers.stats.results import Result
from helpers.stats.spc.analysis import Analysis, reason_words
from helpers.stats.spc.chart import (
    ASSURANCE,
    NOTES,
    POINT_TYPES,
    VARIATION,
    Improvement,
    Segment,
    Stability,
    XmRChart,
)
from helpers.stats.spc.limits import Segments
from helpers.stats.spc.series import Series, Settings

_IMPROVEMENT: dict[int, Improvement] = {1: "increase", -1: "decrease", 0: "neutral"}


@dataclass(frozen=True, repr=False)
class XmRCharts(Result):
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
        return chart_of(self, int(np.asarray(self.keys.get_loc(key))))

    @cached_property
    def points(self) -> pd.DataFrame:
        """One row per series and date: value, lines, target, segment, reason, point type, direction."""
        found = self.analysis.findings
        first = self.series.segment[Segments.of(self.series.group).starts]
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
        columns["assurance"] = _words(ASSURANCE, summary.assurance)
        columns["assurance_note"] = _words(NOTES, summary.note)
        names = ("stable", "special_share", "lag1", "provisional")
        columns |= {name: getattr(summary, name) for name in names}
        columns["suggested_from"] = self._suggested_dates()
        columns["distance_to_target"], columns["change"] = summary.distance, summary.change
        return pd.DataFrame(columns)

    def _suggested_dates(self) -> pd.Series:
        """Return the date from which each series' limits are suggested; missing where they are not."""
        starts = self.series.suggested
        if starts is None:
            starts = np.full(len(self), -1, dtype=np.int64)
        return pd.Series(self.dates[starts]).where(starts >= 0)


def _key_columns(keys: pd.Index, codes: Ints) -> dict[str, Any]:
    return {str(name): keys.get_level_values(place).take(codes) for place, name in enumerate(keys.names)}


def _words(words: Sequence[str], codes: Ints) -> pd.Categorical[str]:
    """Return words by their codes, -1 for none; words that occur twice are merged."""
    unique = list(dict.fromkeys(words))
    place = np.array([*(unique.index(word) for word in words), -1])
    return pd.Categorical.from_codes(pd.Index(place[codes]), categories=pd.Index(unique))


def chart_of(charts: XmRCharts, index: int) -> XmRChart:
    """Cut one series out of the analysis of many."""
    series, analysis, summary = charts.series, charts.analysis, charts.analysis.summary
    rows = slice(*np.searchsorted(series.group, [index, index + 1]))
    found = analysis.findings
    words = reason_words(charts.settings.rules)
    icon = int(summary.assurance[index])
    arrays = {
        "values": series.values[rows],
        **{name: line[rows] for name, line in analysis.lines.items()},
        "target": series.target[rows],
        "segment": series.segment[rows] - series.segment[rows.start],
        "direction": found.direction[rows],
    }
    return XmRChart(
        dates=locked(charts.dates[rows]),
        **{name: locked(array) for name, array in arrays.items()},
        reason=tuple(words[code] for code in found.rule[rows] * 2 + (found.direction[rows] > 0)),
        point_type=tuple(POINT_TYPES[code] for code in analysis.point_type[rows]),
        segments=_segments(analysis, series.segment[rows]),
        improvement=_IMPROVEMENT[int(series.improvement[index])],
        latest=None if summary.latest[index] < 0 else int(summary.latest[index]) - rows.start,
        variation=VARIATION[summary.variation[index]],
        assurance=None if icon < 0 else ASSURANCE[icon],
        assurance_note=NOTES[summary.note[index]],
        stability=Stability(
            bool(summary.stable[index]), float(summary.special_share[index]), float(summary.lag1[index])
        ),
        provisional=bool(summary.provisional[index]),
        suggested=_suggested(series, index, rows.start),
        distance_to_target=float(summary.distance[index]),
        change=float(summary.change[index]),
    )


def _suggested(series: Series, index: int, first: int) -> int | None:
    if series.suggested is None or series.suggested[index] < 0:
        return None
    return int(series.suggested[index]) - first


def _segments(analysis: Analysis, numbers: Ints) -> tuple[Segment, ...]:
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
        for number in np.unique(numbers).tolist()
    )
