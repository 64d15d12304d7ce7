"""The vectorised core of XmR charts: every series of a tidy table in one pass."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from helpers.stats.checks import Bools, Floats, Ints
from helpers.stats.spc.limits import FIRM_FROM, Limits, Segments, xmr_limits
from helpers.stats.spc.rules import (
    COMMON,
    MISSING,
    OUTSIDE,
    SHIFT,
    TREND,
    TWO_IN_THREE,
    Findings,
    RuleSettings,
    find_special_cause,
)

#: more special cause than this share, or more lag-1 correlation, and there is no single stable period
UNSTABLE_SHARE = 0.5
UNSTABLE_LAG1 = 0.6
#: below this many points chance alone correlates by more than that too often (4 % of noise at 13)
LAG1_FROM = FIRM_FROM

# codes of assurance icons and notes: places in chart.ASSURANCE and chart.NOTES
PASS, FAIL, HIT_OR_MISS, NO_ICON = 0, 1, 2, -1
NOTE_NONE, NOTE_NO_TARGET, NOTE_NEUTRAL, NOTE_NO_LIMITS, NOTE_UNSTABLE, NOTE_NOT_YET = range(6)


@dataclass(frozen=True)
class Series:
    """Rows of all series, sorted by series and date.

    Parameters
    ----------
    values
        Shape (rows,); NaN is a missing value.
    group
        Number of the series of each row, from 0 without gaps, sorted.
    segment
        Number of the segment of each row over all series, from 0 without gaps, sorted.
    target
        Target in force at each row; NaN is none.
    improvement
        Shape (series,): +1 increase, -1 decrease, 0 neutral.
    """

    values: Floats
    group: Ints
    segment: Ints
    target: Floats
    improvement: Ints


@dataclass(frozen=True)
class Settings:
    """How limits and rules are worked out."""

    screen: bool = True
    fix_after: int | None = None
    rules: RuleSettings = field(default_factory=RuleSettings)
    published_tool: bool = False


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


@dataclass(frozen=True)
class Analysis:
    """Everything about all series: per row, per segment, per series."""

    lines: dict[str, Floats]  # per row
    findings: Findings  # per row
    point_type: Ints  # per row: place in chart.POINT_TYPES
    limits: Limits  # per segment
    points: Ints  # per segment: points that have a value
    provisional: Bools  # per segment
    summary: Summary  # per series


def analyse(series: Series, settings: Settings) -> Analysis:
    """Work out limits, rules and icons of all series at once."""
    counted = _counted_rows(series, settings)
    values = series.values[counted]
    segments = Segments.of(series.segment[counted])
    total = int(series.segment[-1]) + 1
    limits = _limits_of_all(values, segments, series.segment[counted][segments.starts], settings, total)
    lines = {name: line[series.segment] for name, line in limits.lines.items()}
    found = find_special_cause(
        values, {name: line[counted] for name, line in lines.items()}, segments, settings.rules
    )
    findings = _on_all_rows(found, counted)
    shown = Segments.of(series.segment).count(~np.isnan(series.values))
    firm = Segments.of(series.segment).lengths if settings.published_tool else limits.baseline
    provisional = firm < FIRM_FROM
    return Analysis(
        lines=lines,
        findings=findings,
        point_type=_point_types(findings, series.improvement[series.group]),
        limits=limits,
        points=shown,
        provisional=provisional,
        summary=_summarise(series, settings, limits, findings, provisional),
    )


def _counted_rows(series: Series, settings: Settings) -> Bools:
    """Mark the rows that limits and rules see: all with a value; the published tool sees gaps too."""
    if settings.published_tool:
        return np.ones(len(series.values), dtype=bool)
    return ~np.isnan(series.values)


def _limits_of_all(
    values: Floats, segments: Segments, numbers: Ints, settings: Settings, total: int
) -> Limits:
    """Return limits for every segment number; NaN for a segment without any value."""
    some = xmr_limits(
        values,
        segments,
        screen=settings.screen,
        fix_after=settings.fix_after,
        screen_zero=settings.published_tool,
    )
    wide = {}
    for name in ("centre", "lower", "upper", "near_lower", "near_upper", "mean_range"):
        wide[name] = np.full(total, np.nan)
        wide[name][numbers] = getattr(some, name)
    baseline, screened = np.zeros(total, np.int64), np.zeros(total, np.int64)
    baseline[numbers], screened[numbers] = some.baseline, some.screened
    return Limits(**wide, baseline=baseline, screened=screened)


def _on_all_rows(found: Findings, counted: Bools) -> Findings:
    rule = np.full(len(counted), MISSING, dtype=np.int64)
    direction = np.zeros(len(counted), dtype=np.int64)
    rule[counted], direction[counted] = found.rule, found.direction
    return Findings(rule, direction)


def _point_types(findings: Findings, improvement: Ints) -> Ints:
    """Return places in `chart.POINT_TYPES`."""
    good = findings.direction * improvement
    neutral = (improvement == 0) & (findings.direction != 0)
    choices = [
        findings.rule == MISSING,
        neutral & (findings.direction > 0),
        neutral,
        good > 0,
        good < 0,
    ]
    return np.select(choices, [5, 3, 4, 1, 2], 0).astype(np.int64)


def _summarise(
    series: Series, settings: Settings, limits: Limits, findings: Findings, provisional: Bools
) -> Summary:
    groups = Segments.of(series.group)
    last_row = groups.starts + groups.lengths - 1
    segment = series.segment[last_row]
    latest = last_row if settings.published_tool else _latest_present(series.values, groups)
    share, lag1, points = _stability_of_segments(series, findings)
    with np.errstate(invalid="ignore"):
        unstable = (share > UNSTABLE_SHARE) | ((np.abs(lag1) > UNSTABLE_LAG1) & (points >= LAG1_FROM))
    target = _at(series.target, np.where(latest < 0, last_row, latest))
    icon = _assurance(target, limits.lower[segment], limits.upper[segment], series.improvement)
    if settings.published_tool:
        any_target = bool((~np.isnan(series.target)).any())
        icon, note = _published_assurance(icon, series.improvement, any_target)
    else:
        undefined = np.isnan(limits.upper[segment])
        icon, note = _held_back(
            icon, series.improvement, np.isnan(target), undefined, unstable[segment], share[segment] > 0
        )
    back = settings.rules.trend - 1
    return Summary(
        latest=latest,
        segment=segment,
        variation=_variation(findings, latest, series.improvement),
        assurance=icon,
        note=note,
        stable=~unstable[segment],
        special_share=share[segment],
        lag1=lag1[segment],
        provisional=provisional[segment],
        distance=_at(series.values, latest) - target,
        change=_at(series.values, latest) - _at(series.values, _rows_before(series, latest, back)),
    )


def _latest_present(values: Floats, groups: Segments) -> Ints:
    """Return the row of each series' latest value; -1 where it has none."""
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


