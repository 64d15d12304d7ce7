"""`boardpack plan`: the year's calendar of reports and reviews, from the register and the schedule."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from helpers.cli import showing
from helpers.cli.options import Json, project_root
from helpers.errors import UsageError
from helpers.places import current_day
from helpers.register.calendar import Occasion, calendar
from helpers.register.reading import read_register
from helpers.runner.schedule import FILE
from helpers.runner.schedule.due import coming
from helpers.runner.schedule.reading import Schedule, read_schedules
from helpers.runner.schedule.times import DataRule

#: a schedule that comes more often than this in a year is one line of the calendar, not one for each time
MOST_TIMES: Final = 60
_SCHEDULED: Final = "by itself"
_DECIDED: Final = ("decisions.yml", "comments.yml")


def plan(
    organisation: Annotated[str, typer.Option(help="The code of one organisation; all unless given.")] = "",
    month: Annotated[str, typer.Option("--from", metavar="MONTH", help="YYYY-MM; this month.")] = "",
    as_json: Json = False,
) -> None:
    """Print the year's calendar: reports, reviews, decisions and actions due; what is overdue first."""
    root, today = project_root(), current_day()
    try:
        first = date.fromisoformat(f"{month}-01") if month else today.replace(day=1)
    except ValueError:
        raise UsageError("--from", month, "a month as YYYY-MM") from None
    end = first.replace(year=first.year + 1)
    register = read_register(root / "params" / "_register", spared=[])
    known = calendar(register, organisation)
    schedules = read_schedules(root / "params")
    # a review or target that has passed may have been seen to; a decision that is not done has not
    late = [each for each in known if each.day < today and each.kept in _DECIDED]
    ahead = [each for each in known if first <= each.day < end and each not in late]
    ahead = sorted([*ahead, *(due for each in schedules for due in _reports(each, first, end))])
    if as_json:
        showing.show_json({"overdue": [*map(asdict, late)], "year": [*map(asdict, ahead)]})
        return
    rows = [("overdue", _day(each), *_told(each)) for each in late]
    rows += [(f"{each.day:%B %Y}", _day(each), *_told(each)) for each in ahead]
    months = [row[0] for row in rows]
    shown = [
        ("" if place and months[place - 1] == row[0] else row[0], *row[1:])
        for place, row in enumerate(rows)
    ]
    showing.show_table(("Month", "Day", "What", "Who", "Of", "From"), shown)
    for each in schedules:
        if isinstance(each.when, DataRule):
            print(f"{each.name}: when its data are renewed ({', '.join(each.when.data)})")
    if not schedules:
        print(f"no report has a day: params/{FILE} says when they are made (docs/how-to/schedule.md)")


def _day(due: Occasion) -> str:
    return f"{due.day:%a} {due.day.day} {due.day:%b %Y}"


def _told(due: Occasion) -> tuple[str, str, str, str]:
    return due.what, due.who or "nobody named", due.organisation, due.kept


def _reports(schedule: Schedule, first: date, end: date) -> list[Occasion]:
    """Return when the reports of a schedule are made; the first time alone of what comes nearly every day."""
    zone = ZoneInfo(schedule.zone)
    start = datetime.combine(first, time(), zone).astimezone(UTC) - timedelta(seconds=1)
    days = [each.astimezone(zone).date() for each in islice(coming(schedule, start, 400), 400)]
    days = [day for day in days if day < end]
    what = f"Reports: {', '.join(schedule.reports) or 'all'} ({schedule.name})"
    if len(days) > MOST_TIMES:
        days, what = days[:1], f"{what}, from then on more than {MOST_TIMES} times a year"
    return [Occasion(day, what, _SCHEDULED, FILE, "all") for day in days]
