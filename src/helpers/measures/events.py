"""What is registered along a series: events, series breaks, mergers, and months that join histories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from helpers.data.periods import period_end
from helpers.measures.result import ChartEvent
from helpers.measures.series import MeasureSeries
from helpers.register.models import Event, Merger
from helpers.report.words import count

#: a return may follow a merger by so many months: files switch at different months
SWITCH_WITHIN = 12


def events_of(
    series: MeasureSeries,
    registered: Sequence[Event],
    mergers: Sequence[tuple[str, str, date | None]],
    register: Mapping[str, Merger],
    *,
    frequency: str,
) -> tuple[ChartEvent, ...]:
    """Return what bears on a series, each at the first period that it concerns, in order.

    What lies before the second period or after the last is left out. `registered` are the register's events, `mergers`
    code, name and day of organisations that became part of this one; the register's day goes before the mart's.
    """
    found = [
        ChartEvent(event.day, event.name, event.kind, event.description, event.author, rebases=event.rebase)
        for event in registered
    ]
    for code, name, day in mergers:
        known = register.get(code)
        if when := known.day if known else day:
            found.append(ChartEvent(when, f"{name} joins", "merger"))
    found += _switches(series, found)
    placed = [
        replace(event, day=start) for event in found if (start := _period_of(series, event.day, frequency))
    ]
    return tuple(sorted(placed, key=lambda event: event.day))


def _period_of(series: MeasureSeries, day: date, frequency: str) -> date | None:
    """Return the first day of the period that holds an event; None for the first one and outside."""
    held = [
        place for place, start in enumerate(series.days) if start <= day <= period_end(start, frequency)
    ]
    return series.days[held[-1]] if held and held[-1] > 0 else None


def _switches(series: MeasureSeries, known: Sequence[ChartEvent]) -> Iterator[ChartEvent]:
    """Yield the periods from which fewer or more organisations return, unless a merger explains them."""
    merged = [event.day for event in known if event.kind == "merger"]
    rows = [(day, int(n)) for day, n in zip(series.days, series.members, strict=True) if n]
    for (_, before), (day, now) in pairwise(rows):
        near = any(abs((day - when).days) <= SWITCH_WITHIN * 31 for when in merged)
        if before != now and not near:
            word = "one return" if now == 1 else f"{count(now, 'return')}"
            reason = f"Until here {count(before, 'organisation')} returned figures, from here {now}."
            yield ChartEvent(day, f"From here {word}", "merger", reason)