def _stability_of_segments(series: Series, findings: Findings) -> tuple[Floats, Floats, Ints]:
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


def lag1_correlation(values: Floats, segments: Segments) -> Floats:
    """Return each segment's lag-1 correlation: Pearson's r of each value with the one before it.

    NaN for under 3 points, or where either side of the pairs is constant.
    """
    later = ~segments.firsts()
    numbers = segments.numbers()[later]
    pairs = Segments.of(numbers)
    before = values[:-1][later[1:]]
    x, y = _deviations(before, pairs), _deviations(values[later], pairs)
    with np.errstate(invalid="ignore", divide="ignore"):
        some = pairs.total(x * y) / np.sqrt(pairs.total(x**2) * pairs.total(y**2))
    correlation = np.full(len(segments.starts), np.nan)
    correlation[numbers[pairs.starts]] = np.where(pairs.lengths >= 2, some, np.nan)
    return correlation


def _deviations(values: Floats, segments: Segments) -> Floats:
    return values - segments.spread(segments.mean(values))


def _variation(findings: Findings, latest: Ints, improvement: Ints) -> Ints:
    """Return places in `chart.VARIATION` for the latest shown point of each series."""
    rule, direction = np.append(findings.rule, MISSING)[latest], np.append(findings.direction, 0)[latest]
    good = direction * improvement
    high = direction > 0
    choices = [
        rule == MISSING,
        direction == 0,
        (good > 0) & high,
        good > 0,
        (good < 0) & high,
        good < 0,
        high,
    ]
    return np.select(choices, [7, 0, 1, 2, 3, 4, 5], 6).astype(np.int64)


def _assurance(target: Floats, lower: Floats, upper: Floats, improvement: Ints) -> Ints:
    """Compare targets with limits; equality and missing limits are hit-or-miss."""
    above = np.where(improvement > 0, FAIL, PASS)
    below = np.where(improvement > 0, PASS, FAIL)
    return np.select([target > upper, target < lower], [above, below], HIT_OR_MISS).astype(np.int64)


def _published_assurance(icon: Ints, improvement: Ints, any_target: bool) -> tuple[Ints, Ints]:
    """Return what NHSRplotthedots shows: where one facet has a target, those without are hit-or-miss."""
    if not any_target:
        return np.full_like(icon, NO_ICON), np.full_like(icon, NOTE_NO_TARGET)
    neutral = improvement == 0
    return np.where(neutral, NO_ICON, icon), np.where(neutral, NOTE_NEUTRAL, NOTE_NONE)


def _held_back(
    icon: Ints, improvement: Ints, no_target: Bools, undefined: Bools, unstable: Bools, special: Bools
) -> tuple[Ints, Ints]:
    """Take the icon away where it would say more than the data can, and note why."""
    note = np.select(
        [no_target, improvement == 0, undefined, unstable, special],
        [NOTE_NO_TARGET, NOTE_NEUTRAL, NOTE_NO_LIMITS, NOTE_UNSTABLE, NOTE_NOT_YET],
        NOTE_NONE,
    ).astype(np.int64)
    return np.where(note == NOTE_NONE, icon, NO_ICON), note


def reason_words(settings: RuleSettings) -> tuple[str, ...]:
    """Return the words of every rule and direction; the place is rule x 2 + (direction above 0)."""
    words = {
        COMMON: ("Common Cause", "Common Cause"),
        OUTSIDE: ("Below LCL", "Above UCL"),
        TREND: (f"{settings.trend} Point Trend (Decreasing)", f"{settings.trend} Point Trend (Increasing)"),
        TWO_IN_THREE: ("2 in 3 Below CL", "2 in 3 Above CL"),
        SHIFT: (f"{settings.shift} Points Below CL", f"{settings.shift} Points Above CL"),
        MISSING: ("Missing", "Missing"),
    }
    return tuple(word for rule in sorted(words) for word in words[rule])
