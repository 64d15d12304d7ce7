"""What has changed since the last published report of an earlier period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from helpers.analyses.performance_report.tables import Rows
from helpers.bundle import Cell, Kept
from helpers.data.keeping.last_published import LastPublished
from helpers.measures.figures import figure_words, period_words
from helpers.measures.result import CATEGORIES, Category, MeasureResult
from helpers.measures.words import CATEGORY_WORDS
from helpers.phrases import phrases
from helpers.register.models import Measure
from helpers.report.words import count, month, sentence


@dataclass(frozen=True)
class Then:
    """What the last published report said of a measure; no value where it showed none."""

    name: str
    category: Category
    variation: str
    day: str
    value: float | None


def summary_of(results: Sequence[MeasureResult], key: str, period: str) -> Kept:
    """Return what the next report may compare itself with: only what this one shows."""
    return Kept(key=key, period=period, rows=tuple(_row(result) for result in results))


def _row(result: MeasureResult) -> tuple[Cell, ...]:
    day = "" if result.latest is None else result.latest.day.isoformat()
    value = None if result.latest is None else result.latest.value
    return (result.measure.id, result.measure.name, result.category, result.variation, day, value)


def read_summary(last: LastPublished) -> dict[str, Then]:
    """Return the kept rows by the measure's id; a category that is no longer known counts as watched."""
    found = {}
    for identity, name, category, variation, day, value in last.rows:
        known: Category = next((one for one in CATEGORIES if one == category), "watched")
        shown = value if isinstance(value, int | float) else None
        found[str(identity)] = Then(str(name), known, str(variation), str(day), shown)
    return found


def change_rows(results: Sequence[MeasureResult], before: Mapping[str, Then]) -> Rows:
    """Return a row per measure that is said to be different now, is new, is gone or was revised."""
    rows: Rows = []
    for result in results:
        then = before.get(result.measure.id)
        what = "new in this report" if then is None else "; ".join(_differences(result, then))
        if what:
            measure, latest = result.measure, result.latest
            was = None
            if then is not None and then.value is not None and then.day:
                was = _figure_of(measure, then.value, date.fromisoformat(then.day))
            now = None if latest is None else _figure_of(measure, latest.value, latest.day)
            rows.append((measure.name, was, now, what))
    held = {result.measure.id for result in results}
    rows += [
        (then.name, None, None, "no longer in this report")
        for identity, then in before.items()
        if identity not in held
    ]
    return rows


def _differences(result: MeasureResult, then: Then) -> list[str]:
    found = []
    if then.category != result.category:
        found.append(f"{CATEGORY_WORDS[result.category]}, was: {CATEGORY_WORDS[then.category]}")
    words = phrases("standings.variation")
    if result.latest is not None and then.variation in words and then.variation != result.variation:
        found.append(f"{words[result.variation].lower()}, was: {words[then.variation].lower()}")
    revised = revised_value(result, then)
    if revised is not None:
        day = period_words(date.fromisoformat(then.day), result.measure.frequency)
        found.append(f"{day} revised to {figure_words(result.measure, revised)}")
    return found


def revised_value(result: MeasureResult, then: Then) -> float | None:
    """Return what is shown now of the period that was the latest then, where it differs as it is shown."""
    if then.value is None or not then.day:
        return None
    values = dict(zip(result.series.days, result.series.shown, strict=True))
    now = values.get(date.fromisoformat(then.day))
    if now is None or now != now:
        return None
    same = figure_words(result.measure, float(now)) == figure_words(result.measure, then.value)
    return None if same else float(now)


def _figure_of(measure: Measure, value: float, day: date) -> str:
    return f"{figure_words(measure, value)}\n{period_words(day, measure.frequency)}"


def change_sentence(last: LastPublished | None, rows: Rows) -> str:
    """Say what is compared, and how many measures are different."""
    if last is None:
        return "No report of an earlier month has been published here, so nothing can be compared."
    year, number = last.period.split("-")
    when = month(date(int(year), int(number), 1))
    if not rows:
        return sentence(f"nothing is said differently of any measure than in the report for {when}")
    verb = "is" if len(rows) == 1 else "are"
    return sentence(f"{count(len(rows), 'measure')} {verb} different from the report for {when}")
