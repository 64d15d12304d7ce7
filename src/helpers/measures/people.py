"""How many people are on the wrong side of a measure: boards count those who wait too long as people.

Where the target is that there be none of them, the people are the figure: "4 people" instead of "0.00%".
"""

from __future__ import annotations

import numpy as np

from helpers.measures.figures import figure_words
from helpers.measures.result import MeasureResult
from helpers.report.words import number


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
