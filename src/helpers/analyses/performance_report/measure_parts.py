"""The parts of one measure: its icons, its chart, and its section: what, why, what next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from helpers.analyses.performance_report.tables import (
    REASONS,
    as_at_words,
    chart_fields,
    chart_rows,
    reasons_rows,
)
from helpers.bundle import Panel
from helpers.measures.attention_words import alarm_words, attention_clauses
from helpers.measures.figures import counted_as_people, direction_words, people_words, period_words
from helpers.measures.pictures import chart_of_result
from helpers.measures.result import ChartEvent, MeasureResult
from helpers.measures.target_words import assurance_sentence, forecast_sentence, target_sentence
from helpers.measures.value_words import latest_sentence, stale_sentence, variation_sentence
from helpers.measures.words import (
    UNSETTLED_WORDS,
    national_sentence,
    no_assurance_words,
    reasons_sentence,
    seam_sentence,
    sources_sentence,
)
from helpers.register.models import Comment
from helpers.report.parts import Part
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import count, day_words, month, sentence, together

#: events that a section describes; a chart of more would be a list of dates
MOST_EVENTS = 8


def section_part(sections: Sections, result: MeasureResult, period: str, *, short: bool = False) -> Part:
    """Return one measure, from its heading to its notes; `sections` know its own sources alone.

    `short` leaves out of the list below the chart what a board can do without.
    """
    chart = spc_part(sections, result)
    if result.category == "attention" and not result.stale:
        chart = replace(chart, beside=slide_panels(result, period))
    words = {
        "meaning": meaning_words(result),
        **chart.words,
        "why": why_words(result, period),
        "next": next_words(result),
        **dict(notes_of(result)),
    }
    return sections.composed(
        name_of(result),
        lambda: _section(sections, result, chart, period, short=short),
        fields=chart.fields,
        rows=chart.rows,
        caption=chart.caption,
        alt=chart.alt,
        words={name: said for name, said in words.items() if said},
        values=chart.values,
        chart=chart.chart,
    )


def _section(
    sections: Sections, result: MeasureResult, chart: Part, period: str, *, short: bool
) -> Iterator[Shown]:
    name = name_of(result)
    yield sections.heading(name, result.measure.name, level=3)
    if not short:  # the latest value's sentence names what is measured
        yield sections.text(f"meaning-{name}", meaning_words(result))
    if result.latest is None:
        yield sections.text(f"nothing-{name}", latest_sentence(result))
        return
    if chart.chart is not None:
        yield sections.panels(f"icons-{name}", icon_panels(result))
        yield chart.as_figure()
    yield sections.text(f"what-{name}", what_words(result))
    if result.comment is None and result.category == "attention":
        yield sections.text(f"why-{name}", nobody_words(result))
    elif result.comment is not None:
        yield sections.panels(f"why-{name}", story_panels(result, period))
    if notes := short_notes_words(result) if short else notes_words(result):
        yield sections.text(f"notes-{name}", notes)
    if result.reasons is not None and not short:
        caption = f"{result.measure.name}, {month(result.reasons.period)}."
        rows = reasons_rows(result.reasons)
        yield sections.part(f"{name}-reasons", fields=REASONS, rows=rows, caption=caption).table()


def name_of(result: MeasureResult) -> str:
    """Return what the measure's objects are called: its id as labels may be written."""
    return result.measure.id.replace("_", "-")


def icons_part(sections: Sections, result: MeasureResult) -> Part:
    """Return the icons of a measure side by side."""
    name, panels = f"icons-{name_of(result)}", icon_panels(result)
    words = {
        key: panel.markdown or panel.icon
        for key, panel in zip(("variation", "assurance"), panels, strict=False)
    }
    return sections.composed(name, lambda: (sections.panels(name, panels),), words=words)


