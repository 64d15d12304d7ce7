"""Moments at which something is due: cron expressions, days of a month and working days, in a time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, model_validator

from helpers.yaml_files import Settings

if TYPE_CHECKING:
    from collections.abc import Container

LONDON: Final = "Europe/London"
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
#: moments of one rule that are looked at: more are not waited for
_MOST: Final = 10_000
_SATURDAY: Final = 5


def is_cron(text: str) -> str:
    """Return a cron expression of five fields; ValueError for what is none."""
    try:
        CronSim(text, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        said = f"{error}; five fields: minute, hour, day of month, month, day of week, such as 0 6 8 * *"
        raise ValueError(said) from None
    return text


def is_zone(name: str) -> str:
    """Return the name of a time zone; ValueError for what is none."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"a time zone such as {LONDON}") from None
    return name


def _is_clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError("a time as HH:MM")
    return text


class MonthRule(Settings):
    """A day of each month: by its number, or a working day, which is no bank holiday in England and none `closed`."""

    day: Annotated[int, Field(ge=1, le=28)] | None = None
    working_day: Annotated[int, Field(ge=1, le=15)] | None = None
    at: Annotated[str, AfterValidator(_is_clock)] = "06:00"
    if_closed: Literal["same", "next", "previous"] = "same"
    closed: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.day is None) == (self.working_day is None):
            raise ValueError("day (1 to 28) or working_day (1 to 15), one of the two")
        return self

    def in_month(self, first: date) -> date:
        """Return its day in the month that begins on a day."""
        if self.day is None:
            day, left = first - timedelta(days=1), self.working_day or 1
            while left:
                day += timedelta(days=1)
                left -= is_open(day, self.closed)
            return day
        day = first.replace(day=self.day)
        step = timedelta(days={"same": 0, "next": 1, "previous": -1}[self.if_closed])
        while step and not is_open(day, self.closed):
            day += step
        return day


class DataRule(Settings):
    """Whenever a data set is renewed: names as `boardpack data list --json` has them, `*` for any part."""

    data: Annotated[tuple[str, ...], Field(min_length=1)]


def is_open(day: date, closed: Container[date] = ()) -> bool:
    """Tell whether a day is a working day in England, apart from those that are closed besides.

    >>> [is_open(date(2026, 4, day)) for day in (2, 3, 4, 6, 7)]  # Good Friday, a Saturday, Easter Monday
    [True, False, False, False, True]
    """
    return day.weekday() < _SATURDAY and day not in closed and day not in bank_holidays(day.year)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Return the bank holidays in England of a year (Banking and Financial Dealings Act 1971).

    Days that are proclaimed once, for a coronation say, are not among them.
    """
    from dateutil.easter import easter  # late: few need it

    sunday = easter(year)
    days = {sunday - timedelta(days=2), sunday + timedelta(days=1)}
    days.add(_monday(date(year, 5, 1)))
    days |= {_monday(date(year, month, 25)) for month in (5, 8)}  # the last Mondays: of 31 days
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while fixed.weekday() >= _SATURDAY or fixed in days:
            fixed += timedelta(days=1)
        days.add(fixed)
    return frozenset(days)


def _monday(day: date) -> date:
    """Return the first Monday on or after a day."""
    return day + timedelta(days=-day.weekday() % 7)


def moments(when: str | MonthRule, zone: str, after: datetime) -> Iterator[datetime]:
    """Yield the moments (UTC) of a rule after another moment.

    A time that the clocks leave out in spring is the moment after the change; one that they go through twice in
    autumn is the first of the two.

    `after`: with a time zone.
    """
    there = ZoneInfo(zone)
    local = after.astimezone(there)
    found = CronSim(when, local) if isinstance(when, str) else _each_month(when, local)
    last = after
    for moment in found:
        if (here := moment.astimezone(UTC)) > last:
            yield here
            last = here


def _each_month(when: MonthRule, after: datetime) -> Iterator[datetime]:
    """Yield the moments of a rule from the month before another moment on, as cron would on its days."""
    hour, minute = when.at.split(":")
    first = after.date().replace(day=1) - timedelta(days=1)
    for _ in range(_MOST):
        first = first.replace(day=1)
        day = when.in_month(first)
        midnight = datetime.combine(day - timedelta(days=1), time(23, 59), after.tzinfo)
        yield next(CronSim(f"{int(minute)} {int(hour)} {day.day} {day.month} *", midnight))
        first += timedelta(days=31)
