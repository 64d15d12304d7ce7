"""Sentences about a result, each from the result object alone and tested by case."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from helpers.data.periods import MONTHS, period_end
from helpers.register.models import Measure, Target
from helpers.report.measures.result import Category, MeasureResult
from helpers.report.measures.targets import KINDS
from helpers.report.words import count, month, number, sentence

#: how a board is told of each category, and the rule for it
CATEGORY_WORDS: Final[dict[Category, str]] = {
    "attention": "needs attention",
    "watched": "is watched",
    "maintenance": "is in maintenance",
    "apart": "is ranked apart",
    "nothing": "cannot be shown",
}
CATEGORY_RULES: Final[dict[Category, str]] = {
    "attention": "worse than ordinary variation explains, or limits that miss the target without improving",
    "maintenance": "ordinary variation, and limits that all meet the target; one good month is not enough",
    "apart": "no single stable period, so ranked by distance to target and direction",
    "watched": "everything else",
}
_WHY: Final = {
    "Above UCL": "above the upper limit",
    "Below LCL": "below the lower limit",
    "7 Point Trend (Increasing)": "the end of a rise of seven points in a row",
    "7 Point Trend (Decreasing)": "the end of a fall of seven points in a row",
    "2 in 3 Above CL": "one of two in three points near the upper limit",
    "2 in 3 Below CL": "one of two in three points near the lower limit",
    "7 Points Above CL": "part of a run of seven points or more above the mean",
    "7 Points Below CL": "part of a run of seven points or more below the mean",
}
_VERDICT: Final = {
    "improvement": "better than ordinary variation explains",
    "concern": "worse than ordinary variation explains",
    "neutral": "a change beyond ordinary variation",
}
#: chances are said to the nearest twentieth: more would be false precision
_CHANCE_STEP: Final = 5


# --- numbers and months -----------------------------------------------------------------------------


def figure_words(measure: Measure, value: float, *, digits: int | None = None) -> str:
    """Return a value with its unit as prose has it; "1" takes the unit in the singular.

    >>> from helpers.report.measures.examples import example_measure
    >>> figure_words(example_measure(unit="%", digits=1), 71.44)
    '71.4%'
    >>> figure_words(example_measure(unit="patients", kind="count", digits=0), 1.0)
    '1 patient'
    """
    text, unit = number(value, measure.digits if digits is None else digits), measure.unit
    if unit == "%":
        return f"{text}%"
    if unit == "£":
        return f"−£{text[1:]}" if text.startswith("−") else f"£{text}"
    if unit == "ratio":
        return text
    return f"{text} {unit.removesuffix('s') if text == '1' else unit}"


def gap_words(measure: Measure, gap: float) -> str:
    """Return the size of a difference with its unit: points for percentages.

    >>> from helpers.report.measures.examples import example_measure
    >>> gap_words(example_measure(unit="%", digits=1), -1.0)
    '1.0 points'
    """
    if measure.unit == "%":
        text = number(abs(gap), measure.digits)
        return f"{text} point" if text == "1" else f"{text} points"
    return figure_words(measure, abs(gap))


def period_words(day: date, frequency: str) -> str:
    """Return a period by its first day as a reader says it.

    >>> period_words(date(2025, 1, 1), "quarter"), period_words(date(2023, 4, 1), "year")
    ('January to March 2025', 'the year to March 2024')
    """
    end = period_end(day, frequency)
    if frequency == "quarter":
        return f"{day:%B} to {month(end)}" if day.year == end.year else f"{month(day)} to {month(end)}"
    if MONTHS.get(frequency) == 12:
        return f"the year to {month(end)}"
    return f"{day.day} {month(day)}" if frequency in ("day", "snapshot") else month(day)


def chance_words(chance: float) -> str:
    """Return a chance to the nearest twentieth, its ends open.

    >>> chance_words(0.012), chance_words(0.33), chance_words(0.999)
    ('under 5%', 'about 35%', 'over 95%')
    """
    percent = 100 * chance
    if percent < _CHANCE_STEP:
        return f"under {_CHANCE_STEP}%"
    if percent > 100 - _CHANCE_STEP:
        return f"over {100 - _CHANCE_STEP}%"
    return f"about {_CHANCE_STEP * round(percent / _CHANCE_STEP)}%"


def direction_words(measure: Measure) -> str:
    """Say which way is good."""
    return {
        "increase": "Higher is better.",
        "decrease": "Lower is better.",
        "neutral": "Neither higher nor lower is better by itself.",
    }[measure.direction]


# --- the latest value -------------------------------------------------------------------------------


def latest_sentence(result: MeasureResult) -> str:
    """Say what the latest value is and of which period; where none may be shown, why."""
    measure, latest = result.measure, result.latest
    if latest is None:
        return sentence(f"no figure of {measure.called} is shown: {_why_nothing(result)}")
    when = period_words(latest.day, measure.frequency)
    # "the number of discharges was 4,469": the unit would say it twice
    counted = measure.kind == "count" and measure.called.startswith("the number of")
    value = number(latest.value, measure.digits) if counted else figure_words(measure, latest.value)
    said = f"in {when} {measure.called} was {value}{', a provisional figure' if latest.provisional else ''}"
    return " ".join(part for part in (sentence(said), _withheld_sentence(result)) if part)


def _why_nothing(result: MeasureResult) -> str:
    hidden = int(result.series.hidden.sum())
    if not hidden:
        return "none has been returned"
    return "the only one is suppressed" if hidden == 1 else f"all {hidden} are suppressed"


def _withheld_sentence(result: MeasureResult) -> str:
    """Say why the last period is not the latest one shown; empty where it is."""
    if result.latest is None:
        return ""
    if not result.series.latest_withheld:
        return _awaited_sentence(result)
    later = len(result.series) - 1 - result.latest.place
    last = period_words(result.series.days[-1], result.measure.frequency)
    why = "suppressed" if result.series.hidden[-1] else "missing"
    if later == 1:
        return sentence(f"the figure for {last} is {why}, so this one counts")
    return sentence(f"the {count(later, 'later figure')} are missing or suppressed, so this one counts")


def _awaited_sentence(result: MeasureResult) -> str:
    """Say that the report's own month has not been returned yet; empty where it has, or is long due."""
    due = result.judged_on.replace(day=1)
    if (
        result.measure.frequency != "month"
        or result.latest is None
        or result.stale
        or result.latest.day >= due
    ):
        return ""
    return sentence(f"there is no figure for {month(due)} yet")


