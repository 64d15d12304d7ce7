"""How the values of a measure are written in prose: with their unit, their period, as a range, as a chance."""

from __future__ import annotations

from calendar import month_name
from datetime import date
from typing import Final

import numpy as np

from helpers.data.periods import MONTHS, period_end
from helpers.measures.result import MeasureResult
from helpers.register.models import Measure
from helpers.report.words import month, number
from helpers.stats.trajectory import ON_TRACK, UNLIKELY

#: chances are said to the nearest twentieth: more would be false precision
_CHANCE_STEP: Final = 5


def figure_words(measure: Measure, value: float, *, digits: int | None = None) -> str:
    """Return a value with its unit as prose has it; "1" takes the unit in the singular.

    >>> from helpers.measures.examples import example_measure
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


def bare_figure(measure: Measure, value: float) -> str:
    """Return a value beside what it is of: without the unit of a count, whose subject names it.

    >>> from helpers.measures.examples import example_measure
    >>> counted = example_measure(kind="count", subject="the number of falls", unit="patients", digits=0)
    >>> bare_figure(counted, 4469)
    '4,469'
    """
    counted = measure.kind == "count" and measure.called.startswith("the number of")
    return number(value, measure.digits) if counted else figure_words(measure, value)


def gap_words(measure: Measure, gap: float) -> str:
    """Return the size of a difference with its unit: points for percentages.

    >>> from helpers.measures.examples import example_measure
    >>> gap_words(example_measure(unit="%", digits=1), -1.0)
    '1.0 points'
    """
    if measure.unit == "%":
        text = number(abs(gap), measure.digits)
        return f"{text} point" if text == "1" else f"{text} points"
    return figure_words(measure, abs(gap))


def goal_words(measure: Measure, value: float) -> str:
    """Return a target's value without decimals that it does not need; zero of the people that a measure counts.

    >>> from helpers.measures.examples import example_measure
    >>> goal_words(example_measure(), 82.0), goal_words(example_measure(), 4.5), goal_words(example_measure(), 0)
    ('82%', '4.5%', '0%')
    """
    if value == 0 and measure.people:
        return "zero"
    return figure_words(measure, value, digits=0 if float(value).is_integer() else measure.digits)


def range_words(measure: Measure, low: float, high: float, *, digits: int | None = None) -> str:
    """Return an interval of a measure: the unit at each end where it is a sign, else once.

    >>> from helpers.measures.examples import example_measure
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


def short_period_words(day: date, frequency: str) -> str:
    """Return a period by its first day, short enough for a cell.

    >>> short_period_words(date(2025, 1, 1), "quarter"), short_period_words(date(2026, 9, 1), "month")
    ('Jan to Mar 2025', 'Sep 2026')
    """
    words = period_words(day, frequency)
    for name in month_name[1:]:
        words = words.replace(name, name[:3])
    return words


def chance_words(chance: float) -> str:
    """Return a chance to the nearest twentieth, its ends open, on the side of a threshold where its verdict is.

    >>> chance_words(0.012), chance_words(0.33), chance_words(0.999)
    ('under 5%', 'about 35%', 'over 95%')
    >>> chance_words(0.19), chance_words(0.21), chance_words(0.79)
    ('just under 20%', 'about 20%', 'just under 80%')
    """
    percent = 100 * chance
    if percent < _CHANCE_STEP:
        return f"under {_CHANCE_STEP}%"
    if percent > 100 - _CHANCE_STEP:
        return f"over {100 - _CHANCE_STEP}%"
    said = _CHANCE_STEP * round(percent / _CHANCE_STEP)
    edge = any(percent < 100 * threshold == said for threshold in (UNLIKELY, ON_TRACK))
    return f"{'just under' if edge else 'about'} {said}%"


def direction_words(measure: Measure) -> str:
    """Say which way is good."""
    return {
        "increase": "Higher is better.",
        "decrease": "Lower is better.",
        "neutral": "Neither higher nor lower is better by itself.",
    }[measure.direction]


# --- people ----------------------------------------------------------------------------------------


def people_affected(result: MeasureResult) -> int | None:
    """Return how many people the latest figure is about: those who waited too long, were readmitted, and so on.

    None where the register has no words for them (`people`), or where the figure does not come from published
    statistics: small numbers of records are not told as counts.
    """
    latest, measure, series = result.latest, result.measure, result.series
    if latest is None or not measure.people or series.origin != "published":
        return None
    if measure.kind == "count":
        return round(latest.value)
    part, whole = float(series.numerator[latest.place]), float(series.denominator[latest.place])
    found = part if measure.direction == "decrease" else whole - part
    return round(found) if np.isfinite(found) else None


def people_words(result: MeasureResult) -> str:
    """Return them as a clause, "4,076 people had waited more than a year"; empty where none are counted."""
    found = people_affected(result)
    return f"{counted_words(found)} {result.measure.people}" if found else ""


def counted_as_people(result: MeasureResult) -> bool:
    """Tell whether the latest figure is told in people: a share whose target is that there be none of them."""
    nobody = result.target is not None and result.target.value == 0
    return nobody and result.measure.kind != "count" and people_affected(result) is not None


def told_figure(result: MeasureResult) -> str:
    """Return the latest value as tables and lines have it: in people where those are what counts."""
    assert result.latest is not None, "asked for a shown value alone"
    if counted_as_people(result):
        return counted_words(people_affected(result) or 0)
    if result.measure.kind == "count":  # its name says of what
        return number(result.latest.value, result.measure.digits)
    return figure_words(result.measure, result.latest.value)


def table_figure(result: MeasureResult) -> str:
    """Return the latest value for a cell: people with their share, in which its mean and limits are."""
    assert result.latest is not None, "asked for a shown value alone"
    if counted_as_people(result):
        return f"{told_figure(result)} ({figure_words(result.measure, result.latest.value)})"
    return told_figure(result)


def counted_words(people: int) -> str:
    """Return a number of people.

    >>> counted_words(4075), counted_words(1), counted_words(0)
    ('4,075 people', '1 person', 'nobody')
    """
    return "nobody" if not people else f"{people:,} {'person' if people == 1 else 'people'}"
