"""What is due now: the moments of a schedule less those of which the history says what became of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from typing import Final
from zoneinfo import ZoneInfo

from helpers.hashes import hash_json
from helpers.runner.history.entries import Occurrence, Outcome
from helpers.runner.schedule.reading import Schedule
from helpers.runner.schedule.times import DataRule, moments

#: what comes no later than this was not missed
ON_TIME: Final = timedelta(hours=1)
#: moments that are looked at one by one; of a schedule that was due more often, the machine off for years, the newest
_MOST: Final = 5_000

#: how long the page of runs says what was missed
_TOLD_FOR: Final = timedelta(days=31)

Fingerprints = Mapping[str, str]


@dataclass(frozen=True)
class Due:
    """What there is to do for a schedule, and what is settled without doing anything."""

    schedule: Schedule
    run: tuple[datetime, ...] = ()  # the moments for which reports are to be made, oldest first
    settled: tuple[Occurrence, ...] = ()  # what the history is to say of others
    data: str = ""  # what the data sets are that it waits for; of a schedule on data


def find_due(schedule: Schedule, noted: Iterable[Occurrence], now: datetime, data: Fingerprints) -> Due:
    """Return what is due of a schedule.

    A schedule that the history does not know begins now: nothing is due of the time before.

    `now`: with a time zone. `data`: the fingerprint of each data set, keyed ``<table>/<source>``.
    """
    mine = [each for each in noted if each.schedule == schedule.name]
    mark = _mark(schedule, data)
    if not mine:
        return Due(schedule, settled=(Occurrence(schedule.name, now, Outcome.BEGUN, data=mark),), data=mark)
    last = max(mine, key=lambda each: each.due)
    if isinstance(schedule.when, DataRule):
        return Due(schedule, (now,) if mark != last.data and now > last.due else (), data=mark)
    passed = _passed(schedule, last.due, now)
    fresh = [each for each in passed if now - each <= schedule.within]
    if schedule.missed == "skip":
        fresh = [each for each in fresh if now - each <= ON_TIME]
    run = fresh if schedule.missed == "all" else fresh[-1:]
    covered = fresh[: len(fresh) - len(run)]
    missed = [each for each in passed if each not in set(fresh)]
    settled = [Occurrence(schedule.name, each, Outcome.COVERED) for each in covered]
    settled += [Occurrence(schedule.name, each, Outcome.MISSED) for each in missed]
    return Due(schedule, tuple(run), tuple(sorted(settled, key=lambda each: each.due)), mark)


def _passed(schedule: Schedule, after: datetime, now: datetime) -> Collection[datetime]:
    assert not isinstance(schedule.when, DataRule), "that has no moments of its own"
    found: deque[datetime] = deque(maxlen=_MOST)
    for moment in moments(schedule.when, schedule.zone, after):
        if moment > now:
            break
        found.append(moment)
    return found


def late_words(
    schedules: Iterable[Schedule], noted: Iterable[Occurrence], now: datetime
) -> tuple[str, ...]:
    """Return what is late against the schedule: the newest moment of each that has passed unmade, and what was missed.

    `now`: with a time zone.
    """
    told: list[str] = []
    known = tuple(noted)
    for schedule in schedules:
        mine = [each for each in known if each.schedule == schedule.name]
        if not mine or isinstance(schedule.when, DataRule):
            continue
        last = max(each.due for each in mine)
        waiting = [each for each in _passed(schedule, last, now) if now - each > ON_TIME]
        missed = [e.due for e in mine if e.outcome is Outcome.MISSED and now - e.due <= _TOLD_FOR]
        for which, words in ((waiting, "not made yet"), (missed, "missed")):
            for moment in which[-1:]:
                there = moment.astimezone(ZoneInfo(schedule.zone))
                told.append(f"{schedule.name}: due {there.day} {there:%B %Y, %H:%M}, {words}")
    return tuple(told)


def _mark(schedule: Schedule, data: Fingerprints) -> str:
    """Return what tells the data sets that a schedule waits for from those of another time."""
    if not isinstance(schedule.when, DataRule):
        return ""
    wanted = schedule.when.data
    return hash_json(
        {name: mark for name, mark in data.items() if any(fnmatch(name, each) for each in wanted)}
    )


def coming(schedule: Schedule, after: datetime, count: int) -> Iterator[datetime]:
    """Yield the next moments of a schedule; none of one that waits for data."""
    if not isinstance(schedule.when, DataRule):
        for moment, _ in zip(moments(schedule.when, schedule.zone, after), range(count), strict=False):
            yield moment


#: makes the reports of a schedule for a moment: its run and exit code, or None where there is nothing to load yet
Make = Callable[[Schedule, datetime], "tuple[str, int] | None"]


def do_due(
    due: Due, make: Make, note: Callable[[Occurrence], None], *, clock: Callable[[], datetime]
) -> list[Occurrence]:
    """Make what is due of a schedule; each moment is noted once its reports are there, and not before.

    `note`: writes what became of a moment into the history.
    """
    done = list(due.settled)
    for each in done:
        note(each)
    for moment in due.run:
        made = make(due.schedule, moment)
        if made is None:  # it stays due until its data are there, or it is too old
            break
        run, code = made
        ended = Occurrence(
            due.schedule.name, moment, Outcome.RAN, run, code, due.data, clock().astimezone(UTC)
        )
        note(ended)
        done.append(ended)
    return done
