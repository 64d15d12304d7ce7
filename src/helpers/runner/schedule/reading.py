"""`params/_schedule.yml`: what is made by itself, when, and what becomes of what was missed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SkipValidation

from helpers.errors import Problem, near_misses, raise_all
from helpers.runner.publisher import read_publisher
from helpers.runner.schedule import FILE
from helpers.runner.schedule.times import LONDON, DataRule, MonthRule, is_cron, is_zone
from helpers.runner.telling.rows import Tell, is_format
from helpers.yaml_files import Settings, Span, YamlFile, read_yaml

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,40}")

When = str | MonthRule | DataRule


class Schedule(Settings):
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
    when: SkipValidation[When]  # looked at by `_read_when`, for which of the three it is to be
    zone: Annotated[str, AfterValidator(is_zone)] = LONDON
    reports: tuple[str, ...] = ()
    formats: tuple[Annotated[str, AfterValidator(is_format)], ...] = ("html", "pdf")
    load: tuple[str, ...] = ()
    missed: Literal["skip", "once", "all"] = "once"
    within: Span = Field(default="7 days", validate_default=True)
    hold: bool = False
    publish_to: str | None = None
    tell: tuple[Tell, ...] = ()


class _Cron(BaseModel):
    when: Annotated[str, BeforeValidator(str), AfterValidator(is_cron)]


def read_schedules(params: Path) -> tuple[Schedule, ...]:
    """Return what the folder of parameters says is made by itself.

    Raises `UsageError` with every problem of the file.
    """
    path = params / FILE
    if not path.exists():
        return ()
    found = read_yaml(path)
    entries = found.build_each(Schedule)
    schedules = [
        entry.model_copy(update={"when": _read_when(found, number, entry.when)})
        for number, entry in entries
    ]
    names: set[str] = set()
    for number, entry in entries:
        if not _NAME.fullmatch(entry.name) or entry.name in names:
            wrong = "is there twice" if entry.name in names else "cannot be a schedule's name"
            came, allowed = f"`{entry.name}` {wrong}", "small letters, digits, - and _, once"
            found.problems.append(Problem(found.place((number, "name")), came, allowed))
        names.add(entry.name)
    raise_all(found.problems)
    known = [*read_publisher(params).audiences]
    raise_all(
        Problem(f"{params.name}/{FILE}, {each.name}, tell", f"no audience {row.audience}", ", ".join(known))
        for each in schedules
        for row in each.tell
        if row.audience not in known
    )
    return tuple(schedules)


def _read_when(found: YamlFile, number: int, said: object) -> When | None:
    way = (number, "when")
    if isinstance(said, dict):
        is_of_data = "data" in said
        return found.build(DataRule, said, way) if is_of_data else found.build(MonthRule, said, way)
    if isinstance(said, str):
        built = found.build(_Cron, {"when": said}, (number,))
        return built.when if built else None
    allowed = "a cron expression in quotes, or day, working_day or data"
    found.problems.append(Problem(found.place(way), f"{said}", allowed))
    return None


def find_schedule(schedules: tuple[Schedule, ...], name: str) -> Problem | None:
    """Return what is wrong with the name of a schedule."""
    known = [each.name for each in schedules]
    if name in known:
        return None
    return Problem(name, "there is no such schedule", ", ".join(known), near_misses(name, known))
