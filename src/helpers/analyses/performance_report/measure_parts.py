"""The section of one measure: meaning, icons, chart, what / why / what next, others, quality."""

from __future__ import annotations

from datetime import date

from helpers.analyses.performance_report.page_one import has_words
from helpers.analyses.performance_report.tables import (
    as_at_words,
    chart_table,
    reasons_table,
    variation_cell,
)
from helpers.bundle import Panel
from helpers.measures.attention_words import attention_clauses
from helpers.measures.figures import direction_words, period_words
from helpers.measures.pictures import chart_of_result
from helpers.measures.result import ChartEvent, MeasureResult
from helpers.measures.source_words import seam_sentence, sources_sentence
from helpers.measures.target_words import assurance_sentence, forecast_sentence, target_sentence
from helpers.measures.value_words import latest_sentence, stale_sentence, variation_sentence
from helpers.measures.words import (
    NO_ICON_WORDS,
    UNSETTLED_WORDS,
    national_sentence,
    reasons_sentence,
)
from helpers.register.models import Comment, Measure
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import count, month, sentence

#: events that a section describes; a chart of more would be a list of dates
MOST_EVENTS = 8


def measure_section(sections: Sections, result: MeasureResult, period: str) -> list[Shown]:
    """Return the shown objects of one measure, from its heading to its notes.

    Parameters
    ----------
    sections
        Makes objects that know this measure's own sources.
    result
        The measure.
    period
        The report's month, "2026-09".
    """
    name = name_of(result)
    parts = [
        sections.heading(name, result.measure.name, level=3),
        sections.text(f"meaning-{name}", meaning_words(result)),
    ]
    if result.latest is None:
        return [*parts, sections.text(f"nothing-{name}", latest_sentence(result))]
    if result.drawn:
        parts += [measure_icons(sections, result), measure_figure(sections, result)]
    if result.comment is None and result.category != "attention":
        parts.append(sections.text(f"what-{name}", what_words(result)))
    else:
        parts.append(sections.panels(f"what-{name}", story_panels(result, period)))
    parts.append(sections.text(f"notes-{name}", notes_words(result)))
    if result.reasons is not None:
        columns, rows = reasons_table(result.reasons)
        caption = f"{result.measure.name}, {month(result.reasons.period)}."
        parts.append(sections.table(f"tbl-{name}-reasons", caption, columns, rows))
    return parts


def name_of(result: MeasureResult) -> str:
    """Return what the measure's objects are called: its id as labels may be written."""
    return result.measure.id.replace("_", "-")


def measure_icons(sections: Sections, result: MeasureResult) -> Shown:
    """Return the icons of a measure side by side."""
    return sections.panels(f"icons-{name_of(result)}", icon_panels(result))


def measure_figure(sections: Sections, result: MeasureResult) -> Shown:
    """Return the chart of a measure that has a value to show."""
    return sections.figure(
        f"fig-{name_of(result)}",
        lambda: chart_of_result(result),
        caption=chart_caption(result),
        alt=chart_alt(result),
        data=chart_table(result),
    )


def meaning_words(result: MeasureResult) -> str:
    """Return what is measured, in plain words, and which way is good."""
    return f"{sentence(result.measure.description)} {direction_words(result.measure)}"


def icon_panels(result: MeasureResult) -> list[Panel]:
    """Return the icons of variation and assurance, or the words that stand in their place."""
    variation = variation_cell(result)
    if result.points < 2:
        first = Panel(markdown="one point shows no variation")
    else:
        first = Panel(icon=variation) if result.variation_icon else Panel(markdown=UNSETTLED_WORDS)
    icon = result.assurance_icon
    second = Panel(icon=icon) if icon else Panel(markdown=f"no assurance: {NO_ICON_WORDS[result.standing]}")
    stale = [Panel(markdown="out of date")] if result.stale else []
    return [first, second, *stale]


def chart_caption(result: MeasureResult) -> str:
    """Return the figure's caption: what, of which periods."""
    days, frequency = result.series.days, result.measure.frequency
    first, last = (period_words(day, frequency) for day in (days[0], days[-1]))
    per = {"month": "by month", "quarter": "by quarter", "year": "by year"}.get(frequency, "over time")
    span = first if first == last else f"{first} to {last}"
    if frequency == "rolling12":
        per = "in rolling years"
    forecast = result.forecast if result.goal is not None and result.goal.dated else None
    ahead = "" if forecast is None else f", forecast to {month(forecast.goal.due)}"
    return sentence(f"{result.measure.name} {per}, {span}{ahead}; as at {as_at_words(result)}")


