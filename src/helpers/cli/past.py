"""`boardpack run --for`: reports of past months, with the figures as known now or as they were known then."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, takewhile
from pathlib import Path
from typing import Final

from helpers.cli.assembly import by_audience, open_mart, open_project, plan
from helpers.errors import DataError, Problem, UsageError
from helpers.report.period import add_months
from helpers.runner.batch.run import Order
from helpers.runner.history.store import History
from helpers.runner.plan.jobs import Plan
from helpers.runner.project import Project
from helpers.yaml_files import raise_all

Part = tuple[Project, Plan, Order]
NOW, THEN = "now", "then"
_MONTH: Final = r"\d{4}-(?:0[1-9]|1[0-2])"
_SPAN: Final = re.compile(rf"({_MONTH})(?:\.\.({_MONTH}))?")


@dataclass(frozen=True)
class Past:
    """What is asked for of past months."""

    months: tuple[str, ...]  # as YYYY-MM, oldest first
    #: `now`, `then` (the last day of the month after each), or a day (ISO) on which figures were known so
    known: str = NOW
    or_now: bool = False  # whether a month of which it is not kept how it was known is made as known now

    def day_of(self, month: str, today: date) -> date | None:
        """Return the day as on which a month's figures are to be known; None for now."""
        if self.known == NOW:
            return None
        if self.known == THEN:
            return min(add_months(_first(month), 2) - timedelta(days=1), today)
        return min(date.fromisoformat(self.known), today)


def read_past(months: str, known: str, *, or_now: bool) -> Past:
    """Return what `--for`, `--known` and `--or-now` ask for.

    Raises `UsageError` with all that is wrong with them.

    >>> read_past("2025-11..2026-01", "now", or_now=False).months
    ('2025-11', '2025-12', '2026-01')
    """
    problems = []
    found = _SPAN.fullmatch(months)
    if not found:
        problems.append(Problem("--for", months, "YYYY-MM, or from one to another: 2025-10..2026-03"))
    elif found[2] and found[2] < found[1]:
        problems.append(Problem("--for", months, "the earlier month first"))
    if known not in {NOW, THEN}:
        try:
            date.fromisoformat(known)
        except ValueError:
            problems.append(Problem("--known", known, f"{NOW}, {THEN}, or a day as YYYY-MM-DD"))
    if or_now and known == NOW:
        problems.append(Problem("--or-now", "says nothing beside --known now", "--known then or a day"))
    raise_all(problems)
    assert found is not None, "else it was a problem"
    first, last = _first(found[1]), _first(found[2] or found[1])
    following = (add_months(first, later) for later in count())
    return Past(tuple(f"{each:%Y-%m}" for each in takewhile(last.__ge__, following)), known, or_now)


def past_parts(
    root: Path, words: Sequence[str], order: Order, past: Past, *, strict: bool
) -> tuple[list[Part], list[str]]:
    """Return the batches that make up for past months, one after the other, and what to say beforehand.

    A report that is published for a month, or waits as its draft, stays as it is unless the order is forced.

    Raises `UserError` where the figures of a month were never loaded or are not kept as they were, before anything
    runs.
    """
    days, told = _known_days(root, past)
    problems: list[Problem] = []
    for month, (_, version) in days.items():
        covered = open_project(root, [], version=version).months()
        if covered and not covered[0] <= month <= covered[1]:
            problems.append(Problem("--for", f"the data have nothing for {month}", " to ".join(covered)))
    raise_all(problems)
    parts: list[Part] = []
    for month, (day, version) in days.items():
        settings: list[Problem] = []
        project = open_project(root, settings, version=version)
        asked = plan(project, words, settings, strict=strict)
        some = asked.for_month(month)
        if not some.jobs and not some.refused:
            came = "none of the reports asked for is of the latest month"
            raise UsageError(Problem("--for", came, "reports whose `month` is `latest`"))
        if left := len(asked.jobs) - len(some.jobs):
            told.append(f"{month}: {_reports(left)} with a month of their own, or none, left out")
        how = replace(order, month=month, known=day.isoformat() if day else "")
        for each, mine in by_audience(project, some, version=version):
            fresh = mine if order.force else _without_made(each, mine, month)
            if stays := len(mine.jobs) - len(fresh.jobs):
                told.append(
                    f"{month}: {_reports(stays)} made already, which stay (--force makes them anew)"
                )
            parts += [(each, fresh, how)] if fresh.jobs or fresh.refused else []
    return parts, told


def _known_days(root: Path, past: Past) -> tuple[dict[str, tuple[date | None, str | None]], list[str]]:
    """Return for each month the day as on which its figures are known, and that version of the data."""
    mart, today = open_mart(root), datetime.now(UTC).date()
    days: dict[str, tuple[date | None, str | None]] = {}
    problems: list[Problem] = []
    told: list[str] = []
    for month in past.months:
        day = past.day_of(month, today)
        try:
            days[month] = (day, mart.in_force(datetime.combine(day, time.max))) if day else (None, None)
        except DataError as error:
            days[month] = (None, None)
            if past.or_now:
                told.append(f"{month}: {str(error).rstrip('.')}; made with the figures as known now")
            else:
                cure = "give --or-now to make it with the figures as known now, which the page says"
                problems += [
                    replace(each, where=f"{month}, {each.where}", cure=cure) for each in error.problems
                ]
    if problems:
        raise DataError(problems)
    return days, told


def _without_made(project: Project, asked: Plan, month: str) -> Plan:
    made = History(project.state).standing(month=month)
    jobs = tuple(job for job in asked.jobs if (job.notebook.name, job.name) not in made)
    return replace(asked, jobs=jobs)


def _reports(number: int) -> str:
    return "1 report" if number == 1 else f"{number:,} reports"


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
