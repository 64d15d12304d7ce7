"""`params/_schedule.yml`: what is made by itself, when, and what becomes of what was missed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from helpers.errors import Problem, near_misses
from helpers.runner.publisher import read_publisher
from helpers.runner.schedule.times import LONDON, DataRule, MonthRule, is_cron, is_zone
from helpers.runner.telling.rows import Tell, is_format
from helpers.yaml_files import YamlFile, is_span, raise_all, read_span, read_yaml

FILE: Final = "_schedule.yml"
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,40}")

Missed = Literal["skip", "once", "all"]
When = str | MonthRule | DataRule


class ScheduleEntry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str
    when: Any
    zone: Annotated[str, AfterValidator(is_zone)] = LONDON
    reports: tuple[str, ...] = ()
    formats: tuple[Annotated[str, AfterValidator(is_format)], ...] = ("html", "pdf")
    load: tuple[str, ...] = ()
    missed: Missed = "once"
    within: Annotated[str, AfterValidator(is_span)] = "7 days"
    hold: bool = False
    publish_to: str | None = None
    tell: tuple[Tell, ...] = ()


class _Cron(BaseModel):
    when: Annotated[str, BeforeValidator(str), AfterValidator(is_cron)]


@dataclass(frozen=True)
class Schedule:
    """Reports that are made by themselves.

    Parameters
    ----------
    when
        A cron expression, a day of the month, or data sets whose renewal makes it due.
    zone
        The time zone by whose clocks `when` is meant.
    reports
        Names or files, as `boardpack run` takes them; none: all.
    formats, hold
        As `boardpack run` takes them.
    load
        Files, folders, wildcards or addresses that are loaded first; `{month}` is the month before, as YYYY-MM.
        Nothing is run before there is something to load.
    missed, within
        What becomes of what the machine slept through: of those within this time `once` makes up for the newest,
        `all` for each, and `skip` for none.
    publish_to
        A folder, share or bucket to which what is published is taken (`helpers.runner.onward`).
    tell
        Who is told what became of it.
    """

    name: str
    when: When
    zone: str = LONDON
    reports: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("html", "pdf")
    load: tuple[str, ...] = ()
    missed: Missed = "once"
    within: timedelta = timedelta(days=7)
    hold: bool = False
    publish_to: str | None = None
    tell: tuple[Tell, ...] = ()


def read_schedules(params: Path) -> tuple[Schedule, ...]:
    """Return what the folder of parameters says is made by itself.

    Raises
    ------
    UsageError
        With every problem of the file.
    """
    path = params / FILE
    if not path.exists():
        return ()
    found = read_yaml(path)
    entries = found.build_each(ScheduleEntry)
    schedules = [schedule for number, entry in entries for schedule in _read(found, number, entry)]
    names: set[str] = set()
    for number, entry in entries:
        if not _NAME.fullmatch(entry.name) or entry.name in names:
            came = "is there twice" if entry.name in names else "cannot be a schedule's name"
            place = found.place((number, "name"))
            found.problems.append(
                Problem(place, f"`{entry.name}` {came}", "small letters, digits, - and _, once")
            )
        names.add(entry.name)
    raise_all(found.problems)
    check_audiences(params, schedules)
    return tuple(schedules)


def _read(found: YamlFile, number: int, entry: ScheduleEntry) -> Iterator[Schedule]:
    when = _read_when(found, number, entry.when)
    if when is not None:
        content = {
            name: getattr(entry, name)
            for name in ScheduleEntry.model_fields
            if name not in {"when", "within"}
        }
        yield Schedule(when=when, within=read_span(entry.within), **content)


def _read_when(found: YamlFile, number: int, said: object) -> When | None:
    way = (number, "when")
    if isinstance(said, dict):
        if "data" in said:
            return found.build(DataRule, said, way)
        return found.build(MonthRule, said, way)
    if isinstance(said, str):
        built = found.build(_Cron, {"when": said}, (number,))
        return built.when if built else None
    allowed = "a cron expression in quotes, or day, working_day or data"
    found.problems.append(Problem(found.place(way), f"{said}", allowed))
    return None


def check_audiences(params: Path, schedules: Iterable[Schedule]) -> None:
    """Check that whoever is told is told of an audience that there is.

    Raises
    ------
    UsageError
        With each that is not named in `_publisher.yml`.
    """
    known = [*read_publisher(params).audiences]
    asked = ((each.name, row.audience) for each in schedules for row in each.tell)
    raise_all(
        Problem(f"{params.name}/{FILE}, {name}, tell", f"no audience {audience}", ", ".join(known))
        for name, audience in asked
        if audience not in known
    )


def find_schedule(schedules: tuple[Schedule, ...], name: str) -> Problem | None:
    """Return what is wrong with the name of a schedule."""
    known = [each.name for each in schedules]
    if name in known:
        return None
    return Problem(name, "there is no such schedule", ", ".join(known), near_misses(name, known))