def chart_alt(result: MeasureResult) -> str:
    """Return what the chart shows to somebody who cannot see it, from the same object."""
    shown = count(
        int(result.series.shown.size - result.series.hidden.sum() - len(result.series.gaps)), "point"
    )
    parts = [
        f"Process behaviour chart of {result.measure.name} with {shown}.",
        latest_sentence(result),
        variation_sentence(result),
        target_sentence(result),
        *(f"Marked: {event.name}, {month(event.day)}." for event in result.events[:MOST_EVENTS]),
    ]
    return " ".join(part for part in parts if part)


def story_panels(result: MeasureResult, period: str) -> list[Panel]:
    """Return what, why and what next side by side: ours, and the analysts' words."""
    return [
        Panel(title="What", markdown=what_words(result)),
        Panel(title="Why", markdown=why_words(result, period)),
        Panel(title="What next", markdown=next_words(result)),
    ]


def what_words(result: MeasureResult) -> str:
    """Return what the chart shows, in words."""
    parts = (latest_sentence(result), stale_sentence(result), variation_sentence(result))
    return " ".join(part for part in parts if part)


def why_words(result: MeasureResult, period: str) -> str:
    """Return the analysts' explanation with its author, or that there is none where one is due."""
    comment = result.comment
    if comment is None:
        return _no_words(result, "explanation")
    return f"{sentence(comment.why)} {_signed(comment, current=has_words(result, period))}"


def _signed(comment: Comment, *, current: bool) -> str:
    year, number = comment.month.split("-")
    when = month(date(int(year), int(number), 1))
    earlier = "" if current else " (written before the latest figure)"
    return f"*{comment.author}, {when}*{earlier}"


def _no_words(result: MeasureResult, what: str) -> str:
    if result.category == "attention":
        return f"**No {what} has been given**, though this measure needs attention."
    return f"No {what} has been written."


def next_words(result: MeasureResult) -> str:
    """Return what comes next, who answers for it and when the measure is to have recovered."""
    comment = result.comment
    if comment is None or not comment.next:
        said = _no_words(result, "plan")
        standing = (
            f" Standing rule: {sentence(result.measure.action)}"
            if result.category == "attention" and result.measure.action
            else ""
        )
        return f"{said}{standing}"
    parts = [sentence(comment.next)]
    parts += [f"{action.action} ({action.owner}, by {_day(action.due)})." for action in comment.actions]
    if owner := comment.owner or result.measure.owner:
        parts.append(f"Owner: {owner}.")
    if comment.recovery:
        late = comment.recovery < result.judged_on and result.category == "attention"
        parts.append(f"Recovery by {_day(comment.recovery)}{', which has passed' if late else ''}.")
    return " ".join(parts)


def _day(day: date) -> str:
    return f"{day.day} {month(day)}"


def notes_words(result: MeasureResult) -> str:
    """Return the list below the chart: target, promise, forecast, others, events, quality."""
    target = " ".join(part for part in (target_sentence(result), assurance_sentence(result)) if part)
    clauses = attention_clauses(result)
    lines = [
        ("Needs attention", sentence("; ".join(clauses)) if clauses else ""),
        ("Target", target),
        ("Forecast", forecast_sentence(result)),
        ("Other trusts", national_sentence(result)),
        ("Reasons", reasons_sentence(result)),
        *(("Marked", event_words(event)) for event in result.events[:MOST_EVENTS]),
        ("Small numbers", small_numbers_words(result.measure)),
        ("Change of source", seam_sentence(result)),
        ("Another source", sources_sentence(result)),
        ("Data quality", quality_words(result)),
    ]
    return "\n".join(f"- **{name}**: {words}" for name, words in lines if words)


def small_numbers_words(measure: Measure) -> str:
    """Return why small counts of patients are shown, where the register says so; else nothing."""
    if measure.about != "patients" or measure.small_numbers == "hidden":
        return ""
    return f"shown as they are. {sentence(measure.small_numbers_reason)}"


def event_words(event: ChartEvent) -> str:
    """Return an event with its reason, its author and whether the limits restart at it."""
    restart = "; the limits restart there" if event.rebases else ""
    by = f" Registered by: {event.author}." if event.author else ""
    reason = f" {sentence(event.reason)}" if event.reason else ""
    return f"{event.name}, {month(event.day)}{restart}.{reason}{by}"


def quality_words(result: MeasureResult) -> str:
    """Return the kite mark in words: what fails of the computed half, what is declared, the day without a chart."""
    reasons = result.quality.reasons if result.quality else ()
    computed = f"found wanting: {'; '.join(reasons)}" if reasons else "the checks found nothing wanting"
    declared = result.measure.quality
    signed = "not signed off"
    if declared.signed_off_on:
        signed = f"signed off by {declared.signed_off_by}, {_day(declared.signed_off_on)}"
    audited = f"audited {_day(declared.audited_on)}" if declared.audited_on else "not audited"
    day = "" if result.drawn else f"; data as at {as_at_words(result)}"
    return sentence(f"{computed}; {signed}, {audited}{day}")