def spc_part(sections: Sections, result: MeasureResult) -> Part:
    """Return the chart of a measure with the data behind it; without two values to draw, its sentences alone."""
    latest = result.latest
    values = {} if latest is None else {"latest": latest.value, "period": latest.day}
    told: dict[str, Any] = {"words": _what_words(result), "values": values}
    if not result.drawn or latest is None:
        return sections.part(name_of(result), **told)
    return sections.part(
        name_of(result),
        fields=chart_fields(result),
        rows=chart_rows(result),
        caption=chart_caption(result),
        alt=chart_alt(result),
        chart=partial(chart_of_result, result),
        **told,
    )


def _what_words(result: MeasureResult) -> dict[str, str]:
    words = {
        "latest": latest_sentence(result),
        "out_of_date": stale_sentence(result),
        "variation": variation_sentence(result),
    }
    return {name: said for name, said in words.items() if said}


def meaning_words(result: MeasureResult) -> str:
    """Return what is measured, in plain words, and which way is good."""
    return f"{sentence(result.measure.description)} {direction_words(result.measure)}"


def icon_panels(result: MeasureResult) -> list[Panel]:
    """Return the icons of variation and assurance, or the words that stand in their place."""
    few = "one point shows no variation" if result.points < 2 else ""
    return [
        _icon_or(few, "") if few else _icon_or(UNSETTLED_WORDS, result.variation_icon),
        _icon_or(no_assurance_words(result), result.assurance_icon),
        *([Panel(markdown="out of date")] if result.stale else []),
    ]


def _icon_or(words: str, icon: str) -> Panel:
    return Panel(icon=icon) if icon else Panel(markdown=words)


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
    return together(
        f"Process behaviour chart of {result.measure.name} with {shown}.",
        latest_sentence(result),
        variation_sentence(result),
        target_sentence(result),
        *(f"Marked: {event.name}, {month(event.day)}." for event in result.events[:MOST_EVENTS]),
    )


def story_panels(result: MeasureResult, period: str) -> list[Panel]:
    """Return why and what next side by side: the analysts' words, or that there are none."""
    return [
        Panel(title="Why", markdown=why_words(result, period)),
        Panel(title="What next", markdown=next_words(result)),
    ]


def slide_panels(result: MeasureResult, period: str) -> tuple[Panel, ...]:
    """Return what a slide says below the chart of what needs attention, shorter than the page does."""
    people = "" if result.measure.kind == "count" else people_words(result)
    said = together(
        latest_sentence(result),
        sentence(people) if people else "",
        sentence(f"it needs attention: {'; '.join(attention_clauses(result))}"),
    )
    what = Panel(title="What the data say", markdown=said)
    why, following = story_panels(result, period)
    if result.comment is None:
        owner = f" It is for the {result.measure.owner} to do so." if result.measure.owner else ""
        why = Panel(title="Why", markdown=f"**Nobody has explained this.**{owner}")
    return what, why, following


def what_words(result: MeasureResult) -> str:
    """Return what the data say: the chart, the people, every reason why the measure needs attention."""
    told_already = result.measure.kind == "count" or result.measure.digits > 1  # "252 of 115,702"
    people = "" if told_already else people_words(result)
    told = _what_words(result)
    return together(
        told.get("latest", ""),
        told.get("out_of_date", ""),
        told.get("variation", ""),
        sentence(people) if people else "",
        _attention_sentence(result),
    )


def _attention_sentence(result: MeasureResult) -> str:
    """Say why a measure needs attention, of a signal no more than that: the sentence of its chart has told it."""
    further = [alarm_words(result, alarm) for alarm in result.alarms if alarm.kind != "signal"]
    if len(further) == len(result.alarms):
        return sentence(f"it needs attention: {'; '.join(further)}") if further else ""
    return sentence(
        f"it needs attention for this signal{', and further: ' if further else ''}{'; '.join(further)}"
    )


def nobody_words(result: MeasureResult) -> str:
    """Say that nobody has explained what needs attention, who answers for it, and the register's rule for it."""
    owner = f" Owner: {result.measure.owner}." if result.measure.owner else ""
    rule = f" Standing rule: {sentence(result.measure.action)}" if result.measure.action else ""
    return f"**Nobody has explained this.**{owner}{rule}"


