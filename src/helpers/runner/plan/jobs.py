"""Which reports there are, and which of them the user asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from helpers.audience import PUBLIC_NAME
from helpers.errors import Problem, UsageError, UserError, near_misses, raise_all
from helpers.runner.plan.matrix import FILE as MATRIX
from helpers.runner.plan.matrix import Wanted, read_matrix
from helpers.runner.plan.parameter_files import Given, read_mapping, read_values
from helpers.runner.plan.parameter_types import LATEST, ParameterType, Value
from helpers.runner.plan.parameters import Notebook, read_notebook
from helpers.runner.project import Organisations, Project
from helpers.runner.publisher import FILE as PUBLISHER

#: the key of a parameter file that says for whom the report is
AUDIENCE = "audience"

#: longer names make paths that some systems refuse
LONGEST_NAME = 80
_NAMES = f"letters, digits, and - _ . between them, at most {LONGEST_NAME} characters"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
#: names that Windows keeps for devices, whatever follows the first full stop
_RESERVED = {"con", "prn", "aux", "nul", *(f"{word}{n}" for word in ("com", "lpt") for n in range(1, 10))}


@dataclass(frozen=True)
class Job:
    """One report that can be run."""

    notebook: Notebook
    name: str  # the report's name, unique for its notebook
    #: what its file gives, checked; what it leaves out keeps the notebook's default
    parameters: Mapping[str, Value]
    source: Path  # the file that asks for it: its own or the notebook's `_matrix.yml`
    audience: str = PUBLIC_NAME  # for whom it is, of those that `_publisher.yml` names

    @property
    def title(self) -> str:
        """The report as the user calls it: ``notebook/name``."""
        return f"{self.notebook.name}/{self.name}"

    @property
    def settings(self) -> dict[str, Value]:
        """The value of every parameter: what the file gives, else the notebook's own."""
        return {p.name: self.parameters.get(p.name, p.default) for p in self.notebook.parameters}

    @property
    def of_latest(self) -> tuple[str, ...]:
        """The parameters by which it is of the latest month."""
        months = [each.name for each in self.notebook.parameters if each.type.word == "month"]
        return tuple(name for name in months if self.settings[name] == LATEST)

    def for_month(self, month: str) -> Job:
        """Return the report of one month, where it is of the latest."""
        return replace(self, parameters={**self.parameters, **dict.fromkeys(self.of_latest, month)})

    @property
    def organisations(self) -> tuple[str, ...]:
        """The organisations that the report is asked to be about."""
        values = (self.settings[name] for name in self.notebook.organisation_parameters)
        return tuple(value for value in values if isinstance(value, str))


