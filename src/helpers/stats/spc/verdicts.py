"""From rules to verdicts: type of each point, icons, stability, distance to target of each series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.stats.checks import Bools, Floats, Ints
from helpers.stats.spc.chart import ASSURANCE, NOTES, POINT_TYPES, UNSTABLE, VARIATION
from helpers.stats.spc.limits import FIRM_FROM, Limits, Segments
from helpers.stats.spc.rules import COMMON, MISSING, RuleFindings
from helpers.stats.spc.series import Series, Settings
from helpers.stats.spc.stretch import lag1_correlation

#: more special cause than this share, or more lag-1 correlation, and there is no single stable period
UNSTABLE_SHARE = 0.5
UNSTABLE_LAG1 = 0.6
#: below this many points chance alone correlates by more than that too often (4 % of noise at 13)
LAG1_FROM = FIRM_FROM

PASS, FAIL, HIT_OR_MISS = (
    ASSURANCE.index(icon) for icon in ("consistent_pass", "consistent_fail", "inconsistent")
)
NO_ICON = -1


@dataclass(frozen=True)
class Summary:
    """One value per series.

    Parameters
    ----------
    latest
        Row of the latest shown point; -1 where there is none.
    segment
        Number of the last segment.
    variation
        Place in `chart.VARIATION`.
    assurance, note
        Place in `chart.ASSURANCE` (-1 for no icon) and in `chart.NOTES`.
    stable, special_share, lag1
        The stability verdict.
    provisional
        Whether the last segment's limits rest on fewer than 13 points.
    distance, change
        Latest value minus target; latest value minus the one a trend's length before.
    """

    latest: Ints
    segment: Ints
    variation: Ints
    assurance: Ints
    note: Ints
    stable: Bools
    special_share: Floats
    lag1: Floats
    provisional: Bools
    distance: Floats
    change: Floats


def point_types(findings: RuleFindings, improvement: Ints) -> Ints:
    """Return the place in `chart.POINT_TYPES` of each row's type."""
    good = findings.direction * improvement
    neutral = (improvement == 0) & (findings.direction != 0)
    types = {
        "missing": findings.rule == MISSING,
        "special_cause_neutral_high": neutral & (findings.direction > 0),
        "special_cause_neutral_low": neutral,
        "special_cause_improvement": good > 0,
        "special_cause_concern": good < 0,
    }
    return _first_that_holds(types, POINT_TYPES, "common_cause")


def _first_that_holds(words: dict[str, Bools], places: tuple[str, ...], otherwise: str) -> Ints:
    codes = [places.index(word) for word in words]
    return np.select(list(words.values()), codes, places.index(otherwise)).astype(np.int64)


def summarise(
    series: Series, settings: Settings, limits: Limits, findings: RuleFindings, provisional: Bools
) -> Summary:
    """Return icons, stability and distances of each series."""
    groups = Segments.of(series.group)
    last_row = groups.starts + groups.lengths - 1
    segment = series.segment[last_row]
    latest = last_row if settings.published_tool else _latest_present(series.values, groups)
    share, lag1, points = (column[segment] for column in _stability_of_segments(series, findings))
    unstable = (share > UNSTABLE_SHARE) | ((np.abs(lag1) > UNSTABLE_LAG1) & (points >= LAG1_FROM))
    target = _at(series.target, np.where(latest < 0, last_row, latest))
    lower, upper = limits.lower[segment], limits.upper[segment]
    icon = _assurance(target, lower, upper, series.improvement)
    if settings.published_tool:
        icon, note = _published_assurance(icon, series)
    else:
        note = _notes(series, target, upper, unstable)
        icon = np.where(note == 0, icon, NO_ICON)
    before = _rows_before(series, latest, settings.rules.trend - 1)
    return Summary(
        latest=latest,
        segment=segment,
        variation=_variation(findings, latest, series.improvement),
        assurance=icon,
        note=note,
        stable=~unstable,
        special_share=share,
        lag1=lag1,
        provisional=provisional[segment],
        distance=_at(series.values, latest) - target,
        change=_at(series.values, latest) - _at(series.values, before),
    )


def _latest_present(values: Floats, groups: Segments) -> Ints:
    rows = np.where(np.isnan(values), -1, np.arange(len(values)))
    latest = np.maximum.reduceat(rows, groups.starts)
    return np.asarray(latest, dtype=np.int64)


def _at(values: Floats, rows: Ints) -> Floats:
    """Return the values at rows; NaN for row -1."""
    padded = np.append(values, np.nan)
    return np.asarray(padded[rows], dtype=np.float64)


def _rows_before(series: Series, latest: Ints, back: int) -> Ints:
    """Return the row `back` present points before the latest in its segment; -1 where there is none."""
    present = np.flatnonzero(~np.isnan(series.values))
    if not len(present):
        return np.full(len(latest), -1)
    place = np.searchsorted(present, latest) - back
    row = present[np.clip(place, 0, len(present) - 1)]
    same = (place >= 0) & (latest >= 0) & (series.segment[row] == series.segment[latest])
    return np.where(same, row, -1)


def _stability_of_segments(series: Series, findings: RuleFindings) -> tuple[Floats, Floats, Ints]:
    """Return per segment: share of special cause, lag-1 correlation, points that have a value."""
    every = Segments.of(series.segment)
    present = ~np.isnan(series.values)
    points = every.count(present)
    special = every.count((findings.rule != COMMON) & (findings.rule != MISSING))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(points > 0, special / points, 0.0)
    lag1 = np.full(len(points), np.nan)
    some = Segments.of(series.segment[present])
    lag1[series.segment[present][some.starts]] = lag1_correlation(series.values[present], some)
    return share, lag1, points


def _variation(findings: RuleFindings, latest: Ints, improvement: Ints) -> Ints:
    """Return places in `chart.VARIATION` for the latest shown point of each series."""
    rule, direction = np.append(findings.rule, MISSING)[latest], np.append(findings.direction, 0)[latest]
    good = direction * improvement
    high = direction > 0
    icons = {
        "none": rule == MISSING,
        "common_cause": direction == 0,
        "improvement_high": (good > 0) & high,
        "improvement_low": good > 0,
        "concern_high": (good < 0) & high,
        "concern_low": good < 0,
        "neutral_high": high,
    }
    return _first_that_holds(icons, VARIATION, "neutral_low")


def _assurance(target: Floats, lower: Floats, upper: Floats, improvement: Ints) -> Ints:
    """Compare targets with limits; equality and missing limits are hit-or-miss."""
    above = np.where(improvement > 0, FAIL, PASS)
    below = np.where(improvement > 0, PASS, FAIL)
    return np.select([target > upper, target < lower], [above, below], HIT_OR_MISS).astype(np.int64)


def _published_assurance(icon: Ints, series: Series) -> tuple[Ints, Ints]:
    """Return what NHSRplotthedots shows: where one facet has a target, those without are hit-or-miss."""
    if np.isnan(series.target).all():
        return np.full_like(icon, NO_ICON), np.full_like(icon, NOTES.index("no target"))
    neutral = series.improvement == 0
    return np.where(neutral, NO_ICON, icon), np.where(neutral, NOTES.index("neutral measure"), 0)


def _notes(series: Series, target: Floats, upper: Floats, unstable: Bools) -> Ints:
    """Return why each series gets no icon that would say more than the data can; 0 where it gets one."""
    notes: dict[str, Bools] = {
        "no target": np.isnan(target),
        "neutral measure": series.improvement == 0,
        "limits not defined": np.isnan(upper),
        UNSTABLE: unstable,
    }
    return _first_that_holds(notes, NOTES, "")