def why_words(result: MeasureResult, period: str) -> str:
    """Return the analysts' explanation with its author, or that there is none where one is due."""
    comment = result.comment
    if comment is None:
        return _no_words(result, "explanation")
    return f"{sentence(comment.why)} *{_signature(comment)}*{_earlier(result, period)}"


def has_words(result: MeasureResult, period: str) -> bool:
    """Tell whether the analysts have written on a measure for the report's month or its latest value's."""
    if result.comment is None:
        return False
    latest = f"{result.latest.day:%Y-%m}" if result.latest else period
    return result.comment.month >= min(period, latest)


def comment_words(result: MeasureResult, period: str) -> str:
    """Return the analysts' explanation with its author as plain words, for a table; its month where it is another."""
    comment = result.comment
    assert comment is not None, "asked for with a comment alone"
    signed = comment.author if comment.month == period else _signature(comment)
    return f"{sentence(comment.why)} ({signed}){_earlier(result, period)}"


def _signature(comment: Comment) -> str:
    year, number = comment.month.split("-")
    return f"{comment.author}, {month(date(int(year), int(number), 1))}"


def _earlier(result: MeasureResult, period: str) -> str:
    return "" if has_words(result, period) else " (written before the latest figure)"


def _no_words(result: MeasureResult, what: str) -> str:
    if result.category == "attention":
        return f"**Nobody has given {'an explanation' if what == 'explanation' else 'a plan'}.**"
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
    parts += [
        f"{action.action} ({action.owner}, by {day_words(action.due)})." for action in comment.actions
    ]
    if owner := comment.owner or result.measure.owner:
        parts.append(f"Owner: {owner}.")
    if comment.recovery:
        late = comment.recovery < result.judged_on and result.category == "attention"
        parts.append(f"Recovery by {day_words(comment.recovery)}{', which has passed' if late else ''}.")
    return " ".join(parts)


def notes_words(result: MeasureResult) -> str:
    """Return the list below the chart: target, promise, forecast, others, events, sources, data quality."""
    return "\n".join(f"- **{name}**: {words}" for name, words in notes_of(result) if words)


def short_notes_words(result: MeasureResult) -> str:
    """Return of the list below the chart the target, the place among trusts, and doubts about the data."""
    wanted = {"Reasons", "Change of source", "Another source", "Data quality"}
    said = any(alarm.kind == "worst_quarter" for alarm in result.alarms)  # with its reasons, above
    others = "" if said else national_sentence(result).partition(". ")[0]
    counted = counted_as_people(result) and result.met is False  # "it missed the milestone of zero", above
    nothing = result.target is None and not result.targets  # "no target", beside the icon
    lines = [
        ("Target", "" if counted or nothing else target_sentence(result)),
        ("Other trusts", sentence(others) if others else ""),
        *((name, words) for name, words in notes_of(result) if name in wanted),
    ]
    return "\n".join(f"- **{name}**: {words}" for name, words in lines if words)


def notes_of(result: MeasureResult) -> list[tuple[str, str]]:
    """Return what is said below the chart, each with its name; what has nothing to say is empty."""
    return [
        ("Target", together(target_sentence(result), assurance_sentence(result))),
        ("Forecast", forecast_sentence(result)),
        ("Other trusts", national_sentence(result)),
        ("Reasons", reasons_sentence(result)),
        *(("Marked", event_words(event)) for event in result.events[:MOST_EVENTS]),
        ("Change of source", seam_sentence(result)),
        ("Another source", sources_sentence(result)),
        ("Data quality", quality_words(result)),
    ]


def event_words(event: ChartEvent) -> str:
    """Return an event with its reason, its author and whether the limits restart at it."""
    restart = "; the limits restart there" if event.rebases else ""
    by = f" Registered by: {event.author}." if event.author else ""
    reason = f" {sentence(event.reason)}" if event.reason else ""
    return f"{event.name}, {month(event.day)}{restart}.{reason}{by}"


def quality_words(result: MeasureResult) -> str:
    """Return what the checks found wanting; empty where it is nothing: the kite mark tells the rest."""
    reasons = result.quality.reasons if result.quality else ()
    return sentence(f"found wanting: {'; '.join(reasons)}") if reasons else ""
