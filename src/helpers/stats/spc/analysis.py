"""The vectorised core of XmR charts: every series of a tidy table in one pass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

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
    UNJUDGED,
    RuleFindings,
    RuleSettings,
    find_special_cause,
)
from helpers.stats.spc.series import Series, Settings
from helpers.stats.spc.stretch import stable_starts
from helpers.stats.spc.verdicts import Summary, point_types, summarise


@dataclass(frozen=True)
class Analysis:
    """Everything about all series: per row, per segment, per series."""

    lines: dict[str, Floats]  # per row
    findings: RuleFindings  # per row
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
    rule = np.full(len(counted), MISSING, dtype=np.int64)
    direction = np.zeros(len(counted), dtype=np.int64)
    rule[counted], direction[counted] = found.rule, found.direction
    findings = RuleFindings(rule, direction)
    limits, lines, findings = _unjudged(series, limits, lines, findings)
    shown = Segments.of(series.segment).count(~np.isnan(series.values))
    firm = Segments.of(series.segment).lengths if settings.published_tool else limits.baseline
    provisional = firm < FIRM_FROM
    return Analysis(
        lines=lines,
        findings=findings,
        point_type=point_types(findings, series.improvement[series.group]),
        limits=limits,
        points=shown,
        provisional=provisional,
        summary=summarise(series, settings, limits, findings, provisional),
    )


def settled(series: Series, settings: Settings) -> Series:
    """Return the series with a segment for the stable stretch at the end of each that has no single one."""
    last = Segments.of(series.group)
    ends = last.starts + last.lengths - 1
    unstable = ~analyse(series, settings).summary.stable
    numbers = np.flatnonzero(np.isin(series.segment, series.segment[ends[unstable]]))
    rows = numbers[~np.isnan(series.values[numbers])]
    suggested = np.full(len(ends), -1, dtype=np.int64)
    if len(rows):
        found = stable_starts(series.values[rows], Segments.of(series.segment[rows]), settings.rules)
        starts = rows[found[found >= 0]]
        suggested[series.group[starts]] = starts
    begins = np.isin(np.arange(len(series.values)), suggested[suggested >= 0])
    return replace(series, segment=series.segment + np.cumsum(begins), suggested=suggested)


def _unjudged(
    series: Series, limits: Limits, lines: dict[str, Floats], findings: RuleFindings
) -> tuple[Limits, dict[str, Floats], RuleFindings]:
    """Take lines and rules from the segments before a suggested stretch: no one pair of limits describes them."""
    if series.suggested is None or (series.suggested < 0).all():
        return limits, lines, findings
    before = series.segment[series.suggested[series.suggested >= 0]] - 1
    rows = np.isin(series.segment, before)
    blank: dict[str, Any] = {name: line.copy() for name, line in limits.lines.items()}
    for line in blank.values():
        line[before] = np.nan
    return (
        replace(limits, **blank),
        {name: np.where(rows, np.nan, line) for name, line in lines.items()},
        RuleFindings(
            np.where(rows & (findings.rule != MISSING), UNJUDGED, findings.rule),
            np.where(rows, 0, findings.direction),
        ),
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


def reason_words(settings: RuleSettings) -> tuple[str, ...]:
    """Return the words of every rule and direction; the place is rule x 2 + (direction above 0)."""
    words = {
        COMMON: ("Common Cause", "Common Cause"),
        OUTSIDE: ("Below LCL", "Above UCL"),
        TREND: (f"{settings.trend} Point Trend (Decreasing)", f"{settings.trend} Point Trend (Increasing)"),
        TWO_IN_THREE: ("2 in 3 Below CL", "2 in 3 Above CL"),
        SHIFT: (f"{settings.shift} Points Below CL", f"{settings.shift} Points Above CL"),
        MISSING: ("Missing", "Missing"),
        UNJUDGED: ("Not Judged", "Not Judged"),
    }
    return tuple(word for rule in sorted(words) for word in words[rule])