@dataclass
class _Found:
    asked: list[Wanted] = field(default_factory=list)
    broken: dict[tuple[str, str], list[Problem]] = field(default_factory=dict)  # by notebook and name
    #: by notebook: of no report that is known
    problems: dict[str, list[Problem]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What was asked for."""

    jobs: tuple[Job, ...] = ()
    refused: tuple[Refused, ...] = ()
    #: what is wrong beside them: a list of reports that cannot be read, say
    problems: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.jobs or self.refused or self.problems)

    def for_month(self, month: str) -> Plan:
        """Return of the same reports those that are of the latest month, for another one."""
        return replace(self, jobs=tuple(each.for_month(month) for each in self.jobs if each.of_latest))

    @property
    def of_no_latest(self) -> Plan:
        """The reports alone that are not of the latest month."""
        return Plan(tuple(each for each in self.jobs if not each.of_latest))

    @property
    def in_turn(self) -> list[Plan]:
        """What is made first, and what holds published reports, which is made of what then stands."""
        packs = tuple(each for each in self.jobs if each.notebook.holds_reports)
        if not packs:
            return [self]
        others = replace(self, jobs=tuple(each for each in self.jobs if each not in packs))
        return [others, Plan(packs)] if others else [Plan(packs)]

    @property
    def titles(self) -> set[str]:
        """What the user calls its reports, those that are refused too."""
        return {each.title for each in self.jobs} | {each.title for each in self.refused}

    @property
    def mistakes(self) -> tuple[Problem, ...]:
        """Everything that somebody has to mend, each thing once."""
        of_reports = (problem for each in self.refused if not each.no_data for problem in each.problems)
        return tuple(dict.fromkeys([*self.problems, *of_reports]))


def make_plan(project: Project, words: Sequence[str] = ()) -> tuple[Job, ...]:
    """Find the reports that were asked for and check everything about them.

    `words`: names (``notebook/name``, ``notebook`` or ``name``) or files; none means all reports. Raises `UsageError`
    with all problems of all notebooks and parameter files concerned.
    """
    plan = find_plan(project, words)
    of_reports = (problem for each in plan.refused for problem in each.problems)
    raise_all(dict.fromkeys([*plan.problems, *of_reports]))
    return plan.jobs


def find_plan(project: Project, words: Sequence[str] = ()) -> Plan:
    """Find the reports that were asked for; what is wrong with one touches no other.

    Parameters, as `make_plan`.

    Raises `UsageError` for words that name no report; with all problems where none of what they name can be run.
    """
    found = _find(project)
    chosen = _select(project, found, words)
    concerned = {each.notebook for each in chosen} if words else set(found.problems)
    problems = [problem for name in sorted(concerned) for problem in found.problems.get(name, [])]
    jobs, refused = _check(project, chosen, found)
    if words and not jobs:
        raise_all(dict.fromkeys([*problems, *(problem for each in refused for problem in each.problems)]))
    return Plan(jobs, refused, tuple(problems))


def _find(project: Project) -> _Found:
    found = _Found()
    if not project.params.is_dir():
        cure = "make params/<notebook>/<name>.yml"
        raise UsageError(project.show(project.params), "there is no such folder", cure=cure)
    for folder in sorted(project.params.iterdir()):
        if folder.is_dir() and not folder.name.startswith(("_", ".")):
            _find_in_folder(project, folder, found)
    return found


def _find_in_folder(project: Project, folder: Path, found: _Found) -> None:
    shown = project.show(folder)
    for path in (each for each in sorted(folder.iterdir()) if not each.name.startswith(("_", "."))):
        where = f"{shown}/{path.name}"
        if path.suffix == ".yml":
            found.asked.append(Wanted(folder.name, path.stem, path, where))
        elif path.suffix in {".yaml", ".json"}:
            cure = f"rename it to {path.stem}.yml"
            problem = Problem(where, "is not read", "files that end in .yml", cure)
            found.broken.setdefault((folder.name, path.name), []).append(problem)
            found.asked.append(Wanted(folder.name, path.name, path, where, {}))
    matrix = folder / MATRIX
    if matrix.exists():
        try:
            found.asked += read_matrix(project, matrix)
        except UserError as error:
            found.problems.setdefault(folder.name, []).extend(error.problems)
    own = [each for each in found.asked if each.notebook == folder.name]
    if not _is_name(folder.name):
        came = f"`{folder.name}` cannot be a notebook's name: it is part of its reports' addresses"
        problem = Problem(project.show(folder), came, _NAMES, "rename folder and notebook")
        for each in own:
            found.broken.setdefault((folder.name, each.name), []).append(problem)
    for name, problem in _name_problems(own):
        found.broken.setdefault((folder.name, name), []).append(problem)


def _is_name(name: str) -> bool:
    """Tell whether a name can stand in an address and on any file system."""
    bad = not _NAME.fullmatch(name) or ".." in name or name.endswith(".")
    return not bad and name.split(".")[0].lower() not in _RESERVED and len(name) <= LONGEST_NAME


def _name_problems(asked: Iterable[Wanted]) -> Iterator[tuple[str, Problem]]:
    """Yield reports with what is wrong with their names; of two of one name neither can be run."""
    first: dict[str, Wanted] = {}
    for each in asked:
        if not _is_name(each.name):
            yield each.name, Problem(each.where, f"`{each.name}` cannot be a report's name", _NAMES)
        twin = first.setdefault(each.name.lower(), each)
        if twin is not each:
            came = f"the report `{each.name}` is also asked for by {twin.where}"
            problem = Problem(each.where, came, "one report of each name, in capitals or not")
            yield from dict.fromkeys([(twin.name, problem), (each.name, problem)])


def _select(project: Project, found: _Found, words: Sequence[str]) -> list[Wanted]:
    if not words:
        return found.asked
    chosen: dict[tuple[str, str], Wanted] = {}
    problems: list[Problem] = []
    for word in words:
        matched = [each for each in found.asked if _matches(project, each, word)]
        chosen.update({(each.notebook, each.name): each for each in matched})
        if not matched:
            known = {name for a in found.asked for name in (a.notebook, a.name, f"{a.notebook}/{a.name}")}
            cure = near_misses(word, known) or "see `boardpack run --dry-run` for all reports"
            problems.append(Problem(word, "no report has this name or file", cure=cure))
    if problems:
        broken = [p for each in (*found.problems.values(), *found.broken.values()) for p in each]
        raise UsageError(dict.fromkeys([*problems, *broken]))
    return [each for each in found.asked if (each.notebook, each.name) in chosen]


def _matches(project: Project, asked: Wanted, word: str) -> bool:
    if word in {asked.notebook, asked.name, f"{asked.notebook}/{asked.name}"}:
        return True
    path = Path(word).resolve() if Path(word).exists() else (project.root / word).resolve()
    return path in {
        asked.source.resolve(),
        asked.source.parent.resolve(),
        (project.notebooks / f"{asked.notebook}.ipynb").resolve(),
    }


def _check(
    project: Project, asked: Iterable[Wanted], found: _Found
) -> tuple[tuple[Job, ...], tuple[Refused, ...]]:
    """Return the reports that can be run, and those that cannot; each name stands in one of them, once."""
    organisations = project.organisations()
    notebooks: dict[str, Notebook | UserError] = {}
    jobs: dict[str, Job] = {}
    refused: dict[str, Refused] = {}
    for each in asked:
        if each.notebook not in notebooks:
            notebooks[each.notebook] = _read_notebook(project, each.notebook)
        notebook, broken = notebooks[each.notebook], found.broken.get((each.notebook, each.name), [])
        if isinstance(notebook, UserError) or broken:
            more = notebook.problems if isinstance(notebook, UserError) else ()
            refused[f"{each.notebook}/{each.name}"] = Refused(each.notebook, each.name, (*broken, *more))
            continue
        read = _read_job(project, notebook, each, organisations)
        if isinstance(read, Job):
            jobs[read.title] = read
        else:
            refused[read.title] = read
    return tuple(jobs.values()), tuple(refused.values())


def _read_notebook(project: Project, name: str) -> Notebook | UserError:
    path = project.notebooks / f"{name}.ipynb"
    if not path.exists():
        known = [each.stem for each in project.notebooks.glob("*.ipynb")]
        where = project.show(project.params / name)
        cure = near_misses(name, known) or "rename the folder after its notebook"
        return UsageError(where, f"there is no notebook {project.show(path)}", cure=cure)
    try:
        return read_notebook(path)
    except UserError as error:
        return error


def _read_job(
    project: Project, notebook: Notebook, asked: Wanted, organisations: Organisations
) -> Job | Refused:
    """Return a report as its file asks for it, or all that is wrong with it."""
    problems: list[Problem] = []
    given = asked.given
    if given is None:
        try:
            given = read_mapping(asked.source, asked.where, problems)
        except UserError as error:
            return Refused(asked.notebook, asked.name, error.problems)
    audience = PUBLIC_NAME
    if AUDIENCE in given:
        audience = _read_audience(project, given[AUDIENCE], problems)
        if not any(each.name == AUDIENCE for each in notebook.parameters):
            given = {name: each for name, each in given.items() if name != AUDIENCE}
    values = read_values(notebook, given, asked.where, problems)
    unknown: dict[str, Problem] = {}
    for parameter in notebook.parameters:
        value = values.get(parameter.name, parameter.default)
        where = given[parameter.name].where if parameter.name in given else asked.where
        for word in _words(parameter.type, "org", value):
            if organisations and word not in organisations:
                came = f'no organisation has the code "{word}"'
                otherwise = "correct it, or load the data of that organisation"
                cure = near_misses(word.upper(), organisations) or otherwise
                unknown[word] = Problem(where, came, cure=cure)
        for word in _words(parameter.type, "month", value):
            if word != LATEST and (covered := project.months()) and not covered[0] <= word <= covered[1]:
                came, cure = f'the data have nothing for "{word}"', f"write one of these, or {LATEST}"
                cure += "; or load the data of that month"
                problems.append(Problem(where, came, " to ".join(covered), cure))
    if not problems and not unknown:
        return Job(notebook, asked.name, values, asked.source, audience)
    # who writes a single file may slip; a list of many goes beyond what is loaded now and then
    slip = asked.given is None and any(is_slip(word, organisations) for word in unknown)
    no_data = "" if problems or slip else next(iter(unknown))
    return Refused(asked.notebook, asked.name, (*problems, *unknown.values()), no_data, audience)


def _read_audience(project: Project, given: Given, problems: list[Problem]) -> str:
    known = project.publisher.audiences
    if given.text not in known:
        otherwise = "name it there, with its folder, threshold, reason, owner and date"
        cure = near_misses(given.text, known) or otherwise
        came = f"the audience {given.text} is not named in params/{PUBLISHER}"
        problems.append(Problem(given.where, came, " or ".join(known), cure))
        return PUBLIC_NAME
    return given.text


def _words(kind: ParameterType, word: str, value: Value) -> list[str]:
    """Return what a parameter holds of a type that the data know something of."""
    if word not in {kind.word, kind.item.word if kind.item else ""}:
        return []
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


@dataclass(frozen=True)
class Refused:
    """A report that is asked for and cannot be run."""

    notebook: str
    name: str
    problems: tuple[Problem, ...]
    #: the organisation of which nothing is loaded, where that is all: no mistake of anybody's, so it fails
    #: nothing
    no_data: str = ""
    audience: str = PUBLIC_NAME

    @property
    def title(self) -> str:
        """The report as the user calls it: ``notebook/name``."""
        return f"{self.notebook}/{self.name}"


def is_slip(code: str, known: Iterable[str]) -> bool:
    """Tell whether an unknown code is a known one with a letter wrong, or in small letters.

    >>> [is_slip(code, ["RGT", "RX1"]) for code in ("RGX", "rgt", "SYN07", "RTG")]
    [True, True, False, False]
    """
    code = code.strip()
    return any(
        len(each) == len(code) and sum(a != b for a, b in zip(each, code.upper(), strict=True)) <= 1
        for each in known
    )


def no_data_words(refused: Iterable[Refused]) -> str:
    """Return what is left out because nothing of its organisation is loaded; nothing where that is nothing.

    >>> syn = [Refused("stay", f"SYN0{n}", (), no_data=f"SYN0{n}") for n in (7, 8, 9)]
    >>> no_data_words(syn), no_data_words(syn[:1]), no_data_words([])
    ('no data of SYN07 and 2 others: 3 reports are left out', 'no data of SYN07: 1 report is left out', '')
    """
    left_out = [each for each in refused if each.no_data]
    codes = sorted({each.no_data for each in left_out})
    if not codes:
        return ""
    others = "" if len(codes) == 1 else f" and {len(codes) - 1} other{'s' * (len(codes) > 2)}"
    reports = "1 report is" if len(left_out) == 1 else f"{len(left_out):,} reports are"
    return f"no data of {codes[0]}{others}: {reports} left out"