def stale_sentence(result: MeasureResult) -> str:
    """Say that the latest value is too old; empty where it is not."""
    if not result.stale:
        return ""
    return sentence(
        f"out of date: the period ended {count(result.days_old, 'day')} ago, and "
        f"{count(result.measure.stale_after_days, 'day')} are allowed"
    )


# --- variation --------------------------------------------------------------------------------------


def variation_sentence(result: MeasureResult) -> str:
    """Say what the latest value means for the process, with the condition under which it holds."""
    if result.latest is None:
        return ""
    if result.untold:
        return "Too many values rest on too few patients to be shown, so nothing is said of the trend."
    if result.points < 2:
        return "One value shows no variation."
    if result.unstable:
        return f"There is no single stable period, so limits say little. {change_sentence(result)}".strip()
    few = _few_sentence(result)
    if result.variation == "common":
        said = sentence(f"that is within its ordinary variation{_ordinary(result)}")
    else:
        said = sentence(f"that is {_WHY.get(result.reason, 'unusual')}: {_VERDICT[result.variation]}")
    return f"{said} {few}".strip()


def _ordinary(result: MeasureResult) -> str:
    limits, measure = result.chart.limits, result.measure
    low, high = (bounded(measure, value) for value in (limits.lower, limits.upper))
    if number(low, measure.digits) == number(high, measure.digits):
        return ""
    return f" of {range_words(measure, low, high)}"


def range_words(measure: Measure, low: float, high: float, *, digits: int | None = None) -> str:
    """Return an interval of a measure: the unit at each end where it is a sign, else once.

    >>> from helpers.report.measures.examples import example_measure
    >>> range_words(example_measure(unit="£", kind="mean", digits=0), 2019, 2181)
    '£2,019 to £2,181'
    >>> range_words(example_measure(unit="days", kind="mean", digits=1), 2.7, 8.8)
    '2.7 to 8.8 days'
    """
    shown = measure.digits if digits is None else digits
    if measure.unit in ("%", "£"):
        return f"{figure_words(measure, low, digits=shown)} to {figure_words(measure, high, digits=shown)}"
    return f"{number(low, shown)} to {figure_words(measure, high, digits=shown)}"


def bounded(measure: Measure, value: float) -> float:
    """Return a limit no further than what the measure can be: shares within 0 and 100, counts from 0."""
    high = 100.0 if measure.kind == "proportion" and measure.unit == "%" else np.inf
    return float(min(max(value, 0.0), high))


def _few_sentence(result: MeasureResult) -> str:
    if not result.chart.provisional:
        return ""
    points = count(result.points, "point")
    restarted = " since the limits restarted" if len(result.chart.segments) > 1 else ""
    return sentence(f"the limits rest on {points}{restarted} and are provisional")


