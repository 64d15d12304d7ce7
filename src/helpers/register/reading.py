"""Reading the register's YAML files: every problem of every file at once, with its place and cure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from helpers.errors import Problem, UsageError, near_misses
from helpers.register.models import (
    BOARD_PATHWAYS,
    KAPLAN_NORTON,
    Comment,
    Event,
    Measure,
    Merger,
    Objective,
    OwnFile,
    Pathway,
    Perspective,
    Register,
    TableMapping,
    Trajectory,
)
from helpers.yaml_files import Model, YamlFile, raise_all, read_yaml

#: the shares of the perspectives in per cent; thirds may be written as 33.3
WHOLE, SHARE_TOLERANCE = 100, 0.5

#: so many names are listed where none is near
FEW_NAMES = 12


class Spared(NamedTuple):
    """What is wrong with a comment, and whose reports it concerns; nobody's where it does not say."""

    organisation: str
    problem: Problem


#: beside `measures.yml`, in the order in which they are read
_FILES = (
    "objectives",
    "events",
    "comments",
    "mergers",
    "perspectives",
    "pathways",
    "files",
    "trajectories",
)


def read_register(folder: Path | str, *, spared: list[Spared] | None = None) -> Register:
    """Return the register of a folder such as `params/_register`.

    `measures.yml` must exist, unless `files.yml` does; the others may be absent. Without `perspectives.yml` there
    are Kaplan and Norton's four, without `pathways.yml` those of a hospital. The folder `mappings` has a file for
    each kind of table of one's own.

    Parameters
    ----------
    spared
        Gets the comments in which something is wrong, which are then left out: they concern their organisation's
        reports alone. Without it they are mistakes like all others.

    Raises
    ------
    UsageError
        With every problem of all the files: unknown, missing, duplicate and mistyped keys, and names
        that no other entry has.
    """
    folder = Path(folder)
    measures_file = _read(folder, "measures.yml", needed=not (folder / "files.yml").exists())
    others = {name: _read(folder, f"{name}.yml") for name in _FILES}
    events_file, comments_file, plans_file = (
        others[name] for name in ("events", "comments", "trajectories")
    )
    measures = _keyed(Measure, measures_file)
    objectives = _keyed(Objective, others["objectives"])
    events = _keyed(Event, events_file)
    is_spared = spared is not None and isinstance(comments_file.content, list)
    comments = [] if is_spared else comments_file.build_each(Comment)
    plans = plans_file.build_each(Trajectory)
    mergers = _keyed(Merger, others["mergers"])
    own_files = _keyed(OwnFile, others["files"], with_id=False)
    perspectives = _keyed(Perspective, others["perspectives"]) or {
        perspective.id: perspective for perspective in KAPLAN_NORTON
    }
    pathways = _keyed(Pathway, others["pathways"]) or {pathway.id: pathway for pathway in BOARD_PATHWAYS}
    problems = [problem for file in (measures_file, *others.values()) for problem in file.problems]
    problems += _share_problems(perspectives, others["perspectives"])
    known_perspectives = _keys(others["perspectives"]) or list(perspectives)
    known_pathways = _keys(others["pathways"]) or list(pathways)
    known_measures, known_objectives = _keys(measures_file), _keys(others["objectives"])
    for name, measure in measures.items():
        for key, named, known in (
            ("objective", measure.objective, known_objectives),
            ("perspective", measure.perspective, known_perspectives),
            ("pathway", measure.pathway, known_pathways),
        ):
            place = measures_file.place((name, key))
            problems += _unknown(place, key, [] if named is None else [named], known)
    for name, event in events.items():
        problems += _unknown(
            events_file.place((name, "measures")), "measure", event.measures, known_measures
        )
    for file, entries in ((comments_file, comments), (plans_file, plans)):
        for number, entry in entries:
            place = file.place((number, "measure"))
            problems += _unknown(place, "measure", [entry.measure], known_measures)
    if spared is not None and is_spared:
        comments = _sound_comments(comments_file, known_measures, spared)
    mappings = _read_mappings(folder / "mappings", known_measures, problems)
    raise_all(problems)
    return Register(
        measures=measures,
        objectives=objectives,
        events=events,
        comments=tuple(comment for _, comment in comments),
        trajectories=tuple(plan for _, plan in plans),
        mergers=mergers,
        files=own_files,
        mappings=mappings,
        perspectives=perspectives,
        pathways=pathways,
    )


def _sound_comments(
    file: YamlFile, known_measures: list[str], spared: list[Spared]
) -> list[tuple[int, Comment]]:
    """Return the comments in which nothing is wrong, and note the others by their organisation."""
    sound = []
    for number, entry in enumerate(file.content if isinstance(file.content, list) else ()):
        alone = replace(file, problems=[])
        built = alone.build(Comment, entry, (number,))
        named = [] if built is None else [built.measure]
        wrong = [
            *alone.problems,
            *_unknown(file.place((number, "measure")), "measure", named, known_measures),
        ]
        if built is not None and not wrong:
            sound.append((number, built))
        organisation = entry.get("organisation") if isinstance(entry, dict) else None
        spared += [Spared(str(organisation or ""), problem) for problem in wrong]
    return sound


def _read_mappings(folder: Path, known: list[str], problems: list[Problem]) -> dict[str, TableMapping]:
    """Return the mappings of a folder by the names of their files."""
    found: dict[str, TableMapping] = {}
    for path in sorted(folder.glob("*.yml")):
        file = read_yaml(path, f"mappings/{path.name}")
        content = {} if file.content is None else file.content
        entry = {"id": path.stem, **content} if isinstance(content, dict) else content
        mapping = file.build(TableMapping, entry)
        problems += file.problems
        if mapping is None:
            continue
        found[mapping.id] = mapping
        for key in ("measures", "measures_across"):
            problems += _unknown(file.place((key,)), "measure", getattr(mapping, key).values(), known)
    return found


def _share_problems(perspectives: Mapping[str, Perspective], found: YamlFile) -> list[Problem]:
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
    if measure not in register.measures:
        raise UsageError(_unknown(where, "measure", [measure], list(register.measures)))
    return register.measures[measure]


def _read(folder: Path, name: str, *, needed: bool = False) -> YamlFile:
    path = folder / name
    if path.exists():
        return read_yaml(path)
    missing = Problem(str(path), "missing", cure="describe the measures there")
    return YamlFile(name, problems=[missing] if needed else [])


def _keys(found: YamlFile) -> list[str]:
    return [str(key) for key in found.content] if isinstance(found.content, dict) else []


def _keyed(model: type[Model], found: YamlFile, *, with_id: bool = True) -> dict[str, Model]:
    if found.content is None:
        return {}
    if not isinstance(found.content, dict):
        problem = Problem(found.place(()), "a list or a word", "entries of the form `id:` and its keys")
        found.problems.append(problem)
        return {}
    models = {}
    for key, entry in found.content.items():
        fields = {"id": key, **entry} if with_id and isinstance(entry, dict) else entry
        built = found.build(model, fields, (key,))
        if built is not None:
            models[key] = built
    return models


def _unknown(place: str, what: str, names: Iterable[str], known: list[str]) -> list[Problem]:
    listed = ", ".join(known) if len(known) <= FEW_NAMES else ""
    cure = "" if listed else f"see {what}s.yml for those that it knows"
    return [
        Problem(place, f"{what} {name!r} is not in the register", listed, near_misses(name, known) or cure)
        for name in names
        if name not in known
    ]
