"""Sentences about a process behaviour chart, from the chart's own result object."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.report.controlled_charts import WITHHELD, WITHOUT_LIMITS
from helpers.report.words import month, number, sentence
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
_VERDICT = {
    "special_cause_improvement": "an improvement",
    "special_cause_concern": "a cause for concern",
}


@dataclass(frozen=True)
class Process:
    """A process behaviour chart and how much of it readers may see.

    Parameters
    ----------
    chart
        Limits and rules, worked out on the exact values, as `chart_as_shown` leaves them.
    shown
        The values that may be shown, one per point; NaN where one is missing or suppressed.
    what
        What was measured, as the subject of a sentence: "the mean stay".
    unit, digits
        Its unit, and how many decimals are shown.
    target
        What the target is called: "the national mean".
    """

    chart: XmRChart
    shown: NDArray[np.float64]
    what: str
    unit: str
    digits: int
    target: str

    @property
    def latest(self) -> int | None:
        """Position of the latest point that may be shown."""
        places = np.flatnonzero(np.isfinite(self.shown))
        return int(places[-1]) if len(places) else None

    @property
    def mostly_hidden(self) -> bool:
        """Whether fewer than half of the points may be shown, so that nothing is said of the process."""
        return 2 * int(np.isfinite(self.shown).sum()) < len(self.shown)


def process_sentences(process: Process) -> str:
    """Say what the latest shown month shows, whether the process is stable, and how it stands to the target."""
    if process.mostly_hidden:
        return "Most months rest on too few patients to be shown, so nothing is said of the trend."
    return f"{latest_sentence(process)} {_standing(process)}".strip()


def latest_sentence(process: Process) -> str:
    """Say what the latest shown month shows; empty where too little may be shown."""
    place, chart = process.latest, process.chart
    if place is None or process.mostly_hidden:
        return ""
    when = month(pd.Timestamp(chart.dates[place]).date())
    found = f"in {when} {process.what} was {number(process.shown[place], process.digits)} {process.unit}"
    if chart.limits is None or chart.limits.points < 2:
        return sentence(f"{found}; one point shows no variation")
    if chart.reason[place] == WITHHELD:
        return sentence(found)
    if chart.reason[place] == "Common Cause":
        return sentence(f"{found}, within the ordinary variation of this process")
    verdict = _VERDICT.get(chart.point_type[place], "a change")
    return sentence(f"{found}, {_WHY[chart.reason[place]]}: {verdict}")


def _standing(process: Process) -> str:
    chart = process.chart
    if chart.limits.points >= 2 and not np.isfinite(chart.limits.centre):
        return WITHOUT_LIMITS
    if not chart.stability.stable:
        return sentence(
            "the months show no single stable period, so the limits describe the past, not the process"
        )
    few = "the limits rest on fewer than 13 points and are provisional" if chart.provisional else ""
    return " ".join(sentence(part) for part in (_place(process), few) if part)


def _place(process: Process) -> str:
    """Say on which side of its target the process stays; empty where it has none or is not to be judged."""
    chart = process.chart
    at = f"{process.target} of {number(chart.target_in_force, process.digits)} {process.unit}"
    better, worse = ("below", "above") if chart.improvement == "decrease" else ("above", "below")
    match chart.assurance:
        case "consistent_pass":
            return f"{process.what} will stay {better} {at} unless the process changes"
        case "consistent_fail":
            return f"{process.what} will stay {worse} {at} unless the process changes"
        case "inconsistent":
            return f"{process.what} will lie now above, now below {at}, by ordinary variation alone"
    return ""
