"""Sentences about a process behaviour chart, from the chart's own result object."""

from __future__ import annotations

import pandas as pd

from helpers.report.words import listed, month, number, sentence
from helpers.stats.spc import XmRChart

_WHY = {
    "Above UCL": "above the upper limit",
    "Below LCL": "below the lower limit",
    "7 Point Trend (Increasing)": "part of a rise of seven points in a row",
    "7 Point Trend (Decreasing)": "part of a fall of seven points in a row",
    "2 in 3 Above CL": "one of two in three points near the upper limit",
    "2 in 3 Below CL": "one of two in three points near the lower limit",
    "7 Points Above CL": "part of a run of seven points above the mean",
    "7 Points Below CL": "part of a run of seven points below the mean",
}
_ICON = {
    "improvement_high": "improving, higher",
    "improvement_low": "improving, lower",
    "concern_high": "worsening, higher",
    "concern_low": "worsening, lower",
    "neutral_high": "changed, higher",
    "neutral_low": "changed, lower",
    "common_cause": "no significant change",
    "none": "no value",
}


def variation_words(chart: XmRChart) -> str:
    """Return the variation icon in words.

    >>> variation_words.__name__
    'variation_words'
    """
    return _ICON[chart.variation]


def trend_sentences(chart: XmRChart, *, what: str, unit: str, digits: int, target: str) -> str:
    """Say what the latest month shows, whether the process is stable, and how it stands to the target."""
    if chart.latest is None:
        return "No month has a value that can be shown."
    parts = [
        latest_sentence(chart, what=what, unit=unit, digits=digits),
        _standing(chart, unit, digits, target),
    ]
    return " ".join(part for part in parts if part)


def latest_sentence(chart: XmRChart, *, what: str, unit: str, digits: int) -> str:
    """Say what the latest shown month shows; empty where no month has a value."""
    if chart.latest is None:
        return ""
    value = f"{number(chart.latest_value, digits)} {unit}"
    when = month(pd.Timestamp(chart.dates[chart.latest]).date())
    reason = chart.reason[chart.latest]
    if chart.limits is None or chart.limits.points < 2:
        return sentence(f"in {when} {what} was {value}; one point shows no variation")
    if reason == "Common Cause":
        return sentence(f"in {when} {what} was {value}, within the ordinary variation of this process")
    good = {"improvement": "an improvement", "concern": "a cause for concern"}
    verdict = good.get(chart.variation.partition("_")[0], "a change")
    return sentence(f"in {when} {what} was {value}, {_WHY[reason]}: {verdict}")


def _standing(chart: XmRChart, unit: str, digits: int, target: str) -> str:
    at = f"{target} of {number(chart.target_in_force, digits)} {unit}"
    notes = []
    if not chart.stability.stable:
        return sentence(
            "the months show no single stable period, so the limits describe the past, not the process"
        )
    match chart.assurance:
        case "consistent_pass":
            notes.append(f"the process will keep to {at} unless it changes")
        case "consistent_fail":
            notes.append(f"the process will miss {at} unless it changes")
        case "inconsistent":
            notes.append(
                f"the process will at times meet and at times miss {at}, by ordinary variation alone"
            )
        case None if chart.assurance_note == "not yet capable of judgement":
            notes.append(f"it is too early to say whether the process will meet {at}")
    if chart.provisional:
        notes.append("the limits rest on fewer than 13 points and are provisional")
    return sentence(listed(notes)) if notes else ""