def change_sentence(result: MeasureResult) -> str:
    """Say how far the value has moved in six periods, and whether that is the right way."""
    trend = result.trend
    if trend is None:
        return ""
    steps = _six_periods(result)
    if trend == "flat":
        return sentence(f"over {steps} it has not moved")
    moved = f"it {'rose' if result.change > 0 else 'fell'} by {gap_words(result.measure, result.change)}"
    way = {"better": ", the right way", "worse": ", the wrong way"}.get(trend, "")
    if turned := _level_words(result):
        return sentence(f"it is {turned}, though over {steps} {moved}{way}")
    return sentence(f"over {steps} {moved}{way}")


# --- targets ----------------------------------------------------------------------------------------


def target_words(result: MeasureResult, target: Target) -> str:
    """Return a target with its kind: "the planning milestone of 82%"."""
    return f"the {KINDS[target.kind]} of {goal_words(result.measure, target.value)}"


def goal_words(measure: Measure, value: float) -> str:
    """Return a target's value without decimals that it does not need.

    >>> from helpers.report.measures.examples import example_measure
    >>> goal_words(example_measure(), 82.0), goal_words(example_measure(), 4.5), goal_words(example_measure(), 0)
    ('82%', '4.5%', '0%')
    """
    return figure_words(measure, value, digits=0 if float(value).is_integer() else measure.digits)


def due_words(target: Target, day: date) -> str:
    """Return by when or how a target counts; empty for one that holds in every period.

    `day` is in the period that is spoken of.
    """
    if target.meaning == "every_period":
        return ""
    due = target.end or date(day.year + (day.month > 3), 3, 31)
    return {
        "march_value": f"which counts in {month(due)}",
        "year_mean": f"which counts as the mean of the year to {month(due)}",
        "cumulative": f"which counts as the sum of the year to {month(due)}",
    }[target.meaning]


def target_sentence(result: MeasureResult) -> str:
    """Say whether the latest value meets the target in force, and which comes next."""
    if result.latest is None:
        return ""
    if result.measure.direction == "neutral":
        return "Neither way is better by itself, so no target is judged."
    if result.target is None:
        return f"No target is in force. {_next_sentence(result)}".strip()
    if result.target.meaning == "cumulative":
        due = result.target.end or date(result.latest.day.year + (result.latest.day.month > 3), 3, 31)
        year = f"the year to {month(due)} is to add up to {goal_words(result.measure, result.target.value)}"
        return sentence(f"{year}: no single month has to meet it")
    standard = (
        ""
        if result.standard is None
        else sentence(f"the constitutional standard is {goal_words(result.measure, result.standard.value)}")
    )
    said = sentence(_standing_words(result, result.target, due_words(result.target, result.latest.day)))
    return " ".join(part for part in (said, standard, _next_sentence(result)) if part)


def _standing_words(result: MeasureResult, target: Target, due: str) -> str:
    named, gap = target_words(result, target), result.distance
    later = f", {due}" if due else ""
    if gap == 0:
        return f"it {'meets' if target.value == 0 else 'equals'} {named}{later}"
    side = "above" if gap > 0 else "below"
    if round(abs(gap), result.measure.digits) == 0:
        return f"it is just {side} {named}, the same when rounded"
    if result.met:
        return f"it meets {named}{later + ',' if later else ''} by {gap_words(result.measure, gap)}"
    return f"it is {gap_words(result.measure, gap)} {side} {named}{later}"


def _next_sentence(result: MeasureResult) -> str:
    coming = result.next_target
    if coming is None or coming.start is None:
        return ""
    return sentence(f"from {month(coming.start)} {target_words(result, coming)} applies")


def assurance_sentence(result: MeasureResult) -> str:
    """Say what the limits promise of the target, or why they promise nothing; empty without a target."""
    if result.latest is None or result.target is None or result.limits_against_target is None:
        return ""
    if result.standing in ("too_few", "unstable"):
        return ""
    if not result.capable_of_judgement:
        where = {
            "pass": "the limits lie wholly on the right side of the target",
            "fail": "the limits lie wholly on the wrong side of the target",
            "hit_or_miss": "the target lies within the limits",
        }[result.limits_against_target]
        return sentence(
            f"{where}, but special causes have occurred since they began, so it is too early to rely on that"
        )
    return {
        "pass": "Unless the process changes, it will keep meeting the target.",
        "fail": "Unless the process changes, it will keep missing the target.",
        "hit_or_miss": "Ordinary variation alone will meet the target in some periods and miss it in others.",
    }[result.limits_against_target]


# --- what is to come, and others ---------------------------------------------------------------------


