"""What the portal says of each published place: new, changed, held, not renewed, out of date or withdrawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from helpers.runner.history.editions import changed_since, is_question
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History

#: a report counts as new or changed for this long
FRESH: Final = timedelta(days=7)
#: the newest entry of each report, by notebook and name
Newest = Mapping[tuple[str, str], Entry]
#: a report (``notebook/name``) and the folder of its period
Place = tuple[str, str]
Stages = Mapping[Place, str]


class Status(StrEnum):
    """How a published place stands, in the word that the portal searches and shows."""

    NEW = "New"
    CHANGED = "Changed"
    CURRENT = "Current"
    HELD = "Held"
    FAILED = "Not renewed"
    OUT_OF_DATE = "Out of date"
    WITHDRAWN = "Withdrawn"


@dataclass(frozen=True)
class Listed:
    """One report of one period, as the portal shows it."""

    report: str  # ``notebook/name``
    #: title, organisation: what it is and whom it is about, with the organisation's code
    title: str
    organisation: str
    period: str  # the folder of its period: ``2026-03``, or ``undated``
    #: status, note: how it stands, and in a few words why; without any error's text
    status: Status
    note: str
    published: date  # when its files were put in place; for one that was withdrawn, when that was done
    #: the path below `reports/` of each format; none where it was withdrawn
    outputs: Mapping[str, str] = field(default_factory=dict)
    #: what else a reader may look for it by, as pairs of kind and name
    groups: tuple[tuple[str, str], ...] = ()
    previous: str = ""  # the folder of the period before, where that one can be compared with this
    synthetic: bool = False  # whether it describes invented data
    headline: str = ""  # what it says first; nothing of one that cannot be read


def period_name(folder: str) -> str:
    """Return a period's folder in words.

    >>> period_name("2026-03"), period_name("undated")
    ('March 2026', 'Undated')
    """
    try:
        return datetime.strptime(folder, "%Y-%m").strftime("%B %Y")
    except ValueError:
        return folder.capitalize()


def show_day(day: date | str) -> str:
    """Return a day, or its ISO form, as people write it.

    >>> show_day(date(2026, 10, 4))
    '4 October 2026'
    """
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.day} {day:%B %Y}"


def first_format(each: Listed) -> str:
    """Return the format that a report's title leads to: the page, or else the first there is."""
    return "html" if "html" in each.outputs else next(iter(each.outputs), "")


def compare_address(each: Listed) -> str:
    """Return where a report stands beside its period before."""
    return "compare.html#" + urlencode(
        {"report": each.report, "left": each.previous, "right": each.period}, safe="/"
    )


def read_day(iso: str) -> date:
    """Return the day of a time that history wrote; the first of all days for what is no time."""
    try:
        return datetime.fromisoformat(iso).date()
    except ValueError:
        return date.min


def list_reports(
    history: History, reports: Path, *, stages: Stages = MappingProxyType({}), today: date | None = None
) -> tuple[Listed, ...]:
    """Return every published place and every draft that waits, the newest period first and the undated last.

    `reports`: the folder of published reports; what is no longer there is not listed. `stages`: how far drafts have
    come (`describe`). `today`: the day on which the portal is made; today (UTC) if none is given.
    """
    changes = [entry for entry in history.changes() if _is_there(entry, reports)]
    day = today or datetime.now(UTC).date()
    listed = describe(changes, history.latest(), history.standing(), stages=stages, today=day)
    packs = [
        each for each in changes if each.state is State.PUBLISHED and any(map(is_question, each.answers))
    ]
    told = {(each.report, each.period): changed_since(history, each) for each in packs}
    return tuple(
        replace(each, note="; ".join(filter(None, (each.note, told.get((each.report, each.period))))))
        for each in listed
    )


