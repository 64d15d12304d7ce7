"""Sentences about the latest value of a result, its age and what it means for the process."""

from __future__ import annotations

import numpy as np

from helpers.measures.figures import bare_figure, bounded, gap_words, period_words, range_words
from helpers.measures.result import CHANGE_OVER, MeasureResult
from helpers.register.models import Measure
from helpers.report import process_words
from helpers.report.words import count, month, number, sentence, together


def latest_sentence(result: MeasureResult) -> str:
    """Say what the latest value is and of which period; where none may be shown, why."""
    measure, latest = result.measure, result.latest
    if latest is None:
        return sentence(f"no figure of {measure.called} is shown: {_why_nothing(result)}")
    when = period_words(latest.day, measure.frequency)
    provisional = ", a provisional figure" if latest.provisional else ""
    said = f"in {when} {value_clause(measure, latest.value)}{parts_words(result)}{provisional}"
    return together(sentence(said), _withheld_sentence(result))


def parts_words(result: MeasureResult) -> str:
    """Return the counts behind a share so small that it says little: ", 3 of 79,654"; published ones alone."""
    assert result.latest is not None, "asked for with a latest value alone"
    series, measure, place = result.series, result.measure, result.latest.place
    part, whole = series.numerator[place], series.denominator[place]
    small = measure.kind == "proportion" and measure.digits > 1 and series.origin == "published"
    return f", {number(part)} of {number(whole)}" if small and np.isfinite(part + whole) else ""


def value_clause(measure: Measure, value: float) -> str:
    """Return what a measure was, as part of a sentence; a unit that its subject names is not said twice.

    >>> from helpers.measures.examples import example_measure
    >>> counted = example_measure(kind="count", subject="the number of discharges", unit="patients", digits=0)
    >>> value_clause(counted, 4469)
    'the number of discharges was 4,469'
    """
    return f"{measure.called} was {bare_figure(measure, value)}"


def _why_nothing(result: MeasureResult) -> str:
    hidden = int(result.series.hidden.sum())
    if not hidden:
        return "none has been returned"
    if result.series.latest is not None:
        return f"{count(hidden, 'value')} are suppressed, and the few others would not speak for them"
    return "the only one is suppressed" if hidden == 1 else f"all {hidden} are suppressed"


def _withheld_sentence(result: MeasureResult) -> str:
    """Say why the last period is not the latest one shown; empty where it is."""
    if result.latest is None:
        return ""
    if result.latest.place == len(result.series) - 1:
        return _awaited_sentence(result)
    later = len(result.series) - 1 - result.latest.place
    last = period_words(result.series.days[-1], result.measure.frequency)
    why = "suppressed" if result.series.hidden[-1] else "missing"
    if later == 1:
        return sentence(f"the figure for {last} is {why}, so this one counts")
    return sentence(f"the {count(later, 'later figure')} are missing or suppressed, so this one counts")


def _awaited_sentence(result: MeasureResult) -> str:
    """Say that the report's own month has not been returned yet; empty where it has, or is long due."""
    due, latest = result.judged_on.replace(day=1), result.latest
    awaited = result.measure.frequency == "month" and not result.stale and latest and latest.day < due
    return sentence(f"there is no figure for {month(due)} yet") if awaited else ""


def stale_sentence(result: MeasureResult) -> str:
    """Say that the latest value is too old; empty where it is not."""
    if not result.stale:
        return ""
    return sentence(
        f"out of date: the period ended {count(result.days_old, 'day')} ago, and "
        f"{count(result.measure.stale_after_days, 'day')} are allowed"
    )


