"""Registered events within the months of a chart: where they are drawn, and where limits restart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from helpers.register.models import Event


@dataclass(frozen=True)
class TrendEvents:
    """The events that a chart of months shows; one in its first month has nothing before it."""

    events: tuple[Event, ...]

    @classmethod
    def within(cls, months: Sequence[date], events: Iterable[Event]) -> TrendEvents:
        """Return the events after the first of the months, which are given by their first days."""
        later = frozenset(months[1:])
        return cls(tuple(event for event in events if _month_of(event) in later))

    @property
    def drawn(self) -> list[tuple[date, str]]:
        """Month and name of each."""
        return [(_month_of(event), event.name) for event in self.events]

    @property
    def restarts(self) -> list[date]:
        """The months in which the limits start anew, in order."""
        return sorted({_month_of(event) for event in self.events if event.rebase})


def _month_of(event: Event) -> date:
    return event.day.replace(day=1)