def describe(
    changes: Iterable[Entry],
    latest: Newest,
    standing: Newest,
    *,
    stages: Stages = MappingProxyType({}),
    today: date,
) -> tuple[Listed, ...]:
    """Return what the portal says of reports.

    `changes`: what was published and withdrawn, oldest first; of each place the newest two or more. `latest`,
    `standing`: of each report (notebook, name) its newest entry, and its newest publication, draft or withdrawal.
    `stages`: how far the draft of a report and period has come, in words: which roles have signed, and whose turn it
    is. `today`: the day on which the portal is made.
    """
    places: dict[Place, list[Entry]] = {}
    for entry in changes:
        places.setdefault((entry.report, entry.period), []).append(entry)
    places = {place: found for place, found in places.items() if found[-1].state is not State.REMOVED}
    periods = _periods_with_pages(places)
    newest = {(report, max(found, key=_age)) for report, found in periods.items()}
    drafts = {(e.report, e.period): e for e in standing.values() if e.state is State.HELD}
    bad = (each for each in latest.values() if each.state.is_failure or each.state is State.INTERRUPTED)
    failed = {each.report: each for each in bad}
    listed = [
        _listed(
            entries[-1],
            # a run was to renew the newest period alone
            _status(
                entries,
                _waits(stages, place) if place in drafts else "",
                failed.get(place[0]) if place in newest else None,
                today,
            ),
            previous=_previous(place[1], periods.get(place[0], [])),
        )
        for place, entries in places.items()
    ]
    for place, each in drafts.items():
        if place not in places:
            since = show_day(read_day(each.started))
            listed.append(_listed(each, (Status.HELD, f"{_waits(stages, place)} since {since}")))
    return sort_newest_first(tell_apart(listed))


def tell_apart(listed: Sequence[Listed]) -> list[Listed]:
    """Add to the titles that two reports of one organisation share what their files' names add to its code."""
    sharing: dict[tuple[str, str], set[str]] = {}
    for each in listed:
        sharing.setdefault((each.title, each.organisation), set()).add(each.report)
    return [
        replace(each, title=_own_title(each)) if len(sharing[each.title, each.organisation]) > 1 else each
        for each in listed
    ]


def _own_title(each: Listed) -> str:
    """Return a title with the words of the file's name that are not the organisation's code.

    "SYN07_board" of "Northmoor (SYN07)" adds "board", "SYN07" nothing.
    """
    code = each.organisation.rpartition("(")[2].rstrip(")")
    own = " ".join(
        word for word in re.split(r"[_\W]+", each.report.partition("/")[2]) if word and word != code
    )
    return f"{each.title}: {own}" if own else each.title


def _waits(stages: Stages, place: Place) -> str:
    return stages.get(place, "waits for approval")


def _periods_with_pages(places: Mapping[Place, list[Entry]]) -> dict[str, list[str]]:
    """Return by report the periods of which there is a page to read now."""
    found: dict[str, list[str]] = {}
    for (report, period), entries in places.items():
        if entries[-1].state is State.PUBLISHED and "html" in entries[-1].outputs:
            found.setdefault(report, []).append(period)
    return found


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
    return entry.state in {State.WITHDRAWN, State.REMOVED} or all(
        (reports / output.path).is_file() for output in entry.outputs.values()
    )


def _listed(entry: Entry, said: tuple[Status, str], *, previous: str = "") -> Listed:
    # a draft is private, and what was withdrawn is gone
    outputs = entry.outputs if entry.state is State.PUBLISHED else {}
    code, name = entry.facts.organisation_code if entry.facts else "", entry.organisation
    return Listed(
        report=entry.report,
        title=entry.title,
        organisation=f"{name} ({code})" if code and code not in name else name,
        period=entry.period,
        status=said[0],
        note=said[1],
        published=read_day(entry.started),
        outputs={name: output.path for name, output in outputs.items()},
        groups=entry.facts.groups if entry.facts else (),
        previous=previous,
        synthetic=entry.synthetic,
        headline=entry.facts.headline if entry.facts and outputs else "",
    )


def _status(entries: list[Entry], waits: str, failed: Entry | None, today: date) -> tuple[Status, str]:
    """Return how the last of a place's entries stands, and the words for it."""
    last = entries[-1]
    day = read_day(last.started)
    if last.state is State.WITHDRAWN:
        return Status.WITHDRAWN, f"on {show_day(day)}" + (f": {last.note}" if last.note else "")
    if waits:
        return Status.HELD, f"a newer one {waits}"
    if failed is not None:
        run = show_day(read_day(failed.started))
        return (
            Status.FAILED,
            f"the run of {run} did not pass; this is the last good report, of {show_day(day)}",
        )
    until = last.facts.good_until if last.facts else ""
    if until and read_day(until) <= today:
        return Status.OUT_OF_DATE, f"its figures were to be read before {show_day(until)}"
    if today - day > FRESH:
        return Status.CURRENT, ""
    before = [each for each in entries[:-1] if each.state is State.PUBLISHED]
    if before:
        return Status.CHANGED, f"replaces that of {show_day(read_day(before[-1].started))}"
    return Status.NEW, ""