def variation_sentence(result: MeasureResult) -> str:
    """Say what the latest value means for the process, with the condition under which it holds."""
    if result.latest is None:
        return ""
    if result.untold:
        return process_words.UNTOLD
    if result.points < 2:
        return process_words.ONE_VALUE
    if result.unstable:
        return _unsettled_sentences(result)
    if result.variation == "common":
        said = process_words.ordinary_sentence(_ordinary(result))
    else:
        said = process_words.signal_sentence(result.reason, result.variation)
    since, restarted = result.suggested_from, len(result.chart.segments) > 1
    return together(
        said,
        process_words.suggested_sentence(period_words(since, result.measure.frequency)) if since else "",
        process_words.few_sentence(result.points, restarted=restarted) if result.chart.provisional else "",
    )


def _unsettled_sentences(result: MeasureResult) -> str:
    """Say what can be said without a stable period: a signal that a year before confirms, and the direction."""
    parts = [process_words.unsettled_sentence(restarted=len(result.chart.segments) > 1)]
    if result.variation == "unsettled":
        return together(*parts, change_sentence(result))
    said = signal_words(result).replace("better", "are better").replace("worse", "are worse")
    parts.append(sentence(f"{said}, and a signal says so too"))
    against = {"improvement": "worse", "concern": "better"}.get(result.variation)
    # what has not moved takes nothing back
    change = "" if result.trend == "flat" else change_sentence(result)
    parts.append(change.replace("Over", "But over", 1) if result.trend == against else change)
    return together(*parts)


def _ordinary(result: MeasureResult) -> str:
    limits, measure = result.chart.limits, result.measure
    low, high = (bounded(measure, value) for value in (limits.lower, limits.upper))
    if number(low, measure.digits) == number(high, measure.digits):
        return ""
    return range_words(measure, low, high)


def change_sentence(result: MeasureResult) -> str:
    """Say how far the value has moved in six periods or a year, and whether that is the right way."""
    trend = result.trend
    if trend is None:
        return ""
    steps = _span_words(result)
    if not result.moved:
        return sentence(f"over {steps} it has not moved")
    moved = f"it {'rose' if result.change > 0 else 'fell'} by {gap_words(result.measure, result.change)}"
    way = {"better": ", the right way", "worse": ", the wrong way"}.get(trend, "")
    if trend == "flat":
        return sentence(f"over {steps} {moved}, no more than it varies anyway")
    if turned := _level_words(result):
        return sentence(f"it is {turned}, though over {steps} {moved}{way}")
    return sentence(f"over {steps} {moved}{way}")


def _span_words(result: MeasureResult) -> str:
    if result.span != CHANGE_OVER:
        return "a year"
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


def short_words(result: MeasureResult) -> str:
    """Return a few words for a table: the most that a reader has to know."""
    return f"{signal_words(result)}; out of date" if result.stale else signal_words(result)


def signal_words(result: MeasureResult) -> str:
    """Return what the latest value says of the process in a few words, whatever its age."""
    if result.latest is None:
        return _why_nothing(result)
    if result.untold:
        return "too many values suppressed"
    if result.points < 2:
        return "one value so far"
    if result.unstable:
        return _unstable_words(result)
    return (
        "ordinary variation" if result.variation == "common" else process_words.WHY.get(result.reason, "")
    )


def _unstable_words(result: MeasureResult) -> str:
    """Return what is known without a stable period: how it lies to a year before where that is a signal too."""
    if result.variation == "unsettled":
        return _drift_words(result)
    way = "worse" if result.variation == "concern" else "better"
    latest = "quarter" if result.measure.frequency == "quarter" else "three months"
    return f"the latest {latest} {way} than a year before"


def _drift_words(result: MeasureResult) -> str:
    trend, steps = result.trend, _span_words(result)
    if trend is None:
        return "no stable period yet"
    if trend == "flat":
        return f"no clear change over {steps}"
    moved = (
        f"{'up' if result.change > 0 else 'down'} {gap_words(result.measure, result.change)} over {steps}"
    )
    if turned := _level_words(result):
        return f"{turned}, though {moved}"
    way = {"better": ", the right way", "worse": ", the wrong way"}.get(trend, "")
    return f"{moved}{way}"
