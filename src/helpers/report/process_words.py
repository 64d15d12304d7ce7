"""Sentences about a process behaviour chart: one wording for every report, from the chart's own result object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.report.controlled_charts import WITHHELD, WITHOUT_LIMITS
from helpers.report.words import count, month, number, sentence, together
from helpers.stats.spc import XmRChart

#: what each rule says of a point: "that is …"
WHY: Final = {
    "Above UCL": "above the upper limit",
    "Below LCL": "below the lower limit",
    "7 Point Trend (Increasing)": "the end of a rise of seven points in a row",
    "7 Point Trend (Decreasing)": "the end of a fall of seven points in a row",
    "2 in 3 Above CL": "near the upper limit twice within three points",
    "2 in 3 Below CL": "near the lower limit twice within three points",
    "7 Points Above CL": "part of a run of seven points or more above the mean",
    "7 Points Below CL": "part of a run of seven points or more below the mean",
}
Signal = Literal["improvement", "concern", "neutral"]
VERDICT: Final[dict[str, str]] = {
    "improvement": "better than ordinary variation explains",
    "concern": "worse than ordinary variation explains",
    "neutral": "a change beyond ordinary variation",
}
ONE_VALUE: Final = "One value shows no variation."
UNTOLD: Final = "Too many values rest on too few patients to be shown, so nothing is said of the trend."
#: what limits promise of a target, and of a mean that is only compared with
Promise = Literal["pass", "fail", "hit_or_miss"]


# --- pieces, for every kind of measure ----------------------------------------------------------------


def ordinary_sentence(limits: str = "") -> str:
    """Say that a point shows nothing unusual; `limits` are its limits as a range in words.

    >>> ordinary_sentence("4.5 to 5.5 days")
    'That is within its ordinary variation of 4.5 to 5.5 days.'
    """
    return f"That is within its ordinary variation{f' of {limits}' if limits else ''}."


def signal_sentence(reason: str, signal: str) -> str:
    """Say which rule a point meets, as the chart calls it, and whether that is good.

    >>> signal_sentence("Above UCL", "concern")
    'That is above the upper limit: worse than ordinary variation explains.'
    """
    return f"That is {WHY.get(reason, 'unusual')}: {VERDICT[signal]}."


def unsettled_sentence(*, restarted: bool) -> str:
    """Say that there is no stable period; limits of the time before a restart are drawn all the same.

    >>> unsettled_sentence(restarted=True)
    'There is no stable period yet since the limits restarted, so none are drawn from there on.'
    """
    if restarted:
        return "There is no stable period yet since the limits restarted, so none are drawn from there on."
    return "There is no stable period yet, so no limits are drawn."


def suggested_sentence(when: str) -> str:
    """Say from when limits hold that were found and not registered; `when` names the first period."""
    return f"Limits are from {when}, suggested: since then it has been steady, before that it was not."


def few_sentence(points: int, *, restarted: bool) -> str:
    """Say that limits rest on few points.

    >>> few_sentence(9, restarted=True)
    'The limits rest on nine points since the limits restarted and are provisional.'
    """
    since = " since the limits restarted" if restarted else ""
    return f"The limits rest on {count(points, 'point')}{since} and are provisional."


def promise_sentence(promise: Promise, named: str, *, special: bool) -> str:
    """Say what the limits promise of a target; `special` where a special cause has occurred since they began.

    >>> promise_sentence("fail", "the target", special=False)
    'Unless the process changes, it will keep missing the target.'
    """
    said = {
        "pass": f"Unless the process changes, it will keep meeting {named}.",
        "fail": f"Unless the process changes, it will keep missing {named}.",
        "hit_or_miss": f"Ordinary variation alone will meet {named} in some periods and miss it in others.",
    }[promise]
    return f"{said} {_SPECIAL}" if special else said


_SPECIAL: Final = "Special causes have occurred since the limits began, so it may have changed already."


# --- a series of months against a mean ----------------------------------------------------------------


@dataclass(frozen=True)
class Process:
    """A process behaviour chart of months and how much of it readers may see."""

    chart: XmRChart  # limits and rules, worked out on the exact values, as `chart_told` leaves them
    #: the values that may be shown, one per point; NaN where one is missing or suppressed
    shown: NDArray[np.float64]
    what: str  # what was measured, as the subject of a sentence: "the mean stay"
    #: unit, digits: its unit, and how many decimals are shown
    unit: str
    digits: int
    target: str  # what it is compared with: "the national mean"

    @property
    def latest(self) -> int | None:
        """Position of the latest point that may be shown."""
        places = np.flatnonzero(np.isfinite(self.shown))
        return int(places[-1]) if len(places) else None

    @property
    def mostly_hidden(self) -> bool:
        """Whether fewer than half of the points may be shown, so that nothing is said of the process."""
        return 2 * int(np.isfinite(self.shown).sum()) < len(self.shown)

    @property
    def unstable(self) -> bool:
        """Whether there is no stable period, neither the whole nor its end, that limits could describe."""
        return not self.chart.provisional and not self.chart.stability.stable

    @property
    def words(self) -> dict[str, str]:
        """What is said of it, by name: the latest month, what that means, how the process lies to its benchmark."""
        return {
            "latest_month": latest_sentence(self),
            "variation": variation_sentences(self),
            "standing": standing_sentence(self),
        }


def latest_sentence(process: Process) -> str:
    """Say what the latest shown month shows; empty where too little may be shown."""
    place = process.latest
    if place is None or process.mostly_hidden:
        return ""
    when = month(pd.Timestamp(process.chart.dates[place]).date())
    return sentence(f"in {when} {process.what} was {_figure(process, process.shown[place])}")


def variation_sentences(process: Process) -> str:
    """Say what the latest shown month means for the process, and under which condition that holds."""
    place, chart = process.latest, process.chart
    if place is None or process.mostly_hidden:
        return UNTOLD
    if chart.limits is None or chart.limits.points < 2:
        return ONE_VALUE
    if process.unstable:
        return unsettled_sentence(restarted=len(chart.segments) > 1)
    if not np.isfinite(chart.limits.centre):
        return WITHOUT_LIMITS
    signal = (
        chart.point_type[place].removeprefix("special_cause_").removesuffix("_high").removesuffix("_low")
    )
    if chart.reason[place] == WITHHELD:
        said = ""
    elif signal in VERDICT:
        said = signal_sentence(chart.reason[place], signal)
    else:
        limits = process.chart.limits
        low, high = (number(max(value, 0.0), process.digits) for value in (limits.lower, limits.upper))
        said = ordinary_sentence("" if low == high else f"{low} to {high} {process.unit}")
    start = chart.suggested
    since = "" if start is None else month(pd.Timestamp(chart.dates[start]).date())
    suggested = suggested_sentence(since) if since else ""
    restarted = len(chart.segments) > 1
    few = few_sentence(chart.limits.points, restarted=restarted) if chart.provisional else ""
    return together(said, suggested, few)


def standing_sentence(process: Process) -> str:
    """Say on which side of what it is compared with the process stays; empty where that is not to be judged."""
    chart = process.chart
    lacks = process.mostly_hidden or not np.isfinite(chart.limits.upper)
    if lacks or process.unstable or chart.assurance is None:
        return ""
    named = f"{process.target} of {_figure(process, chart.target_in_force)}"
    if chart.assurance == "inconsistent":
        return sentence(f"it will lie now above, now below {named}, by ordinary variation alone")
    below = (chart.improvement == "decrease") == (chart.assurance == "consistent_pass")
    return f"Unless the process changes, it will stay {'below' if below else 'above'} {named}."


def _figure(process: Process, value: float) -> str:
    return f"{number(value, process.digits)} {process.unit}"
