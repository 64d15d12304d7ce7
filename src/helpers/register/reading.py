"""Reading the register's YAML files: every problem of every file at once, with its place and cure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError

from helpers.errors import Problem, UsageError, near_misses
from helpers.register.models import (
    KAPLAN_NORTON,
    Comment,
    Event,
    Measure,
    Merger,
    Objective,
    Perspective,
    Register,
)
from helpers.register.plain_yaml import PlainYaml, read_yaml

_Model = TypeVar("_Model", bound=BaseModel)

#: the shares of the perspectives in per cent; thirds may be written as 33.3
WHOLE, SHARE_TOLERANCE = 100, 0.5

#: what pydantic calls a mistake, as a user would say it
_WORDS = {
    "missing": ("missing", "write it"),
    "extra_forbidden": ("unknown key", "remove or correct it"),
}
_CURES = {"string_type": "put it in quotes", "bool_parsing": "write true or false, without quotes"}
#: so many names are listed where none is near
FEW_NAMES = 12


def read_register(folder: Path | str) -> Register:
    """Return the register of a folder such as `params/_register`.

    `measures.yml` must exist; `objectives.yml`, `perspectives.yml`, `events.yml`, `comments.yml` and
    `mergers.yml` may be absent. Without `perspectives.yml` there are Kaplan and Norton's four.

    Raises
    ------
    UsageError
        With every problem of all the files: unknown, missing, duplicate and mistyped keys, and names
        that no other entry has.
    """
    folder = Path(folder)
    problems: list[Problem] = []
    measures_file = _read(folder, "measures.yml", problems, needed=True)
    objectives_file = _read(folder, "objectives.yml", problems)
    events_file = _read(folder, "events.yml", problems)
    comments_file = _read(folder, "comments.yml", problems)
    measures = _keyed(Measure, measures_file, problems)
    objectives = _keyed(Objective, objectives_file, problems)
    events = _keyed(Event, events_file, problems)
    comments = _listed(Comment, comments_file, problems)
    mergers = _keyed(Merger, _read(folder, "mergers.yml", problems), problems)
    perspectives_file = _read(folder, "perspectives.yml", problems)
    perspectives = _keyed(Perspective, perspectives_file, problems) or {
        perspective.id: perspective for perspective in KAPLAN_NORTON
    }
    problems += _share_problems(perspectives, perspectives_file)
    known_perspectives = _keys(perspectives_file) or list(perspectives)
    known_measures, known_objectives = _keys(measures_file), _keys(objectives_file)
    for name, measure in measures.items():
        place = measures_file.place((name, "objective"))
        problems += _unknown(place, "objective", [measure.objective], known_objectives)
        place = measures_file.place((name, "perspective"))
        problems += _unknown(place, "perspective", [measure.perspective], known_perspectives)
    for name, event in events.items():
        problems += _unknown(
            events_file.place((name, "measures")), "measure", event.measures, known_measures
        )
    for number, comment in comments:
        place = comments_file.place((number, "measure"))
        problems += _unknown(place, "measure", [comment.measure], known_measures)
    if problems:
        raise UsageError(problems)
    return Register(
        measures=measures,
        objectives=objectives,
        events=events,
        comments=tuple(comment for _, comment in comments),
        mergers=mergers,
        perspectives=perspectives,
    )


def _share_problems(perspectives: Mapping[str, Perspective], found: PlainYaml) -> list[Problem]:
    """Return what is wrong with the shares aimed at: all perspectives have one and they make 100, or none has."""
    shares = [perspective.share for perspective in perspectives.values()]
    given = [share for share in shares if share is not None]
    if not given or (len(given) == len(shares) and abs(sum(given) - WHOLE) <= SHARE_TOLERANCE):
        return []
    came = f"shares of {sum(given):g} in all, given for {len(given)} of {len(shares)} perspectives"
    cure = "give every perspective its share in %, or none (then all are alike)"
    return [Problem(found.place(()), came, f"{WHOLE} in all", cure)]


def find_measure(register: Register, measure: str, *, where: str = "measure") -> Measure:
    """Return a measure by its id.

    Raises
    ------
    UsageError
        Where the register has none of that id, with the nearest ones.
    """
    problems = _unknown(where, "measure", [measure], list(register.measures))
    if problems:
        raise UsageError(problems)
    return register.measures[measure]


def _read(folder: Path, name: str, problems: list[Problem], *, needed: bool = False) -> PlainYaml:
    path = folder / name
    if not path.exists():
        if needed:
            problems.append(Problem(str(path), "missing", cure="describe the measures there"))
        return PlainYaml(name)
    found = read_yaml(path)
    problems += found.problems
    return found


def _keys(found: PlainYaml) -> list[str]:
    return [str(key) for key in found.content] if isinstance(found.content, dict) else []


def _keyed(model: type[_Model], found: PlainYaml, problems: list[Problem]) -> dict[str, _Model]:
    if found.content is None:
        return {}
    if not isinstance(found.content, dict):
        problems.append(
            Problem(found.place(()), "a list or a word", "entries of the form `id:` and its keys")
        )
        return {}
    models = {}
    for key, entry in found.content.items():
        fields = {"id": key, **entry} if isinstance(entry, dict) else entry
        built = _build(model, fields, found, (key,), problems)
        if built is not None:
            models[key] = built
    return models


def _listed(model: type[_Model], found: PlainYaml, problems: list[Problem]) -> list[tuple[int, _Model]]:
    if found.content is None:
        return []
    if not isinstance(found.content, list):
        problems.append(Problem(found.place(()), "not a list", "entries that begin with `- `"))
        return []
    built = [
        (number, _build(model, entry, found, (number,), problems))
        for number, entry in enumerate(found.content)
    ]
    return [(number, entry) for number, entry in built if entry is not None]


def _build(
    model: type[_Model],
    entry: object,
    found: PlainYaml,
    path: tuple[str | int, ...],
    problems: list[Problem],
) -> _Model | None:
    try:
        # strict would refuse the ISO dates that YAML leaves as text; booleans for numbers it still refuses
        return model.model_validate(entry)
    except ValidationError as error:
        for mistake in error.errors(include_url=False):
            where = (*path, *mistake["loc"])
            came, cure = _WORDS.get(
                mistake["type"], (f"{mistake['input']!r}", _CURES.get(mistake["type"], ""))
            )
            allowed = "" if mistake["type"] in _WORDS else mistake["msg"].removeprefix("Input should be ")
            if mistake["type"] == "literal_error":
                cure = near_misses(str(mistake["input"]), re.findall("'([^']+)'", allowed))
            if mistake["type"] == "extra_forbidden":
                allowed, cure = _known_keys(model, mistake["loc"], cure)
            problems.append(Problem(found.place(where), came, allowed, cure))
        return None


def _known_keys(model: type[BaseModel], loc: tuple[int | str, ...], cure: str) -> tuple[str, str]:
    """Return the keys that the entry may have, and the near misses of the unknown one."""
    for step in loc[:-1]:
        if isinstance(step, str):
            model = _model_of(model, step)
    known = [name for name in model.model_fields if name != "id"]
    return ", ".join(known), near_misses(str(loc[-1]), known) or cure


def _model_of(model: type[BaseModel], field: str) -> type[BaseModel]:
    """Return the model of a field, or of the entries that it holds."""
    kind = model.model_fields[field].annotation
    return next(
        kind for kind in (kind, *get_args(kind)) if isinstance(kind, type) and issubclass(kind, BaseModel)
    )


def _unknown(place: str, what: str, names: Iterable[str], known: list[str]) -> list[Problem]:
    listed = ", ".join(known) if len(known) <= FEW_NAMES else ""
    cure = "" if listed else f"see {what}s.yml for those that it knows"
    return [
        Problem(place, f"{what} {name!r} is not in the register", listed, near_misses(name, known) or cure)
        for name in names
        if name not in known
    ]
