"""What the portal says of each published place: whether it is new, changed, held, not renewed or withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from helpers.runner.history import Entry, History, State

#: a report counts as new or changed for this long
FRESH: Final = timedelta(days=7)
UNDATED: Final = "undated"


class Status(StrEnum):
    """How a published place stands, in the word that the portal searches and shows."""

    NEW = "New"
    CHANGED = "Changed"
    CURRENT = "Current"
    HELD = "Held"
    FAILED = "Not renewed"
    WITHDRAWN = "Withdrawn"


@dataclass(frozen=True)
class Listed:
    """One report of one period, as the portal shows it.

    Parameters
    ----------
    report
        ``notebook/name``.
    title, organisation
        What it is and whom it is about, with the organisation's code.
    period
        The folder of its period: ``2026-03``, or ``undated``.
    status, note
        How it stands, and in a few words why; without any error's text.
    published
        When its files were put in place; for one that was withdrawn, when that was done.
    outputs
        The path below `reports/` of each format; none where it was withdrawn.
    groups
        What else a reader may look for it by, as pairs of kind and name.
    previous
        The folder of the period before, where that one can be compared with this.
    synthetic
        Whether it describes invented data.
    """

    report: str
    title: str
    organisation: str
    period: str
    status: Status
    note: str
    published: date
    outputs: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[tuple[str, str], ...] = ()
    previous: str = ""
    synthetic: bool = False


def period_name(folder: str) -> str:
    """Return a period's folder in words.

    >>> period_name("2026-03"), period_name("undated")
    ('March 2026', 'Undated')
    """
    try:
        return datetime.strptime(folder, "%Y-%m").strftime("%B %Y")
    except ValueError:
        return folder.capitalize()


def show_day(day: date) -> str:
    """Return a day as people write it.

    >>> show_day(date(2026, 10, 4))
    '4 October 2026'
    """
    return f"{day.day} {day:%B %Y}"


def read_day(iso: str) -> date:
    """Return the day of a time that history wrote; the first of all days for what is no time."""
    try:
        return datetime.fromisoformat(iso).date()
    except ValueError:
        return date.min


def list_reports(history: History, reports: Path, *, today: date | None = None) -> tuple[Listed, ...]:
    """Return every published place, the newest period first and the undated last.

    Parameters
    ----------
    history
        What happened.
    reports
        The folder of published reports; what is no longer there is not listed.
    today
        The day on which the portal is made; today (UTC) if none is given.
    """
    there = [entry for entry in history.published() if _is_there(entry, reports)]
    return describe(there, history.latest(), today=today or datetime.now(UTC).date())


def describe(
    published: Iterable[Entry], latest: Mapping[tuple[str, str], Entry], *, today: date
) -> tuple[Listed, ...]:
    """Return what the portal says of published entries, oldest first, of which some replaced others."""
    places: dict[tuple[str, str], list[Entry]] = {}
    for entry in published:
        places.setdefault((entry.report, entry.period), []).append(entry)
    periods: dict[str, list[str]] = {}
    for (report, period), entries in places.items():
        if "html" in entries[-1].outputs:
            periods.setdefault(report, []).append(period)
    newest = {report: max(found, key=_age) for report, found in periods.items()}
    listed = [
        _describe(
            entries,
            latest.get((entries[-1].notebook, entries[-1].name)) if newest.get(report) == period else None,
            previous=_previous(period, periods.get(report, [])),
            today=today,
        )
        for (report, period), entries in places.items()
    ]
    return sort_newest_first(listed)


def sort_newest_first(listed: Iterable[Listed]) -> tuple[Listed, ...]:
    """Return reports by period and day, the newest first, then by title and organisation."""
    ordered = sorted(listed, key=lambda each: (each.title, each.organisation, each.report))
    return tuple(sorted(ordered, key=lambda each: (_age(each.period), each.published), reverse=True))


def _age(period: str) -> tuple[bool, str]:
    """Return what sorts periods by time; those without a date are older than all others."""
    return _is_dated(period), period


def _is_dated(period: str) -> bool:
    return period[:1].isdigit()


def _previous(period: str, periods: list[str]) -> str:
    """Return the nearest dated period before a dated one, or nothing."""
    return max(
        (each for each in periods if _is_dated(each) and _is_dated(period) and each < period), default=""
    )


def _is_there(entry: Entry, reports: Path) -> bool:
    return all((reports / output.path).is_file() for output in entry.outputs.values())


def _describe(entries: list[Entry], newest: Entry | None, *, previous: str, today: date) -> Listed:
    entry = entries[-1]
    status, note = _status(entries, newest, today)
    return Listed(
        report=entry.report,
        title=entry.title,
        organisation=entry.organisation,
        period=entry.period,
        status=status,
        note=note,
        published=read_day(entry.started),
        outputs={name: output.path for name, output in entry.outputs.items()},
        previous=previous,
        synthetic=entry.synthetic,
    )


def _status(entries: list[Entry], newest: Entry | None, today: date) -> tuple[Status, str]:
    """Return how the last of a place's entries stands, and the words for it."""
    day = read_day(entries[-1].started)
    if newest is not None and not newest.state.is_good and newest.state is not State.WAITING:
        run = show_day(read_day(newest.started))
        return (
            Status.FAILED,
            f"the run of {run} did not pass; this is the last good report, of {show_day(day)}",
        )
    if today - day > FRESH:
        return Status.CURRENT, ""
    if len(entries) > 1:
        return Status.CHANGED, f"replaces that of {show_day(read_day(entries[-2].started))}"
    return Status.NEW, ""