def forecast_sentence(result: MeasureResult) -> str:
    """Say what a forecast makes of a dated target; empty where the target has no date of its own."""
    goal = result.goal
    if goal is None or not goal.dated or result.latest is None:
        return ""
    if result.why_no_forecast:
        return sentence(f"no forecast is made: {result.why_no_forecast}")
    forecast, measure = result.forecast, result.measure
    assert forecast is not None, "nothing speaks against it"
    outcome = forecast.result.outcome
    what = {"end": month(goal.due), "mean": "the year's mean", "total": "the year's sum"}[goal.met]
    low, high = (float(outcome[name]) for name in ("low80", "high80"))
    digits = min(measure.digits, 1)
    expected = figure_words(measure, float(outcome["median"]), digits=digits)
    target, chance = target_words(result, goal.target), chance_words(forecast.chance)
    said = f"if the past is a guide, {what} brings {expected} "
    said += f"(80% interval {range_words(measure, low, high, digits=digits)})"
    verdict = f"the chance of meeting {target} is {chance}: {forecast.result.words}"
    return f"{sentence(said)} {sentence(verdict)}"


def national_sentence(result: MeasureResult) -> str:
    """Say how the latest value lies to other trusts in the same period; why not, where it is not compared."""
    place, measure = result.national, result.measure
    if result.latest is None:
        return ""
    if place is None:
        why = (
            "a count says how large a trust is, not how it compares"
            if measure.kind == "count"
            else "too few trusts have a figure for the same period"
        )
        return sentence(f"it is not set beside other trusts: {why}")
    middle = range_words(measure, place.low, place.high)
    side = {
        "typical": "within",
        "better": "better than",
        "worse": "worse than",
        "higher": "above",
        "lower": "below",
    }[place.side]
    said = sentence(
        f"among {place.trusts} trusts it was {side} the middle half ({middle}) in the same period"
    )
    parts = []
    if np.isfinite(place.national):
        parts.append(f"all of them together had {figure_words(measure, place.national)}")
    if place.group:
        parts.append(
            f"the median of {count(place.group_trusts, 'trust')} in its peer group was "
            f"{figure_words(measure, place.group_median)}"
        )
    return " ".join([said, *(sentence(part) for part in parts)])


def short_words(result: MeasureResult) -> str:
    """Return a few words for a table: the most that a reader has to know."""
    if result.latest is None:
        return _why_nothing(result)
    if result.stale:
        return f"out of date: {period_words(result.latest.day, result.measure.frequency)}"
    if result.untold:
        return "too many values suppressed"
    if result.points < 2:
        return "one value so far"
    if result.unstable:
        return _drift_words(result)
    words = "ordinary variation" if result.variation == "common" else _WHY.get(result.reason, "")
    return f"{words}; provisional limits" if result.too_few else words


def _drift_words(result: MeasureResult) -> str:
    trend = result.trend
    if trend is None:
        return "no single stable period"
    steps = _six_periods(result)
    if trend == "flat":
        return f"no single stable period; level for {steps}"
    moved = (
        f"{'up' if result.change > 0 else 'down'} {gap_words(result.measure, result.change)} over {steps}"
    )
    if turned := _level_words(result):
        return f"no single stable period: {turned}, though {moved}"
    way = {"better": ", the right way", "worse": ", the wrong way"}.get(trend, "")
    return f"no single stable period; {moved}{way}"


def _six_periods(result: MeasureResult) -> str:
    return {"month": "six months", "quarter": "six quarters"}.get(result.measure.frequency, "six periods")


def _level_words(result: MeasureResult) -> str:
    """Say that a value is low though it rises, or high though it falls; empty where both go one way."""
    assert result.latest is not None, "a movement has an end"
    side = int(result.chart.direction[result.latest.place])
    if side * result.change >= 0:
        return ""
    years, rest = divmod(len(result.series), 12)
    monthly = result.measure.frequency == "month"
    span = (
        count(years, "year") if monthly and not rest and years > 1 else count(len(result.series), "value")
    )
    return f"{'high' if side > 0 else 'low'} against the {span} shown"


def what_sentences(result: MeasureResult) -> str:
    """Return everything that is said of the latest value: what it is, what it means, how it stands to targets."""
    parts = (
        latest_sentence(result),
        stale_sentence(result),
        variation_sentence(result),
        target_sentence(result),
        assurance_sentence(result),
        forecast_sentence(result),
    )
    return " ".join(part for part in parts if part)


def all_sentences(result: MeasureResult) -> list[str]:
    """Return every text that this module makes of a result, for tests of wording."""
    return [
        text for text in (what_sentences(result), national_sentence(result), short_words(result)) if text
    ]
